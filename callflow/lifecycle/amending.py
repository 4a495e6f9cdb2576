"""A change of who is paid, after the agreement was accepted: asked, a new text offered, accepted; or not.

What was agreed holds until as many members as it asks have accepted the new text.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from callflow.agreements import actions, queries
from callflow.agreements.models import PayeeChange
from callflow.agreements.states import ChangeState, Relation
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, Permission, may, require
from callflow.core.workflow import Blocked, Case, Guard, Move, Reason, Workflow
from callflow.decisions import queries as decisions
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import AFTER_SELECTION, State
from callflow.lifecycle import agreement_text, facts
from callflow.lifecycle.agreeing import all_signed, authority_whole, standing, why_said
from callflow.lifecycle.guards import afterwards
from callflow.lifecycle.timed.telling import responsible_for, tell, writers_of
from callflow.lifecycle.values import Reason as Why

CHANGEABLE = tuple(each for each in AFTER_SELECTION if each not in (State.selected, State.closed))
"""A project whose agreement is accepted and that is not over."""


@dataclass(frozen=True)
class Until:
    """By when the members accept the new text."""

    due_on: date


@dataclass(frozen=True)
class Facts:
    """By what the group was told: a revocation that is only prepared must not show. ``given`` is how many
    members accepted the new text.
    """

    dossier: facts.Facts
    released: bool
    going_on: bool
    gaps: tuple[Reason, ...]
    given: int
    needed: int

    @property
    def comment_until(self) -> date | None:
        """What afterwards.py asks of a dossier's facts."""
        return self.dossier.comment_until


def project_goes_on(case: Case) -> Reason | None:
    """What is over is paid no more."""
    return None if case.facts.going_on else Reason("change_too_late")


def time_to_read(case: Case) -> Reason | None:
    """The members get time to read."""
    due = case.values.due_on if case.values else None
    late = due is not None and due <= clock.local(case.at).date()
    return Reason("agreement_due_past") if late else None


STANDS: list[Guard] = [project_goes_on, afterwards.after_release, afterwards.nobody_heard]


def _note(move: Move) -> None:
    """The event on the dossier's trail, and the version that pages post back."""
    change: PayeeChange = move.case.record
    change.version += 1
    said = {"source": move.source.value, "dest": move.dest.value}
    why = getattr(move.case.values, "text", "").strip()
    trail.record(
        change.agreement.dossier.trail, move.case.actor, f"payee_change_{move.trigger}", data=said,
        texts={"text": why} if why else {},
    )  # fmt: skip


def _freeze(move: Move) -> None:
    """The new text is frozen and goes to the group."""
    change: PayeeChange = move.case.record
    with db.session.no_autoflush:  # it is on offer only together with its text
        change.due_on = move.case.values.due_on
        change.letter = agreement_text.offer(change.agreement.dossier, change.agreement, change)


def _end(move: Move) -> None:
    move.case.record.ended_at = move.case.at


def _say_why(move: Move) -> None:
    change: PayeeChange = move.case.record
    change.answer = move.case.values.text.strip()
    _tell_group(change)


def _tell_group(change: PayeeChange) -> None:
    dossier = change.agreement.dossier
    tell(
        writers_of(dossier), "payee_change_refused", f"/applications/{dossier.reference}/agreement",
        call=dossier.call, dossier=dossier, by_itself=False, why=change.answer,
    )  # fmt: skip


def _tell_staff(change: PayeeChange, kind: str) -> None:
    dossier = change.agreement.dossier
    tell(
        responsible_for(dossier.call, dossier), kind,
        f"/coordinator/dossiers/{dossier.reference}/agreement", call=dossier.call, dossier=dossier,
        by_itself=False, why=change.why,
    )  # fmt: skip


def _tell_withdrawn(move: Move) -> None:
    _tell_staff(move.case.record, "payee_change_withdrawn")


def _conclude(move: Move) -> None:
    """The new text takes the place of the old one; the group gets it in writing."""
    change: PayeeChange = move.case.record
    dossier = change.agreement.dossier
    if change.letter is None:
        raise ValueError("nothing is accepted that was not offered")
    agreement_text.confirm(dossier, change.letter, queries.acceptances_of_change(change))
    actions.settle_change(dossier, change, at=move.case.at)


def _may(actor: Actor, permission: Permission, change: PayeeChange) -> bool:
    return may(actor, permission, change.agreement.dossier)


@lru_cache(maxsize=1)
def workflow() -> Workflow:
    """The same for every call."""
    open_ones = (ChangeState.asked, ChangeState.offered)
    rows = [*_answering(), *(row for source in open_ones for row in _ending(source))]
    return Workflow(ChangeState, rows, initial=ChangeState.asked, may=_may, always=[_note])


