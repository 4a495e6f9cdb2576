"""The jury's page of a large call: kept by the worker, as each may see it, and soon in step again."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.snapshots import Snapshot, SnapshotPart
from callflow.desk import keeping, kept, panel
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude
from callflow.lifecycle import values
from callflow.people import queries as people
from tests import factories as make
from tests.kept import at_work
from tests.rounds import Round
from tests.web.jury.test_panel import Jury

WORKED_OUT = "De cijfers van deze pagina worden berekend"


@pytest.fixture
def jury(app, monkeypatch):
    monkeypatch.setattr(keeping, "KINDS", (panel.KIND,))
    jury = Jury()
    jury.all_score()
    jury.all_close()
    return jury


@pytest.fixture
def large(monkeypatch):
    """From two applications on."""
    monkeypatch.setattr(kept, "LIVE", 2)


def shown(client, path: str = "/jury/panels") -> str:
    """The text of the page's main part."""
    return re.sub(r"\s+", " ", client.page(path).main.get_text(" "))


def test_what_is_kept_says_what_would_be_worked_out_now(jury, client, monkeypatch):
    client.sign_in(jury.coordinator)
    now = shown(client)
    monkeypatch.setattr(kept, "LIVE", 2)
    assert WORKED_OUT in shown(client)

    assert at_work() == 2, "once for all coordinators, once for the chair"

    later = re.sub(r"Bijgewerkt; .*? uur\. ", "", shown(client))
    assert later == now
    assert "haie" in now


def test_it_is_worked_out_anew_when_something_happened_in_the_call(jury, client, large):
    at_work()
    client.sign_in(jury.coordinator)
    assert "Bijgewerkt" in shown(client)
    new = jury.screened(answers={"title": "Nieuw"})
    jury.give(new, make.Task.juror, jury.juror)
    jury.score(new, jury.juror, {"need": "5", "participation": "5"})

    page = shown(client)
    assert "nieuwere cijfers volgen" in page
    assert "Nieuw" not in page
    with time_machine.travel(keeping.clock.now() + timedelta(minutes=1), tick=False):
        assert at_work() == 2

    page = shown(client)
    assert "Nieuw" in page
    assert "Bijgewerkt" in page


def test_what_happens_in_another_call_costs_nothing(jury, client, large):
    at_work()
    other = Round()
    other.screened()

    assert due() == []
    client.sign_in(jury.coordinator)
    assert "Bijgewerkt" in shown(client, f"/jury/panels?call={jury.call.reference}")


def due() -> list[keeping.Due]:
    last = keeping._newest()
    now = keeping.clock.now()
    return [each for each, when in keeping.planned(last, now) if when <= now]


def test_working_out_takes_a_twentieth_of_the_time_at_most(jury, large):
    at_work()
    with unit_of_work():
        for each in db.session.scalars(db.select(Snapshot)):
            each.took = 3000  # and there are two of them
    jury.screened(answers={"title": "Nieuw"})

    made = db.session.scalar(db.select(Snapshot.made_at))

    with time_machine.travel(made + timedelta(seconds=119), tick=False):
        assert at_work() == 0
    with time_machine.travel(made + timedelta(seconds=121), tick=False):
        assert at_work() == 2


def test_a_conflict_hides_at_once_and_what_is_kept_for_others_is_not_shown(jury, client, large):
    at_work()
    client.sign_in(jury.coordinator)
    assert "haie" in shown(client)
    who = make.actor(jury.colleague)
    with unit_of_work():
        dossier = dossiers.for_step(jury.projects["haie"].reference, by=who)
        exclude(who, dossier, person_id=jury.coordinator.id, reason="Zijn zus.")

    page = shown(client)
    assert WORKED_OUT in page, "what was worked out with all scores is not for this person"
    assert "haie" not in page
    at_work()
    page = shown(client)
    assert WORKED_OUT not in page
    assert "banc" in page
    assert "haie" not in page
    client.sign_in(jury.colleague)
    assert "haie" in shown(client)


def test_what_was_withdrawn_since_is_left_out_until_it_is_worked_out_anew(jury, client, large):
    at_work()
    make.take(jury.projects["banc"], "withdraw", jury.resident, values.Reason("Wij stoppen."))
    client.sign_in(jury.coordinator)

    page = shown(client)

    assert "haie" in page
    assert "banc" not in page


def test_a_reader_of_one_lot_and_one_of_the_call_have_keys_of_their_own(jury):
    lots = [jury.lot.id]
    whole = people.actor(jury.coordinator.id)
    part = people.actor(make.person((Role.coordinator, "lot", jury.lot.id)).id)
    elsewhere = people.actor(
        make.person((Role.coordinator, "call", jury.call.id), (Role.juror, "call", 99)).id
    )

    keys = [kept.sight(each, panel.KIND.sees, jury.call.id, lots) for each in (whole, part, elsewhere)]

    assert keys[0] != keys[1]
    assert keys[0] == keys[2], "what somebody is in another call changes nothing here"


