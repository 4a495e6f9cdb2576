"""Many at once on one committed database: one wins, the others are told, and the envelope holds."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from callflow.applications.models import Application
from callflow.core.db import db, unit_of_work
from callflow.core.workflow import Blocked, NotOffered
from callflow.decisions.models import Decision
from callflow.dossiers import queries
from callflow.dossiers.states import State
from callflow.lifecycle import process, values
from callflow.people import queries as people
from tests.lifecycle.test_decision import Panel

pytestmark = pytest.mark.unverified


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
