"""Two members who accept at one moment, and an offer that is taken back under an acceptance."""

from collections import Counter

from sqlalchemy import func, select

from callflow.agreements.models import Acceptance
from callflow.calls.procedure import Procedure
from callflow.core.db import db
from callflow.core.trail import Event
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind
from tests import factories as make
from tests.agreements.agreed import Agreeing
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
