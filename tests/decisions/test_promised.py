"""What a lot has promised is summed up while decisions are made, and comes out as by looking at each."""

from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from callflow.core.db import db, unit_of_work
from callflow.decisions import promised
from callflow.decisions.models import Decision, Promise
from callflow.dossiers.states import GRANTING
from callflow.lifecycle import verify as proof
from callflow.lifecycle.values import Declining, Reason
from tests import factories as make
from tests.adding_up import beside_two
from tests.rounds import Round


@pytest.fixture
def call(app):
    return Round()


def told():
    db.session.rollback()
    rows = db.session.execute(
        select(Promise.lot_id, func.sum(Promise.amount), func.sum(Promise.days)).group_by(Promise.lot_id)
    )
    return {lot: (amount, days) for lot, amount, days in rows if amount or days}


def there():
    """Each looked at."""
    db.session.rollback()
    money, days = Counter(), Counter()
    for each in db.session.scalars(select(Decision)):
        if each.outcome in GRANTING and each.ended_at is None:
            money[each.lot_id] += each.amount or 0
            days[each.lot_id] += each.coaching_days or 0
    return {lot: (money[lot], days[lot]) for lot in money if money[lot] or days[lot]}


def long():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Promise))


def busy(call):
    """Told, given up after it was told, refused, and prepared."""
    call.released(amount="3000")
    make.take(call.released(amount="500"), "withdraw", call.resident, Reason("We stoppen ermee."))
    make.take(call.scored(), "decline", call.coordinator, Declining("Te weinig punten."))
    call.prepared(amount="250.50")


def test_what_is_told_is_what_is_there_before_and_after_it_is_added_up(call):
    busy(call)
    before, rows = told(), long()

    merged = promised.merge(2)

    assert before == told() == there()
    assert before
    assert long() == 1 == rows - merged
    assert promised.merge(2) == 0


@pytest.mark.unverified
def test_what_is_changed_or_goes_at_one_stroke_is_summed_too(call):
    lot_id = call.lot.id
    call.released()
    first = there()
    with unit_of_work():
        db.session.execute(db.update(Decision).values(amount=Decimal("12.34"), coaching_days=3))
    assert told() == there() == {lot_id: (Decimal("12.34"), 3)} != first

    with unit_of_work():
        db.session.execute(db.update(Decision).values(outcome="not_selected"))
    assert told() == there() == {}


@pytest.mark.unverified
def test_verify_names_a_lot_whose_promises_are_off(call):
    key = call.lot.key
    call.released()
    with unit_of_work():
        db.session.execute(db.update(Promise).values(amount=Promise.amount + Decimal("0.01")))

    found = [(each.code, each.detail) for each in proof.breaks() if each.code == "promise_differs"]

    assert found == [("promise_differs", key)]


def test_a_decision_beside_two_that_add_up_is_not_lost(committed):
    call = Round()
    busy(call)

    beside_two(committed.app, promised.merge, lambda: call.prepared(amount="100"))

    assert told() == there()
