"""Tags, notes and kept lists of the staff: they work, can be undone, and nobody else meets a word of them."""

import io
import zipfile

import pytest

from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.trail import EventText
from callflow.dossiers.states import State, Task
from callflow.filing import actions, queries
from callflow.filing.models import StaffNote, Tag
from callflow.filing.states import Colour
from tests import factories as make
from tests.client import soup_of
from tests.rounds import Round

SECRET = "Xylofoon"


def made_tag(call, name="Nabellen", colour=Colour.sea):
    with unit_of_work():
        return actions.make_tag(make.actor(call.coordinator), call.call.id, name=name, colour=colour)


def filing(call):
    return f"/coordinator/calls/{call.call.reference}/filing"


def at(dossier):
    return f"/coordinator/dossiers/{dossier.reference}"


def titles(page):
    return [each.get_text() for each in page.select("td a.voice")]


def test_a_tag_is_made_put_on_a_dossier_found_by_and_counted(call, coordinator):
    marked, other = call.submitted(answers={"title": "Met"}), call.submitted(answers={"title": "Zonder"})
    form = "form[action$='/tags']"

    made = coordinator.submit(filing(call), {"name": "  Bel   terug ", "colour": "straw"}, form=form)
    tag = db.session.scalars(db.select(Tag)).one()
    coordinator.submit(at(marked), {"tag_id": str(tag.id)}, form="form[action$='/tags/0/1']")

    assert made.status_code == 303
    page = coordinator.page(f"/coordinator/dossiers?tag={tag.id}")
    assert titles(page) == ["Met"]
    assert page.select_one("td .sticker.straw").get_text() == "Bel terug"
    assert page.select_one("#tag option[selected]").get_text() == "Bel terug (1)"
    assert "1 dossier" in coordinator.page(filing(call)).select_one("#tags + .flow").get_text()
    coordinator.submit(at(marked), form=f"form[action$='/tags/{tag.id}/0']")
    assert titles(coordinator.page(f"/coordinator/dossiers?tag={tag.id}")) == []
    assert other.reference in coordinator.page("/coordinator/dossiers").get_text()


def test_a_name_is_taken_once_whatever_its_capitals(call, coordinator):
    made_tag(call, "Nabellen")

    answer = coordinator.submit(filing(call), {"name": "NABELLEN"}, form="form[action$='/tags']")

    assert answer.status_code == 422
    assert "al een label" in soup_of(answer).select_one("[data-focus]").get_text()


def test_a_tag_taken_away_comes_back_with_its_dossiers(call, coordinator):
    dossier, tag = call.submitted(), made_tag(call)
    coordinator.submit(at(dossier), {"tag_id": str(tag.id)}, form="form[action$='/tags/0/1']")

    gone = coordinator.submit(filing(call), form=f"form[action$='/tags/{tag.id}/away']")
    without = coordinator.page(f"/coordinator/dossiers?tag={tag.id}")
    coordinator.submit(gone.location, form=f"form[action$='/tags/{tag.id}/back']")

    assert titles(without) == []
    assert len(titles(coordinator.page(f"/coordinator/dossiers?tag={tag.id}"))) == 1


def test_a_note_keeps_what_it_said_before_and_is_changed_by_its_author_only(call, client, coordinator):
    dossier = call.submitted()
    coordinator.submit(at(dossier), {"note": "Eerste woorden"}, form="form[action$='/staff-note']")
    note = db.session.scalars(db.select(StaffNote)).one()
    place = f"{at(dossier)}/staff-note/{note.id}"
    edit = f"form[action$='/staff-note/{note.id}']"
    stale = coordinator.page(at(dossier)).select_one(edit)

    coordinator.submit(at(dossier), {"note": "Andere woorden"}, form=edit)
    data = {each["name"]: each.get("value", "") for each in stale.select("input")}
    late = coordinator.post(place, data={**data, "note": "Te laat", "token": "x" * 20})
    shown = coordinator.page(at(dossier)).select_one("#filed + .flow")
    listed = coordinator.page("/coordinator/dossiers").select_one("td .small").get_text()

    assert late.status_code == 409
    assert "Te laat" in soup_of(late).select_one(f"#note-{note.id}").get_text()
    assert "Andere woorden" in shown.get_text()
    assert "Eerste woorden" in shown.select_one("details").get_text()
    assert "1 notitie" in listed
    client.sign_in(call.colleague)
    assert client.page(at(dossier)).select(edit) == []
    with client.session_transaction() as session:
        session.pop("csrf_token", None)
    form = client.page(at(dossier)).select_one("form[action$='/staff-note']")
    hidden = {each["name"]: each["value"] for each in form.select("input")}
    assert client.post(place, data={**hidden, "version": "2", "note": "Van een ander"}).status_code == 403


