"""A group reads its own scores once it was told, nobody else ever does, and nobody's sheet can be rebuilt."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup, Tag

from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Task
from callflow.jury.models import Score, Sheet
from callflow.lifecycle import values
from tests import factories as make
from tests.client import CheckedClient
from tests.rounds import Round
from tests.web.applicant.looking import words

Browser = Callable[..., CheckedClient]
SHOWN = Procedure(scores_needed=1, own_scores=True)


def twice_scored(call: Round, second: dict[str, str | None] | None = None) -> Dossier:
    """Scored by two jurors, not decided."""
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.declare(call.second)
    call.score(dossier, call.juror, {"need": "4", "participation": "3"})
    call.score(dossier, call.second, second or {"need": "2", "participation": "5"})
    return make.take(dossier, "close_scoring", call.coordinator)


def told(call: Round, dossier: Dossier) -> Dossier:
    make.take(dossier, "select", call.coordinator, values.Selecting(Decimal(4000), 2))
    call.decide()
    call.release()
    return dossier


def part(page: BeautifulSoup, number: int) -> Tag:
    """The section of a criterion."""
    found = page.select_one(f"section[aria-labelledby=criterion-{number}]")
    assert found is not None
    return found


def path_of(dossier: Dossier) -> str:
    return f"/applications/{dossier.reference}/scores"


def test_the_group_reads_each_score_and_reason_apart_and_no_name(app, browser: Browser):
    call = Round(SHOWN)
    dossier = told(call, twice_scored(call))

    page = browser(call.resident).page(path_of(dossier))

    said = words(page)
    assert "Gemiddelde 3 op 5." in said
    assert "Scores, van laag naar hoog: 2; 4." in said
    assert "Gemiddelde 4 op 5." in said
    assert "Scores, van laag naar hoog: 3; 5." in said
    assert [each.get_text() for each in part(page, 1).select("li")] == [
        "Reden bij need: 2", "Reden bij need: 4",
    ]  # fmt: skip
    assert len(part(page, 1).select(".pile")) == 2
    for person in (call.juror, call.second, call.coordinator, call.signatory):
        assert person.name not in said
    status = browser(call.resident).page(f"/applications/{dossier.reference}")
    assert status.select_one(f'a[href="{path_of(dossier)}"]') is not None


def test_no_order_of_the_page_puts_a_score_beside_its_reason_or_two_scores_of_one_juror(
    app, browser: Browser
):
    there, back = Round(SHOWN), Round(SHOWN)
    one, other = twice_scored(there), back.judged()
    back.give(other, Task.juror, back.second)
    back.declare(back.second)
    back.score(other, back.second, {"need": "4", "participation": "5"})
    back.score(other, back.juror, {"need": "2", "participation": "3"})
    make.take(other, "close_scoring", back.coordinator)

    pages = [
        browser(call.resident).page(path_of(told(call, dossier)))
        for call, dossier in ((there, one), (back, other))
    ]

    shown = [[str(part(page, number)) for number in (1, 2)] for page in pages]
    assert shown[0] == shown[1]


def test_a_single_score_is_not_shown_one_by_one(app, browser: Browser):
    call = Round(SHOWN)
    dossier = told(call, twice_scored(call, {"need": None, "participation": "5"}))

    page = browser(call.resident).page(path_of(dossier))

    need, participation = part(page, 1), part(page, 2)
    assert need.select(".pile") == []
    assert "van laag naar hoog" not in words(need)
    assert "Gemiddelde 4 op 5." in words(need)
    assert "Scores, van laag naar hoog: 3; 5." in words(participation)
    assert "Waar minder dan twee scores tellen" in words(page)


def test_a_call_that_does_not_allow_it_shows_the_mean_alone(app, browser: Browser):
    call = Round(Procedure(scores_needed=1))
    dossier = told(call, twice_scored(call))

    page = browser(call.resident).page(path_of(dossier))

    said = words(page)
    assert "Gemiddelde 3 op 5." in said
    assert "van laag naar hoog" not in said
    assert page.select(".pile") == []
    assert page.select(".middle") != []


@pytest.mark.unverified
def test_scores_that_no_longer_come_to_the_mean_that_was_told_stay_away(app, browser: Browser):
    call = Round(SHOWN)
    dossier = told(call, twice_scored(call))
    with unit_of_work():
        sheet = db.session.scalars(db.select(Sheet).where(Sheet.juror_id == call.second.id)).one()
        db.session.scalars(db.select(Score).where(Score.sheet_id == sheet.id)).first().value = Decimal(1)

    page = browser(call.resident).page(path_of(dossier))

    assert "Gemiddelde 3 op 5." in words(page)
    assert [len(part(page, number).select(".pile")) for number in (1, 2)].count(0) == 1


def test_nobody_sees_it_before_the_release(app, browser: Browser):
    call = Round(SHOWN)
    dossier = twice_scored(call)
    path, group = path_of(dossier), browser(call.resident)

    scored = group.get(path).status_code
    make.take(dossier, "select", call.coordinator, values.Selecting(Decimal(4000), 2))
    prepared = group.get(path).status_code
    call.decide()
    decided = group.get(path).status_code
    call.release()

    assert (scored, prepared, decided, group.get(path).status_code) == (404, 404, 404, 200)


def test_what_was_put_off_and_taken_up_again_shows_nothing(app, browser: Browser):
    call = Round(SHOWN)
    dossier, group = twice_scored(call), browser(call.resident)
    later = values.Postponing(clock.today() + timedelta(days=60), "De raad wacht op het advies.")
    make.take(dossier, "postpone", call.coordinator, later)
    call.decide()
    call.release()
    postponed = group.get(path_of(dossier)).status_code
    make.take(dossier, "resume", call.coordinator)

    assert (postponed, group.get(path_of(dossier)).status_code) == (404, 404)


@pytest.mark.parametrize("who", ["juror", "second", "coach", "coordinator", "signatory", "stranger", "chair"])
def test_nobody_but_the_group_opens_the_page(app, browser: Browser, who: str):
    call = Round(SHOWN)
    dossier = told(call, twice_scored(call))
    chair = make.person((Role.chair, "call", call.call.id))

    answer = browser(chair if who == "chair" else getattr(call, who)).get(path_of(dossier))

    assert answer.status_code in (403, 404)


def test_a_decision_on_an_offer_in_the_making_changes_nothing_on_the_page(app, browser: Browser):
    call = Round(SHOWN)
    dossier, group = twice_scored(call), browser(call.resident)
    valid = values.Reserving(1, clock.today() + timedelta(days=99))
    make.take(dossier, "reserve", call.coordinator, valid)
    call.decide()
    call.release()
    before = words(group.page(path_of(dossier)))
    offer = values.Promoting(Decimal(4000), 2, answer_by=clock.today() + timedelta(days=9))
    make.take(dossier, "promote", call.coordinator, offer)

    assert words(group.page(path_of(dossier))) == before
    assert db.session.scalar(db.select(db.func.count()).select_from(Decision)) == 2


def test_the_page_asks_the_database_as_often_for_one_juror_as_for_two(app, browser: Browser, statements):
    counts = []
    for call, scored in ((Round(SHOWN), Round.scored), (Round(SHOWN), twice_scored)):
        dossier, group = told(call, scored(call)), browser(call.resident)
        group.page(path_of(dossier))
        with statements() as seen:
            group.page(path_of(dossier))
        counts.append(len(seen))

    assert counts == [5, 5]
