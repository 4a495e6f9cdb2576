"""Lists of pilots, for partners, staff and everybody: thirty ask no more of the database than one."""

import csv
import io

import pytest

from callflow.core import clock, ids, trail
from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Party
from callflow.dossiers.states import Kind, Part, State
from callflow.pilots.models import Agreement, Milestone, Pilot
from callflow.pilots.states import Progress, Verdict
from tests.client import CheckedClient
from tests.pilots.trio import Trio

pytestmark = pytest.mark.unverified
PATHS = {"/partner": 7, "/coordinator/pilots": 9, "/pilots": 3}


def rows(trio, number, state=State.running):
    """So many pilots, as rows: their history is not what these tests are about."""
    with unit_of_work():
        for each in range(number):
            pilot = Pilot(
                kind=Kind.pilot, reference=ids.reference("T"), title=f"Proef {each:02}",
                title_key=f"proef {each:02}", language="nl", call_id=trio.call.id, lot_id=trio.lot.id,
                created_at=clock.now(), state_since=clock.now(), submitted_at=clock.now(),
                trail=trail.new_trail("dossier"), summary="Een proef.", state=state, shown_state=state,
            )  # fmt: skip
            db.session.add(pilot)
            db.session.flush()
            for group, part in ((trio.village, Part.government), (trio.partners[0], Part.guide)):
                place = "32030" if part is Part.government else None
                party = Party(
                    dossier_id=pilot.id, group_id=group.id, part=part, municipality_code=place,
                    since=clock.now(),
                )  # fmt: skip
                db.session.add(party)
            db.session.flush()
            db.session.add(Milestone(
                pilot_id=pilot.id, title="Start", due_on=clock.today(), progress=Progress.planned, version=1,
                party_id=party.id,
            ))  # fmt: skip
            db.session.add(Agreement(
                pilot_id=pilot.id, party_id=party.id, verdict=Verdict.agreed, content_version=1, reason="",
                given_by=trio.guides[0].id, given_at=clock.now(),
            ))  # fmt: skip


def test_every_list_asks_as_much_for_one_pilot_as_for_thirty(app, statements):
    trio = Trio()
    people = {"/partner": trio.guides[0], "/coordinator/pilots": trio.coordinator, "/pilots": None}
    asked: dict[str, list[int]] = {path: [] for path in PATHS}

    for more in (1, 2, 27):
        rows(trio, more)
        for path, person in people.items():
            client = CheckedClient(app)
            if person is not None:
                client.sign_in(person)
            client.get(path)
            with statements() as seen:
                assert client.get(path).status_code == 200
            asked[path].append(len(seen))

    assert asked == {path: [number] * 3 for path, number in PATHS.items()}


def test_one_pilot_is_shown_with_as_many_statements_however_long_its_log_and_plan(app, statements):
    trio = Trio()
    pilot = trio.proposed()
    client = CheckedClient(app).sign_in(trio.mayor)
    asked = []

    for more in (1, 2, 27):
        for _ in range(more):
            trio.plan(pilot)
            trio.write_down(pilot)
        with statements() as seen:
            client.page(f"/partner/pilots/{pilot.reference}")
        asked.append(len(seen))

    assert asked == [asked[0]] * 3
    assert asked[0] <= 14


def test_the_staff_searches_filters_sorts_and_takes_the_list_along(app):
    trio = Trio()
    rows(trio, 60)
    rows(trio, 2, State.closed)
    client = CheckedClient(app).sign_in(trio.coordinator)
    at = f"/coordinator/pilots?call={trio.call.reference}"

    first = client.page(at)
    assert "62 van minstens 4" in first.get_text()
    assert len(first.select("#pilots tbody tr")) == 50
    assert len(client.page(f"{at}&page=2&sort=title").select("#pilots tbody tr")) == 12
    assert len(client.page(f"{at}&state=closed").select("#pilots tbody tr")) == 2
    assert len(client.page(f"{at}&q=proef 17").select("#pilots tbody tr")) == 1
    assert len(client.page(f"{at}&q=Gemeente&state=closed").select("#pilots tbody tr")) == 2
    for nonsense in (
        "&page=-3",
        "&page=99999999999999999999",
        "&state=x&sort=y&lot=z",
        "&q=%00%25_'",
        "&q=" + "x" * 3000,
    ):
        assert client.get(at + nonsense).status_code == 200
    table = list(csv.DictReader(io.StringIO(client.get(f"/coordinator/pilots.csv?{at.split('?')[1]}").text)))
    assert len(table) == 62
    assert table[0]["governments"] == "Lo-Reninge"
    assert client.get("/coordinator/pilots?call=NIETS").status_code == 404


def test_the_promise_is_kept_by_version_and_read_by_everybody(app):
    trio = Trio()
    client = CheckedClient(app).sign_in(trio.coordinator)
    path = f"/coordinator/pilots/promise/{trio.call.reference}"

    assert client.submit(path, {"promised": "5", "version": "0"}).status_code == 409
    assert client.submit(path, {"promised": "nul"}).status_code == 422
    assert client.submit(path, {"promised": "0"}).status_code == 422
    assert client.submit(path, {"promised": "5", "closes_on": "2020-01-01"}).status_code == 303
    assert "0 van minstens 5" in CheckedClient(app).page("/pilots").get_text()

    late = CheckedClient(app).sign_in(trio.mayor)
    said = {"title": "Te laat", "part": "government", "municipality_code": "32030"}
    answer = late.submit(f"/partner/calls/{trio.call.reference}/propose", said)
    assert answer.status_code == 422
    assert "Te laat" in answer.get_data(as_text=True)
