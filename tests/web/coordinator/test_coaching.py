"""The coaching of a call as its coordinator sees it: proposal and one confirmation, profiles, days, hours."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.models import CoachProfile
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries
from callflow.dossiers.actions import exclude
from callflow.dossiers.models import Assignment
from callflow.dossiers.states import Task
from callflow.people.models import Membership
from callflow.people.states import Right
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import COACHED_BEFORE, Round

TEAM, PROPOSAL = "/coordinator/coaching", "/coordinator/coaching/proposal"


@pytest.fixture
def call(app):
    return Round(COACHED_BEFORE)


@pytest.fixture
def office(client, call):
    return client.sign_in(call.coordinator)


def another_coach(call, name, language="nl", over="call"):
    scope = call.call.id if over == "call" else call.lot.id
    return make.person((Role.coach, over, scope), name=name, language=language)


def coaches_of(dossier):
    db.session.rollback()
    query = db.select(Assignment.person_id).where(
        Assignment.dossier_id == dossier.id, Assignment.task == Task.coach
    )
    return set(db.session.scalars(query))


def rows(page):
    """By title: who is chosen, everybody who could be, and why."""
    found = {}
    for row in page.select("main form tbody tr"):
        chosen = row.select_one("option[selected]")
        names = [each.get_text() for each in row.select("option")[1:]]
        why = row.select("td")[2].get_text(" ", strip=True)
        found[row.select_one("a").get_text()] = (chosen and chosen.get_text(), names, why)
    return found


def test_coaches_are_proposed_with_reasons_and_given_at_one_stroke(call, office):
    french = another_coach(call, "Chloé Exemple", "fr")
    one, two = (
        call.screened(answers={"title": "Moestuin"}),
        call.screened(answers={"title": "Le jardin"}, language="fr"),
    )
    page = office.page(PROPOSAL)

    assert rows(page) == {
        "Le jardin": (
            "Chloé Exemple",
            ["Chloé Exemple", "Sofie Voorbeeld"],
            "Spreekt Frans, 1 project met dit erbij",
        ),
        "Moestuin": (
            "Sofie Voorbeeld",
            ["Chloé Exemple", "Sofie Voorbeeld"],
            "Spreekt Nederlands, 1 project met dit erbij",
        ),
    }
    sent = form_values(page.select_one("main form"))
    answers = [office.post(PROPOSAL, data=sent) for _ in range(2)]
    assert [(each.status_code, TEAM in each.headers["Location"]) for each in answers] == [(303, True)] * 2
    assert (coaches_of(one), coaches_of(two)) == ({call.coach.id}, {french.id})
    assert "heeft zijn begeleider" in office.page(PROPOSAL).get_text()


def test_of_two_coordinators_one_wins_and_the_other_is_told(call, office, app):
    dossier, other = call.screened(answers={"title": "Eerst"}), call.screened(answers={"title": "Ook"})
    second = another_coach(call, "Bram Voorbeeld")
    colleague = CheckedClient(app).sign_in(call.colleague)
    mine = form_values(office.page(PROPOSAL).select_one("main form"))
    theirs = form_values(colleague.page(PROPOSAL).select_one("main form"))
    theirs[f"coach-{dossier.reference}"] = str(second.id)
    theirs[f"coach-{other.reference}"] = ""

    assert colleague.post(PROPOSAL, data=theirs).status_code == 303
    late = office.post(PROPOSAL, data=mine)

    assert late.status_code == 409
    assert "kreeg intussen een begeleider" in late.get_data(as_text=True)
    assert coaches_of(dossier) == {second.id}
    assert coaches_of(other) == {int(mine[f"coach-{other.reference}"])}


def test_nobody_is_proposed_who_judges_it_has_a_conflict_is_of_the_group_or_of_another_lot(app, client):
    call = Round(COACHED_BEFORE)
    other_lot = make.person((Role.coach, "lot", call.lot.id + 999), name="Elders Voorbeeld")
    judging, apart, member, free = (
        another_coach(call, f"{name} Voorbeeld") for name in ("Ada", "Bo", "Cis", "Dré")
    )
    dossier = call.screened(answers={"title": "Moestuin"})
    who = make.actor(call.coordinator)
    with unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who)
        for person in (apart, call.coach):
            exclude(who, loaded, person_id=person.id, reason="Buur")
        db.session.add(
            Membership(group_id=dossier.group_id, user_id=member.id, right=Right.view, since=clock.now())
        )
    make.assign(dossier, judging, Task.juror)

    page = client.sign_in(call.coordinator).page(PROPOSAL)

    assert rows(page)["Moestuin"][:2] == ("Dré Voorbeeld", ["Dré Voorbeeld"])
    assert other_lot.name not in page.get_text()
    for barred in (judging, apart, member):
        fresh = form_values(client.page(PROPOSAL).select_one("main form"))
        sent = fresh | {f"coach-{dossier.reference}": str(barred.id)}
        assert client.post(PROPOSAL, data=sent).status_code == 409
        assert coaches_of(dossier) == set()
    refused = client.post(PROPOSAL, data={**fresh, "token": "new", f"coach-{dossier.reference}": "x"})
    assert refused.status_code == 422
    again = form_values(soup_of(refused).select_one("main form"))
    assert client.post(PROPOSAL, data=again).status_code == 303
    assert coaches_of(dossier) == {free.id}


def test_where_nobody_can_be_proposed_the_page_says_why(call, office):
    call.screened(answers={"title": "Le jardin"}, language="fr")

    found = rows(office.page(PROPOSAL))["Le jardin"]

    assert (found[0], found[2]) == (None, "Niemand kan worden voorgesteld Geen begeleider spreekt Frans.")


def test_a_profile_is_filled_in_by_the_coordinator_and_by_the_coach_and_a_stale_one_is_told(
    call, office, app
):
    page = office.page(TEAM)
    link = page.select_one("section[aria-labelledby=coaches] tbody a")["href"]
    stale = form_values(office.page(link).select_one("main form"))
    coach = CheckedClient(app).sign_in(call.coach)
    own = f"/coach/calls/{call.call.reference}"
    assert coach.submit(own, {"days": "12", "languages": ["nl", "fr"]}).status_code == 303

    late = office.post(link, data={**stale, "most": "3"})
    wrong = coach.submit(own, {"days": "veel", "area": ["00000"]})

    assert late.status_code == 409
    assert soup_of(late).select_one("#most")["value"] == "3"
    assert wrong.status_code == 422
    db.session.rollback()
    kept = db.session.scalars(db.select(CoachProfile)).one()
    assert (kept.languages, kept.days, kept.most, kept.version) == (["fr", "nl"], 12, None, 1)
    again = form_values(soup_of(late).select_one("main form"))
    assert office.post(link, data=again).status_code == 303
    call.give(call.screened(), Task.coach, call.coach)
    assert "1 van 3" in office.page(TEAM).get_text()
    assert office.get("/coordinator/coaching/coaches/999999").status_code == 404
    assert coach.get("/coach/calls/elsewhere").status_code == 404


def test_days_are_added_up_by_project_and_lot_and_warned_of_when_over(app, client):
    call = Round(Procedure(coaching=Coaching.before, sessions_needed=1, scores_needed=1, day_minutes=60))
    one, two = (call.screened(answers={"title": title}) for title in ("Een", "Twee"))
    for dossier in (one, two):
        call.give(dossier, Task.coach, call.coach)
    call.coach_them(one, two, minutes=90)
    call.coach_them(one, minutes=1340)
    text = client.sign_in(call.coordinator).page(TEAM).get_text(" ", strip=True)

    assert "23,08 van 2 dagen" in text
    assert "0,75 van 2 dagen" in text
    assert "3,83 dagen meer dan de 20 van het lot" in text
    assert "Een dag staat in deze oproep voor 60 minuten." in text


def test_hours_leave_as_csv_and_xlsx_for_a_period_and_no_cell_is_a_formula(call, office, app):
    dossier = call.screened(answers={"title": "=2+5"})
    other = call.screened(answers={"title": "Twee"})
    for each in (dossier, other):
        call.give(each, Task.coach, call.coach)
    earlier = clock.today() - timedelta(days=20)
    call.coach_them(dossier, minutes=30, held_on=earlier)
    call.coach_them(dossier, other, minutes=45)

    def lines(client, path, **asked):
        answer = client.get(path, query_string=asked)
        assert answer.status_code == 200
        return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))

    everything = lines(office, f"{TEAM}/hours.csv")
    assert [(each["title"], each["minutes"], each["days"]) for each in everything] == [
        ("'=2+5", "30.00", "0.0625"), ("'=2+5", "22.50", "0.0469"), ("Twee", "22.50", "0.0469"),
    ]  # fmt: skip
    since = (earlier + timedelta(days=1)).isoformat()
    assert len(lines(office, f"{TEAM}/hours.csv", since=since)) == 2
    coach = CheckedClient(app).sign_in(call.coach)
    own = f"/coach/calls/{call.call.reference}/hours"
    assert lines(coach, f"{own}.csv", until=earlier.isoformat())[0]["held_on"] == earlier.isoformat()
    stranger = CheckedClient(app).sign_in(another_coach(call, "Bram Voorbeeld"))
    assert lines(stranger, f"{own}.csv") == []

    answer = office.get(f"{TEAM}/hours.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=2+5" in sheet
    assert office.get(f"{TEAM}/hours.pdf").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_the_same_statements_for_any_number(client, app, statements, count):
    call = Round(COACHED_BEFORE)
    for number in range(count):
        another_coach(call, f"Begeleider {number}")
        dossier = call.screened(answers={"title": f"Idee {number}"})
        if number % 2:
            call.give(dossier, Task.coach, call.coach)
            call.coach_them(dossier)
    client.sign_in(call.coordinator)
    seen = {}
    for path in (TEAM, PROPOSAL):
        with statements() as found:
            client.page(path)
        seen[path] = len(found)

    assert seen == {TEAM: 18, PROPOSAL: 23}
