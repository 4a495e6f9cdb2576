"""What happens next with a dossier, and whose turn it is: a line for lists, without asking the engine."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.dossiers.states import OUTCOMES, State
from callflow.jury.rules import scoring_from


@dataclass(frozen=True)
class Next:
    """A code of words for the next thing, its day when the calendar has one, and whether staff act."""

    code: str
    due: date | None = None
    ours: bool = True


def next_of(
    procedure: Procedure,
    calendar: dict[str, Any],
    state: State,
    *,
    told: bool,
    coaches: int = 0,
    jurors: int = 0,
    scores: int = 0,
    until: datetime | None = None,
) -> Next:
    """``told`` is whether the applicant knows this state; the figures are those of the dossier, ``until`` the
    moment until which it can be completed.
    """
    if state is State.submitted:
        return Next("next_screen", day_of(calendar, "completeness_until"))
    if state is State.incomplete:
        return _completing(until)
    if state in OUTCOMES and not told:
        return Next("next_decision", day_of(calendar, "decision_on"))
    if state is scoring_from(procedure):
        return _scoring(procedure, calendar, jurors, scores)
    if state is State.screened:
        return _coached("coaching", calendar, coaches)
    if state is State.scored:
        return Next("next_prepare", day_of(calendar, "decision_on"))
    if state is State.selected and procedure.coaching in (Coaching.after, Coaching.both):
        return _coached("guidance", calendar, coaches)
    if state in (State.selected, State.guided):
        due = day_of(calendar, "report_due")
        return Next("next_report", due, ours=False) if procedure.report else Next("next_close")
    return Next("next_approve") if state is State.reported else Next("next_nothing", ours=False)


def _completing(until: datetime | None) -> Next:
    if until is None:
        return Next("next_completion", ours=False)
    over = clock.now() >= until
    return Next("next_overdue" if over else "next_completion", clock.local(until).date(), ours=over)


DAYS = {
    "next_screen": "completeness_until",
    "next_coach": "coaching",
    "next_jury": "jury_on",
    "next_close_scoring": "jury_on",
    "next_prepare": "decision_on",
}
"""The day of the calendar by which a thing is due."""


def due_of(code: str, calendar: dict[str, Any]) -> date | None:
    """The day by which the staff does this, when the calendar of the call has one."""
    return day_of(calendar, DAYS[code]) if code in DAYS else None


def day_of(calendar: dict[str, Any], key: str) -> date | None:
    """A day of the calendar; of a window its last, of a moment its day in Brussels."""
    value = calendar.get(key)
    if isinstance(value, dict):
        value = value.get("until")
    if not value:
        return None
    if "T" in value:
        return clock.local(datetime.fromisoformat(value)).date()
    return date.fromisoformat(value)


def _scoring(procedure: Procedure, calendar: dict[str, Any], jurors: int, scores: int) -> Next:
    due = day_of(calendar, "jury_on")
    if not jurors:
        return Next("next_jury", due)
    if scores < procedure.scores_needed:
        return Next("next_scores", due, ours=False)
    return Next("next_close_scoring", due)


def _coached(window: str, calendar: dict[str, Any], coaches: int) -> Next:
    due = day_of(calendar, window)
    return Next("next_coaching", due, ours=False) if coaches else Next("next_coach", due)
