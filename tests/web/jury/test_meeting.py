"""The jury meets: agenda, who leaves the room, quorum, agreed totals, minutes; and a second round."""

import io
from decimal import Decimal

import pytest
from pikepdf import Pdf

from callflow.calls.procedure import Procedure
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude, note_conflict
from callflow.dossiers.models import Conflict, Dossier
from callflow.dossiers.states import ConflictKind, State, Task
from callflow.jury.actions import hand_in
from callflow.jury.models import KeptSheet, Meeting, MeetingItem, Sheet
from callflow.jury.rules import Given
from callflow.letters.models import Letter
from callflow.lifecycle import recount, values
from tests import factories as make
from tests.client import form_values, soup_of
from tests.drawn import drawn
from tests.letters.reading import words_of
from tests.rounds import Round

MEETS = Procedure(scores_needed=1, meeting=True, second_round=True)


class Meets(Round):
    """Two jurors and a chair; ``scored`` dossiers of different totals."""

    def __init__(self, *titles: str) -> None:
        super().__init__(MEETS)
        self.chair = make.person((Role.chair, "call", self.call.id), name="Rik Voorbeeld")
        self.projects = {title: self.scored_by_both(title) for title in titles}

    def scored_by_both(self, title: str) -> Dossier:
        dossier = self.judged(answers={"title": title})
        self.give(dossier, Task.juror, self.second)
        self.score(dossier, self.juror, {"need": "4", "participation": "4"})
        self.score(dossier, self.second, {"need": "3", "participation": "3"})
        return make.take(dossier, "close_scoring", self.coordinator)

    def ref(self, title: str) -> str:
        return self.projects[title].reference

    def again(self, title: str) -> Dossier:
        db.session.expire_all()
        return db.session.get_one(Dossier, self.projects[title].id)

    def keep_away(self, title: str, person) -> None:
        who = make.actor(self.coordinator)
        with unit_of_work():
            exclude(
                who, dossiers.for_step(self.ref(title), by=who), person_id=person.id, reason="Woont ernaast"
            )


@pytest.fixture
def meets(app):
    return Meets("haie", "banc")


@pytest.fixture
def chair(client, meets):
    client.sign_in(meets.chair)
    return client


def opened(client, meets, quorum="2"):
    """A meeting with the bench first, in which everybody sits."""
    places = {f"place-{meets.ref('haie')}": "2", f"place-{meets.ref('banc')}": "1"}
    client.submit("/jury/meetings", {"quorum": quorum, "place": "Diksmuide", **places}, form="form.flow")
    ids = [str(each.id) for each in (meets.juror, meets.second, meets.chair)]
    client.submit("/jury/meetings", {"present": ids}, form="form[action$='/presence']")


def settled(client, meets, title, **said):
    return client.submit("/jury/meetings", said, form=f"form[action$='/items/{meets.ref(title)}']")


def codes():
    return sorted(each.code for each in recount.breaks())


def test_a_meeting_from_its_agenda_to_its_minutes(chair, meets):
    opened(chair, meets)
    page = chair.page("/jury/meetings")
    first = settled(
        chair, meets, "banc", agreed="81,5", motivation="De buren doen mee.", remarks="Lang besproken."
    )
    stands = settled(chair, meets, "haie", remarks="Iedereen eens.")
    chair.submit("/jury/meetings", {"present": [str(meets.chair.id)]}, form="form[action$='/presence']")
    chair.submit("/jury/meetings", form="form[action$='/close']")

    meeting = db.session.scalars(db.select(Meeting)).one()
    pdf = drawn(chair, f"/jury/meetings/{meeting.id}/minutes").data
    shown = [each.get_text(strip=True) for each in page.select(".agenda h3")]
    assert shown == ["1. banc", "2. haie"]
    assert (first.status_code, stands.status_code) == (303, 303)
    assert meets.again("banc").total_percent == Decimal("81.5")
    assert meets.again("haie").total_percent == Decimal(70)
    assert [each["reference"] for each in meeting.minutes["items"]] == [meets.ref("banc"), meets.ref("haie")]
    assert [each["in_room"] for each in meeting.minutes["items"]] == [3, 3], "as it was when it was settled"
    left = {meets.chair.name} ^ set(meeting.minutes["present"])
    assert (len(left), left) == (2, set(meeting.minutes["left_early"])), (
        "they sat there, and left before the end"
    )
    assert not left & set(meeting.minutes["absent"])
    said = words_of(pdf)
    assert "De buren doen mee." in said
    assert "Eerder vertrokken" in said
    assert "Rik Voorbeeld" in said
    with Pdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
    assert "Procès-verbal" in words_of(drawn(chair, f"/jury/meetings/{meeting.id}/minutes?lang=fr").data)
    assert codes() == []


