"""The jury at work: progress and reminders, what counts, habits that are frozen, and who may see which."""

from decimal import Decimal

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Counting
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Refused
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Task
from callflow.jury import actions
from callflow.jury.models import Habits
from callflow.jury.profiles import Known, keep_profile
from callflow.lifecycle import recount, values
from callflow.territory.models import Municipality
from tests import factories as make
from tests.client import soup_of
from tests.rounds import Round

CALIBRATED = Procedure(scores_needed=1, counting=Counting.calibrated)
SHEETS = {
    "haie": {"juror": ("4", "4"), "second": ("3", "2"), "third": ("3", "3")},
    "banc": {"juror": ("5", "5"), "second": ("4", "3")},
    "bus": {"juror": ("5", "4"), "third": ("3", "3")},
    "four": {"second": ("3", "3"), "third": ("4", "3")},
}
"""The first juror gives more than the others to whatever they score."""


class Jury(Round):
    """Three jurors, a chair, and four projects that not everybody scored."""

    def __init__(self, procedure: Procedure = CALIBRATED) -> None:
        super().__init__(procedure)
        self.third = make.person((Role.juror, "call", self.call.id), name="Ilse Voorbeeld")
        self.chair = make.person((Role.chair, "call", self.call.id), name="Rik Voorbeeld")
        self.projects = {name: self.screened(answers={"title": name}) for name in SHEETS}
        for name, given in SHEETS.items():
            for who in given:
                self.give(self.projects[name], Task.juror, getattr(self, who))

    def all_score(self, *names: str) -> None:
        for name in names or SHEETS:
            for who, (need, participation) in SHEETS[name].items():
                given = {"need": need, "participation": participation}
                self.score(self.projects[name], getattr(self, who), given)

    def all_close(self, *names: str) -> None:
        for name in names or SHEETS:
            make.take(self.projects[name], "close_scoring", self.coordinator)

    def freeze(self, version: int = 0) -> None:
        with unit_of_work():
            call = db.session.get_one(make.Call, self.call.id)
            actions.freeze_habits(make.actor(self.coordinator), call, version=version)

    def totals(self) -> dict[str, Decimal | None]:
        db.session.expire_all()
        return {
            name: db.session.get_one(Dossier, dossier.id).total_percent
            for name, dossier in self.projects.items()
        }

    @property
    def address(self) -> str:
        return f"/jury/calls/{self.call.reference}"


@pytest.fixture
def jury(app):
    return Jury()


@pytest.fixture
def coordinator(client, jury):
    client.sign_in(jury.coordinator)
    return client


def answered(client, path, **sent):
    """The answer of a form of the page, by its address."""
    return client.submit("/jury/panels", sent, form=f"form[action='{path}']")


def test_totals_wait_until_the_habits_are_frozen_and_are_then_added_up_exactly(jury, coordinator):
    jury.all_score()
    jury.all_close()
    before = jury.totals()

    answer = answered(coordinator, f"{jury.address}/habits")

    after = jury.totals()
    assert set(before.values()) == {None}
    assert answer.status_code == 303
    assert sorted(after, key=lambda name: -(after[name] or 0)) == ["banc", "four", "bus", "haie"]
    assert after["four"] > Decimal(65), "a strict pair scored it"
    assert list(recount.breaks()) == []


def test_nobody_is_chosen_before_the_habits_are_frozen(jury, coordinator):
    jury.all_score("haie")
    jury.all_close("haie")
    page = coordinator.page(f"/coordinator/dossiers/{jury.projects['haie'].reference}/steps/decline")

    assert "geen totaal dat telt" in page.text
    jury.freeze()
    page = coordinator.page(f"/coordinator/dossiers/{jury.projects['haie'].reference}/steps/decline")
    assert "geen totaal dat telt" not in page.text


def test_habits_are_not_frozen_twice_from_one_page_nor_once_somebody_is_chosen(jury, coordinator):
    jury.all_score()
    jury.all_close()
    jury.freeze()

    late = answered(coordinator, f"{jury.address}/habits", version="0")
    make.take(jury.projects["haie"], "decline", jury.coordinator, values.Declining("Niet nu."))
    after = answered(coordinator, f"{jury.address}/habits")

    assert (late.status_code, after.status_code) == (409, 422)
    assert "Neem die voorstellen eerst terug" in soup_of(after).text


def test_what_counts_is_chosen_before_the_first_sheet_and_never_after(jury, coordinator):
    first = answered(coordinator, f"{jury.address}/counting", counting="trimmed")
    page = coordinator.page("/jury/panels")
    jury.all_score("haie")
    with unit_of_work():
        who, found = make.actor(jury.juror), jury.projects["haie"].reference
        actions.take_back(who, dossiers.for_step(found, by=who))

    with pytest.raises(Refused) as late, unit_of_work():
        call = db.session.get_one(make.Call, jury.call.id)
        actions.choose_counting(make.actor(jury.coordinator), call, counting=Counting.mean)

    assert (first.status_code, late.value.code) == (303, "counting_late")
    assert "Het gemiddelde zonder de laagste en de hoogste score." in page.text
    assert "Anders kiezen" not in coordinator.page("/jury/panels").text
    assert list(recount.breaks()) == []