def test_a_note_taken_away_leaves_no_word_behind(call, coordinator):
    dossier = call.submitted()
    coordinator.submit(at(dossier), {"note": SECRET}, form="form[action$='/staff-note']")
    note = db.session.scalars(db.select(StaffNote)).one()

    answer = coordinator.submit(at(dossier), form=f"form[action$='/staff-note/{note.id}/away']")

    assert answer.status_code == 303
    assert SECRET not in coordinator.page(at(dossier)).get_text()
    db.session.rollback()
    bodies = db.session.scalars(db.select(EventText.body).where(EventText.body.is_not(None)))
    assert [each for each in bodies if SECRET in each] == []


def test_nobody_but_the_staff_meets_a_tag_or_a_note(call, client):
    dossier = call.judged()
    call.give(dossier, Task.coach, call.coach)
    with unit_of_work():
        who = make.actor(call.coordinator)
        tag = actions.make_tag(who, call.call.id, name=SECRET, colour=Colour.sea)
        actions.put_tag(who, tag, [dossier.id])
        loaded = queries_for_step(dossier, who)
        actions.write_staff_note(who, loaded, text=f"{SECRET} in een notitie")
    ref = dossier.reference
    reads = {
        call.resident: (f"/applications/{ref}", "/applications", f"/applications/{ref}/sent"),
        call.coach: ("/coach", f"/coach/dossiers/{ref}"),
        call.juror: ("/jury", f"/jury/dossiers/{ref}"),
        make.person((Role.chair, "call", call.call.id)): ("/jury/panels",),
        None: ("/", f"/calls/{call.call.reference}"),
    }

    for person, addresses in reads.items():
        browser = client.sign_in(person) if person else client
        for address in addresses:
            assert SECRET not in browser.get(address).get_data(as_text=True), address
    client.sign_in(call.coordinator)
    assert SECRET in client.page(at(dossier)).get_text()
    assert SECRET not in client.get("/coordinator/dossiers.csv").get_data(as_text=True)
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{at(dossier)}/file.zip").data))
    assert [name for name in packed.namelist() if SECRET.encode() in packed.read(name)] == []
    client.sign_in(call.signatory)
    page = client.page(at(dossier))
    assert SECRET in page.get_text()
    assert page.select("form[action*='/staff-note'], form[action*='/tags/']") == []


def queries_for_step(dossier, who):
    from callflow.dossiers import queries as dossiers

    return dossiers.for_step(dossier.reference, by=who)


