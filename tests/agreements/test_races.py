"""Two members who accept at one moment, and an offer that is taken back under an acceptance."""

from collections import Counter

from sqlalchemy import func, select

from callflow.agreements import queries
from callflow.agreements.models import Acceptance, Payee, PayeeChange
from callflow.agreements.states import AgreementState, ChangeState
from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.trail import Event
from callflow.core.workflow import Blocked
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind
from callflow.lifecycle import agreeing, amending
from callflow.lifecycle.values import Reason
from callflow.people import queries as people
from tests import factories as make
from tests.agreements.agreed import Agreeing
from tests.agreements.test_amending import Amending
from tests.people.test_races import all_at_once
from tests.races.visitors import Visitor, at_once, each_prepares

TWO = Procedure(scores_needed=1, agreement=True, signatures=2)


def test_both_members_accept_at_once_and_it_is_concluded_once(committed):
    call = Agreeing(TWO)
    dossier = call.offered()
    path, trail_id = f"/applications/{dossier.reference}/agreement", dossier.trail_id
    db.session.rollback()

    with committed.web(processes=2) as address:
        people = [Visitor.signed_in(committed, address, each) for each in (call.resident, call.partner) * 3]
        forms = each_prepares([lambda who=who: who.fill_in(path, "form#accept", read="y") for who in people])
        answers = at_once([form.send for form in forms])

    db.session.rollback()
    statuses = Counter(answer.status for answer in answers)
    concluded = select(func.count()).where(Event.trail_id == trail_id, Event.action == "accept_agreement")
    letters = select(func.count()).where(Letter.kind == LetterKind.agreement_accepted)
    assert statuses[303] >= 2
    assert set(statuses) <= {303, 422}, statuses
    assert make.state_of(dossier) is State.agreed
    assert db.session.scalar(select(func.count()).select_from(Acceptance)) == 2
    assert (db.session.scalar(concluded), db.session.scalar(letters)) == (1, 1)


def test_an_offer_is_accepted_or_taken_back_and_never_both(committed):
    call = Agreeing()
    dossier = call.offered()
    ref, digest, version = dossier.reference, call.digest(dossier), call.agreement(dossier).version
    office, member = call.coordinator.id, call.resident.id
    db.session.rollback()

    def answer(who: int) -> None:
        actor = people.actor(who)
        loaded = dossiers.for_step(ref, by=actor, kind=Application)
        if who == office:
            agreeing.take(actor, loaded, "take_back", version=version, why="Verkeerd bedrag")
        else:
            try:
                agreeing.accept(actor, loaded, sha256=digest)
            except Blocked as blocked:
                raise Refused(blocked.reasons[0].code) from None

    outcomes = all_at_once(committed, answer, [office, member] * 3)

    agreement = call.agreement(dossier)
    accepted = agreement.state is AgreementState.accepted
    signed = len(queries.acceptances_of(agreement))
    assert outcomes["done"] == 1, outcomes
    assert sum(outcomes.values()) == 6
    assert (accepted, signed) in ((True, 1), (False, 0))
    assert make.state_of(dossier) is (State.agreed if accepted else State.selected)


def test_a_changed_text_is_accepted_or_refused_and_never_both(committed):
    call = Amending()
    dossier = call.agreed()
    call.ask(dossier)
    call.grant(dossier)
    change = call.change(dossier)
    ref, digest, version = dossier.reference, change.letter.context_sha256, change.version
    office, member = call.coordinator.id, call.resident.id
    db.session.rollback()

    def answer(who: int) -> None:
        actor = people.actor(who)
        loaded = dossiers.for_step(ref, by=actor, kind=Application)
        if who == office:
            amending.take(actor, loaded, "refuse", version=version, values=Reason("Niet van de groep"))
        else:
            amending.accept(actor, loaded, sha256=digest)

    outcomes = all_at_once(committed, answer, [office, member] * 3)

    db.session.rollback()
    settled = db.session.scalars(select(PayeeChange)).one()
    paid = db.session.scalars(select(Payee.name).where(Payee.replaced_at.is_(None))).all()
    accepted = settled.state is ChangeState.accepted
    assert outcomes["done"] == 1, outcomes
    assert sum(outcomes.values()) == 6
    assert accepted or settled.state is ChangeState.refused
    assert paid == ["Commune d'Exemple" if accepted else "Dorpshuis vzw"]