def test_verify_names_a_choice_or_a_habit_that_history_does_not_know(jury, coordinator):
    jury.all_score()
    jury.all_close()
    jury.freeze()
    with unit_of_work():
        db.session.execute(db.text("UPDATE jury_habits SET offsets = '{}'"))
    codes = {each.code for each in recount.breaks()}
    db.session.rollback()
    with unit_of_work():
        held = db.session.scalars(db.select(Habits)).one()
        event = db.session.scalars(db.select(Event).where(Event.action == "habits_frozen")).one()
        held.offsets = event.data["offsets"]

    assert codes == {"habits_differ", "total_disagrees"}


def test_a_reminder_goes_to_who_still_has_to_score_once_a_day(jury, coordinator):
    jury.all_score("haie", "banc", "bus")
    page = coordinator.page("/jury/panels")
    ids = [str(each.id) for each in (jury.juror, jury.second, jury.third)]

    sent = answered(coordinator, f"{jury.address}/reminders", juror=ids)
    again = answered(coordinator, f"{jury.address}/reminders", juror=ids)
    nobody = answered(coordinator, f"{jury.address}/reminders")

    assert "2 juryleden hebben nog aanvragen te beoordelen." in page.text
    mails = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "jury_reminder")).all()
    assert {(mail.recipient, mail.language) for mail in mails} == {
        (jury.second.email, "fr"),
        (jury.third.email, "nl"),
    }
    assert [answer.status_code for answer in (sent, again, nobody)] == [303, 422, 422]


def test_a_chair_sees_the_scores_of_what_is_closed_and_nothing_of_a_conflict(client, jury):
    jury.all_score()
    jury.all_close("haie", "bus")
    with unit_of_work():
        who = make.actor(jury.coordinator)
        found = dossiers.for_step(jury.projects["bus"].reference, by=who)
        exclude(who, found, person_id=jury.chair.id, reason="Woont ernaast")
    client.sign_in(jury.chair)

    page = client.page("/jury/panels")

    shown = {name for name in SHEETS if page.select_one("#main").find(string=name)}
    assert shown == {"haie"}
    assert page.select_one(f"form[action='{jury.address}/habits']") is None
    assert page.select_one(f"form[action='{jury.address}/reminders']") is not None


def test_own_area_is_the_municipality_of_the_profile_with_those_around_it_else_the_country(jury, coordinator):
    here, near, far = _three_places()
    places = {"haie": here, "banc": near, "bus": far, "four": far}
    with unit_of_work():
        for name, code in places.items():
            db.session.get_one(Dossier, jury.projects[name].id).municipality_code = code
        known = Known(("nl",), municipality=near)
        keep_profile(
            make.actor(jury.coordinator), db.session.get_one(make.Call, jury.call.id),
            person_id=jury.juror.id, known=known, version=0,
        )  # fmt: skip
        db.session.get_one(make.User, jury.second.id).country = "BE"
    jury.all_score()

    lines = [item.get_text(" ", strip=True) for item in _homes(coordinator.page("/jury/panels"))]

    name = db.session.get_one(Municipality, near).name
    said = {line.split(" (")[0]: line for line in lines}
    assert set(said) == {jury.juror.name, jury.second.name}, "nothing is known of the third"
    assert f"({name} en omgeving)" in said[jury.juror.name]
    assert "2 eigen projecten" in said[jury.juror.name]
    assert "(eigen land)" in said[jury.second.name]
    assert "3 eigen projecten; geen elders" in said[jury.second.name]


def _three_places() -> tuple[str, str, str]:
    """Two municipalities of one arrondissement and one of another, all in Flanders."""
    with unit_of_work():
        for code, grouping in (("39901", "Noord"), ("39902", "Noord"), ("39903", "Zuid")):
            db.session.add(
                Municipality(
                    code=code,
                    country="BE",
                    name_nl=f"Dorp {code}",
                    name_fr=f"Village {code}",
                    postcodes="",
                    grouping=grouping,
                )
            )
    return "39901", "39902", "39903"


def _homes(page):
    """The lines below the heading on own areas."""
    return page.find("h3", string="Projecten van de eigen streek").find_next("ul").find_all("li")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_asks_the_same_number_of_statements_however_many_scored(client, statements, count):
    jury = Round()
    for number in range(count):
        dossier = jury.judged(answers={"title": f"Idee {number}"})
        jury.score(dossier, jury.juror)
    client.sign_in(jury.coordinator)
    client.page("/jury/panels")

    with statements() as sent:
        client.page("/jury/panels")

    assert len(sent) == 14, "one of them for the meeting"