def _answering() -> list[dict[str, Any]]:
    return [
        {
            "trigger": "grant",
            "source": ChangeState.asked,
            "dest": ChangeState.offered,
            "permission": P.agreement_prepare,
            "values": Until,
            "guards": [*STANDS, authority_whole, time_to_read],
            "effects": [_freeze],
        },
        {
            "trigger": "accept",
            "source": ChangeState.offered,
            "dest": ChangeState.accepted,
            "permission": P.agreement_accept,
            "guards": [*STANDS, all_signed],
            "effects": [_end, _conclude],
        },
    ]


def _ending(source: ChangeState) -> list[dict[str, Any]]:
    """Either side can end what is under way."""
    return [
        {
            "trigger": "refuse",
            "source": source,
            "dest": ChangeState.refused,
            "permission": P.agreement_prepare,
            "values": Why,
            "guards": [why_said],
            "effects": [_end, _say_why],
        },
        {
            "trigger": "withdraw",
            "source": source,
            "dest": ChangeState.withdrawn,
            "permission": P.agreement_accept,
            "effects": [_end, _tell_withdrawn],
        },
    ]


def case_of(change: PayeeChange, actor: Actor, values: Any = None) -> Case:
    """What the steps of this change are judged by; its dossier was loaded with call, lot and group."""
    dossier = change.agreement.dossier
    known = _facts(dossier, needed=change.agreement.signatures, change=change)
    return Case(change, actor, known, values, clock.now())


def _facts(dossier: Dossier, *, needed: int, change: PayeeChange | None) -> Facts:
    return Facts(
        dossier=facts.gather(dossier),
        released=decisions.released(dossier.id) is not None,
        going_on=dossier.shown_state in CHANGEABLE,
        gaps=agreement_text.obstacles(dossier),
        given=len(queries.acceptances_of_change(change)) if change else 0,
        needed=needed,
    )


def offers(change: PayeeChange, actor: Actor) -> dict[str, list[Reason]]:
    """The steps this person may take now, each with what holds it back."""
    return workflow().offers(case_of(change, actor))


def ask(
    actor: Actor, dossier: Dossier, *, version: int, name: str, relation: Relation, iban: str, why: str
) -> PayeeChange:
    """Ask for a change, and tell the staff. ``version`` is that of the agreement which was seen.

    Raises Changed, Refused as actions.ask_change does, Blocked while the project stands still.
    """
    require(actor, P.agreement_accept, dossier)
    agreement = standing(dossier)
    if agreement.version != version:
        raise Changed("agreement_changed")
    told = decisions.released(dossier.id)
    if told is None or not told.amount:
        raise Refused("change_no_money")
    case = Case(
        agreement, actor, _facts(dossier, needed=agreement.signatures, change=None), None, clock.now()
    )
    if against := [reason for guard in STANDS if (reason := guard(case))]:
        raise Blocked("ask", against)
    change = actions.ask_change(actor, dossier, agreement, name=name, relation=relation, iban=iban, why=why)
    _tell_staff(change, "payee_change_asked")
    return change


def take(
    actor: Actor, dossier: Dossier, trigger: str, *, version: int, values: Until | Why | None = None
) -> PayeeChange:
    """Grant, refuse or withdraw it. ``version`` is the one that the person saw.

    Raises Refused when none is under way, Changed, or one of the WorkflowError family.
    """
    require(actor, P.agreement_accept if trigger == "withdraw" else P.agreement_prepare, dossier)
    change = under_way(dossier)
    if change.version != version:
        raise Changed("change_changed")
    workflow().fire(case_of(change, actor, values), trigger)
    return change


def accept(actor: Actor, dossier: Dossier, *, sha256: str) -> bool:
    """One member accepts the new text with this digest; whether it holds from now on.

    Raises as agreements.actions.sign does, and Blocked while something holds it back.
    """
    require(actor, P.agreement_accept, dossier)
    change = under_way(dossier)
    if against := [reason for guard in STANDS if (reason := guard(case_of(change, actor)))]:
        raise Blocked("accept", against)
    given = actions.sign_change(actor, dossier, change, sha256=sha256)
    if given < change.agreement.signatures:
        change.version += 1
        return False
    workflow().fire(case_of(change, actor), "accept")
    return True


def under_way(dossier: Dossier) -> PayeeChange:
    """The change of this dossier that is not settled. Raises Refused when there is none."""
    change = queries.change_of(standing(dossier))
    if change is None:
        raise Refused("change_gone")
    return change