def test_a_conflict_that_was_found_sends_out_who_never_sat_on_the_project(client, meets):
    with unit_of_work():
        project = db.session.get_one(Dossier, meets.projects["banc"].id)
        note_conflict(project, person_id=meets.chair.id, kind=ConflictKind.municipality, reason="32003")
    client.sign_in(meets.coordinator)
    opened(client, meets, quorum="3")

    few = settled(client, meets, "banc")
    enough = settled(client, meets, "haie")

    assert (few.status_code, enough.status_code) == (422, 303)
    page = client.page("/jury/meetings")
    assert "Rik Voorbeeld" in page.select_one(f"#item-{meets.ref('banc')}").text
    client.sign_in(meets.chair)
    assert client.page("/jury/meetings").select_one(f"#item-{meets.ref('banc')}") is None, "they went out"
    with unit_of_work():
        held = db.session.scalars(db.select(Conflict)).one()
        held.ended_at = held.since
    assert settled(client, meets, "banc").status_code == 303, "it was none"


def test_nobody_is_proposed_before_the_jury_met_and_the_letter_gives_its_reason(client, chair, meets):
    client.sign_in(meets.coordinator)
    before = client.page(f"/coordinator/dossiers/{meets.ref('banc')}")
    client.sign_in(meets.chair)
    opened(client, meets)
    settled(client, meets, "banc", agreed="90", motivation="De buren doen mee.")
    make.take(meets.again("banc"), "select", meets.coordinator, values.Selecting(Decimal(4000), 2))
    meets.decide()
    meets.release()

    letter = db.session.scalars(db.select(Letter).where(Letter.kind == "selected")).one()
    assert "in een vergadering behandeld" in before.text
    assert (letter.context["scores"]["total"], letter.context["scores"]["agreed"]) == (
        "90.0000",
        "De buren doen mee.",
    )
    assert codes() == []


def test_who_has_a_conflict_leaves_the_room_and_without_quorum_nothing_is_settled(client, meets):
    meets.keep_away("haie", meets.chair)
    client.sign_in(meets.coordinator)
    opened(client, meets, quorum="3")

    page = client.page("/jury/meetings")
    refused = settled(client, meets, "haie", remarks="Toch maar.")
    without_reason = settled(client, meets, "banc", agreed="90")
    off = settled(client, meets, "banc", agreed="101", motivation="Veel.")

    assert "Verlaat de zaal: Rik Voorbeeld." in page.select_one(f"#item-{meets.ref('haie')}").text
    assert [each.status_code for each in (refused, without_reason, off)] == [422, 422, 422]
    assert "Toch maar." in soup_of(refused).text
    assert db.session.scalars(db.select(MeetingItem.settled_at)).all() == [None, None]


def test_of_two_chairs_in_one_meeting_the_second_is_told(chair, meets):
    opened(chair, meets)
    form = f"form[action$='/items/{meets.ref('banc')}']"
    seen = form_values(chair.page("/jury/meetings").select_one(form))
    action = chair.page("/jury/meetings").select_one(form)["action"]
    settled(chair, meets, "banc", agreed="80", motivation="Goed.")

    late = chair.post(action, data={**seen, "agreed": "60", "motivation": "Niet goed."})

    assert late.status_code == 409
    assert "Niet goed." in soup_of(late).text
    assert meets.again("banc").total_percent == Decimal(80)


def test_what_was_typed_for_a_meeting_that_is_over_can_be_copied(chair, meets):
    opened(chair, meets)
    form = chair.page("/jury/meetings").select_one(f"form[action$='/items/{meets.ref('banc')}']")
    chair.submit("/jury/meetings", form="form[action$='/close']")

    late = chair.post(form["action"], data=form_values(form) | {"remarks": "Lang besproken."})

    assert late.status_code == 422
    assert "Lang besproken." in soup_of(late).select_one(".errors .typed").text


