"""How many stand where is counted while it happens, and comes out as by looking at each."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from callflow.core.actor import Role
from callflow.core.db import db, into, look_again, unit_of_work
from callflow.core.trail import new_trail
from callflow.desk.counts import counted
from callflow.dossiers import tally
from callflow.dossiers.models import Dossier, Tally
from callflow.dossiers.states import State, Task
from callflow.lifecycle import verify as proof
from callflow.lifecycle.values import Reason
from tests import factories as make
from tests.adding_up import beside_two
from tests.rounds import Round


@pytest.fixture
def call(app):
    return Round()


def sums(kind, number):
    db.session.rollback()
    cell = (kind.call_id, kind.state, kind.lot_id, kind.handler_id)
    return {tuple(key): n for *key, n in db.session.execute(select(*cell, number).group_by(*cell)) if n}


def told():
    return sums(Tally, func.sum(Tally.number))


def there():
    """Each looked at, drafts left out."""
    db.session.rollback()
    found = db.session.scalars(select(Dossier).where(Dossier.submitted_at.is_not(None)))
    return Counter((each.call_id, each.state, each.lot_id, each.handler_id) for each in found)


def rows():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Tally))


def busy(call):
    """A draft, one withdrawn, some on their way, one that is handled and handed on."""
    make.draft(call.lot, call.resident, call.group)
    for bring in (call.submitted, call.screened, call.scored, call.scored):
        call.give(bring(), Task.handler, call.coordinator)
    call.give(call.submitted(), Task.handler, call.colleague)
    make.take(call.submitted(), "withdraw", call.resident, Reason("We stoppen ermee."))


def test_what_is_told_is_what_is_there_before_and_after_it_is_added_up(call):
    busy(call)
    before, long = told(), rows()

    merged = tally.merge(2)

    assert before == told() == there()
    assert rows() == len(before) == long - merged < long
    assert tally.merge(2) == 0


def test_nothing_is_added_up_before_it_is_worth_it(call):
    call.scored()
    long = rows()

    assert (tally.merge(), rows()) == (0, long)


@pytest.mark.unverified
def test_what_is_changed_or_put_there_at_one_stroke_is_counted_too(call):
    kept = call.submitted()
    with unit_of_work():
        handled = db.update(Dossier).where(Dossier.id == kept.id).values(handler_id=call.coordinator.id)
        db.session.execute(handled)
        twin = {column.key: getattr(kept, column.key) for column in Dossier.__table__.columns}
        trail = new_trail("dossier")
        db.session.add(trail)
        db.session.flush()
        db.session.execute(into(Dossier), [twin | {"id": 4000, "reference": "X-1", "trail_id": trail.id}])
    assert told() == there()
    assert sum(told().values()) == 2

    with unit_of_work():
        db.session.execute(db.delete(Dossier).where(Dossier.id == 4000))
    assert told() == there()
    assert sum(told().values()) == 1


def test_a_step_beside_two_that_add_up_is_not_lost(committed):
    call = Round()
    busy(call)

    beside_two(committed.app, tally.merge, call.scored)

    assert told() == there()


def test_a_person_is_told_of_what_they_reach(call):
    busy(call)
    all_of_it, nothing = (
        make.person((Role.coordinator, "lot", number)) for number in (call.lot.id, call.lot.id + 1000)
    )

    everything = counted(make.actor(call.coordinator), [call.call.id])

    assert everything.total() == sum(there().values())
    assert everything.by(1)[State.scored] == 2
    assert everything.by(1, handlers=frozenset({call.colleague.id}))[State.submitted] == 1
    assert counted(make.actor(all_of_it), [call.call.id]) == everything
    assert counted(make.actor(nothing), [call.call.id]).total() == 0


@pytest.mark.unverified
def test_verify_names_a_call_whose_counts_are_off(call):
    reference = call.call.reference
    call.submitted()
    with unit_of_work():
        db.session.execute(db.update(Tally).where(Tally.number == 1).values(number=3))

    found = [(each.code, each.about, each.detail) for each in proof.breaks()]

    assert found == [("tally_differs", reference, "2")]


def test_the_embedded_database_looks_again_at_what_it_plans_by(call):
    call.submitted()

    look_again()

    if db.engine.dialect.name == "sqlite":
        names = set(db.session.connection().exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars())
        assert {"dossier", "tally", "event"} <= names
