"""What the guards of a dossier's steps need to know, gathered in one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, String, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from callflow.agreements.models import ProjectAgreement
from callflow.agreements.states import AgreementState
from callflow.applications.models import Answer, Submission
from callflow.applications.rules import full_until
from callflow.calls.procedure import Procedure
from callflow.calls.states import Counting
from callflow.coaching.models import Waiver, session_dossier
from callflow.coaching.rules import stretch_of
from callflow.core import clock
from callflow.core.db import db
from callflow.decisions import joint
from callflow.decisions.models import Condition, Decision, Hearing, Promise, Resolution
from callflow.decisions.promised import promised
from callflow.decisions.rules import day_over, unread
from callflow.decisions.states import DecisionState, Fulfilment
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.rules import apart
from callflow.dossiers.states import Fate, State, Task
from callflow.jury.models import Count, Meeting, MeetingItem, Presence, Presentation, Sheet
from callflow.reports.models import Report
from callflow.reports.states import ReportKind
from callflow.screening.models import Check, CompletionRequest, Verdict


@dataclass(frozen=True)
class Facts:
    """Figures about one dossier and its lot; money in euro, ``unanswered`` are field ids of the form.

    ``joint`` is the envelope behind that of the lot, ``joint_paid`` what it has paid for the other lots;
    ``uncounted``: it was scored, and its total waits for the habits of the jury to be frozen;
    ``quorum`` is that of the open meeting with it on the agenda, ``in_room`` who sits there without conflict.
    ``presents_at`` is when the group was invited to present its project; ``full_until`` until when one that
    handed in a short form can hand in the whole application.
    ``completion_due`` and ``completion_version`` are those of the open request for completion.
    Of its current decision: ``origin`` is the state it was prepared from, ``ahead`` counts who waits on the
    reserve list with no lower a place; it is ``overtaken`` when a day that its letter names has come, or the
    group commented after the body decided. ``comment_until`` is that of a hearing that is open.
    """

    procedure: Procedure
    opens_at: datetime
    closes_at: datetime
    points: tuple[str, ...]
    checks_passed: int
    checks_failed: int
    coaches: int
    sessions: int
    sessions_waived: bool
    jurors: int
    scores_given: int
    scores_open: int
    recusals_open: int
    decision_state: DecisionState | None
    report_submitted: bool
    revised: bool
    envelope: Decimal | None
    committed: Decimal
    days: int | None
    days_committed: int
    maximum: Decimal | None
    minimum: Decimal | None
    joint: Decimal | None = None
    joint_paid: Decimal = Decimal(0)
    completion_due: datetime | None = None
    completion_version: int | None = None
    origin: State | None = None
    valid_until: date | None = None
    ahead: int = 0
    answer_by: date | None = None
    answered: bool = False
    overtaken: bool = False
    conditions_open: int = 0
    interim_submitted: bool = False
    agreed: bool = False
    granted: Decimal | None = None
    comment_until: date | None = None
    commented: bool = False
    unanswered: tuple[str, ...] = ()
    uncounted: bool = False
    quorum: int | None = None
    in_room: int = 0
    presents_at: datetime | None = None
    met: bool = False
    full_until: datetime | None = None

    @property
    def left(self) -> Decimal | None:
        """The money that this dossier can still get: of its lot, then of the joint envelope."""
        if self.envelope is None:
            return None
        behind = Decimal(0) if self.joint is None else max(self.joint - self.joint_paid, Decimal(0))
        return max(self.envelope + behind - self.committed, Decimal(0))

    @property
    def released(self) -> bool:
        """Whether the applicant has been told."""
        return self.decision_state is DecisionState.released


def _figure(query: Select[Any]) -> ColumnElement[Any]:
    return query.correlate(None).scalar_subquery()


def _counts() -> dict[str, ColumnElement[Any]]:
    mine = bindparam("dossier_id", type_=Integer)
    stretch = bindparam("stretch", type_=String)
    return {
        **_jury(mine),
        **_of_completion(mine),
        **_meeting(mine),
        "checks_passed": _figure(
            select(func.count()).where(Check.dossier_id == mine, Check.verdict == Verdict.passed)
        ),
        "checks_failed": _figure(
            select(func.count()).where(Check.dossier_id == mine, Check.verdict == Verdict.failed)
        ),
        "coaches": _figure(
            select(func.count()).where(Assignment.dossier_id == mine, Assignment.task == Task.coach)
        ),
        "sessions": _figure(
            select(func.count()).where(
                session_dossier.c.dossier_id == mine, session_dossier.c.stretch == stretch
            )
        ),
        "sessions_waived": _figure(
            select(func.count()).where(Waiver.dossier_id == mine, Waiver.stretch == stretch)
        ),
        **_of_decision(mine),
        "report_submitted": _sent(mine, ReportKind.final),
        "interim_submitted": _sent(mine, ReportKind.interim),
        "agreed": _figure(
            select(func.count()).where(
                ProjectAgreement.dossier_id == mine,
                ProjectAgreement.state == AgreementState.accepted,
                ProjectAgreement.ended_at.is_(None),
            )
        ),
        **_promised(mine),
    }


def _sent(mine: ColumnElement[int], kind: ReportKind) -> ColumnElement[Any]:
    sent = (Report.dossier_id == mine, Report.kind == kind, Report.submitted_at.is_not(None))
    return _figure(select(func.count()).where(*sent))


def _jury(mine: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    sheets = select(func.count()).where(Sheet.dossier_id == mine, Sheet.given_at.is_not(None))
    return {
        "jurors": _figure(
            select(func.count()).where(Assignment.dossier_id == mine, Assignment.task == Task.juror)
        ),
        "scores_given": _figure(sheets.where(~Sheet.abstained)),
        "scores_handed": _figure(sheets),
        "recusals_open": _figure(
            select(func.count()).where(Exclusion.dossier_id == mine, Exclusion.scores == Fate.undecided)
        ),
        "presents_at": _figure(select(Presentation.held_at).where(Presentation.dossier_id == mine)),
        "counting": _figure(
            select(Count.counting).where(Count.call_id == bindparam("call_id", type_=Integer))
        ),
    }


def _meeting(mine: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    """The open meeting that has this dossier on its agenda, and whether any settled it."""
    here = (MeetingItem.dossier_id == mine, MeetingItem.stands)
    open_now = (*here, Meeting.id == MeetingItem.meeting_id, Meeting.closed_at.is_(None))
    sitting = select(func.count(Presence.id)).where(*open_now, Presence.meeting_id == Meeting.id)
    return {
        "quorum": _figure(select(func.max(Meeting.quorum)).where(*open_now)),
        "in_room": _figure(sitting.where(~apart(mine, Presence.person_id))),
        "met": _figure(select(func.count(MeetingItem.id)).where(*here, MeetingItem.settled_at.is_not(None))),
    }


def _promised(mine: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    """What others of the lot hold already, and what the joint envelope behind it has paid elsewhere."""
    lot = bindparam("lot_id", type_=Integer)
    own = (Decision.dossier_id == mine, Decision.lot_id == lot, joint.promises())
    return {
        "answered_at": _figure(select(func.max(Answer.saved_at)).where(Answer.application_id == mine)),
        "handed_in_at": _figure(
            select(func.max(Submission.submitted_at)).where(Submission.application_id == mine)
        ),
        "committed": promised(Promise.amount, lot),
        "own_amount": _figure(select(func.sum(Decision.amount)).where(*own)),
        "joint": joint.amount_behind(lot),
        "joint_paid": joint.paid_for_others(lot),
        "days_committed": promised(Promise.days, lot),
        "own_days": _figure(select(func.sum(Decision.coaching_days)).where(*own)),
    }


def _of_completion(mine: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    open_one = (CompletionRequest.dossier_id == mine, CompletionRequest.ended_at.is_(None))
    return {
        "completion_due": _figure(select(CompletionRequest.due_at).where(*open_one)),
        "completion_version": _figure(select(CompletionRequest.version).where(*open_one)),
    }


def _of_decision(mine: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Of the current decision, its conditions, the reserve list it stands on, and an open hearing."""
    current = (Decision.dossier_id == mine, Decision.current)
    demands = select(func.count()).select_from(Condition).join(Decision, Decision.id == Condition.decision_id)
    hearing = (Hearing.dossier_id == mine, Hearing.closed_at.is_(None))
    return {
        "decision_state": _figure(select(Decision.state).where(*current)),
        "origin": _figure(select(Decision.origin).where(*current)),
        "valid_until": _figure(select(Decision.valid_until).where(*current)),
        "ahead": _figure(_ahead(mine)),
        "answer_by": _figure(select(Decision.answer_by).where(*current)),
        "offer_answered_at": _figure(select(Decision.answered_at).where(*current)),
        "recorded_at": _figure(
            select(Resolution.recorded_at)
            .join(Decision, Decision.resolution_id == Resolution.id)
            .where(*current, Decision.outcome == State.revoked)
        ),
        "postponed_until": _figure(select(Decision.postponed_until).where(*current)),
        "proof_by": _figure(demands.with_only_columns(func.min(Condition.due_on)).where(*current)),
        "conditions_open": _figure(demands.where(*current, Condition.fulfilment != Fulfilment.met)),
        "granted": _figure(select(Decision.amount).where(*current)),
        "comment_until": _figure(select(Hearing.comment_until).where(*hearing)),
        "remarks_at": _figure(select(Hearing.remarks_at).where(*hearing)),
    }


