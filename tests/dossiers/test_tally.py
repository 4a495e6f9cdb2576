"""How many stand where is counted while it happens, and comes out as by looking at each."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, into, look_again, unit_of_work
from callflow.core.trail import new_trail
from callflow.desk.counts import counted
from callflow.desk.filing import tags_of
from callflow.dossiers import tally
from callflow.dossiers.models import Dossier, Exclusion, Tally
from callflow.dossiers.states import State, Task
from callflow.filing import actions, queries
from callflow.filing.models import Tagged
from callflow.filing.states import Colour
from callflow.lifecycle import verify as proof
from callflow.lifecycle.values import Reason
from tests import factories as make
from tests.adding_up import beside_two
from tests.rounds import Round


@pytest.fixture
def call(app):
    return Round()


def told():
    """By call, state, lot and handler, and by tag."""
    db.session.rollback()
    cell = (Tally.call_id, Tally.state, Tally.lot_id, Tally.handler_id, Tally.tag_id)
    found = db.session.execute(select(*cell, func.sum(Tally.number)).group_by(*cell))
    return {tuple(key): n for *key, n in found if n}


def there():
    """Each looked at, drafts left out; and once more for each tag that it carries."""
    db.session.rollback()
    handed_in = select(Dossier).where(Dossier.submitted_at.is_not(None))
    rows = [(each, None) for each in db.session.scalars(handed_in)]
    carried = handed_in.join(Tagged, Tagged.dossier_id == Dossier.id).add_columns(Tagged.tag_id)
    rows += [(each, tag_id) for each, tag_id in db.session.execute(carried)]
    return Counter((each.call_id, each.state, each.lot_id, each.handler_id, tag) for each, tag in rows)


def whole(found):
    """Of this only what is counted whatever the tag."""
    return {key[:4]: number for key, number in found.items() if key[4] is None}


def tagged(call, *dossiers, name="Nabellen"):
    """A tag of the call that these carry."""
    with unit_of_work():
        who = make.actor(call.coordinator)
        tag = actions.make_tag(who, call.call.id, name=name, colour=Colour.sea)
        db.session.flush()
        actions.put_tag(who, tag, [each.id for each in dossiers])
        return tag.id


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


def held(call, tag, *, gone=False):
    return queries.tag_for_change(tag, call_ids=[call.call.id], gone=gone)


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
    assert sum(whole(told()).values()) == 2

    with unit_of_work():
        db.session.execute(db.delete(Dossier).where(Dossier.id == 4000))
    assert told() == there()
    assert sum(whole(told()).values()) == 1


def test_what_carries_a_tag_is_counted_wherever_it_goes(call):
    moving, staying, other = call.submitted(), call.submitted(), call.scored()
    tag, second = tagged(call, moving, staying), tagged(call, moving, other, name="Mooi voorbeeld")
    steps = [
        lambda: call.passed(moving),
        lambda: make.take(moving, "screen", call.coordinator),
        lambda: call.give(moving, Task.handler, call.colleague),
        lambda: actions.take_tag(make.actor(call.coordinator), held(call, second), [moving.id]),
        lambda: make.take(staying, "withdraw", call.resident, Reason("We stoppen ermee.")),
    ]
    for step in steps:
        with unit_of_work():
            step()
        assert told() == there()
        tally.merge(2)

    numbers = {each.id: each.number for each in tags_of(make.actor(call.coordinator), call.call.id)}
    found = counted(make.actor(call.coordinator), [call.call.id], tag=tag)

    assert numbers == {tag: 2, second: 1}
    assert found.by(1) == {State.screened: 1, State.withdrawn: 1}


def test_a_conflict_takes_a_dossier_off_the_numbers_of_its_tags(call):
    hidden, seen = call.submitted(), call.submitted()
    tag = tagged(call, hidden, seen)
    with unit_of_work():
        aside = {"dossier_id": hidden.id, "person_id": call.coordinator.id, "reason": "Mijn zus"}
        db.session.add(Exclusion(**aside, since=clock.now()))
    me, colleague = make.actor(call.coordinator), make.actor(call.colleague)

    assert [each.number for each in tags_of(me, call.call.id)] == [1]
    assert counted(me, [call.call.id], tag=tag).total() == 1
    assert [each.number for each in tags_of(colleague, call.call.id)] == [2]


def test_a_tag_that_was_taken_away_counts_nothing_until_it_comes_back(call):
    tag = tagged(call, call.submitted())
    me = make.actor(call.coordinator)
    with unit_of_work():
        actions.remove_tag(me, held(call, tag))
    gone = counted(me, [call.call.id], tag=tag).total(), tags_of(me, call.call.id)
    with unit_of_work():
        actions.restore_tag(me, held(call, tag, gone=True))

    assert gone == (0, [])
    assert counted(me, [call.call.id], tag=tag).total() == 1


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

    assert everything.total() == sum(whole(there()).values())
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
