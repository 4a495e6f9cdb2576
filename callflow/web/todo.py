"""What somebody must do now, in words and with the address where it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from callflow.core.i18n import ngettext
from callflow.desk.todo import Todo

PLACES: dict[str, str] = {
    "todo_missed": "coach.new_session",
    "todo_appointments": "coach.home",
    "todo_sessions": "coach.new_session",
    "todo_advice": "coach.home",
    "todo_declare": "jury.declaration",
    "todo_score": "jury.home",
    "todo_score_again": "jury.home",
    "todo_remind": "jury.panels",
    "todo_meet": "jury.meetings",
    "todo_quorum": "jury.meetings",
    "todo_settle": "jury.meetings",
    "todo_minutes": "jury.meetings",
    "todo_release": "coordinator.decisions_of_lot",
    "todo_prepared": "coordinator.decisions_of_lot",
    "todo_sign": "coordinator.decisions_of_lot",
    "todo_arrival": "coordinator.decisions_of_lot",
    "admin_coordinator": "coordinator.people",
    "admin_coach": "coordinator.people",
    "admin_jurors": "coordinator.people",
    "admin_chair": "coordinator.people",
    "admin_signatory": "coordinator.people",
    "admin_absent": "coordinator.people",
    "admin_mails": "coordinator.people",
    "admin_warnings": "coordinator.call",
}
ANCHORS = {
    "todo_appointments": "soon", "todo_advice": "present", "todo_remind": "progress", "todo_sign": "released",
    "todo_arrival": "released", "todo_prepared": "prepared", "todo_release": "decided",
    "admin_coordinator": "add", "admin_coach": "add", "admin_jurors": "add", "admin_chair": "add",
    "admin_signatory": "add", "admin_absent": "who", "admin_mails": "who",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A line of the list."""

    words: str
    address: str
    about: Any
    due: date | None
    late: bool


def told(items: Sequence[Todo]) -> list[Told]:
    """The things to do as a page shows them, in the order given."""
    return [
        Told(_words(each.code, each.number), _address(each), each.about, each.due, each.late)
        for each in items
    ]


def _address(each: Todo) -> str:
    if PLACES[each.code] == "jury.home":
        return url_for("jury.home", _anchor=f"call-{each.values['reference']}")
    values: dict[str, Any] = dict(each.values)
    return url_for(PLACES[each.code], _anchor=ANCHORS.get(each.code), **values)


def _words(code: str, n: int) -> str:
    said = {
        **_of_coaches(n), **_of_juries(n), **_of_decisions(n), **_of_administrators(n),
    }  # fmt: skip
    return said[code]


def _of_coaches(n: int) -> dict[str, str]:
    return {
        "todo_missed": ngettext(
            "Note %(num)d session whose day has passed", "Note %(num)d sessions whose day has passed", n
        ),
        "todo_appointments": ngettext(
            "See %(num)d group this week", "See %(num)d groups this week", n
        ),
        "todo_sessions": ngettext(
            "%(num)d project still needs a session", "%(num)d projects still need a session", n
        ),
        "todo_advice": ngettext(
            "Follow up %(num)d piece of advice", "Follow up %(num)d pieces of advice", n
        ),
    }  # fmt: skip


def _of_juries(n: int) -> dict[str, str]:
    return {
        "todo_declare": ngettext("Sign %(num)d declaration", "Sign %(num)d declarations", n),
        "todo_score": ngettext("Score %(num)d application", "Score %(num)d applications", n),
        "todo_score_again": ngettext(
            "Score %(num)d application for a second time", "Score %(num)d applications for a second time", n
        ),
        "todo_remind": ngettext(
            "%(num)d jury member still has to score", "%(num)d jury members still have to score", n
        ),
        "todo_meet": ngettext(
            "Open the meeting: %(num)d project waits",
            "Open the meeting: %(num)d projects wait",
            n,
        ),
        "todo_quorum": ngettext(
            "No quorum yet: %(num)d member is missing", "No quorum yet: %(num)d members are missing", n
        ),
        "todo_settle": ngettext(
            "Settle %(num)d project of the agenda", "Settle %(num)d projects of the agenda", n
        ),
        "todo_minutes": ngettext(
            "Close %(num)d meeting and fix its minutes", "Close %(num)d meetings and fix their minutes", n
        ),
    }  # fmt: skip


def _of_decisions(n: int) -> dict[str, str]:
    return {
        "todo_release": ngettext("Release %(num)d letter", "Release %(num)d letters", n),
        "todo_prepared": ngettext(
            "%(num)d proposal waits for the body", "%(num)d proposals wait for the body", n
        ),
        "todo_sign": ngettext(
            "%(num)d letter has no signed copy yet", "%(num)d letters have no signed copy yet", n
        ),
        "todo_arrival": ngettext(
            "Of %(num)d letter the arrival is not noted yet",
            "Of %(num)d letters the arrival is not noted yet",
            n,
        ),
    }  # fmt: skip


def _of_administrators(n: int) -> dict[str, str]:
    return {
        "admin_coordinator": ngettext(
            "Appoint a coordinator: %(num)d lot has none", "Appoint a coordinator: %(num)d lots have none", n
        ),
        "admin_coach": ngettext(
            "Appoint a coach: %(num)d lot has none", "Appoint a coach: %(num)d lots have none", n
        ),
        "admin_jurors": ngettext(
            "Appoint %(num)d more jury member", "Appoint %(num)d more jury members", n
        ),
        "admin_chair": ngettext("Appoint %(num)d chair", "Appoint %(num)d chairs", n),
        "admin_signatory": ngettext(
            "Appoint a signatory: %(num)d lot has none", "Appoint a signatory: %(num)d lots have none", n
        ),
        "admin_absent": ngettext(
            "Remind %(num)d person who has a role and was never here",
            "Remind %(num)d people who have a role and were never here",
            n,
        ),
        "admin_mails": ngettext(
            "Ask the coordinator to settle %(num)d mail that failed or may not have arrived",
            "Ask the coordinator to settle %(num)d mails that failed or may not have arrived",
            n,
        ),
        "admin_warnings": ngettext(
            "Look at %(num)d point of the set-up", "Look at %(num)d points of the set-up", n
        ),
    }  # fmt: skip
