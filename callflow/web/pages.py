"""Rendering a page: its template, the navigation of the person's roles, languages and telephone number."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from callflow.core import i18n
from callflow.core.actor import Actor, Role
from callflow.core.gate import access_of, actor
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import WITHHELD
from callflow.web import looking, ui
from callflow.web.numbers import record_number

YEAR = 365 * 24 * 3600
MOST_PAGES = 10**6
HOUR_SPACE = re.compile(r"(?<=\d) (?=(?:h|uur)\b)|(?<=\bh) (?=\d)")
"""The space inside an hour, which must not break at the end of a line."""
LANGUAGE_NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Entry:
    """A line of the navigation: where it leads, what it says, and whose it is (None: everybody's)."""

    endpoint: str
    words: Any
    role: Role | None = None


NAVIGATION = (
    Entry("public.home", _l("Calls")),
    Entry("applicant.home", _l("My applications"), Role.person),
    Entry("applicant.groups", _l("My groups"), Role.person),
    Entry("partner.home", _l("Pilots"), Role.member),
    Entry("coach.home", _l("Coaching"), Role.coach),
    Entry("jury.home", _l("Jury"), Role.juror),
    Entry("jury.panels", _l("Jury at work"), Role.chair),
    Entry("coordinator.home", _l("Inbox"), Role.coordinator),
    Entry("coordinator.dossiers", _l("Applications"), Role.coordinator),
    Entry("coordinator.decisions", _l("Decisions"), Role.coordinator),
    Entry("coordinator.decisions", _l("Decisions"), Role.signatory),
    Entry("jury.panels", _l("Jury at work"), Role.coordinator),
    Entry("coordinator.people", _l("People"), Role.coordinator),
    Entry("coordinator.outbox", _l("Mail"), Role.coordinator),
    Entry("coordinator.calls", _l("Set-up"), Role.coordinator),
    Entry("coordinator.calls", _l("Set-up"), Role.admin),
    Entry("coordinator.people", _l("People"), Role.admin),
)
STAFF = frozenset({Role.coach, Role.juror, Role.chair, Role.coordinator, Role.signatory, Role.admin})


def navigation(person: Actor) -> list[Entry]:
    """The lines for the roles of this person, each once; staff without a group see no applicants' pages."""
    only_staff = bool(person.roles & STAFF) and Role.member not in person.roles
    chosen: dict[str, Entry] = {}
    for entry in NAVIGATION:
        held = entry.role is None or entry.role in person.roles
        if held and not (only_staff and entry.role is Role.person):
            chosen.setdefault(entry.endpoint, entry)
    if Role.coordinator in person.roles:
        del chosen["public.home"]  # seven lines of their own: the mark leads to the calls
    return list(chosen.values())


HOMES = (
    (Role.coordinator, "coordinator.home"),
    (Role.signatory, "coordinator.decisions"),
    (Role.chair, "jury.panels"),
    (Role.juror, "jury.home"),
    (Role.coach, "coach.home"),
    (Role.admin, "coordinator.calls"),
)


def home_of(person: Actor) -> str:
    """The address where this person begins: what their heaviest role asks of them today; for who looks as
    them, the first of these that is shown.
    """
    shown = [each for role, each in HOMES if role in person.roles and not _withheld(person, each)]
    return url_for(next(iter(shown), "applicant.home"))


def _withheld(person: Actor, endpoint: str) -> bool:
    return person.behind is not None and access_of(endpoint) in WITHHELD


def page(template: str, /, **context: Any) -> str:
    """The page as it is sent. ``entry`` names its navigation line when that is another endpoint."""
    settings = current_app.config["SETTINGS"]
    spoken = i18n.language()
    frame = {
        "person": actor(),
        "look": looking.running(),
        "navigation": navigation(actor()),
        "current_entry": context.pop("entry", None) or request.endpoint,
        "languages": languages(),
        "phone": settings.phone,
        "phone_hours": HOUR_SPACE.sub("\u00a0", getattr(settings, f"phone_hours_{spoken}")),
    }
    return render_template(template, **{**frame, **context})


def page_asked() -> int:
    """The page of a list that the address asks for; what makes no sense asks for the first."""
    return min(max(request.args.get("page", 1, type=record_number), 1), MOST_PAGES)


def languages() -> list[tuple[str, str, str | None]]:
    """Each language with its name and the address of this page in it; None for the one in force."""
    spoken = i18n.language()
    return [(code, LANGUAGE_NAMES[code], None if code == spoken else _in(code)) for code in i18n.LANGUAGES]


def _in(code: str) -> str:
    """This page in another language; a page that only a form leads to is left for its audience's first."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return f"/?lang={code}"
    return ui.here(lang=code)


def _keep_language(response: Response) -> Response:
    """Whoever asked for a language in the address keeps it on the next page, without any account."""
    asked = request.args.get("lang")
    if asked in i18n.LANGUAGES:
        keep_language(response, str(asked))
    return response


def keep_language(response: Response, code: str) -> None:
    """Remember this language in the browser."""
    secure = current_app.config["SETTINGS"].production
    response.set_cookie("lang", code, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)


def install(app: Flask) -> None:
    """Remember a language that was asked for."""
    app.after_request(_keep_language)
