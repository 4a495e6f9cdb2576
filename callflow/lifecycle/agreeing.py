"""The small procedure of a project agreement: prepared, offered, sent back for change, accepted."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from callflow.agreements import actions, queries, rules
from callflow.agreements.models import Payee, ProjectAgreement
from callflow.agreements.states import AgreementState
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, Permission, may, require
from callflow.core.workflow import Blocked, Case, Move, Reason, Workflow
from callflow.decisions import queries as decisions
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import agreement_text, facts, process
from callflow.lifecycle.guards import afterwards
from callflow.lifecycle.timed.telling import responsible_for, tell, writers_of
from callflow.lifecycle.values import Reason as Why


@dataclass(frozen=True)
class Facts:
    """``released`` and ``selected`` by what the group was told: a revocation that is only prepared must not
    show. ``dossier`` are the facts of its steps; ``needs_payee`` and ``payee`` who is paid; ``gaps`` what the
    authority's record lacks; ``given`` how many members accepted the text on offer, ``due_on`` until when.
    """

    dossier: facts.Facts
    released: bool
    selected: bool
    needs_payee: bool
    payee: Payee | None
    gaps: tuple[Reason, ...]
    given: int
    needed: int
    due_on: date

    @property
    def answer_by(self) -> date | None:
        """What afterwards.py asks of a dossier's facts."""
        return self.dossier.answer_by

    @property
    def answered(self) -> bool:
        """The same."""
        return self.dossier.answered

    @property
    def comment_until(self) -> date | None:
        """The same."""
        return self.dossier.comment_until


def project_selected(case: Case) -> Reason | None:
    """An agreement is about a selected project, all conditions met."""
    return None if case.facts.selected else Reason("not_selected_yet")


def payee_named(case: Case) -> Reason | None:
    """Money needs somebody who can receive it."""
    return Reason("payee_missing") if case.facts.needs_payee and case.facts.payee is None else None


def authority_whole(case: Case) -> Reason | None:
    """The authority's record says who signs and all else that a letter of it must."""
    return case.facts.gaps[0] if case.facts.gaps else None


def time_left(case: Case) -> Reason | None:
    """The group gets time to read."""
    return None if case.facts.due_on > clock.local(case.at).date() else Reason("agreement_due_past")


def all_signed(case: Case) -> Reason | None:
    """As many members accepted as the call asks."""
    missing = case.facts.needed - case.facts.given
    return Reason("signatures_missing", {"count": missing}) if missing > 0 else None


def why_said(case: Case) -> Reason | None:
    """A step back has its reason: others read it."""
    return Reason("agreement_why") if case.values and not case.values.text.strip() else None


STANDS = [project_selected, afterwards.after_release, afterwards.offer_accepted, afterwards.nobody_heard]


def _note(move: Move) -> None:
    """The event on the dossier's trail, the version that pages post back, and why it went back."""
    agreement: ProjectAgreement = move.case.record
    agreement.version += 1
    agreement.why = move.case.values.text.strip() if move.case.values else ""
    texts = {"text": agreement.why} if agreement.why else {}
    trail.record(
        agreement.dossier.trail, move.case.actor, f"agreement_{move.trigger}",
        data={"source": move.source.value, "dest": move.dest.value}, texts=texts,
    )  # fmt: skip


def _freeze(move: Move) -> None:
    """The text is frozen, and what was accepted of an earlier one counts no more."""
    agreement: ProjectAgreement = move.case.record
    with db.session.no_autoflush:  # it is on offer only together with its text
        agreement.letter = agreement_text.offer(agreement.dossier, agreement)
    agreement.offered_at = move.case.at


def _tell_group(move: Move) -> None:
    agreement: ProjectAgreement = move.case.record
    dossier = agreement.dossier
    tell(
        writers_of(dossier), "agreement_back", f"/applications/{dossier.reference}/agreement",
        call=dossier.call, dossier=dossier, by_itself=False, why=agreement.why,
    )  # fmt: skip


def _tell_staff(move: Move) -> None:
    agreement: ProjectAgreement = move.case.record
    dossier = agreement.dossier
    tell(
        responsible_for(dossier.call, dossier), "agreement_change",
        f"/coordinator/dossiers/{dossier.reference}/agreement", call=dossier.call, dossier=dossier,
        by_itself=False, why=agreement.why,
    )  # fmt: skip


