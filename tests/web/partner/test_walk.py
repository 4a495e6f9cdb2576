"""The pages of pilots, pressed from the first proposal to the closed pilot by everybody whose turn it is."""

import pytest

from callflow.dossiers.states import State
from callflow.pilots.models import Pilot
from tests import factories as make
from tests.client import CheckedClient
from tests.drawn import drawn
from tests.pilots.trio import LESSON, Trio


@pytest.fixture
def trio(app):
    return Trio()


class Desk:
    """A browser for each person around a pilot."""

    def __init__(self, app, trio):
        self.app, self.trio = app, trio

    def of(self, user):
        return CheckedClient(self.app).sign_in(user)

    def send(self, user, path, values=None, *, status=303, form="main form", **more):
        answer = self.of(user).submit(path, values or {}, form=form, **more)
        assert answer.status_code == status, f"{path}: {answer.status} {answer.get_data(as_text=True)[:3000]}"
        return answer

    def step(self, user, ref, trigger, **values):
        return self.send(user, f"/partner/pilots/{ref}/steps/{trigger}", values)


@pytest.fixture
def desk(app, trio):
    return Desk(app, trio)


def reference():
    return make.db.session.scalars(make.db.select(Pilot.reference)).one()


def propose(desk, trio):
    """From the promise to a proposal with its partners and plan; the address of its page."""
    call = trio.call.reference
    desk.send(trio.coordinator, f"/coordinator/pilots/promise/{call}", {"promised": "4"})
    desk.send(
        trio.mayor, f"/partner/calls/{call}/propose",
        {"title": "De kerk op woensdag", "part": "government", "municipality_code": "32030"},
    )  # fmt: skip
    ref = reference()
    at = f"/partner/pilots/{ref}"
    text = {"summary": "Een open kerk.", "reason": "Geen plek meer.", "approach": "Elke week tellen."}
    desk.send(trio.mayor, f"{at}/text", text)
    french = {"part": "government", "municipality_code": "59309", "language": "fr"}
    desk.send(
        trio.coordinator, f"{at}/partners", {"email": trio.town.contact_email, **french}, form="form.flow"
    )
    for group in trio.partners:
        mail = {"email": group.contact_email, "part": "guide"}
        desk.send(trio.coordinator, f"{at}/partners", mail, form="form.flow")
    line = {"title": "Startvergadering", "due_on": "2027-03-01"}
    desk.send(trio.maire, f"{at}/plan/new", line)
    return ref, at


def test_three_partners_bring_a_pilot_from_proposed_to_closed_on_the_pages(desk, trio):
    ref, at = propose(desk, trio)
    desk.step(trio.mayor, ref, "submit")
    desk.step(trio.coordinator, ref, "screen")
    logged = {"kind": "coaching", "held_on": "2026-01-05", "body": "We legden alles op tafel."}
    desk.send(trio.guides[1], at, logged, form="form[action$='/log']")
    desk.step(trio.coordinator, ref, "finish_coaching")
    for group, guide in zip(trio.partners, trio.guides, strict=True):
        number = trio.party(make.db.session.scalars(make.db.select(Pilot)).one(), group).id
        desk.send(guide, f"{at}/agreements/{number}", {"verdict": "agreed"})
    desk.step(trio.guides[2], ref, "select")
    desk.send(trio.mayor, f"{at}/plan/report-day", {"report_due_on": "2027-06-01"})
    desk.step(trio.mayor, ref, "start")
    method = {"kind": "method", "title": "Koffietafel", "body": "Elke week één vraag.", "worked": "well"}
    desk.send(trio.clerk, f"{at}/findings/new", method)
    told = {"tried": "Twaalf woensdagen.", "with_whom": "Bewoners.", "lessons": "Begin klein.",
            "participants": "140", "gatherings": "12", "costs": "1.250,50"}  # fmt: skip
    desk.send(trio.maire, f"{at}/report", told | {"costs": "1 250,50"})
    desk.step(trio.mayor, ref, "report")
    desk.send(trio.coordinator, at, form="form[action$='/approval']")
    desk.step(trio.coordinator, ref, "close")

    everybody = CheckedClient(desk.app)
    shown = everybody.page(f"/pilots/{ref}").get_text()
    assert "Koffietafel" in shown
    assert "140" in shown
    assert "1 van minstens 4" in everybody.page("/pilots").get_text()
    assert drawn(desk.of(trio.reader), f"{at}/report.pdf").data.startswith(b"%PDF")


