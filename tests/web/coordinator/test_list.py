"""The list of dossiers: found, filtered, sorted and paged as by a plain sort, and out of it as a file."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.spreadsheet import unguard
from callflow.desk import dossiers as desk
from callflow.desk import scope
from callflow.desk.dossiers import Asked
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import State, Task
from tests import factories as make
from tests.client import soup_of
from tests.rounds import Round


def titles(page):
    return [each.get_text() for each in page.select("td a.voice")]


def listed(call, asked, **more):
    who = make.actor(call.coordinator)
    return desk.listing(who, scope.calls_of(who)[0], asked, **more)


@pytest.fixture
def many(call, monkeypatch):
    """Thirteen dossiers on pages of four, in three states, some handled, some scored, some equal."""
    monkeypatch.setattr(desk, "SIZE", 4)
    return [_one(call, n, clock.now() + timedelta(minutes=n % 4)) for n in range(13)]


def _one(call, n, at):
    bring = (call.submitted, call.screened, call.scored)[n % 3]
    with clock.fixed(at):
        made = bring(answers={"title": f"Idee {n % 4}", "amount": f"{100 * (n % 3) + 1}"})
        if n % 4 < 2:
            call.give(made, Task.handler, (call.coordinator, call.colleague)[n % 4])
    return made


ORDER = {
    "submitted": lambda d, _: d.submitted_at,
    "title": lambda d, _: d.title_key,
    "reference": lambda d, _: d.reference,
    "requested": lambda d, _: d.requested,
    "total": lambda d, _: Decimal(-1) if d.total_percent is None else d.total_percent,
}


def sorted_by_hand(call, sort, handlers):
    """Every dossier of the call in the order asked for, worked out in Python."""
    db.session.rollback()
    found = list(db.session.scalars(db.select(Dossier).where(Dossier.call_id == call.call.id)))
    column, down = sort.removeprefix("-"), sort.startswith("-")
    if column in ORDER:
        return [
            d.reference for d in sorted(found, key=lambda d: (ORDER[column](d, handlers), d.id), reverse=down)
        ]
    place = {
        "state": lambda d: list(State).index(d.state),
        "lot": lambda d: d.lot_id,
        "handler": lambda d: [*handlers, None].index(d.handler_id),
    }[column]
    newest = sorted(found, key=lambda d: (d.submitted_at, d.id), reverse=True)
    return [d.reference for d in sorted(newest, key=lambda d: -place(d) if down else place(d))]


SORTS = [f"{sign}{name}" for name in (*desk.COLUMNS, *desk.GROUPED) for sign in ("", "-")]


def test_every_page_of_every_order_is_a_slice_of_one_plain_sort(call, many):
    handlers = list(scope.names(Role.coordinator, scope.calls_of(make.actor(call.coordinator))[0]))

    for sort in SORTS:
        pages = [listed(call, Asked(sort=sort, page=page), handlers=handlers) for page in range(1, 5)]

        found = [line.reference for page in pages for line in page.lines]
        assert found == sorted_by_hand(call, sort, handlers), sort
        assert [(len(page.lines), page.total, page.last) for page in pages] == [
            (4, 13, 4), (4, 13, 4), (4, 13, 4), (1, 13, 4),
        ], sort  # fmt: skip


@pytest.mark.parametrize("few", [0, 500])
def test_what_is_looked_for_is_paged_in_every_order_and_beyond_its_end(call, many, few, monkeypatch):
    monkeypatch.setattr(desk, "FEW", few)
    handlers = [call.coordinator.id, call.colleague.id]
    for sort in SORTS:
        wanted = [each for each in sorted_by_hand(call, sort, handlers) if each in titled(call, "Idee 1")]

        pages = [
            listed(call, Asked(q="idee", sort=sort, page=page), handlers=handlers) for page in (1, 2, 4, 99)
        ]
        some = listed(call, Asked(q="idee 1", sort=sort, page=99), handlers=handlers)

        assert [(len(page.lines), page.total, page.page, page.last) for page in pages] == [
            (4, 13, 1, 4), (4, 13, 2, 4), (1, 13, 4, 4), (1, 13, 4, 4),
        ], sort  # fmt: skip
        assert [line.reference for line in some.lines] == wanted, sort


def titled(call, title):
    db.session.rollback()
    mine = (Dossier.call_id == call.call.id, Dossier.title == title)
    return set(db.session.scalars(db.select(Dossier.reference).where(*mine)))


FILTERS = [
    (Asked(states=(State.scored,)), lambda d, c: d.state is State.scored),
    (Asked(states=(State.scored, State.screened)), lambda d, c: d.state is not State.submitted),
    (Asked(handler="none"), lambda d, c: d.handler_id is None),
    (Asked(q="IDEE 3"), lambda d, c: d.title == "Idee 3"),
    (Asked(q="idee 3", states=(State.scored,)), lambda d, c: (d.title, d.state) == ("Idee 3", State.scored)),
    (Asked(q="bewonersgroep"), lambda d, c: True),
    (Asked(q="  idée,  3 "), lambda d, c: d.title == "Idee 3"),
    (Asked(q="EE 2"), lambda d, c: d.title == "Idee 2"),
    (Asked(q="%"), lambda d, c: False),
    (Asked(lot=0), lambda d, c: False),
]


def test_filters_leave_exactly_what_fits_and_count_it(call, many):
    for asked, holds in FILTERS:
        wanted = {d.reference for d in db.session.scalars(db.select(Dossier)) if holds(d, call)}

        pages = [listed(call, Asked(**{**vars(asked), "page": page})) for page in range(1, 5)]

        found = {line.reference for page in pages for line in page.lines}
        assert (found, pages[0].total) == (wanted, len(wanted)), asked
        assert pages[0].counts.total() == 13


def test_a_dossier_is_found_by_its_reference_its_village_and_who_its_group_is(call):
    made = call.screened(answers={"title": "Dorpshuis L’Étoile"})
    with unit_of_work():
        made.village = "Sint-Éloois"

    for asked in (made.reference.lower(), "l'etoile", "sint eloois", call.group.contact_name.upper()):
        assert [line.reference for line in listed(call, Asked(q=asked)).lines] == [made.reference], asked
    for asked in ("'", "%", "_", "letoile", "zzz"):
        assert listed(call, Asked(q=asked)).total == 0, asked


@pytest.mark.parametrize("few", [0, 500])
def test_what_a_conflict_hides_is_neither_found_nor_counted_by_its_words(call, few, monkeypatch):
    monkeypatch.setattr(desk, "FEW", few)
    kept, hidden = (call.screened(answers={"title": f"Molen {n}"}) for n in (1, 2))
    keep_away(hidden, call.coordinator)

    found = listed(call, Asked(q="molen"))

    assert ([line.reference for line in found.lines], found.total) == ([kept.reference], 1)
    assert listed(call, Asked(q="molen 2")).total == 0


def keep_away(dossier, person):
    with unit_of_work():
        stands = {"declared": True, "reason": "Familie", "since": clock.now()}
        db.session.add(Exclusion(dossier_id=dossier.id, person_id=person.id, **stands))


def test_a_handler_is_found_by_name_in_the_filter(call, many):
    found = listed(call, Asked(handler=str(call.colleague.id)))

    assert {line.handler_id for line in found.lines} == {call.colleague.id}


def test_a_conflict_and_a_draft_are_in_no_list_no_count_and_no_file(call, coordinator):
    kept, hidden = (
        call.screened(answers={"title": "Zichtbaar"}),
        call.screened(answers={"title": "Verborgen"}),
    )
    make.draft(call.lot, call.resident, call.group, answers={"title": "Nog een concept"})
    keep_away(hidden, call.coordinator)

    page = coordinator.page("/coordinator/dossiers")
    text = coordinator.get("/coordinator/dossiers.csv").get_data(as_text=True)

    assert titles(page) == ["Zichtbaar"]
    assert kept.reference in text
    assert "Verborgen" not in text
    assert "concept" not in text
    assert coordinator.get(f"/coordinator/dossiers/{hidden.reference}").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_takes_the_same_statements_for_any_number(client, app, statements, count):
    call = Round()
    for number in range(count):
        call.submitted(answers={"title": f"Idee {number}"})
    client.sign_in(call.coordinator)

    with statements() as seen:
        client.page("/coordinator/dossiers?sort=state")

    assert len(seen) == 7, "the person, calls, tags, kept lists, case handlers, counts, the page"


def test_a_full_page_is_light(client, app):
    call = Round()
    for number in range(50):
        call.submitted(answers={"title": f"{number} stoelen en een tafel op het plein van ons dorp"})
    client.sign_in(call.coordinator)

    answer = client.get("/coordinator/dossiers")

    assert len(titles(soup_of(answer))) == 50
    assert len(answer.data) <= 60_000


@pytest.mark.parametrize(
    "query",
    [
        "page=-1", "page=99999999999999999999", "page=x", "sort=--title", "sort=password", "state=nowhere",
        "lot=abc", "handler=1;drop", "q=%00%ff", "q=" + "x" * 5000, "q=%25_%5C'%22",
        "lot=99999999999999999999",
        "handler=99999999999999999999",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_answered_with_a_list(call, coordinator, query):
    call.submitted()

    assert coordinator.get(f"/coordinator/dossiers?{query}").status_code == 200


def test_somebody_elses_call_does_not_exist(client, call):
    other = Round()
    client.sign_in(other.coordinator)

    assert client.get(f"/coordinator/dossiers?call={call.call.reference}").status_code == 404
    assert client.get(f"/coordinator?call={call.call.reference}").status_code == 404


def test_who_works_on_no_call_is_told_so(client, app):
    nobody = make.person((Role.coordinator, "call", 999))

    for path in ("/coordinator", "/coordinator/dossiers", "/coordinator/decisions"):
        assert "aan geen oproep" in client.sign_in(nobody).page(path).get_text()


def test_the_file_reads_back_every_title_whatever_it_begins_with(call, coordinator, shared):
    cells = json.loads(shared("data/hostile/csv_cells.json").read_text(encoding="utf-8"))["cells"]
    wanted = {call.submitted(answers={"title": cell}).reference: cell for cell in cells}

    text = coordinator.get("/coordinator/dossiers.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["reference"]: unguard(row["title"]) for row in rows} == wanted
    assert [row["title"] for row in rows if row["title"].lstrip()[:1] in set("=+-@\uff1d")] == []


def test_the_spreadsheet_holds_texts_as_texts_and_figures_as_figures(call, coordinator):
    call.submitted(answers={"title": "=1+1"})
    call.scored()

    answer = coordinator.get("/coordinator/dossiers.xlsx")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>=1+1</t>" in sheet
    assert "<f>" not in sheet
    assert "<v>4000</v>" in sheet
    assert "<v>72</v>" in sheet
    assert coordinator.get("/coordinator/dossiers.ods").status_code == 404


def test_the_file_holds_what_the_list_was_asked_for(call, coordinator):
    scored, _other = call.scored(), call.submitted()
    call.give(scored, Task.handler, call.colleague)

    answer = coordinator.get("/coordinator/dossiers.csv?state=scored")

    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline=""))
    wanted = {
        "reference": scored.reference, "state": "scored", "requested": "4000.00", "scores_given": "1",
        "total_percent": "72.0000", "handler": "Karim Voorbeeld",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{call.call.reference}.csv"'


def test_a_signatory_reads_the_list_but_takes_no_file_and_no_steps(client, call):
    call.submitted()
    client.sign_in(call.signatory)

    assert client.page("/coordinator/dossiers").select("button[name=trigger]") == []
    assert client.get("/coordinator/dossiers.csv").status_code == 403


def test_a_step_for_many_takes_those_that_are_ready_and_says_why_not_the_others(call, coordinator):
    ready, waiting = call.submitted(answers={"title": "Klaar"}), call.submitted(answers={"title": "Wacht"})
    call.passed(ready)

    answer = coordinator.submit(
        "/coordinator/dossiers", {"ref": [ready.reference, waiting.reference], "trigger": "screen"},
        form="main form[method=post]",
    )  # fmt: skip

    page = coordinator.page(answer.location)
    assert answer.status_code == 303
    assert (make.state_of(ready), make.state_of(waiting)) == (State.screened, State.submitted)
    refused, done = page.select("main section")
    assert waiting.reference in refused.get_text()
    assert "controlelijst" in refused.get_text()
    assert ready.reference in done.get_text()
    again = {each["value"] for each in page.select("main form input[name=ref]")}
    assert again == {waiting.reference}


def test_a_step_for_many_is_done_once_however_often_it_is_sent(call, coordinator):
    made = [call.submitted() for _ in range(3)]
    for each in made:
        call.passed(each)
    page = coordinator.page("/coordinator/dossiers")
    hidden = {
        each["name"]: each["value"] for each in page.select("main form[method=post] input[type=hidden]")
    }
    sent = {**hidden, "ref": [each.reference for each in made], "trigger": "screen"}

    answers = [coordinator.post("/coordinator/dossiers/steps", data=sent) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len({answer.location for answer in answers}) == 1
    assert all(each.reference in coordinator.page(answers[0].location).get_text() for each in made)
    assert {make.state_of(each) for each in made} == {State.screened}


@pytest.mark.parametrize("sent, words", [({"ref": []}, "minstens"), ({"trigger": "select"}, "stap")])
def test_a_step_for_many_that_cannot_be_is_refused(call, coordinator, sent, words):
    dossier = call.submitted()

    answer = coordinator.submit(
        "/coordinator/dossiers", {"ref": [dossier.reference], "trigger": "screen", **sent},
        form="main form[method=post]",
    )  # fmt: skip

    assert answer.status_code == 422
    assert words in soup_of(answer).select_one("[data-focus]").get_text()
    assert make.state_of(dossier) is State.submitted


def test_dossiers_of_another_call_are_left_alone_by_a_step_for_many(call, coordinator):
    other = Round()
    foreign = other.submitted()
    other.passed(foreign)
    call.submitted()

    answer = coordinator.submit(
        "/coordinator/dossiers",
        {"ref": [foreign.reference], "trigger": "screen"},
        form="main form[method=post]",
    )

    said = coordinator.page(answer.location).select_one("main section").get_text()
    assert foreign.reference in said
    assert foreign.title not in said
    assert make.state_of(foreign) is State.submitted
