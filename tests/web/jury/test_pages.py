"""A juror's pages: nothing before the declaration, the pile, scores saved and handed in, standing aside."""

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.desk import pile
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import Fate, Task
from callflow.jury.models import Score, Sheet
from callflow.people.states import Right
from callflow.screening.actions import set_check
from callflow.screening.models import Verdict
from tests import factories as make
from tests.client import soup_of


class Jury:
    """A call with one juror and as many screened applications as asked for on the juror's pile."""

    def __init__(self, count=1):
        self.call = make.call()
        self.lot = make.lots(self.call)[0]
        self.coordinator = make.person((Role.coordinator, "call", self.call.id))
        self.juror = make.person((Role.juror, "call", self.call.id))
        self.resident = make.person()
        self.group = make.group({self.resident: Right.submit})
        self.dossiers = [self.screened(number) for number in range(count)]

    def screened(self, number):
        dossier = make.submitted(self.lot, self.resident, self.group, answers={"title": f"Idee {number}"})
        who = make.actor(self.coordinator)
        with unit_of_work():
            found = dossiers.for_step(dossier.reference, by=who, kind=make.Application)
            set_check(who, found, point="in_area", verdict=Verdict.passed, reason="")
        make.take(dossier, "screen", self.coordinator)
        make.assign(dossier, self.juror, Task.juror)
        return dossier

    def address(self, number=0):
        return f"/jury/dossiers/{self.dossiers[number].reference}"


@pytest.fixture
def jury(app):
    return Jury()


@pytest.fixture
def juror(client, jury):
    client.sign_in(jury.juror)
    return client


@pytest.fixture
def sworn(juror, jury):
    juror.submit(f"/jury/calls/{jury.call.reference}/declaration")
    return juror


WHOLE = {
    "need": "4",
    "need-reason": "Een echte nood.",
    "participation": "na",
    "participation-reason": "Nog niet aan de orde.",
    "do": "hand_in",
}


def stored():
    db.session.rollback()
    return db.session.scalars(db.select(Sheet)).one()


def test_nothing_shows_before_the_declaration(juror, jury):
    home = juror.page("/jury")

    assert "Idee 0" not in home.text
    assert juror.get(jury.address()).headers["Location"].endswith("/jury")


def test_signing_opens_the_pile(sworn):
    assert "Idee 0" in sworn.page("/jury").text


def test_handing_in_needs_a_reason_for_each_and_keeps_what_was_typed(sworn, jury):
    answer = sworn.submit(jury.address(), {**WHOLE, "need-reason": ""}, form="form#sheet")
    page = soup_of(answer)

    assert answer.status_code == 422
    assert page.select_one("[data-focus] a[href='#need']")
    assert page.select_one("#participation-reason").text.strip() == "Nog niet aan de orde."
    assert stored().given_at is None


def test_everything_that_a_sheet_lacks_is_named_at_once_beside_its_criterion(sworn, jury):
    answer = sworn.submit(jury.address(), {"do": "hand_in"}, form="form#sheet")
    page = soup_of(answer)
    found = {each["href"][1:]: each.get_text() for each in page.select("[data-focus] a")}

    assert answer.status_code == 422
    assert list(found) == ["need", "participation"]
    assert all("Kies een score" in each for each in found.values())
    assert all(page.select_one(f"#{key} .error") for key in found)


def test_handing_in_counts_and_leaves_not_applicable_out(sworn, jury):
    answer = sworn.submit(jury.address(), WHOLE, form="form#sheet")

    assert answer.status_code == 303
    assert stored().given_at is not None
    assert db.session.get_one(Dossier, jury.dossiers[0].id).scores_given == 1


def test_a_score_off_the_scale_is_refused_in_words(sworn, jury):
    for figure in ("6", "-1", "NaN", "1e9", "vier", "4.25"):
        answer = sworn.submit(jury.address(), {**WHOLE, "need": figure}, form="form#sheet")
        assert answer.status_code == 422, figure
        assert "0" in soup_of(answer).select_one("[data-focus]").text


def test_a_sheet_saved_elsewhere_is_not_covered(sworn, jury):
    sworn.submit(jury.address(), {**WHOLE, "do": "save"}, form="form#sheet")

    answer = sworn.submit(jury.address(), {**WHOLE, "need": "1", "version": "0"}, form="form#sheet")

    assert answer.status_code == 409
    assert {score.value for score in db.session.scalars(db.select(Score))} == {4, None}


