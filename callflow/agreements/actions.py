"""Writes of agreements that are no step of theirs: preparing, naming a payee, one member's acceptance."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update

from callflow.agreements import rules
from callflow.agreements.models import Acceptance, Payee, PayeeChange, ProjectAgreement
from callflow.agreements.queries import (
    acceptances_of,
    acceptances_of_change,
    agreement_of,
    change_of,
    letter_of,
    payee_of,
)
from callflow.agreements.states import OPEN, AgreementState, ChangeState, Relation
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter


def prepare(
    actor: Actor, dossier: Dossier, *, due_on: date, terms: str, signatures: int, version: int | None = None
) -> ProjectAgreement:
    """Write down what will be offered, or change it before it is. ``version`` is the one that was seen.

    The dossier comes from queries.for_step. Raises Changed, Refused.
    """
    require(actor, P.agreement_prepare, dossier)
    if due_on <= clock.today():
        raise Refused("date_past", field="due_on")
    agreement = agreement_of(dossier)
    if (agreement.version if agreement else None) != version:
        raise Changed("agreement_changed")
    if agreement is None:
        agreement = ProjectAgreement(dossier=dossier, dossier_id=dossier.id, signatures=signatures, version=0)
        db.session.add(agreement)
    if agreement.state not in OPEN or agreement.ended_at is not None:
        raise Refused("agreement_offered_already")
    agreement.due_on, agreement.terms = due_on, terms.strip()
    agreement.signatures, agreement.version = signatures, agreement.version + 1
    agreement.prepared_by, agreement.prepared_at = actor.id or 0, clock.now()
    words = {"terms": agreement.terms} if agreement.terms else {}
    said = {"due_on": due_on.isoformat(), "signatures": signatures}
    trail.record(dossier.trail, actor, "agreement_prepared", data=said, texts=words)
    return agreement


def name_payee(actor: Actor, dossier: Dossier, *, name: str, relation: Relation, iban: str) -> Payee:
    """Say who receives the money; whoever was named before stays readable. The account stays off the trail.

    A preview that was read before names somebody else: the version of the agreement moves on. Raises Refused
    with the field for a number that is none, and while a text that names somebody is offered or is over.
    """
    require(actor, P.agreement_payee, dossier)
    agreement, number = agreement_of(dossier), rules.plain_iban(iban)
    if agreement is not None and agreement.ended_at is not None:
        raise Refused("no_agreement")
    if agreement is not None and agreement.state not in OPEN:
        accepted = agreement.state is AgreementState.accepted
        raise Refused("payee_agreed" if accepted else "payee_offered")
    _payable(dossier, relation, number)
    payee = _replaced(dossier, name.strip(), relation, number, by=actor.id or 0, at=clock.now())
    if agreement is not None:
        agreement.version += 1
    said = {"relation": relation.value, "account": rules.masked(number)}
    trail.record(dossier.trail, actor, "payee_named", data=said, texts={"name": payee.name})
    return payee


def _payable(dossier: Dossier, relation: Relation, number: str) -> None:
    if not rules.is_iban(number):
        raise Refused("iban_wrong", field="iban")
    if relation not in rules.relations(dossier.group.legal_form if dossier.group else ""):
        raise Refused("relation_without_capacity", field="relation")


def _replaced(
    dossier: Dossier, name: str, relation: Relation, number: str, *, by: int, at: datetime
) -> Payee:
    before = payee_of(dossier)
    if before is not None:
        before.replaced_at = at
        db.session.flush()  # only one at a time may be the present one
    payee = Payee(dossier_id=dossier.id, name=name, relation=relation, iban=number, named_by=by, named_at=at)
    db.session.add(payee)
    return payee


def ask_change(
    actor: Actor, dossier: Dossier, agreement: ProjectAgreement, *, name: str, relation: Relation, iban: str,
    why: str,
) -> PayeeChange:  # fmt: skip
    """Ask that somebody else is paid, or on another account, than what was agreed; it holds until all who
    must have accepted a new text.

    Raises Refused with the field for a number that is none, for what is so already, and while a change is
    under way or nothing is agreed.
    """
    require(actor, P.agreement_accept, dossier)
    if agreement.state is not AgreementState.accepted or agreement.letter_id is None:
        raise Refused("change_nothing_agreed")
    if change_of(agreement) is not None:
        raise Refused("change_under_way")
    number, now = rules.plain_iban(iban), payee_of(dossier)
    _payable(dossier, relation, number)
    if now is not None and (now.name, now.relation, now.iban) == (name.strip(), relation, number):
        raise Refused("change_changes_nothing", field="iban")
    if not why.strip():
        raise Refused("change_unexplained", field="why")
    change = PayeeChange(
        agreement=agreement, agreement_id=agreement.id, version=1, name=name.strip(), relation=relation,
        iban=number, why=why.strip(), asked_by=actor.id, asked_at=clock.now(), before_id=agreement.letter_id,
    )  # fmt: skip
    db.session.add(change)
    agreement.version += 1
    said = {"relation": relation.value, "account": rules.masked(number)}
    words = {"name": change.name, "text": change.why}
    trail.record(dossier.trail, actor, "payee_change_asked", data=said, texts=words)
    return change


def settle_change(dossier: Dossier, change: PayeeChange, *, at: datetime) -> None:
    """The new text holds, and names who is paid from now on; part of the step that concludes it."""
    agreement = change.agreement
    _replaced(dossier, change.name, change.relation, change.iban, by=change.asked_by, at=at)
    agreement.letter_id, agreement.accepted_at = change.letter_id, at
    agreement.version += 1


def sign_change(actor: Actor, dossier: Dossier, change: PayeeChange, *, sha256: str) -> int:
    """Note that this member accepts the changed text with this digest; how many have by now.

    Raises as sign does.
    """
    require(actor, P.agreement_accept, dossier)
    if change.state is not ChangeState.offered or change.letter is None:
        raise Refused("agreement_not_offered")
    earlier = acceptances_of_change(change)
    read = (change.letter, sha256)
    return _signed(actor, dossier, change.agreement, read, earlier)


def sign(actor: Actor, dossier: Dossier, agreement: ProjectAgreement, *, sha256: str) -> int:
    """Note that this member accepts the text with this digest, which they read; how many have by now.

    Raises Changed when another text is offered, Refused when none is or this member has accepted already.
    """
    require(actor, P.agreement_accept, dossier)
    letter = letter_of(agreement)
    if agreement.state is not AgreementState.offered or agreement.ended_at is not None or letter is None:
        raise Refused("agreement_not_offered")
    return _signed(actor, dossier, agreement, (letter, sha256), acceptances_of(agreement))


def _signed(
    actor: Actor, dossier: Dossier, agreement: ProjectAgreement, read: tuple[Letter, str],
    earlier: Sequence[Acceptance],
) -> int:  # fmt: skip
    letter, sha256 = read
    if sha256 != letter.context_sha256:
        raise Changed("agreement_text_changed")
    if any(each.person_id == actor.id for each in earlier):
        raise Refused("agreement_signed_already")
    made = Acceptance(
        agreement_id=agreement.id, letter_id=letter.id, person_id=actor.id, name=actor.name, sha256=sha256,
        accepted_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    said = {"letter": letter.number, "sha256": sha256}
    trail.record(dossier.trail, actor, "agreement_signed", data=said)
    return len(earlier) + 1


def end(dossier: Dossier, *, at: datetime) -> None:
    """The project is given up or revoked: what was agreed or offered no longer holds."""
    mine = (ProjectAgreement.dossier_id == dossier.id, ProjectAgreement.ended_at.is_(None))
    db.session.execute(update(ProjectAgreement).where(*mine).values(ended_at=at))
