"""Two at the same moment: one name is one tag, a dossier carries a tag once, one list is begun with."""

from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.filing import actions, queries
from callflow.filing.models import DefaultView, Tag, Tagged
from callflow.filing.states import Colour
from callflow.lifecycle.bulk import tag_each
from callflow.people import queries as people
from tests.conftest import Installation
from tests.people.test_races import AT_ONCE, all_at_once
from tests.rounds import Round


def test_what_many_do_at_once_is_done_once(committed: Installation):
    call = Round()
    refs, call_id = [call.submitted().reference for _ in range(2)], call.call.id
    whos = [(call.coordinator.id, call.colleague.id)[n % 2] for n in range(AT_ONCE)]
    db.session.commit()

    made = all_at_once(
        committed,
        lambda who: actions.make_tag(people.actor(who), call_id, name="Nabellen", colour=Colour.sea),
        whos,
    )

    def put(who: int) -> None:
        tag = queries.tag_for_change(tag_id, call_ids=[call_id])
        tag_each(refs, tag, actor=people.actor(who), on=True)

    def begin(number: int) -> None:
        view = queries.view_for_change(number, by=people.actor(whos[0]), call_ids=[call_id])
        actions.begin_with(people.actor(whos[0]), view, wanted=True)

    tag_id = db.session.scalars(db.select(Tag.id)).one()
    db.session.rollback()
    put_on = all_at_once(committed, put, whos)
    with unit_of_work():
        who = people.actor(whos[0])
        views = [
            actions.save_view(who, call_id, name=f"Lijst {n}", shared=False, asked={}).id
            for n in range(AT_ONCE)
        ]
    begun = all_at_once(committed, begin, views)

    assert made == {"done": 1, "tag_name_taken": AT_ONCE - 1}
    assert put_on == {"done": AT_ONCE}
    assert begun == {"done": AT_ONCE}
    db.session.rollback()
    assert len(db.session.scalars(db.select(Tagged)).all()) == 2
    assert len(db.session.scalars(db.select(DefaultView)).all()) == 1


def test_a_dossier_that_moves_while_it_is_tagged_is_counted_where_it_ends(committed: Installation):
    """`flask verify`, asked after each test, compares what is told with what is there."""
    call = Round()
    moving = [call.submitted() for _ in range(3)]
    refs, ids, call_id = [each.reference for each in moving], [each.id for each in moving], call.call.id
    who = call.coordinator.id
    with unit_of_work():
        tag_id = actions.make_tag(people.actor(who), call_id, name="Nabellen", colour=Colour.sea).id
    db.session.rollback()

    def act(number: int) -> None:
        if number % 2:
            tag = queries.tag_for_change(tag_id, call_ids=[call_id])
            tag_each(refs, tag, actor=people.actor(who), on=number % 4 == 1)
        else:
            handler = who if number % 4 else None
            db.session.execute(db.update(Dossier).where(Dossier.id.in_(ids)).values(handler_id=handler))

    for _ in range(3):
        done = all_at_once(committed, act, list(range(AT_ONCE)))

        assert done == {"done": AT_ONCE}
        with unit_of_work():
            db.session.execute(db.update(Dossier).where(Dossier.id.in_(ids)).values(handler_id=None))
    assert {each.state for each in db.session.scalars(db.select(Dossier))} == {State.submitted}