def test_autosave_answers_the_new_version(sworn, jury):
    page = sworn.page(jury.address())
    tokens = {field["name"]: field["value"] for field in page.select("form#sheet input[type=hidden]")}

    answer = sworn.post(
        f"{jury.address()}/autosave", data={**tokens, "need": "3", "need-reason": "Nog te lezen"}
    )

    assert answer.status_code == 200
    assert answer.get_json()["version"] == stored().version


def test_standing_aside_hides_the_application_on_every_route(sworn, jury):
    sworn.submit(
        jury.address(), {"reason": "Mijn zus zit in de groep", "do": "conflict"}, form="details form"
    )

    assert [row.reason for row in db.session.scalars(db.select(Exclusion))] == ["Mijn zus zit in de groep"]
    assert "Idee 0" not in sworn.page("/jury").text
    for path in ("", "/files/1"):
        assert sworn.get(jury.address() + path).status_code == 404
    for path in ("/scores", "/autosave", "/take-back", "/aside"):
        assert sworn.post(jury.address() + path, data={}).status_code in (400, 404)


def test_who_learns_of_a_conflict_after_handing_in_says_so_and_the_coordinator_decides_on_the_scores(
    sworn, jury
):
    sworn.submit(jury.address(), WHOLE, form="form#sheet")
    page = sworn.page(jury.address())

    told = sworn.submit(
        jury.address(), {"reason": "Mijn zus is lid", "do": "conflict"}, form="form[action$=aside]"
    )

    assert page.select_one("form[action$=aside] button[value=abstain]") is None
    assert told.status_code == 303
    assert sworn.get(jury.address()).status_code == 404
    assert db.session.scalars(db.select(Exclusion.scores)).one() is Fate.undecided
    assert db.session.scalars(db.select(Score)).all() != []


def test_a_conflict_can_be_told_before_the_scoring_begins(client, app):
    around = make.call(procedure=Procedure(coaching=Coaching.before))
    resident, juror = make.person(), make.person((Role.juror, "call", around.id))
    dossier = make.submitted(make.lots(around)[0], resident, make.group({resident: Right.submit}))
    make.assign(dossier, juror, Task.juror)
    client.sign_in(juror).submit(f"/jury/calls/{around.reference}/declaration")

    told = client.submit(
        f"/jury/dossiers/{dossier.reference}",
        {"reason": "Mijn broer", "do": "conflict"},
        form="form[action$=aside]",
    )

    assert told.status_code == 303
    assert db.session.scalars(db.select(Exclusion.scores)).one() is Fate.none


def test_scores_are_taken_back_and_count_no_more(sworn, jury):
    sworn.submit(jury.address(), WHOLE, form="form#sheet")

    sworn.submit(jury.address(), form="form[action$=take-back]")

    assert stored().given_at is None
    assert db.session.get_one(Dossier, jury.dossiers[0].id).scores_given == 0


def test_somebody_elses_pile_does_not_exist(client, jury):
    other = make.person((Role.juror, "call", jury.call.id))
    client.sign_in(other).submit(f"/jury/calls/{jury.call.reference}/declaration")

    assert client.get(jury.address()).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pile_takes_as_many_statements_for_one_as_for_thirty(client, app, statements, count):
    full = Jury(count)
    client.sign_in(full.juror).submit(f"/jury/calls/{full.call.reference}/declaration")

    with statements() as seen:
        client.page("/jury")

    assert len(seen) == 6, "one of them for a second round"


def test_a_high_pile_is_paged_with_what_is_to_be_done_first(client, app, monkeypatch):
    monkeypatch.setattr(pile, "SIZE", 2)
    full = Jury(3)
    client.sign_in(full.juror).submit(f"/jury/calls/{full.call.reference}/declaration")
    client.submit(full.address(0), WHOLE, form="form#sheet")

    pages = [client.page(f"/jury?page={number}") for number in (1, 2, 99)]

    assert [[each.get_text() for each in page.select("td a.voice")] for page in pages] == [
        ["Idee 1", "Idee 2"], ["Idee 0"], ["Idee 0"],
    ]  # fmt: skip
    assert "2 aanvragen wachten nog op uw scores." in pages[1].get_text()
