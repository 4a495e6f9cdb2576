"""A pile is kept in its order while things happen, and is the same as by looking at each dossier."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.desk import pile
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import assign
from callflow.dossiers.models import Assignment, Conflict, Dossier, Exclusion, PileItem
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import ConflictKind, State, Task
from callflow.jury import actions as jury
from callflow.jury.models import Score, Sheet
from callflow.lifecycle import verify as proof
from callflow.lifecycle.values import Reason
from callflow.people.models import Grant
from tests import factories as make
from tests.meanwhile import meanwhile
from tests.plans import looked_at
from tests.rounds import Round


@pytest.fixture
def call(app):
    found = Round()
    found.declare(found.juror)
    return found


def told():
    db.session.rollback()
    return sorted(
        (each.dossier_id, each.person_id, each.call_id, each.lot_id, each.state, each.title_key, each.given)
        for each in db.session.scalars(select(PileItem))
    )


def there():
    """Each looked at."""
    db.session.rollback()
    sheets = {(each.dossier_id, each.juror_id): each for each in db.session.scalars(select(Sheet))}
    seats = select(Assignment, Dossier).join(Dossier, Dossier.id == Assignment.dossier_id)
    found = []
    for seat, on in db.session.execute(seats.where(Assignment.task == Task.juror)):
        sheet = sheets.get((on.id, seat.person_id))
        given = sheet is not None and sheet.given_at is not None
        found.append((on.id, seat.person_id, on.call_id, on.lot_id, on.state, on.title_key, given))
    return sorted(found)


def busy(call):
    """Waiting, begun, handed in, scored, withdrawn and stood aside of; a coach and a second juror."""
    coached = call.screened(answers={"title": "Zes"})
    call.give(coached, Task.coach, call.coach)
    begun, given = call.judged(answers={"title": "Vijf"}), call.judged(answers={"title": "Vier"})
    call.give(given, Task.juror, call.second)
    call.save(begun, call.juror, {})
    call.score(given, call.juror)
    call.scored(answers={"title": "Drie"})
    make.take(call.judged(answers={"title": "Twee"}), "withdraw", call.resident, Reason("We stoppen ermee."))
    call.step_aside(call.judged(answers={"title": "Een"}), call.juror)
    return begun, given


def taken(call, dossier, juror):
    who = make.actor(call.coordinator)
    with unit_of_work():
        jury.excuse(who, dossiers.for_step(dossier.reference, by=who), juror_id=juror.id, reason="Ziek.")


def seen(person, **changes):
    """The titles on the pile in their order, with how many are to do, done and there."""
    db.session.rollback()
    found = pile.piles(replace(make.actor(person), **changes))
    return [([each.title for each in mine.items], mine.to_do, mine.done, mine.total) for mine in found.piles]


def test_what_lies_on_a_pile_is_what_is_assigned_as_it_stands(call):
    busy(call)

    assert told() == there()
    assert {each[-1] for each in told()} == {True, False}
    assert State.withdrawn in {each[4] for each in told()}


def test_a_sheet_taken_back_waits_again_and_a_juror_excused_has_it_no_more(call):
    begun, given = busy(call)
    who = make.actor(call.juror)
    with unit_of_work():
        jury.take_back(who, dossiers.for_step(given.reference, by=who))
    assert told() == there()

    taken(call, begun, call.juror)
    assert told() == there()
    call.give(begun, Task.juror, call.juror)
    assert told() == there()


@pytest.mark.unverified
def test_what_is_changed_or_goes_at_one_stroke_is_on_the_pile_too(call):
    busy(call)
    deeds = (
        db.update(Dossier).values(title_key="anders", lot_id=make.lots(make.call())[0].id),
        db.update(Dossier).values(state=State.scored),
        db.update(Assignment).values(task=Task.handler),
        db.update(Assignment).values(task=Task.juror),
        db.delete(Conflict),
        db.update(Sheet).values(given_at=clock.now()),
        db.delete(Score),
        db.delete(Sheet).where(Sheet.juror_id == call.juror.id),
        db.delete(Assignment),
    )
    for deed in deeds:
        with unit_of_work():
            db.session.execute(deed)
        assert told() == there(), deed
    assert told() == []


def test_the_pile_of_two_calls_is_cut_into_pages_in_its_order(call, monkeypatch):
    busy(call)
    other = Round()
    with unit_of_work():
        scope = {"scope_kind": "call", "scope_id": other.call.id, "granted_at": clock.now()}
        db.session.add(Grant(user_id=call.juror.id, role=Role.juror, **scope))
    other.juror = call.juror
    other.declare(call.juror)
    for title in ("Noot", "Aap", "Mies"):
        other.judged(answers={"title": title})

    assert seen(call.juror) == [
        (["Aap", "Mies", "Noot"], 3, 0, 3),
        (["Vijf", "Drie", "Vier"], 1, 2, 3),
    ]

    monkeypatch.setattr(pile, "SIZE", 2)
    pages = [pile.piles(make.actor(call.juror), page=number) for number in (1, 2, 3, 4, 0)]
    assert [[[each.title for each in mine.items] for mine in page.piles] for page in pages] == [
        [["Aap", "Mies"], []],
        [["Noot"], ["Vijf"]],
        [[], ["Drie", "Vier"]],
        [[], ["Drie", "Vier"]],
        [["Aap", "Mies"], []],
    ]
    assert {(page.page, page.last) for page in pages[2:4]} == {(3, 3)}


def test_whoever_looks_as_a_juror_finds_no_more_than_both_may_see(call):
    _begun, given = busy(call)
    hidden = make.person((Role.coordinator, "call", call.call.id))
    with unit_of_work():
        db.session.add_all(
            [
                Exclusion(dossier_id=given.id, person_id=hidden.id, reason="Familie", since=clock.now()),
                Conflict(
                    dossier_id=given.id, person_id=hidden.id, kind=ConflictKind.reported, reason="Familie",
                    since=clock.now(),
                ),
            ]
        )  # fmt: skip

    assert seen(call.juror) == [(["Vijf", "Drie", "Vier"], 1, 2, 3)]
    assert seen(call.juror, behind=make.actor(call.coordinator)) == seen(call.juror)
    assert seen(call.juror, behind=make.actor(hidden)) == [(["Vijf", "Drie"], 1, 1, 2)]


def test_the_pile_holds_what_its_juror_may_see_and_nothing_else(call):
    busy(call)
    for person in (call.juror, call.second, call.coach, call.stranger):
        who = make.actor(person)
        lying = set(db.session.scalars(select(PileItem.dossier_id).where(pile.on_pile(who))))
        may = set(db.session.scalars(select(Dossier.id).where(visible_to(who))))

        assert lying == (may if Role.juror in who.roles else set()), person.name


@pytest.mark.once
def test_a_pile_is_counted_and_cut_in_one_index(call):
    busy(call)
    who = make.actor(call.juror)
    numbers = looked_at(pile._numbers(who, frozenset({(call.call.id, State.screened)})))
    rows = looked_at(pile._said(who, 1).params(call_0=call.call.id, start_0=0, size_0=50))

    covering = "SEARCH pile_item USING COVERING INDEX ix_pile_item_order (person_id=? AND call_id=?)"
    assert [each for each in numbers if "exclusion" not in each] == [covering]
    assert [each for each in rows if "pile_item" in each] == [covering]
    assert [
        each for each in rows if each.startswith("SCAN") and "here" not in each and "anon" not in each
    ] == []


@pytest.mark.unverified
def test_verify_names_a_juror_whose_pile_is_not_what_is_assigned(call):
    _begun, given = busy(call)
    expected = [("pile_differs", given.reference, str(call.second.id))]
    with unit_of_work():
        mine = (PileItem.dossier_id == given.id, PileItem.person_id == call.second.id)
        db.session.execute(db.update(PileItem).where(*mine).values(given=True))

    found = [(each.code, each.about, each.detail) for each in proof.breaks()]

    assert found == expected


def test_a_juror_seated_while_the_dossier_is_withdrawn_finds_it_as_it_stands(committed):
    call = Round()
    dossier = call.judged()
    coordinator, resident, second = call.coordinator, call.resident, call.second
    dossier_id, reference = dossier.id, dossier.reference
    db.session.rollback()
    who = make.actor(coordinator)

    def seats():
        assign(who, dossiers.for_step(reference, by=who), person_id=second.id, task=Task.juror)

    def withdraws():
        found = db.session.get_one(Dossier, dossier_id)
        make.take(found, "withdraw", resident, Reason("We stoppen ermee."))

    meanwhile(committed.app, seats, withdraws)

    assert told() == there()
    assert {each[4] for each in told()} == {State.withdrawn}
