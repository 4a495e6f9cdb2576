"""The coordinator's home: what waits for me today, which clock runs out first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from callflow.agreements.models import PayeeChange, ProjectAgreement
from callflow.agreements.states import AgreementState, ChangeState
from callflow.applications.models import Attachment
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.decisions.models import Condition, Decision, Hearing
from callflow.decisions.states import Fulfilment
from callflow.desk.counts import counted, reached
from callflow.desk.dossiers import place_of
from callflow.desk.next import Next, due_of
from callflow.desk.scope import CallLine
from callflow.desk.silence import Running, running
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.rules import barred
from callflow.dossiers.states import Fate, State, Task
from callflow.jury.models import Sheet
from callflow.jury.rules import scoring_from
from callflow.lifecycle.amending import CHANGEABLE
from callflow.lifecycle.stages import presenting_from
from callflow.people.models import User
from callflow.screening.models import CompletionRequest
from callflow.territory.models import Municipality

SHOWN = 20
ALONE = "alone"
"""Enough scores and no juror any more: counted with what waits for a juror, so that a thousand dossiers are
asked once whether they have one.
"""
PAYEE, READ = "next_payee_change", ("next_interim", "next_approve")
"""Questions for another payee; reports are what is left of their state when these are taken off."""


@dataclass(frozen=True)
class Waiting:
    """A dossier that waits for somebody of the staff."""

    reference: str
    title: str
    language: str
    place: str
    state: State
    since: datetime
    handler: str | None
    next: Next


@dataclass(frozen=True)
class Kind:
    """One kind of thing to do: its code, in which state the dossiers are, how many, and by when."""

    code: str
    state: State
    number: int
    due: date | None


@dataclass(frozen=True)
class Inbox:
    """``waiting`` are those handed in longest ago, mine and nobody's; ``kinds`` counts all of them;
    ``clock`` those for which silence is, or will soon be, a refusal.
    """

    kinds: Sequence[Kind]
    waiting: Sequence[Waiting]
    clock: Running

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(kind.number for kind in self.kinds)


def inbox(actor: Actor, call: CallLine) -> Inbox:
    """What waits in one call for this person or for nobody in particular, in five statements."""
    steps = _steps(call)
    counts = counted(actor, [call.id])
    # whether a conflict hides anything is known by now: it is not asked again of each dossier
    mine = [reached(actor), *([~barred(actor)] if counts.hidden else []), _of(actor)]
    by_state = counts.by(1, handlers=frozenset({actor.id, None}))
    numbers = {(step, state): by_state[state] for step, state, more in steps if more is None}
    depending = [step for step in steps if step[2] is not None and by_state[step[1]]]
    numbers |= _numbers(call, mine, depending)
    for step, state in [each[:2] for each in depending if each[0] in READ]:
        numbers[step, state] = by_state[state] - numbers.get((PAYEE, state), 0)
    some = [step for step in steps if numbers.get(step[:2])]
    kinds = [Kind(step, state, numbers[step, state], due_of(step, call.calendar)) for step, state, _ in some]
    waiting = _waiting(call, mine, some, numbers) if kinds else []
    return Inbox(kinds, waiting, running(call, mine))


Step = tuple[str, State, ColumnElement[bool] | None]
Numbers = dict[tuple[str, State], int]


def _of(actor: Actor) -> ColumnElement[bool]:
    return or_(Dossier.handler_id == actor.id, Dossier.handler_id.is_(None))


def _steps(call: CallLine) -> list[Step]:
    """SQL twin of desk/next.py for what the staff does: code, state, and what more must hold there."""
    scoring = scoring_from(call.procedure)
    found: list[Step] = [("next_screen", State.submitted, None)]
    if call.procedure.preapplication:
        found.insert(0, ("next_read", State.preapplied, None))
    if call.procedure.completion:
        found.append(("next_overdue", State.incomplete, _overdue()))
    if call.procedure.coaching in (Coaching.before, Coaching.both):
        found.append(("next_coach", State.screened, ~_somebody(Task.coach)))
    if presenting := presenting_from(call.procedure):
        found.append(("next_present", presenting, None))
    return [
        *found,
        ("next_jury", scoring, and_(~_somebody(Task.juror), ~_recused())),
        ("next_recusal", scoring, _recused()),
        ("next_replace", scoring, and_(_left_short(call), ~_recused())),
        ("next_close_scoring", scoring, and_(_somebody(Task.juror), _enough(call), ~_recused())),
        ("next_prepare", State.scored, None),
        *_bent(),
        *(_agreeing(call) if call.procedure.agreement else _reading(call)),
    ]


def _enough(call: CallLine) -> ColumnElement[bool]:
    return Dossier.scores_given >= call.procedure.scores_needed


def _recused() -> ColumnElement[bool]:
    """Dossiers of which a juror stood aside whose scores somebody has to decide on. These are few, as those
    below: found once by their ids, not asked of each dossier.
    """
    return Dossier.id.in_(select(Exclusion.dossier_id).where(Exclusion.scores == Fate.undecided))


def _left_short(call: CallLine) -> ColumnElement[bool]:
    """Dossiers of which a juror stands aside, with fewer jurors left than scores are needed."""
    seat = aliased(Assignment)
    given = exists().where(
        Sheet.dossier_id == seat.dossier_id, Sheet.juror_id == seat.person_id, Sheet.given_at.is_not(None)
    )
    aside = exists().where(Exclusion.dossier_id == seat.dossier_id, Exclusion.person_id == seat.person_id)
    scoring = (
        select(func.count(seat.id))
        .where(seat.dossier_id == Dossier.id, seat.task == Task.juror, ~given, ~aside)
        .correlate(Dossier)
        .scalar_subquery()
    )
    left = (
        select(Assignment.dossier_id)
        .join(
            Exclusion,
            (Exclusion.dossier_id == Assignment.dossier_id) & (Exclusion.person_id == Assignment.person_id),
        )
        .where(Assignment.task == Task.juror)
    )
    return and_(Dossier.id.in_(left), Dossier.scores_given + scoring < call.procedure.scores_needed)


def _reading(call: CallLine, more: ColumnElement[bool] | None = None) -> list[Step]:
    """Reports to read."""
    halfway: list[Step] = [("next_interim", State.interim_reported, more)]
    return [*(halfway if call.procedure.interim else ()), ("next_approve", State.reported, more)]


def _bent() -> list[Step]:
    """Proofs to look at, conditions that are all met, places whose day has passed."""
    current = and_(Decision.dossier_id == Dossier.id, Decision.current)
    conditions = select(Condition.id).join(Decision, Decision.id == Condition.decision_id).where(current)
    proved = (
        exists()
        .where(
            Attachment.dossier_id == Dossier.id,
            Attachment.field == literal("condition-") + cast(Condition.id, String),
        )
        .correlate(Dossier, Condition)
    )
    judging = exists(conditions.where(Condition.fulfilment == Fulfilment.open, proved))
    unmet = exists(conditions.where(Condition.fulfilment != Fulfilment.met))
    over = Dossier.id.in_(
        select(Decision.dossier_id).where(Decision.current, Decision.valid_until < clock.today())
    )
    told = Dossier.state == Dossier.shown_state
    return [
        ("next_judge", State.selected_with_conditions, and_(told, judging)),
        ("next_confirm", State.selected_with_conditions, and_(told, ~unmet)),
        ("next_lapse", State.reserve, and_(told, over)),
    ]


def _agreeing(call: CallLine) -> list[Step]:
    """Agreements to prepare and offer, and those that a group sent back; not while an offer from the reserve
    list waits or a hearing is open. A question for another payee goes before the report to read: who is paid
    must be right first.
    """
    holding = select(ProjectAgreement.dossier_id).where(ProjectAgreement.ended_at.is_(None))
    unanswered = (Decision.current, Decision.answer_by.is_not(None), Decision.answered_at.is_(None))
    # few at a time: found once, not asked of each dossier
    offered = Dossier.id.in_(select(Decision.dossier_id).where(*unanswered))
    heard = Dossier.id.in_(select(Hearing.dossier_id).where(Hearing.closed_at.is_(None)))
    told = Dossier.state == Dossier.shown_state
    free = (~offered, ~heard)
    begun = exists(
        holding.where(
            ProjectAgreement.dossier_id == Dossier.id, ProjectAgreement.state != AgreementState.prepared
        )
    )
    back = Dossier.id.in_(holding.where(ProjectAgreement.state == AgreementState.sent_back))
    otherwise = Dossier.id.in_(
        holding.join(PayeeChange, PayeeChange.agreement_id == ProjectAgreement.id).where(
            PayeeChange.state == ChangeState.asked
        )
    )
    asked = and_(told, ~heard, otherwise)
    return [
        ("next_agreement", State.selected, and_(told, ~begun, *free)),
        ("next_agreement_change", State.selected, and_(told, back, *free)),
        *((PAYEE, state, asked) for state in CHANGEABLE),
        *_reading(call, ~asked),
    ]


def _somebody(task: Task) -> ColumnElement[bool]:
    return exists(select(Assignment.id).where(Assignment.dossier_id == Dossier.id, Assignment.task == task))


def _overdue() -> ColumnElement[bool]:
    """The time that the group had to complete is over."""
    late = (CompletionRequest.ended_at.is_(None), CompletionRequest.due_at <= clock.now())
    return Dossier.id.in_(select(CompletionRequest.dossier_id).where(*late))


def _numbers(call: CallLine, mine: list[ColumnElement[bool]], steps: Sequence[Step]) -> Numbers:
    """How many wait at the steps that depend on more than the state, of the states in which there are any;
    reports are what is left.

    No dossier waits at two steps of the same state.
    """
    found: Numbers = {}
    if pieces := _pieces(call, mine, steps):
        found = {(row[0], row[1]): row[2] for row in db.session.execute(union_all(*pieces))}
    for _, state in [each for each in found if each[0] == ALONE]:
        alone = found.pop((ALONE, state))
        found["next_jury", state] = found.get(("next_jury", state), 0) + alone
        found["next_close_scoring", state] -= alone
    return found


def _pieces(call: CallLine, mine: list[ColumnElement[bool]], steps: Sequence[Step]) -> list[Any]:
    """One for each step, and one for the question that is asked in several states."""
    here = (Dossier.call_id == call.id, *mine)
    pieces = [_piece(call, here, each) for each in steps if each[0] not in (*READ, PAYEE)]
    asked = {state: more for step, state, more in steps if step == PAYEE}
    if asked:
        several = select(literal(PAYEE), Dossier.state, func.count()).group_by(Dossier.state)
        same = next(iter(asked.values()))
        pieces.append(several.where(*here, Dossier.state.in_(asked), *(() if same is None else (same,))))
    return pieces


def _piece(call: CallLine, here: Sequence[ColumnElement[bool]], each: Step) -> Any:
    step, state, more = each
    enough, of = _enough(call), literal(state, Dossier.state.type)
    asked = and_(enough, ~_recused()) if step == "next_close_scoring" else more
    here = (*here, Dossier.state == state, *(() if asked is None else (asked,)))
    if step == "next_jury":
        alone = case((enough, ALONE), else_=step).label("code")
        return select(alone, of, func.count()).where(*here).group_by("code")
    return select(literal(step), of, func.count()).where(*here)


def _waiting(
    call: CallLine, mine: list[ColumnElement[bool]], steps: Sequence[Step], numbers: Numbers
) -> list[Waiting]:
    """The oldest of each kind by their index, no more than there are, then the oldest of these."""
    order = (Dossier.submitted_at, Dossier.id)
    pieces = []
    for step, state, more in steps:
        query = select(Dossier.submitted_at, Dossier.id, literal(step).label("code")).where(
            Dossier.call_id == call.id, Dossier.state == state, *mine, *(() if more is None else (more,))
        )
        most = min(SHOWN, numbers[step, state])
        pieces.append(select(query.order_by(*order).limit(most).subquery()))
    oldest = union_all(*pieces).order_by("submitted_at", "id").limit(SHOWN).subquery()
    rows = db.session.execute(
        select(
            Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.state,
            Dossier.state_since, User.name.label("handler"), oldest.c.code,
            Municipality.country, Municipality.name_nl, Municipality.name_fr,
        )
        .join(oldest, oldest.c.id == Dossier.id)
        .outerjoin(User, User.id == Dossier.handler_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .order_by(*order)
    )  # fmt: skip
    return [_line(row, call) for row in rows]


def _line(row: Any, call: CallLine) -> Waiting:
    town = row.name_nl if row.country == "BE" else row.name_fr
    return Waiting(
        row.reference, row.title, row.language, place_of(row.village, town, row.country), row.state,
        row.state_since, row.handler, Next(row.code, due_of(row.code, call.calendar)),
    )  # fmt: skip