def test_two_partners_change_one_milestone_and_the_second_sees_both(desk, trio):
    pilot = trio.proposed()
    number = trio.plan(pilot).id
    path = f"/partner/pilots/{pilot.reference}/plan/{number}"
    first, second = desk.of(trio.mayor), desk.of(trio.guides[0])
    form = second.page(path)
    version = form.select_one("input[name=version]")["value"]
    assert first.submit(path, {"title": "Woorden van de burgemeester"}).status_code == 303

    answer = second.submit(path, {"title": "Woorden van de gids", "version": version})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Woorden van de burgemeester" in page
    assert "Woorden van de gids" in page
    assert second.submit(path, {"title": "Samen"}).status_code == 303


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("plan/new", {"title": "", "due_on": "morgen"}, 422),
        ("plan/new", {"title": "x" * 400, "due_on": "2027-01-01"}, 422),
        ("plan/new", {"title": "x", "due_on": "2027-01-01", "party_id": "999999"}, 422),
        ("plan/new", {"title": "x", "due_on": "2027-01-01", "progress": "gegooid"}, 422),
        ("text", {"title": "", "summary": "y"}, 422),
        ("report", {"tried": "z"}, 422),
        ("findings/new", {"title": "x", "body": "y", "worked": "well"}, 422),
        ("steps/withdraw", {"version": "17"}, 409),
        ("steps/submit", {}, 422),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(desk, trio, path, values, status):
    pilot = trio.proposed()

    answer = desk.send(trio.mayor, f"/partner/pilots/{pilot.reference}/{path}", values, status=status)

    page = answer.get_data(as_text=True)
    for name in ("title", "summary", "tried"):
        assert values.get(name, "") in page
    assert make.state_of(pilot) is State.proposed


def test_everybody_reads_what_the_state_makes_public_and_no_more(desk, trio):
    pilot, anybody = trio.proposed(), CheckedClient(desk.app)
    seen = {}
    for state in (State.proposed, State.coached, State.selected, State.running, State.reported, State.closed):
        trio.upto(state, pilot)
        answer = anybody.get(f"/pilots/{pilot.reference}")
        page = answer.get_data(as_text=True)
        words = ("Startvergadering", LESSON.title, "Partner 1", "Gemeente")
        seen[state.value] = (answer.status_code, *(word in page for word in words[:3]))
        assert "Marleen" not in page

    assert seen == {
        "proposed": (404, False, False, False),
        "coached": (404, False, False, False),
        "selected": (200, False, False, True),
        "running": (200, True, False, True),
        "reported": (200, True, False, True),
        "closed": (200, True, True, True),
    }


def test_a_lesson_linked_to_a_call_stands_on_the_page_of_its_staff(desk, trio):
    pilot = trio.upto(State.closed)
    number = make.db.session.scalars(
        make.db.select(make.db.text("id")).select_from(make.db.text("finding")).order_by(make.db.text("id"))
    ).all()[-1]
    path = f"/partner/pilots/{pilot.reference}/findings/{number}/call"

    desk.send(trio.coordinator, path, {"call": trio.call.reference, "how": "Eén dag per week volstaat."})
    desk.send(trio.coordinator, path, {"call": trio.call.reference, "how": "Nog eens"}, status=422)

    page = desk.of(trio.coordinator).page(f"/coordinator/calls/{trio.call.reference}").get_text()
    assert LESSON.title in page
    assert "Eén dag per week volstaat." in page


def links_of(page, trigger):
    """By the words of a reason that holds this step back, where it is mended."""
    blocked = page.select_one(f"#why-{trigger}")
    return {each.get_text(): each["href"] for each in blocked.select("a")} if blocked else {}


def test_what_holds_a_step_back_leads_to_where_whoever_asks_can_mend_it(desk, trio):
    pilot = trio.proposed()
    at = f"/partner/pilots/{pilot.reference}"
    writes, reads = desk.of(trio.mayor), desk.of(trio.reader)

    found = links_of(writes.page(at), "submit")

    assert found["De planning heeft nog geen mijlpaal."] == f"{at}/plan/new"
    for address in found.values():
        assert writes.get(address).status_code == 200
    assert not any(each.startswith(at) for each in links_of(reads.page(at), "submit").values())


def test_the_coordinator_is_led_to_the_log_and_the_partners(desk, trio):
    ref, at = propose(desk, trio)
    desk.step(trio.mayor, ref, "submit")
    desk.step(trio.coordinator, ref, "screen")
    page = desk.of(trio.coordinator).page(at)

    found = links_of(page, "finish_coaching")

    assert list(found.values()) == [f"{at}#log"]
    assert page.select_one("#log")


def test_every_step_says_what_it_means_before_it_is_taken(desk, trio):
    _ref, at = propose(desk, trio)
    client = desk.of(trio.mayor)

    said = [row.get_text(" ", strip=True) for row in client.page(at).select("ul.offers > li")]

    assert said
    assert all(len(each.split()) > 6 for each in said)
    assert "De coördinator kijkt dan" in client.page(f"{at}/steps/submit").get_text()
