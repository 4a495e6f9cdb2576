"""The home of each role begins with what it must do now, the most urgent first."""

from datetime import timedelta

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.actions import Counsel
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers.states import Task
from callflow.letters.models import Letter
from callflow.lifecycle import values
from tests import factories as make
from tests.rounds import Round
from tests.web.jury.test_meeting import Meets, settled


def todo(client, path):
    """The lines of the list: words and, where there is one, the day."""
    found = client.page(path).select_one("#todo").find_parent("section")
    lines = [" ".join(each.get_text().split()) for each in found.select("li")]
    return lines or found.select_one("p").get_text()


def in_(days):
    return (clock.today() + timedelta(days=days)).isoformat()


def calendar(**more):
    return {"jury_on": in_(30), "decision_on": in_(40), **more}


def test_a_juror_signs_then_scores_by_the_day_of_the_jury(client, app):
    call = Round(calendar=calendar(jury_on=in_(20)))
    dossiers = [call.screened() for _ in range(2)]
    for dossier in dossiers:
        call.give(dossier, Task.juror, call.juror)
    client.sign_in(call.juror)

    first = todo(client, "/jury")
    call.declare(call.juror)
    second = todo(client, "/jury")
    for dossier in dossiers:
        call.score(dossier, call.juror)

    assert len(first) == len(second) == 1
    assert first[0].startswith("Onderteken 1 verklaring")
    assert second[0].startswith("Beoordeel 2 aanvragen")
    assert str((clock.today() + timedelta(days=20)).year) in second[0]
    assert todo(client, "/jury") == "U diende alles in wat nu openstaat."


def test_a_second_round_is_told_apart(client, app):
    meets = Meets("banc", "haie")
    again = values.ScoringAgain("Nieuw", True)
    make.take(meets.again("banc"), "score_again", meets.coordinator, again)

    lines = todo(client.sign_in(meets.juror), "/jury")

    assert [line.split(" (")[0][:32] for line in lines] == ["Beoordeel 1 aanvraag een tweede "]


def test_a_chair_opens_completes_settles_and_closes_the_meeting(client, app):
    meets = Meets("haie", "banc")
    client.sign_in(meets.chair)

    before = todo(client, "/jury/panels")
    places = {f"place-{meets.ref('haie')}": "2", f"place-{meets.ref('banc')}": "1"}
    client.submit("/jury/meetings", {"quorum": "2", "place": "Diksmuide", **places}, form="form.flow")
    begun = todo(client, "/jury/panels")
    client.submit(
        "/jury/meetings", {"present": [str(each.id) for each in (meets.juror, meets.second)]},
        form="form[action$='/presence']",
    )  # fmt: skip
    sitting = todo(client, "/jury/panels")
    for title in ("haie", "banc"):
        settled(client, meets, title, remarks="Besproken.")
    done = todo(client, "/jury/panels")
    client.submit("/jury/meetings", form="form[action$='/close']")

    assert [line[:40] for line in before] == ["Open de vergadering: er wachten 2 projec"]
    assert [line[:30] for line in begun] == [
        "Nog geen quorum: er ontbreken ",
        "Handel 2 projecten van de agen",
    ]
    assert [line[:9] for line in sitting] == ["Handel 2 "]
    assert [line[:22] for line in done] == ["Sluit 1 vergadering af"]
    assert todo(client, "/jury/panels") == "In deze jury wacht nu niets op u."


def test_a_conflict_of_the_chair_is_counted_nowhere(client, app):
    meets = Meets("haie", "banc")
    meets.keep_away("banc", meets.chair)

    lines = todo(client.sign_in(meets.chair), "/jury/panels")

    assert [line[:39] for line in lines] == ["Open de vergadering: er wacht 1 project"]


@pytest.mark.unverified
def test_a_signatory_releases_then_signs_and_notes_the_arrival(client, app):
    call = Round(calendar=calendar(decision_on=in_(5)))
    call.prepared()
    client.sign_in(call.signatory)
    waiting = todo(client, "/coordinator/decisions")
    call.decide()
    ready = todo(client, "/coordinator/decisions")
    call.release()
    written = todo(client, "/coordinator/decisions")
    with unit_of_work():
        for letter in db.session.scalars(db.select(Letter)):
            letter.state, letter.pdf_sha256, letter.pdf_size, letter.made_with = "rendered", "0" * 64, 1, "x"
    told = todo(client, "/coordinator/decisions")

    assert waiting[0].startswith("1 voorstel wacht op het bestuursorgaan")
    assert ready[0].startswith("Geef 1 brief vrij")
    assert written.startswith("Er wacht niets op u")
    assert [line[:30] for line in told] == [
        "Van 1 brief is de aankomst nog",
        "1 brief heeft nog geen onderte",
    ]


def test_a_coach_notes_what_passed_sees_groups_and_follows_advice_up(client, app):
    coached = Procedure(coaching=Coaching.before, sessions_needed=2, scores_needed=1)
    call = Round(coached, calendar=calendar(coaching={"from": in_(-9), "until": in_(9)}))
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    client.sign_in(call.coach)

    first = todo(client, "/coach")
    with clock.fixed(clock.now() - timedelta(days=3)):
        call.coach_them(
            dossier, advice=[Counsel(dossier.reference, "Vraag een offerte")],
            next_on=clock.today() + timedelta(days=1),
        )  # fmt: skip
    second = todo(client, "/coach")

    assert [line[:38] for line in first] == ["1 project heeft nog een gesprek nodig "]
    assert sorted(line[:16] for line in second) == [
        "1 project heeft ",
        "Noteer 1 gesprek",
        "Volg 1 advies op",
    ]
    assert second[0].startswith("Noteer 1 gesprek")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_decisions_takes_the_same_statements(client, app, statements, count):
    call = Round(laws=[make.Law.be_public] * count)
    client.sign_in(call.signatory)

    with statements() as seen:
        client.page("/coordinator/decisions")

    assert len(seen) == 5, "the person, lots, decisions, how large the calls are, letters"
