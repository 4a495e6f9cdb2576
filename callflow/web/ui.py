"""Colour and shape of every state, and what the templates may ask for: words, tags, twins, addresses."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, has_request_context, request, url_for
from flask.templating import Environment
from markupsafe import Markup, escape

from callflow.agreements.rules import grouped, masked
from callflow.core import clock, formats, i18n, twin
from callflow.core.permissions import P, may
from callflow.dossiers.states import State
from callflow.web import agreement_words, assignment_words, words
from callflow.web.words import say

__all__ = ["LOOKS", "Look", "install", "say"]


@dataclass(frozen=True)
class Look:
    """How a state shows: ``tone`` is a class of the style sheet, ``shape`` a path in a box of 12 by 12."""

    tone: str
    shape: str


LOOKS: dict[State, Look] = {
    State.draft: Look(
        "stone",
        "M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM6 2.3a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4z",
    ),
    State.proposed: Look("waits", "M0 10.5h12V12H0zM0 6.5h2V12h-2z"),
    State.preapplied: Look("moves", "M0 10.5h12V12H0zM0 5.5h2V12h-2z"),
    State.invited: Look("waits", "M0 1.5h12L6 6.6zM0 3.3l6 5.1 6-5.1v7.2H0z"),
    State.submitted: Look("moves", "M0 10.5h12V12H0zM0 0h2v12h-2z"),
    State.incomplete: Look("waits", "M6 .5 12 11.5H0z"),
    State.screened: Look("moves", "M0 10.5h12V12H0zM0 0h2v12h-2zM3.4 0h2v12h-2z"),
    State.coached: Look("moves", "M0 10.5h12V12H0zM0 0h2v12h-2zM3.4 0h2v12h-2zM6.6 0h2v12h-2z"),
    State.presented: Look("moves", "M0 10.5h12V12H0zM1 0h10v7H7.5L6 9.5 4.5 7H1z"),
    State.scored: Look("moves", "M0 10.5h12V12H0zM0 0h2v12h-2zM3.4 0h2v12h-2zM6.6 0h2v12h-2zM10 0h2v12h-2z"),
    State.selected: Look("well", "M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z"),
    State.selected_with_conditions: Look(
        "well",
        "M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM6 2.3a3.7 3.7 0 0 1 0 7.4z",
    ),
    State.reserve: Look("waits", "M1 0h10L7.4 6 11 12H1l3.6-6z"),
    State.not_selected: Look("stone", "M0 4.5h12v3H0z"),
    State.inadmissible: Look("stops", "M2 0 6 4l4-4 2 2-4 4 4 4-2 2-4-4-4 4-2-2 4-4-4-4z"),
    State.not_invited: Look("stone", "M0 1.5h12L6 6.6zM0 8h12v2.5H0z"),
    State.postponed: Look("waits", "M1.5 .5h3.2v11H1.5zM7.3 .5h3.2v11H7.3z"),
    State.agreed: Look("well", "M.5 1.5h7v2h-5v5h5v2h-7zM6 5.2 8.2 7.4 11 3l1 .8-3.6 5.6L5 6.2z"),
    State.guided: Look("well", "M0 1.6h12v2H0zM1.2 0h2v12h-2zM8.8 0h2v12h-2z"),
    State.running: Look("well", "M1.5 0 11.5 6l-10 6z"),
    State.interim_reported: Look("waits", "M1 0h1.8v12H1zM3.6 .8H8v6.4H3.6z"),
    State.interim_approved: Look("well", "M1 0h1.8v12H1zM3.6 .8H8v6.4H3.6zM9 .8h1.6v6.4H9z"),
    State.reported: Look("well", "M1 0h1.8v12H1zM3.6 .8H12L9.4 4 12 7.2H3.6z"),
    State.closed: Look("stone", "M.8 .8h10.4v10.4H.8z"),
    State.withdrawn: Look("stone", "M6 .5v3.2h6v4.6H6v3.2L0 6z"),
    State.lapsed: Look("stone", "M1 0h10L6 6zM6 7.6 9 12H3z"),
    State.revoked: Look(
        "stops",
        "M6 .5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z"
        "M6 2.3a3.7 3.7 0 0 0-3.2 5.6l5-5A3.7 3.7 0 0 0 6 2.3zM9.2 4.1l-5 5a3.7 3.7 0 0 0 5-5z",
    ),
    State.stopped: Look("stops", "M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z"),
}

MARKS: dict[str, Look] = {
    "done": LOOKS[State.selected],
    "begun": Look("moves", LOOKS[State.selected_with_conditions].shape),
    "todo": LOOKS[State.draft],
    "check": LOOKS[State.incomplete],
    "stop": LOOKS[State.inadmissible],
    "over": LOOKS[State.closed],
    "proposed": Look("pencil", "M8.7.6 11.4 3.3 4.2 10.5.6 11.4l.9-3.6z"),
}
"""Marks for tasks, checks, letters and mails: what is done, begun, to do, to check, stopped, over; and a
pencil for what is only proposed.
"""


def state_look(state: State | str) -> Look:
    """Tone and shape of a state."""
    return LOOKS[State(state)]


def mark_look(mark: str) -> Look:
    """Tone and shape of a mark; KeyError for one that is not in MARKS."""
    return MARKS[mark]


def said(text: twin.Twin | None) -> Markup:
    """A staff text in the language of the page; in another language it says which, for readers aloud."""
    here = i18n.language()
    spoken = twin.language_of(text, here)
    words_said = escape(twin.said(text, here))
    return words_said if spoken == here else Markup('<span lang="{}">{}</span>').format(spoken, words_said)


def said_plain(text: twin.Twin | None) -> str:
    """The same where no element may stand: titles, options, attributes."""
    return twin.said(text, i18n.language())


def said_language(text: twin.Twin | None) -> str:
    """The language that said() answers in."""
    return twin.language_of(text, i18n.language())


def said_paragraphs(text: twin.Twin | None) -> Markup:
    """A longer staff text, as paragraphs, each with its language where that is not the page's."""
    here = i18n.language()
    spoken = twin.language_of(text, here)
    written = formats.paragraphs(twin.said(text, here))
    return written if spoken == here else Markup('<div lang="{}">{}</div>').format(spoken, written)