def _ahead(mine: ColumnElement[Any]) -> Select[Any]:
    """Others on the reserve list of the lot whose place holds and is no lower."""
    own, theirs = aliased(Decision), aliased(Decision)
    return (
        select(func.count())
        .select_from(theirs)
        .join(Dossier, Dossier.id == theirs.dossier_id)
        .join(own, and_(own.lot_id == theirs.lot_id, own.dossier_id == mine, own.current))
        .where(
            theirs.lot_id == bindparam("lot_id", type_=Integer),
            theirs.current,
            theirs.outcome == State.reserve,
            theirs.state == DecisionState.released,
            theirs.dossier_id != mine,
            theirs.rank <= own.rank,
            theirs.valid_until >= bindparam("today", type_=Date),
        )
    )


@lru_cache(maxsize=1)
def _statement() -> Select[Any]:
    """Put together once: that costs more than carrying it out."""
    return select(*(column.label(name) for name, column in _counts().items()))


AS_COUNTED = (
    "checks_passed", "checks_failed", "coaches", "sessions", "jurors", "scores_given", "recusals_open",
    "decision_state", "completion_due", "completion_version", "quorum", "in_room",
    "presents_at",
)  # fmt: skip
"""Figures of the statement that are facts as they stand."""


def _bent(row: Row[Any]) -> dict[str, Any]:
    """What _of_decision asked for, and the joint envelope."""
    return {
        "joint": row.joint,
        "joint_paid": row.joint_paid or Decimal(0),
        "origin": row.origin,
        "valid_until": row.valid_until,
        "ahead": row.ahead or 0,
        "answer_by": row.answer_by,
        "answered": row.offer_answered_at is not None,
        "overtaken": day_over(row, clock.today()) is not None or unread(row.remarks_at, row.recorded_at),
        "conditions_open": row.conditions_open or 0,
        "granted": row.granted,
        "comment_until": row.comment_until,
        "commented": row.remarks_at is not None,
    }


