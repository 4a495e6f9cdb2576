"""Many at once on one committed database: one wins, the others are told, and the envelope holds."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from callflow.applications.models import Application
from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.workflow import Blocked, NotOffered
from callflow.decisions.models import Decision
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import process, values
from callflow.people import queries as people
from tests import factories as make
from tests.lifecycle.test_decision import Panel

pytestmark = pytest.mark.unverified
FOUR = values.Selecting(Decimal(4000), 0)


def scored(panel, count):
    """Dossiers whose history does not matter here: only their money does."""
    made = []
    for number in range(count):
        draft = make.draft(panel.lots[number % 2], panel.resident, panel.group)
        with unit_of_work():
            db.session.execute(
                db.update(Dossier)
                .where(Dossier.id == draft.id)
                .values(state=State.scored, submitted_at=clock.now(), total_percent=Decimal(80))
            )
        made.append(draft.reference)
    return made


def attempt(app, ref, trigger, who_id, step_values):
    """One request's worth of work in a session of its own: what came of it."""
    with app.app_context():
        try:
            with unit_of_work():
                who = people.actor(who_id)
                dossier = queries.for_step(ref, by=who, kind=Application, money=trigger == "select")
                process.take(dossier, trigger, actor=who, values=step_values)
        except (Blocked, NotOffered) as refused:
            return type(refused).__name__
        finally:
            db.session.remove()
        return trigger


def test_contrary_decisions_on_one_dossier_leave_one_decision(committed):
    panel = Panel()
    ref, who = panel.scored().reference, panel.coordinator.id
    db.session.commit()
    tasks = [("select", values.Selecting(Decimal(4000), 2)), ("decline", values.Declining())] * 12

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(lambda task: attempt(committed.app, ref, task[0], who, task[1]), tasks))

    db.session.rollback()
    assert outcomes["NotOffered"] == 23
    assert outcomes["select"] + outcomes["decline"] == 1
    assert len(db.session.scalars(db.select(Decision)).all()) == 1


def test_an_envelope_for_three_never_takes_four(committed):
    panel = Panel(envelope="12000")
    refs, who = [panel.scored().reference for _ in range(9)], panel.coordinator.id
    db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(
            pool.map(
                lambda ref: attempt(committed.app, ref, "select", who, values.Selecting(Decimal(4000), 2)),
                refs,
            )
        )

    db.session.rollback()
    selected = db.session.scalars(db.select(Application).where(Application.state == State.selected)).all()
    assert outcomes == {"select": 3, "Blocked": 6}
    assert len(selected) == 3


def test_fifty_at_once_into_a_joint_envelope_for_ten_from_two_sides(committed):
    panel = Panel(laws=(Law.be_public, Law.fr_public), envelope="0")
    make.joint(panel.call, "40000")
    refs, who = scored(panel, 50), panel.coordinator.id

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(lambda ref: attempt(committed.app, ref, "select", who, FOUR), refs))

    db.session.rollback()
    assert outcomes == {"select": 10, "Blocked": 40}
    given = db.session.execute(db.select(db.func.sum(Decision.amount), db.func.count())).one()
    assert given == (Decimal(40000), 10)


def test_each_side_keeps_its_own_money_whatever_the_other_takes_of_the_joint(committed):
    panel = Panel(laws=(Law.be_public, Law.fr_public), envelope="4000")
    make.joint(panel.call, "6000")
    belgian, french = (scored(panel, 8)[side::2] for side in (0, 1))
    who = panel.coordinator.id

    with ThreadPoolExecutor(8) as pool:
        first = Counter(pool.map(lambda ref: attempt(committed.app, ref, "select", who, FOUR), belgian))
        last = Counter(pool.map(lambda ref: attempt(committed.app, ref, "select", who, FOUR), french))

    db.session.rollback()
    assert first == {"select": 2, "Blocked": 2}
    assert last == {"select": 1, "Blocked": 3}
