"""A dry run told in words: what happens to a dossier, and what stood and would stand in the set-up."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from callflow.calls.changes import fits, in_file
from callflow.core import formats, i18n, twin
from callflow.core.i18n import gettext as _
from callflow.core.i18n import ngettext
from callflow.dossiers.states import State
from callflow.lifecycle.changing.dry_run import Change
from callflow.lifecycle.changing.effects import Effect
from callflow.web.change_words import PLACES
from callflow.web.setup_words import COACHING
from callflow.web.words import say, state_words, step_words

LONGEST = 160
"""So much of a text is shown beside what it was."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T|\Z)")


def effect(found: Effect) -> str:
    """What happens to one dossier, as a sentence."""
    given = found.parameters
    plain = {
        "stuck": _("Its state is no longer part of the procedure, and nothing leads out of it."),
        "enough_now": _("It scores enough to be selected from now on."),
        "too_little_now": _("It scores too little to be selected from now on."),
    }
    if found.code in plain:
        return str(plain[found.code])
    told: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "moved": _moved,
        "steps": _steps,
        "blocked": lambda it: _reasons(_("Newly held back:"), it),
        "freed": lambda it: _reasons(_("Held back no longer:"), it),
        "ranked": _ranked,
        "rescored": _rescored,
    }
    return told.get(found.code, _due)(given)


def _moved(given: Mapping[str, Any]) -> str:
    to = state_words(State(given["to"]))
    return str(_("Its state is no longer part of the procedure. It goes back to “%(state)s”.", state=to))


def _steps(given: Mapping[str, Any]) -> str:
    lost, gained = (", ".join(map(step_words, given[name])) for name in ("lost", "gained"))
    if lost and gained:
        return str(_("No longer: %(lost)s. From now on: %(gained)s.", lost=lost, gained=gained))
    if lost:
        return str(_("No longer: %(lost)s.", lost=lost))
    return str(_("From now on: %(gained)s.", gained=gained))


def _reasons(opening: str, given: Mapping[str, Any]) -> str:
    said = " ".join(say(code, parameters) for code, parameters in given["reasons"])
    return f"{opening} {said}"


def _ranked(given: Mapping[str, Any]) -> str:
    numbers = {name: formats.number(Decimal(given[name]), 2) for name in ("total_was", "total")}
    return str(
        _(
            "Place %(was)s (%(total_was)s points) becomes place %(place)s (%(total)s points).",
            was=given["place_was"], place=given["place"], **numbers,
        )
    )  # fmt: skip


def _rescored(given: Mapping[str, Any]) -> str:
    was, will = (formats.number(Decimal(given[name]), 2) for name in ("total_was", "total"))
    said = _(
        "It keeps place %(place)s: %(was)s points become %(will)s.", place=given["place"], was=was, will=will
    )
    return str(said)


def _due(given: Mapping[str, Any]) -> str:
    was, will = (formats.day(given[name]) if given[name] else "" for name in ("was", "will"))
    if was and will:
        return str(_("Due on %(will)s instead of %(was)s.", will=will, was=was))
    if will:
        return str(_("Due on %(will)s; there was no day.", will=will))
    return str(_("No day any more; it was %(was)s.", was=was))


def place(change: Change) -> str:
    """What a place of the set-up is about, in words; nothing where its key says it best."""
    way = tuple(in_file(change.place).split("."))
    found = next((words for key, words in PLACES.items() if fits(way, tuple(key.split(".")))), "")
    return str(found)


def stood(change: Change) -> str:
    """What stands there now."""
    return _stood(change, change.before)


def stands(change: Change) -> str:
    """What would stand there."""
    return _stood(change, change.after)


def _stood(change: Change, held: Any) -> str:
    if change.place == ("call", "procedure", "coaching"):
        return str(COACHING[held])
    if change.place == ("call", "procedure", "counting"):
        return say(f"counting_{held}")
    return value(held)


def value(held: Any) -> str:
    """What stands at a place of the set-up, short enough for a line."""
    if held is None or held in ("", [], {}):
        return str(_("nothing"))
    if isinstance(held, bool):
        return str(_("yes") if held else _("no"))
    if isinstance(held, Decimal | int):
        return str(formats.number(held))
    if isinstance(held, datetime):
        return str(formats.moment(held))
    if isinstance(held, date):
        return str(formats.day(held))
    if isinstance(held, Mapping):
        return _of_mapping(held)
    if isinstance(held, list):
        return str(ngettext("%(num)d entry", "%(num)d entries", len(held)))
    return _of_text(str(held))


def _of_mapping(held: Mapping[str, Any]) -> str:
    if held.keys() <= set(i18n.LANGUAGES):
        return _of_text(twin.said(dict(held), i18n.language()))
    if held.keys() == {"from", "until"}:
        first, last = formats.day(held["from"]), formats.day(held["until"])
        return str(_("%(first)s to %(last)s", first=first, last=last))
    return str(ngettext("%(num)d entry", "%(num)d entries", len(held)))


def _of_text(text: str) -> str:
    if DAY.match(text):
        with suppress(ValueError, OverflowError):  # a title may look like a day and be none
            return str(formats.moment(text) if "T" in text else formats.day(text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
