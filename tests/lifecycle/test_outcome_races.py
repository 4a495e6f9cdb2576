"""Many offers at once into money for ten, and an offer prepared while its group gives up."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

from callflow.applications.models import Application
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.workflow import Blocked, NotOffered
from callflow.decisions import joint
from callflow.decisions.models import Decision
from callflow.dossiers import queries
from callflow.dossiers.states import State
from callflow.lifecycle import process, values
from callflow.people import queries as people
from tests import factories as make
from tests.rounds import Round

MANY = 50


def attempt(app, ref, trigger, who_id, step_values):
    """One request's worth of work in a session of its own: what came of it."""
    with app.app_context():
        try:
            with unit_of_work():
                who = people.actor(who_id)
                dossier = queries.for_step(ref, by=who, kind=Application, money=trigger == "promote")
                process.take(dossier, trigger, actor=who, values=step_values)
        except (Blocked, NotOffered) as refused:
            return type(refused).__name__
        finally:
            db.session.remove()
        return trigger


def waiting(ring: Round, how_many: int) -> list[str]:
    """That many projects on the reserve list, all equal, all told."""
    given = values.Reserving(1, clock.today() + timedelta(days=90))
    dossiers = [make.take(ring.scored(), "reserve", ring.coordinator, given) for _ in range(how_many)]
    ring.decide()
    ring.release()
    return [dossier.reference for dossier in dossiers]


def offer() -> values.Promoting:
    return values.Promoting(Decimal(1000), 0, clock.today() + timedelta(days=20), "", "Allen even hoog.")


def test_fifty_offers_at_once_into_money_for_ten_make_ten(committed):
    ring = Round(envelope="10000")
    refs, who = waiting(ring, MANY), ring.coordinator.id
    db.session.commit()

    with ThreadPoolExecutor(16) as pool:
        outcomes = Counter(pool.map(lambda ref: attempt(committed.app, ref, "promote", who, offer()), refs))

    db.session.rollback()
    promised = db.session.scalar(db.select(db.func.sum(Decision.amount)).where(joint.promises()))
    promoted = db.session.scalars(db.select(Application.id).where(Application.state == State.selected)).all()
    assert outcomes == {"promote": 10, "Blocked": MANY - 10}
    assert (promised, len(promoted)) == (Decimal(10_000), 10)


def test_an_offer_and_a_group_that_gives_up_at_once_leave_nothing_promised(committed):
    ring = Round(envelope="10000")
    refs = waiting(ring, 8)
    tasks = [
        task
        for ref in refs
        for task in (
            (ref, "promote", ring.coordinator.id, offer()),
            (ref, "withdraw", ring.resident.id, values.Reason("Wij stoppen.")),
        )
    ]
    db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(lambda task: attempt(committed.app, *task), tasks))

    db.session.rollback()
    assert outcomes["withdraw"] == 8
    assert outcomes["promote"] + outcomes["NotOffered"] == 8
    assert set(db.session.scalars(db.select(Application.state))) == {State.withdrawn}
    assert db.session.scalars(db.select(Decision.id).where(joint.promises())).all() == []
    assert db.session.scalars(db.select(Decision.number)).all() == [1] * 8