def test_a_page_of_the_order_holds_fifty_and_the_next_the_rest(jury, client, large, monkeypatch):
    monkeypatch.setattr(kept, "PAGE", 3)
    at_work()
    client.sign_in(jury.coordinator)

    first, second, beyond = (shown(client, f"/jury/panels?page={number}") for number in (1, 2, 99))

    assert "Pagina 1 van 2" in first
    assert "Pagina 2 van 2" in second
    found = [
        {name for name, each in jury.projects.items() if f"{name} {each.reference}" in text}
        for text in (first, second)
    ]
    assert found[0] | found[1] == set(jury.projects)
    assert found[0] & found[1] == set()
    assert "Pagina 2 van 2" in beyond


def test_what_fails_is_logged_and_tried_again_only_when_something_happens(
    jury, client, large, monkeypatch, caplog
):
    def broken(_actor, _call_id):
        raise ZeroDivisionError

    keeper = keeping.Keeper()
    monkeypatch.setattr(
        keeping, "KINDS", (kept.Kind("panel", panel.Figures, panel.Ranked, broken, panel.WATCHING),)
    )
    assert at_work(keeper) == 1
    assert "ZeroDivisionError" in caplog.text
    assert db.session.scalar(db.select(Snapshot.lease_by)) is None
    client.sign_in(jury.coordinator)
    assert WORKED_OUT in shown(client)


def test_what_an_older_release_kept_is_not_read(jury, client, large):
    at_work()
    with unit_of_work():
        for each in db.session.scalars(db.select(Snapshot)):
            each.head = '{"figures": "of another kind"}'
    client.sign_in(jury.coordinator)

    assert WORKED_OUT in shown(client)


def test_no_name_and_no_title_is_kept(jury, large):
    at_work()

    texts = [*db.session.scalars(db.select(Snapshot.head)), *db.session.scalars(db.select(SnapshotPart.rows))]

    assert texts
    for word in ("Voorbeeld", "Exemple", "haie", "banc", jury.projects["haie"].reference):
        assert not any(word in text for text in texts)


@pytest.mark.parametrize("count", [3, 12])
def test_the_page_of_a_large_call_asks_the_same_number_of_statements(jury, client, statements, count, large):
    for number in range(count):
        dossier = jury.judged(answers={"title": f"Idee {number}"})
        jury.score(dossier, jury.juror)
    at_work()
    client.sign_in(jury.coordinator)
    client.page("/jury/panels")

    with statements() as sent:
        client.page("/jury/panels")

    assert len(sent) == 9


def test_who_looks_as_the_chair_sees_what_is_kept_unless_a_conflict_hides_some_of_it(jury, large):
    at_work()
    chair, lead = (people.actor(each.id) for each in (jury.chair, jury.coordinator))
    looking = replace(chair, behind=lead)

    def read():
        found = panel.panel(looking, jury.call.reference)
        return found.reading and found.reading.made_at, {each.title for each in found.projects.values()}

    kept_at, titles = read()
    assert kept_at is not None
    assert titles == set(jury.projects)

    who = make.actor(jury.colleague)
    with unit_of_work():
        dossier = dossiers.for_step(jury.projects["haie"].reference, by=who)
        exclude(who, dossier, person_id=lead.id, reason="Haar broer.")
    made_at, titles = read()
    assert made_at is None, "nobody keeps that: it is worked out on the spot"
    assert titles == set(jury.projects) - {"haie"}


def test_what_nobody_sees_so_any_more_is_thrown_away(jury, large):
    at_work()
    before = set(db.session.scalars(db.select(Snapshot.sight)))
    who = make.actor(jury.colleague)
    with unit_of_work():
        dossier = dossiers.for_step(jury.projects["haie"].reference, by=who)
        exclude(who, dossier, person_id=jury.chair.id, reason="Zijn buur.")

    with time_machine.travel(keeping.clock.now() + timedelta(minutes=1), tick=False):
        at_work()

    after = set(db.session.scalars(db.select(Snapshot.sight)))
    assert len(before) == len(after) == 2
    assert len(before & after) == 1, "the chair's page is another now, and the old one is gone"
    parts = set(db.session.scalars(db.select(SnapshotPart.snapshot_id)))
    assert parts == set(db.session.scalars(db.select(Snapshot.id)))


def test_what_a_release_with_other_figures_kept_is_worked_out_anew(jury, client, large):
    at_work()
    with unit_of_work():
        db.session.execute(db.update(Snapshot).values(kind="panel of before", head='{"other": 1}'))

    assert at_work() == 2, "though nothing happened since"

    client.sign_in(jury.coordinator)
    assert WORKED_OUT not in shown(client)
    assert {each.kind for each in db.session.scalars(db.select(Snapshot))} == {panel.KIND.kept_as}
    assert panel.KIND.kept_as != replace(panel.KIND, head=kept.Leaf[int]).kept_as