def _conclude(move: Move) -> None:
    """Accepted: the group gets it in writing, and the dossier goes on."""
    agreement: ProjectAgreement = move.case.record
    agreement.accepted_at = move.case.at
    text = queries.letter_of(agreement)
    if text is None:
        raise ValueError("nothing is accepted that was not offered")
    agreement_text.confirm(agreement.dossier, text, queries.acceptances_of(agreement))
    process.take(agreement.dossier, "accept_agreement", actor=move.case.actor)


def _may(actor: Actor, permission: Permission, agreement: ProjectAgreement) -> bool:
    return may(actor, permission, agreement.dossier)


@lru_cache(maxsize=1)
def workflow() -> Workflow:
    """The same for every call."""
    rows = [
        *(_offering(source) for source in (AgreementState.prepared, AgreementState.sent_back)),
        *_answering(),
    ]
    return Workflow(AgreementState, rows, initial=AgreementState.prepared, may=_may, always=[_note])


def _offering(source: AgreementState) -> dict[str, Any]:
    return {
        "trigger": "offer",
        "source": source,
        "dest": AgreementState.offered,
        "permission": P.agreement_prepare,
        "guards": [*STANDS, authority_whole, payee_named, time_left],
        "effects": [_freeze],
    }


def _answering() -> list[dict[str, Any]]:
    """What becomes of an offer."""
    return [
        {
            "trigger": "take_back",
            "source": AgreementState.offered,
            "dest": AgreementState.prepared,
            "permission": P.agreement_prepare,
            "values": Why,
            "guards": [why_said],
            "effects": [_tell_group],
        },
        {
            "trigger": "send_back",
            "source": AgreementState.offered,
            "dest": AgreementState.sent_back,
            "permission": P.agreement_accept,
            "values": Why,
            "guards": [*STANDS, why_said],
            "effects": [_tell_staff],
        },
        {
            "trigger": "accept",
            "source": AgreementState.offered,
            "dest": AgreementState.accepted,
            "permission": P.agreement_accept,
            "guards": [*STANDS, all_signed],
            "effects": [_conclude],
        },
    ]


def case_of(agreement: ProjectAgreement, actor: Actor, values: Any = None) -> Case:
    """What the steps of this agreement are judged by; its dossier was loaded with call, lot and group."""
    dossier = agreement.dossier
    told = decisions.released(dossier.id)
    known = Facts(
        dossier=facts.gather(dossier),
        released=told is not None,
        selected=dossier.shown_state is State.selected,
        needs_payee=rules.needs_payee(dossier, told.amount if told else None),
        payee=queries.payee_of(dossier),
        gaps=agreement_text.obstacles(dossier),
        given=len(queries.acceptances_of(agreement)),
        needed=agreement.signatures,
        due_on=agreement.due_on,
    )
    return Case(agreement, actor, known, values, clock.now())


def offers(agreement: ProjectAgreement, actor: Actor) -> dict[str, list[Reason]]:
    """The steps this person may take now, each with what holds it back; none when it has ended."""
    return {} if agreement.ended_at else workflow().offers(case_of(agreement, actor))


def take(
    actor: Actor, dossier: Dossier, trigger: str, *, version: int, why: str | None = None
) -> ProjectAgreement:
    """Offer, take back or send back. ``version`` is the one that the person saw.

    Raises Refused when there is no agreement or it has ended, Changed, or one of the WorkflowError family.
    """
    permission = P.agreement_accept if trigger == "send_back" else P.agreement_prepare
    require(actor, permission, dossier)
    agreement = standing(dossier)
    if agreement.version != version:
        raise Changed("agreement_changed")
    workflow().fire(case_of(agreement, actor, None if why is None else Why(why)), trigger)
    return agreement


def accept(actor: Actor, dossier: Dossier, *, sha256: str) -> bool:
    """One member accepts the text with this digest; whether the agreement is concluded by it.

    Raises as agreements.actions.sign does, and Blocked while something holds the agreement back.
    """
    require(actor, P.agreement_accept, dossier)
    agreement = standing(dossier)
    if agreement.state is AgreementState.accepted:
        raise Refused("agreement_concluded")
    if against := [reason for guard in STANDS if (reason := guard(case_of(agreement, actor)))]:
        raise Blocked("accept", against)
    given = actions.sign(actor, dossier, agreement, sha256=sha256)
    if given < agreement.signatures:
        agreement.version += 1
        return False
    workflow().fire(case_of(agreement, actor), "accept")
    return True


def standing(dossier: Dossier) -> ProjectAgreement:
    """The agreement of this dossier that holds or is being made. Raises Refused when there is none."""
    agreement = queries.agreement_of(dossier)
    if agreement is None or agreement.ended_at is not None:
        raise Refused("no_agreement")
    return agreement