def gather(dossier: Dossier, *, unanswered: tuple[str, ...] = ()) -> Facts:
    """One statement about one dossier, whose call and lot are loaded. ``unanswered`` comes from
    applications.answers.
    """
    call, lot, procedure = dossier.call, dossier.lot, Procedure.of(dossier.call.procedure)
    about: dict[str, Any] = {"lot_id": dossier.lot_id, "call_id": dossier.call_id, "dossier_id": dossier.id}
    about |= {"stretch": stretch_of(procedure, dossier.state).value, "today": clock.today()}
    row = db.session.execute(_statement(), about).one()
    return Facts(
        **{name: getattr(row, name) for name in AS_COUNTED},
        procedure=procedure,
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        points=tuple(point["key"] for point in call.checklist),
        sessions_waived=bool(row.sessions_waived),
        scores_open=max(0, row.jurors - row.scores_handed),
        report_submitted=bool(row.report_submitted),
        interim_submitted=bool(row.interim_submitted),
        agreed=bool(row.agreed),
        revised=_later(row.answered_at, row.handed_in_at),
        envelope=lot.envelope,
        committed=row.committed - (row.own_amount or 0),
        days=lot.coaching_days,
        days_committed=row.days_committed - (row.own_days or 0),
        maximum=lot.maximum_amount,
        minimum=lot.minimum_amount,
        **_bent(row),
        unanswered=unanswered,
        uncounted=_uncounted(row, procedure, dossier),
        met=bool(row.met),
        full_until=full_until(call),
    )


def _uncounted(row: Any, procedure: Procedure, dossier: Dossier) -> bool:
    """Whether it was scored while its total waits for the habits of the jury."""
    calibrated = (row.counting or procedure.counting) is Counting.calibrated
    return calibrated and dossier.total_percent is None and row.scores_given > 0


def _later(answered_at: datetime | None, handed_in_at: datetime | None) -> bool:
    """Whether somebody wrote after the last version was handed in."""
    return answered_at is not None and (handed_in_at is None or answered_at > handed_in_at)