def test_a_chair_with_a_conflict_sees_nothing_of_it_and_gets_no_minutes(client, meets):
    meets.keep_away("haie", meets.chair)
    client.sign_in(meets.coordinator)
    opened(client, meets)
    settled(client, meets, "haie")
    client.sign_in(meets.chair)
    page = client.page("/jury/meetings")
    client.sign_in(meets.coordinator)
    client.submit("/jury/meetings", form="form[action$='/close']")
    meeting = db.session.scalars(db.select(Meeting)).one()
    client.sign_in(meets.chair)

    assert "haie" not in page.select_one("#main").text
    assert page.select_one("form[action$='/close']") is None
    assert client.get(f"/jury/meetings/{meeting.id}/minutes").status_code == 404


@pytest.mark.parametrize("fresh", [False, True], ids=["amended", "fresh"])
def test_a_second_round_keeps_the_first_and_counts_alone(client, chair, meets, fresh):
    opened(chair, meets)
    settled(chair, meets, "banc", agreed="90", motivation="De buren doen mee.")
    client.sign_in(meets.coordinator)
    path = f"/coordinator/dossiers/{meets.ref('banc')}/steps/score_again"
    empty = client.submit(path)
    client.submit(path, {"why": "Nieuwe begroting.", "fresh": "y" if fresh else None})
    between = meets.again("banc")
    held = db.session.scalars(db.select(Sheet).where(Sheet.dossier_id == between.id)).all()
    versions = {each.juror_id: each.version for each in held}

    assert empty.status_code == 422
    assert (between.state, between.shown_state) == (State.screened, State.screened)
    assert (between.total_percent, between.scores_given) == (None, 0)
    for juror, figure in ((meets.juror, "5"), (meets.second, "5")):
        given = {key: Given(Decimal(figure), False, "Beter.") for key in ("need", "participation")}
        version = meets.save(between, juror, given, version=versions[juror.id])
        who = make.actor(juror)
        with unit_of_work():
            hand_in(who, dossiers.for_step(between.reference, by=who), version=version)
    make.take(between, "close_scoring", meets.coordinator)

    assert meets.again("banc").total_percent == Decimal(100)
    kept = db.session.scalars(db.select(KeptSheet).order_by(KeptSheet.id)).all()
    assert [each.scores["need"]["value"] for each in kept] == ["4.00", "3.00"]
    assert codes() == []


def test_verify_names_an_agreed_total_or_minutes_that_were_edited(chair, meets):
    opened(chair, meets)
    settled(chair, meets, "banc", agreed="90", motivation="De buren doen mee.")
    chair.submit("/jury/meetings", form="form[action$='/close']")
    with unit_of_work():
        item = db.session.scalars(db.select(MeetingItem).where(MeetingItem.agreed.is_not(None))).one()
        meeting = db.session.scalars(db.select(Meeting)).one()
        kept = meeting.minutes
        item.agreed, meeting.minutes = Decimal(95), {**kept, "quorum": 9}
    found = codes()
    with unit_of_work():
        db.session.scalars(
            db.select(MeetingItem).where(MeetingItem.agreed.is_not(None))
        ).one().agreed = Decimal(90)
        db.session.scalars(db.select(Meeting)).one().minutes = kept

    assert found == ["agreed_differs", "minutes_changed", "total_disagrees"]


def test_of_more_projects_than_a_meeting_can_take_the_best_are_offered(client, chair, monkeypatch):
    call = Meets("haie", "banc")
    weak = call.judged(answers={"title": "vierde"})
    call.score(weak, call.juror, {"need": "1", "participation": "1"})
    make.take(weak, "close_scoring", call.coordinator)
    monkeypatch.setattr("callflow.desk.meeting.MOST", 2)
    client.sign_in(call.chair)

    page = client.page(f"/jury/meetings?call={call.call.reference}")

    offered = {box["value"] for box in page.select("input[name=ref]")}
    assert offered == {call.ref("haie"), call.ref("banc")}
    assert "De 2 best gescoorde projecten worden voorgesteld" in page.main.get_text()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_asks_the_same_number_of_statements_however_long_the_agenda(client, statements, count):
    meets = Meets(*(f"Idee {number}" for number in range(count)))
    client.sign_in(meets.chair)
    client.submit("/jury/meetings", form="form.flow")
    client.page("/jury/meetings")

    with statements() as sent:
        client.page("/jury/meetings")

    assert len(sent) == 8