def test_a_list_is_kept_opened_by_itself_shared_renamed_and_brought_back(call, client):
    scored, waiting = call.scored(answers={"title": "Klaar"}), call.submitted(answers={"title": "Wacht"})
    client.sign_in(call.coordinator)
    asked = "/coordinator/dossiers?state=scored&sort=title&col=total&col=lot&page=3&evil=1"
    keep = "form[action*='/views']"

    kept = client.submit(asked, {"view-name": "Te beslissen"}, form=keep)
    page = client.page(kept.location)
    view = next(iter(queries.views_of(call.call.id, by=make.actor(call.coordinator))))

    assert view.asked == {"state": ["scored"], "sort": ["title"], "col": ["total", "lot"]}
    assert titles(page) == ["Klaar"]
    assert page.select_one(".views[aria-label^='Lijsten die'] a[aria-current]").get_text() == "Te beslissen"
    assert len(page.select("table.inbox thead th")) == 4
    client.submit(filing(call), form=f"form[action$='/views/{view.id}/first/1']")
    assert client.get("/coordinator/dossiers").location == kept.location
    assert titles(client.page("/coordinator/dossiers?view=all")) == ["Wacht", "Klaar"]
    client.sign_in(call.colleague)
    assert "Te beslissen" not in client.page("/coordinator/dossiers").get_text()
    client.sign_in(call.coordinator)
    change = f"form[action$='/views/{view.id}']"
    client.submit(filing(call), {"name": "Om te beslissen", "shared": "y"}, form=change)
    client.sign_in(call.colleague)
    assert "Om te beslissen, van Lieve Voorbeeld" in client.page("/coordinator/dossiers").get_text()
    assert client.page(filing(call)).select(change) == []
    client.sign_in(call.coordinator)
    gone = client.submit(filing(call), form=f"form[action$='/views/{view.id}/away']")
    assert client.get("/coordinator/dossiers").status_code == 200
    client.submit(gone.location, form=f"form[action$='/views/{view.id}/back']")
    assert "Om te beslissen" in client.page("/coordinator/dossiers").get_text()
    assert (scored.state, waiting.state) == (State.scored, State.submitted)


@pytest.mark.parametrize("deed", ["", "/first/1", "/away", "/back"])
def test_the_view_of_a_colleague_who_does_not_share_it_does_not_exist(call, client, deed):
    with unit_of_work():
        view = actions.save_view(
            make.actor(call.colleague), call.call.id, name="Mijn", shared=False, asked={"q": ["x"]}
        )
    client.sign_in(call.coordinator)
    form = client.page(filing(call)).select_one("form[action$='/tags']")
    hidden = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}

    answer = client.post(
        f"/coordinator/calls/{call.call.reference}/views/{view.id}{deed}", data={**hidden, "name": "Gekaapt"}
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["tag=x", "tag=999999", "tag=9999999999", "col=evil", "handler=me&view=x"])
def test_filters_that_make_no_sense_are_answered_with_a_list(call, coordinator, query):
    call.submitted()

    assert coordinator.get(f"/coordinator/dossiers?{query}").status_code == 200


def test_the_dossiers_of_mine_and_of_nobody_are_lists_of_their_own(call, coordinator):
    mine, other = call.submitted(answers={"title": "Mijn"}), call.submitted(answers={"title": "Van Karim"})
    call.submitted(answers={"title": "Van niemand"})
    call.give(mine, Task.handler, call.coordinator)
    call.give(other, Task.handler, call.colleague)

    found = {who: titles(coordinator.page(f"/coordinator/dossiers?handler={who}")) for who in ("me", "none")}
    bar = coordinator.page("/coordinator/dossiers").select_one("#many-person").get_text()

    assert found == {"me": ["Mijn"], "none": ["Van niemand"]}
    assert "Karim Voorbeeld (1 lopend dossier)" in " ".join(bar.split())


@pytest.mark.parametrize("count", [1, 3, 30])
def test_tags_notes_and_views_cost_no_statement_a_row(client, app, statements, count):
    call = Round()
    who = make.actor(call.coordinator)
    made = [call.submitted(answers={"title": f"Idee {number}"}) for number in range(count)]
    with unit_of_work():
        for name in ("Een", "Twee"):
            tag = actions.make_tag(who, call.call.id, name=name, colour=Colour.sea)
            actions.put_tag(who, tag, [each.id for each in made])
        for each in made:
            actions.write_staff_note(who, queries_for_step(each, who), text="Bellen")
            actions.save_view(who, call.call.id, name=each.reference, shared=True, asked={"q": ["idee"]})
    client.sign_in(call.coordinator)
    address = f"/coordinator/dossiers?sort=title&tag={tag.id}"

    with statements() as seen:
        page = client.page(address)

    assert len(seen) == 8, "the counts are asked twice: of the call, and with the tag"
    assert len(page.select("td .sticker")) == 2 * count
