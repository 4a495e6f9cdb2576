"""Writes of agreements that are no step of theirs: preparing, naming a payee, one member's acceptance."""

from datetime import date, datetime

from sqlalchemy import update

from callflow.agreements import rules
from callflow.agreements.models import Acceptance, Payee, ProjectAgreement
from callflow.agreements.queries import acceptances_of, agreement_of, letter_of, payee_of
from callflow.agreements.states import OPEN, AgreementState, Relation
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier


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
    if not rules.is_iban(number):
        raise Refused("iban_wrong", field="iban")
    if relation not in rules.relations(dossier.group.legal_form if dossier.group else ""):
        raise Refused("relation_without_capacity", field="relation")
    at = clock.now()
    before = payee_of(dossier)
    if before is not None:
        before.replaced_at = at
        db.session.flush()  # only one at a time may be the present one
    payee = Payee(
        dossier_id=dossier.id, name=name.strip(), relation=relation, iban=number, named_by=actor.id,
        named_at=at,
    )  # fmt: skip
    db.session.add(payee)
    if agreement is not None:
        agreement.version += 1
    said = {"relation": relation.value, "account": rules.masked(number)}
    trail.record(dossier.trail, actor, "payee_named", data=said, texts={"name": payee.name})
    return payee


def sign(actor: Actor, dossier: Dossier, agreement: ProjectAgreement, *, sha256: str) -> int:
    """Note that this member accepts the text with this digest, which they read; how many have by now.

    Raises Changed when another text is offered, Refused when none is or this member has accepted already.
    """
    require(actor, P.agreement_accept, dossier)
    letter = letter_of(agreement)
    if agreement.state is not AgreementState.offered or agreement.ended_at is not None or letter is None:
        raise Refused("agreement_not_offered")
    if sha256 != letter.context_sha256:
        raise Changed("agreement_text_changed")
    earlier = acceptances_of(agreement)
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
