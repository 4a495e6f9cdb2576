"""The small procedure of a decision: prepared by a step, decided by the body, released to the applicant in
one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from callflow.agreements import actions as agreements
from callflow.calls.models import Lot
from callflow.core import clock, failpoint, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, Permission, may, require
from callflow.core.workflow import Case, Move, Reason, Workflow
from callflow.decisions import actions as decisions_of
from callflow.decisions import rules
from callflow.decisions.models import Decision, Resolution
from callflow.decisions.states import DecisionState, Ending
from callflow.dossiers.states import State
from callflow.lifecycle import letter
from callflow.lifecycle.frame import Known


@dataclass(frozen=True)
class Deciding:
    """The resolution under which the body decided."""

    resolution: Resolution


@dataclass(frozen=True)
class Facts:
    """``obstacles`` to the letter, and whether equal scores of this lot got unequal outcomes that no rule
    explains.
    """

    obstacles: tuple[Reason, ...] = ()
    tied: bool = False
    known: Known | None = None


def _may(actor: Actor, permission: Permission, decision: Decision) -> bool:
    return may(actor, permission, decision.dossier)


def second_pair_of_eyes(case: Case) -> Reason | None:
    """Who prepared a decision does not release it; of one that the clock prepared, who noted what the body
    decided.
    """
    decision: Decision = case.record
    if decision.prepared_by is None:
        noted = decision.resolution.recorded_by if decision.resolution else None
        return Reason("same_recorder") if case.actor.id == noted else None
    return Reason("same_person") if case.actor.id == decision.prepared_by else None


def tie_decided(case: Case) -> Reason | None:
    """Equal scores that the published rules do not break are never broken by chance."""
    return Reason("tie_undecided") if case.facts and case.facts.tied else None


def days_ahead(case: Case) -> Reason | None:
    """Nobody is told to answer, to prove or to wait until a day that is over: an offer or a place would lapse
    in the same hour.
    """
    decision: Decision = case.record
    day = rules.day_over(decision, clock.local(case.at).date())
    if day is None:
        return None
    return Reason(
        "answer_day_over" if day == decision.answer_by else "letter_day_over", {"day": day.isoformat()}
    )


def comments_read(case: Case) -> Reason | None:
    """Nobody loses a promise while what they said about it was not weighed."""
    decision: Decision = case.record
    said, resolution = decision.remarks_at, decision.resolution
    if said is None or resolution is None or not rules.unread(said, resolution.recorded_at):
        return None
    return Reason("comments_unread", {"day": clock.local(said).date().isoformat()})


def letter_ready(case: Case) -> Reason | None:
    """Reasons, appeal block with its confirmation, signatory: the first thing that is missing."""
    return case.facts.obstacles[0] if case.facts and case.facts.obstacles else None


def _note(move: Move) -> None:
    """The event on the dossier's trail: a resolution by its number, never who sat where."""
    decision: Decision = move.case.record
    data: dict[str, Any] = {"outcome": str(decision.outcome)}
    if isinstance(move.case.values, Deciding):
        resolution = move.case.values.resolution
        data |= {
            "body": resolution.body,
            "number": resolution.number,
            "decided_on": resolution.decided_on.isoformat(),
        }
    trail.record(
        decision.dossier.trail,
        move.case.actor,
        f"decision_{move.dest.value}",
        source=str(decision.dossier.state),
        dest=str(decision.dossier.state),
        data=data,
    )
    decision.dossier.version += 1


def _bind(move: Move) -> None:
    move.case.record.resolution = move.case.values.resolution


def _reveal(move: Move) -> None:
    """The applicant is told: from this moment the outcome shows everywhere."""
    decision: Decision = move.case.record
    decision.released_by, decision.released_at = move.case.actor.id, move.case.at
    decision.dossier.shown_state = decision.dossier.state
    letter.release_decision(decision.dossier, decision, known=move.case.facts.known)
    if decision.number > 1:
        _end_earlier(decision, move)


def _end_earlier(decision: Decision, move: Move) -> None:
    """What was told before makes room: a place on the reserve list for an offer, a promise for its
    revocation.
    """
    revoked = decision.outcome is State.revoked
    how = Ending.revoked if revoked else Ending.followed
    decisions_of.end(decision.dossier, how, at=move.case.at, but=decision)
    if revoked:
        decisions_of.close_hearing(decision.dossier, at=move.case.at)
        agreements.end(decision.dossier, at=move.case.at)


@lru_cache(maxsize=1)
def workflow() -> Workflow:
    """The same for every call."""
    return Workflow(
        DecisionState,
        [
            {
                "trigger": "decide",
                "source": DecisionState.prepared,
                "dest": DecisionState.decided,
                "permission": P.decision_record,
                "values": Deciding,
                "effects": [_bind],
            },
            {
                "trigger": "release",
                "source": DecisionState.decided,
                "dest": DecisionState.released,
                "permission": P.decision_release,
                "guards": [second_pair_of_eyes, tie_decided, letter_ready, days_ahead, comments_read],
                "effects": [_reveal],
            },
        ],
        initial=DecisionState.prepared,
        may=_may,
        always=[_note],
    )


def decide(
    actor: Actor, lot: Lot, decisions: Sequence[Decision], *, body: str, decided_on: date, number: str
) -> Resolution:
    """Record what the deciding body decided on all these prepared decisions of one lot.

    ``decisions`` come locked from decisions.queries.of_lot. Raises Refused when there are none, the day lies
    ahead,
    or the resolution has no number; NotOffered when one was decided meanwhile.
    """
    require(actor, P.decision_record, lot)
    if not decisions:
        raise Refused("nothing_to_decide")
    if not number.strip():
        raise Refused("number_missing", field="number")
    if not body.strip():
        raise Refused("body_missing", field="body")
    if decided_on > clock.today():
        raise Refused("date_ahead", field="decided_on")
    resolution = Resolution(
        lot_id=lot.id,
        body=body.strip(),
        decided_on=decided_on,
        number=number.strip(),
        recorded_by=actor.id,
        recorded_at=clock.now(),
        extract="",
    )
    db.session.add(resolution)
    for decision in decisions:
        workflow().fire(Case(decision, actor, None, Deciding(resolution), clock.now()), "decide")
    return resolution


def case_of(
    decision: Decision,
    actor: Actor,
    *,
    tied: frozenset[int],
    known: Known | None = None,
    at: datetime | None = None,
) -> Case:
    """What the release of this decision is judged by; ``tied`` are ids of dossiers, from tied_in(),
    ``known`` what the letters of a whole batch need, ``at`` the moment that they share.
    """
    obstacles = tuple(letter.obstacles(decision.dossier, decision))
    facts = Facts(obstacles, decision.dossier_id in tied, known)
    return Case(decision, actor, facts, None, at or clock.now())


def tied_in(decisions: Sequence[Decision]) -> frozenset[int]:
    """Dossiers of one lot whose equal scores got unequal outcomes; give it every decision of the lot."""
    return rules.undecided(decisions)


def release(actor: Actor, decisions: Sequence[Decision], *, tied: frozenset[int]) -> None:
    """Tell the applicants, all of them in this unit of work: letters and mails are written, the outcomes
    show.

    Raises Blocked on the first decision that cannot be released; nothing of the batch then happens.
    """
    failpoint.enter("release")
    known, at = letter.gather_for({each.dossier: each for each in decisions}), clock.now()
    for decision in decisions:
        workflow().fire(case_of(decision, actor, tied=tied, known=known, at=at), "release")
