"""What must hold between decisions and what became of them: letters and mails that tell them, promises,
offers, conditions, hearings.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from callflow.core.firing import Firing
from callflow.core.outbox import OutboxMail
from callflow.decisions.models import Condition, Decision, Hearing
from callflow.decisions.states import DecisionState, Ending, Fulfilment
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import AFTER_SELECTION, GRANTING, State
from callflow.letters.models import Letter
from callflow.lifecycle.agreement import LETTERS, ended
from callflow.lifecycle.checking import Checks, Query

check = Checks()
OFFERED = "offer_ready"
"""What the clock calls it when it prepares an offer (timed/offering.py)."""


def _released() -> ColumnElement[bool]:
    return Decision.state == DecisionState.released


@check
def letters_of_decision() -> Query:
    """A released decision has exactly one decision letter; one that is not released has none."""
    both = _told_and_written()
    return (
        select(Dossier.reference, func.sum(both.c.one))
        .join(both, both.c.dossier_id == Dossier.id)
        .group_by(Dossier.id, Dossier.reference)
        .having(func.sum(both.c.one) != 0)
    )


def _told_and_written() -> Any:
    """One for each decision that was told, less one for each decision letter, by what it says."""
    told = select(
        Decision.dossier_id.label("dossier_id"), cast(Decision.outcome, String).label("kind"),
        literal(1).label("one"),
    ).where(_released())  # fmt: skip
    written = select(Letter.dossier_id, cast(Letter.kind, String), literal(-1)).where(
        Letter.kind.in_(LETTERS)
    )
    return union_all(told, written).subquery()


@check
def letter_of_another_kind() -> Query:
    """The decision letter says what was decided."""
    both = _told_and_written()
    return (
        select(Dossier.reference, both.c.kind)
        .join(both, both.c.dossier_id == Dossier.id)
        .group_by(Dossier.id, Dossier.reference, both.c.kind)
        .having(func.sum(both.c.one) != 0)
    )


@check
def mail_missing() -> Query:
    """Whoever is told of a decision is sent a mail."""
    sent = exists().where(OutboxMail.dossier_id == Dossier.id, OutboxMail.notice == Decision.outcome)
    return (
        select(Dossier.reference, Decision.outcome)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(_released(), ~sent)
    )


@check
def mail_twice() -> Query:
    """One mail to each addressee of a decision."""
    times = func.count(OutboxMail.id)
    decided = and_(Decision.dossier_id == Dossier.id, Decision.outcome == OutboxMail.notice, _released())
    told = select(func.count(Decision.id)).where(decided).correlate(Dossier, OutboxMail).scalar_subquery()
    return (
        select(Dossier.reference, times)
        .join(OutboxMail, and_(OutboxMail.dossier_id == Dossier.id, OutboxMail.notice.in_(LETTERS)))
        .group_by(Dossier.id, Dossier.reference, OutboxMail.notice, OutboxMail.recipient)
        .having(times > told)
    )


@check
def mail_too_early() -> Query:
    """No mail tells an outcome that was not released."""
    mailed = and_(OutboxMail.dossier_id == Dossier.id, OutboxMail.notice.in_(LETTERS))
    told = and_(Decision.dossier_id == Dossier.id, Decision.outcome == OutboxMail.notice, _released())
    return (
        select(Dossier.reference, OutboxMail.notice)
        .join(OutboxMail, mailed)
        .where(~exists(select(Decision.id).where(told).correlate(Dossier, OutboxMail)))
    )


@check
def promise_without_project() -> Query:
    """What promises money or days, and was told, belongs to a project that goes on; what ended does not."""
    goes_on = or_(Dossier.state.in_((*AFTER_SELECTION, *GRANTING)), Dossier.state != Dossier.shown_state)
    return (
        select(Dossier.reference, Decision.number)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Decision.outcome.in_(GRANTING), Decision.ended_at.is_(None), not_(goes_on))
    )


@check
def promoted_without_place() -> Query:
    """An offer from the reserve list follows a place on it that was told, and ends that place."""
    place = aliased(Decision)
    was_told = and_(
        place.dossier_id == Decision.dossier_id, place.number == Decision.number - 1,
        place.outcome == State.reserve, place.state == DecisionState.released,
        or_(not_(_released()), place.ended_how == Ending.followed),
    )  # fmt: skip
    return (
        select(Dossier.reference, Decision.number)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Decision.origin == State.reserve, ~exists(select(place.id).where(was_told)))
    )


@check
def prepared_by_nobody() -> Query:
    """Where nobody's name stands at a decision, the clock prepared it, once."""
    fired = exists(
        select(Firing.id).where(Firing.kind == OFFERED, Firing.subject_id == Decision.dossier_id)
    ).correlate(Decision)
    return (
        select(Dossier.reference, Decision.number)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Decision.prepared_by.is_(None), ~fired)
    )


@check
def revoked_unheard() -> Query:
    """Whoever loses what was promised was asked before; a revocation that was told ends the promise."""
    asked = exists(select(Hearing.id).where(Hearing.dossier_id == Dossier.id).correlate(Dossier))
    unended = and_(_released(), not_(ended(Ending.revoked)))
    return (
        select(Dossier.reference, Decision.number)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Decision.outcome == State.revoked, or_(not_(asked), unended))
    )


@check
def conditions_disagree() -> Query:
    """Selected with conditions has some; selected after them has them all met."""
    count = func.count(Condition.id)
    unmet = func.count(Condition.id).filter(Condition.fulfilment != Fulfilment.met)
    conditional = Decision.outcome == State.selected_with_conditions
    return (
        select(Dossier.reference, unmet)
        .join(Decision, and_(Decision.dossier_id == Dossier.id, Decision.current))
        .outerjoin(Condition, Condition.decision_id == Decision.id)
        .group_by(Dossier.id, Dossier.reference, Dossier.state, Decision.outcome)
        .having(
            or_(
                conditional != (count > 0),
                and_(conditional, Dossier.state.in_(AFTER_SELECTION), unmet > 0),
            )
        )
    )