def colon() -> str:
    """A colon after words that are put together: French leaves a space before it that does not break."""
    return "\u00a0:" if i18n.language() == "fr" else ":"


def address(endpoint: str, **values: Any) -> str:
    """url_for, which every page asks for its frame: an address without values is worked out once."""
    if values or endpoint.startswith(".") or not has_request_context():
        return url_for(endpoint, **values)
    return _plain_address(endpoint, request.script_root)


@lru_cache(maxsize=256)
def _plain_address(endpoint: str, _mounted_at: str) -> str:
    return url_for(endpoint)


def here(**changes: Any) -> str:
    """The present address with other query arguments; None takes one away. For sorting and paging."""
    arguments: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    arguments |= {name: value for name, value in changes.items() if value is not None}
    gone = {name for name, value in changes.items() if value is None}
    kept = {name: value for name, value in arguments.items() if name not in gone}
    asked = urlencode(kept, doseq=True, safe=UNTOUCHED)
    return f"{_without_query()}?{asked}" if asked else _without_query()


UNTOUCHED = "!$'()*,/:;?@"
"""What Werkzeug leaves as it is in the query of an address."""


def _without_query() -> str:
    """Where this page is, worked out once for all the links that sort it and turn its leaves."""
    listed = g.get("list_shown")  # a list that came back from a form: its links lead to the list
    if listed or request.endpoint is None:
        return address(listed or "public.home")
    if "without_query" not in g:
        g.without_query = url_for(request.endpoint, **(request.view_args or {}))
    return str(g.without_query)


class Templates(Environment):
    """Flask's environment, whose templates share the globals as they are.

    Jinja lays a chain of dictionaries over them for each template, and walks it name by name at every import
    of a component: a tenth of the time of a page.

    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of one template; only one that brings names of its own gets a chain."""
        return super().make_globals(d) if d else self.globals


GLOBALS = (
    say, said, said_plain, said_language, said_paragraphs, colon, formats.semicolon, here, may,
    state_look, mark_look,
    agreement_words.relation_words, agreement_words.agreement_look, agreement_words.change_look,
    assignment_words.conflict_words,
    words.state_words, words.step_words, words.event_words,
    words.right_words, words.role_words,
)  # fmt: skip


def install(app: Flask) -> None:
    """Make them known to the templates, each under its own name."""
    for each in GLOBALS:
        app.jinja_env.globals[each.__name__] = each
    app.jinja_env.globals["P"] = P
    app.jinja_env.globals["url_for"] = address
    app.jinja_env.globals["language"] = i18n.language
    app.jinja_env.globals["now"] = clock.now
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.filters |= {"iban": grouped, "masked_iban": masked}
