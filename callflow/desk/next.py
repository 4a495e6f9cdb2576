"""What happens next with a dossier, and whose turn it is: a line for lists, without asking the engine."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from callflow.agreements.models import PayeeChange
from callflow.agreements.states import AgreementState, ChangeState
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.desk.outcome import NOTHING, Outcome
from callflow.dossiers.states import OUTCOMES, State
from callflow.jury.rules import scoring_from
from callflow.lifecycle.amending import CHANGEABLE
from callflow.lifecycle.stages import presenting_from
from callflow.reports.rules import due_report
from callflow.reports.states import ReportKind

READING = (State.interim_reported, State.reported)
"""Where a report waits for the staff: a text with another payee that waits for its group is no news there."""


@dataclass(frozen=True)
class Next:
    """A code of words for the next thing, its day when the calendar has one, and whether staff act."""

    code: str
    due: date | None = None
    ours: bool = True


EARLY = {
    State.preapplied: ("next_read", "invitations_on", True),
    State.invited: ("next_full", "full_until", False),
    State.submitted: ("next_screen", "completeness_until", True),
}
"""Before anybody judges: the code of what comes next, its day in the calendar, and whether staff act."""


def next_of(
    procedure: Procedure,
    calendar: dict[str, Any],
    state: State,
    *,
    told: bool,
    coaches: int = 0,
    jurors: int = 0,
    scores: int = 0,
    aside: str = "",
    until: datetime | None = None,
    outcome: Outcome = NOTHING,
) -> Next:
    """``told`` is whether the applicant knows this state; the figures are those of the dossier, ``aside``
    what a juror who stood aside leaves to do, ``until`` the moment until which it can be completed. Without
    its ``outcome`` nothing is said of conditions proved, offers answered and hearings.
    """
    if early := _early(state, calendar, until):
        return early
    if state in OUTCOMES and not told:
        return Next("next_decision", day_of(calendar, "decision_on"))
    if bent := _bent(state, outcome):
        return bent
    if state is presenting_from(procedure):
        return Next("next_present", day_of(calendar, "jury_on"))
    if state is scoring_from(procedure):
        return _scoring(procedure, calendar, jurors, scores, aside)
    if state is State.screened and procedure.coaching in (Coaching.before, Coaching.both):
        return _coached("coaching", calendar, coaches)
    if state is State.scored:
        return Next("next_prepare", day_of(calendar, "decision_on"))
    if state is State.selected and procedure.agreement:
        return _agreement(outcome)
    if outcome.change is not None and _comes_first(outcome.change, state):
        return _payee_change(outcome.change)
    chosen = State.agreed if procedure.agreement else State.selected
    if state is chosen and procedure.coaching in (Coaching.after, Coaching.both):
        return _coached("guidance", calendar, coaches)
    return _reports(procedure, calendar, state)


def _early(state: State, calendar: dict[str, Any], until: datetime | None) -> Next | None:
    """Before anybody judges."""
    if state is State.incomplete:
        return _completing(until)
    if state not in EARLY:
        return None
    code, awaited, ours = EARLY[state]
    return Next(code, day_of(calendar, awaited), ours)


def _agreement(outcome: Outcome) -> Next:
    """The authority prepares and offers; the group accepts, or sends it back."""
    agreement = outcome.agreed
    if agreement is None or agreement.state is AgreementState.prepared:
        return Next("next_agreement")
    if agreement.state is AgreementState.sent_back:
        return Next("next_agreement_change")
    return Next("next_agreement_answer", agreement.due_on, ours=False)


def _comes_first(change: PayeeChange, state: State) -> bool:
    """Whether this question is what the project waits for."""
    return state in CHANGEABLE and (state not in READING or change.state is ChangeState.asked)


def _payee_change(change: PayeeChange) -> Next:
    """The authority grants or refuses it; then the group accepts the new text."""
    if change.state is ChangeState.asked:
        return Next("next_payee_change")
    return Next("next_payee_change_answer", change.due_on, ours=False)


def _reports(procedure: Procedure, calendar: dict[str, Any], state: State) -> Next:
    """Which report comes, or is to be read."""
    if state in (State.interim_reported, State.reported):
        return Next("next_interim" if state is State.interim_reported else "next_approve")
    kind = due_report(procedure, state)
    if kind is ReportKind.interim:
        return Next("next_interim_report", day_of(calendar, "interim_due"), ours=False)
    if kind is ReportKind.final:
        return Next("next_report", day_of(calendar, "report_due"), ours=False)
    follows = state in (State.selected, State.agreed, State.guided)
    return Next("next_close") if follows else Next("next_nothing", ours=False)


def _completing(until: datetime | None) -> Next:
    if until is None:
        return Next("next_completion", ours=False)
    over = clock.now() >= until
    return Next("next_overdue" if over else "next_completion", clock.local(until).date(), ours=over)


def _bent(state: State, outcome: Outcome) -> Next | None:
    """What comes next where the way is not straight."""
    standing, today = outcome.standing, clock.today()
    if hearing := outcome.heard:
        over = bool(hearing.remarks) or hearing.comment_until < today
        return Next("next_revoke" if over else "next_hearing", hearing.comment_until, ours=over)
    if state is State.selected_with_conditions:
        return _conditions(outcome)
    if state is State.postponed:
        return Next("next_resume", standing.postponed_until if standing else None)
    if state is State.reserve:
        until = standing.valid_until if standing else None
        return _by(until, "next_reserve")
    if state is State.selected and outcome.offer is not None:
        return _by(outcome.offer.answer_by, "next_answer")
    return None


def _by(until: date | None, code: str) -> Next:
    """Others act until a day; after it the place or the offer can lapse."""
    over = until is not None and until < clock.today()
    return Next("next_lapse" if over else code, until, ours=over)


def _conditions(outcome: Outcome) -> Next:
    open_ones = [each for each in outcome.demands if not each.met]
    if outcome.demands and not open_ones:
        return Next("next_confirm")
    due = min((each.condition.due_on for each in open_ones), default=None)
    judging = any(each.to_judge for each in open_ones)
    return Next("next_judge", due) if judging else Next("next_conditions", due, ours=False)


DAYS = {
    "next_read": "invitations_on",
    "next_screen": "completeness_until",
    "next_coach": "coaching",
    "next_present": "jury_on",
    "next_jury": "jury_on",
    "next_recusal": "jury_on",
    "next_replace": "jury_on",
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


def _scoring(procedure: Procedure, calendar: dict[str, Any], jurors: int, scores: int, aside: str) -> Next:
    due = day_of(calendar, "jury_on")
    if not jurors:
        return Next("next_jury", due)
    if aside:
        return Next(aside, due)
    if scores < procedure.scores_needed:
        return Next("next_scores", due, ours=False)
    return Next("next_close_scoring", due)


def _coached(window: str, calendar: dict[str, Any], coaches: int) -> Next:
    due = day_of(calendar, window)
    return Next("next_coaching", due, ours=False) if coaches else Next("next_coach", due)
