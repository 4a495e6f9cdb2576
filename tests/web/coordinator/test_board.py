"""The selection board: worked out, changed by hand with its cost, kept, redone, prepared in one go."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.trail import Event
from callflow.decisions.models import Board, Decision
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import State
from callflow.lifecycle import boards, values
from tests import factories as make
from tests.client import CheckedClient, soup_of
from tests.rounds import Round

GOOD, FAIR, PLAIN, WEAK = (
    {"need": need, "participation": part} for need, part in (("5", "5"), ("4", "4"), ("4", "3"), ("2", "2"))
)
WORK = "form[method=post][action$=board]"
AGAIN = "form[action$=again]"
PREPARE = "form[action$=prepare]"
KEEP = "form[method=post][action$=change]"
IN, RESERVE, OUT, TIE = (
    "Zou geselecteerd worden",
    "Zou op de reservelijst komen",
    "Zou niet geselecteerd worden",
    "Ex aequo: niet uitgemaakt",
)


class Sides(Round):
    """Two sides of a border with 5 000 euro each and 3 000 behind them."""

    def __init__(self):
        laws = (Law.be_public, Law.fr_public)
        super().__init__(Procedure(scores_needed=1), laws=laws, envelope="5000")
        self.lots = make.lots(self.call)
        self.path = f"/coordinator/calls/{self.call.reference}/board"
        make.joint(self.call, "3000")

    def project(self, title, scores, amount="3000.00", *, side=0):
        self.lot = self.lots[side]
        return self.scored(scores, answers={"title": title, "amount": amount})

    def row(self, title):
        """A project that only counts: without history."""
        made = make.draft(self.lots[1], self.resident, self.group, answers={"title": title})
        as_scored = {"state": State.scored, "submitted_at": clock.now(), "total_percent": Decimal(70)}
        with unit_of_work():
            db.session.execute(db.update(Dossier).where(Dossier.id == made.id).values(**as_scored))


@pytest.fixture
def sides(app) -> Sides:
    return Sides()


@pytest.fixture
def coordinator(client: CheckedClient, sides: Sides) -> CheckedClient:
    return client.sign_in(sides.coordinator)


def work(client, sides, method="best", **more):
    return client.submit(sides.path, {"method": method, **more}, form=WORK)


def said(page) -> dict[str, str]:
    return {
        row.select_one("a.voice").get_text(): row.select_one(".tag").get_text()
        for row in page.select(".ranking tbody tr")
        if row.select_one("a.voice") and row.select_one(".tag")
    }


def kept() -> Board:
    db.session.rollback()
    return db.session.scalars(db.select(Board).order_by(Board.number.desc())).first()


def look(client, sides, dossier, choice, amount=""):
    return client.page(f"{sides.path}/change?dossier={dossier.reference}&choice={choice}&amount={amount}")


def change(client, sides, dossier, choice, *, reason="De jury vroeg het", amount=""):
    query = f"{sides.path}/change?dossier={dossier.reference}&choice={choice}&amount={amount}"
    return client.submit(query, {"reason": reason}, form=KEEP)


def days(sides, number):
    """So many coaching days in each lot: plain rules look at the money alone."""
    with unit_of_work():
        db.session.execute(db.update(make.Lot).values(coaching_days=number))


def held(page, form) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in page.select(f"{form} input[type=hidden]")}


def test_the_best_selection_draws_on_the_joint_envelope_is_proved_and_can_be_redone(sides, coordinator):
    sides.project("Eerste", GOOD)
    sides.project("Tweede", FAIR)
    sides.project("Te laag", WEAK)
    sides.project("Overkant", PLAIN, side=1)
    before = said(coordinator.page(sides.path))

    answer = work(coordinator, sides)
    page = coordinator.page(sides.path)
    again = coordinator.submit(sides.path, form=AGAIN)

    assert (before, answer.status_code, again.status_code) == ({}, 303, 303)
    assert said(page) == {"Eerste": IN, "Tweede": IN, "Te laag": OUT, "Overkant": IN}
    text = page.get_text(" ")
    assert "Bewezen" in text
    assert "Betaalt 1.000\xa0euro van 3.000\xa0euro" in text
    assert "hetzelfde resultaat" in coordinator.page(sides.path).get_text(" ")
    assert list(boards.breaks()) == []


def test_the_plain_rules_go_down_each_list_and_then_down_the_joint_one(sides, coordinator):
    sides.project("Eerste", GOOD)
    sides.project("Tweede", FAIR, "4000.00")
    sides.project("Derde", PLAIN, "2000.00")
    sides.project("Overkant", GOOD, "5000.00", side=1)
    sides.project("Nog een", PLAIN, side=1)

    work(coordinator, sides, "skip")
    skip = said(coordinator.page(sides.path))
    work(coordinator, sides, "stop")
    stop = said(coordinator.page(sides.path))

    assert skip == {"Eerste": IN, "Tweede": RESERVE, "Derde": IN, "Overkant": IN, "Nog een": IN}
    assert stop == {"Eerste": IN, "Tweede": RESERVE, "Derde": RESERVE, "Overkant": IN, "Nog een": RESERVE}


def test_a_higher_minimum_narrows_the_list_and_demands_that_cannot_be_met_are_named(sides, coordinator):
    make.quota(sides.call, "overkant", 1, lots=["lot1"])
    sides.project("Eerste", GOOD)
    sides.project("Tweede", PLAIN)

    work(coordinator, sides, "skip", minimum="75")
    page = coordinator.page(sides.path)
    refused = work(coordinator, sides, "best")

    assert said(page) == {"Eerste": IN, "Tweede": OUT}
    assert [each.get_text(strip=True) for each in page.select("#quotas ~ * td")] == ["minstens 1", "0", "Nee"]
    assert refused.status_code == 422
    assert "“overkant”: minstens 1" in soup_of(refused).select_one("[data-focus]").get_text()
    assert kept().number == 1


def test_quotas_that_contradict_each_other_are_named_as_people_say_them(sides, coordinator):
    sides.project("Eerste", GOOD)
    make.quota(sides.call, "zoveel", 1)
    make.quota(sides.call, "geen", 0, 0)

    refused = work(coordinator, sides, "best")

    words = soup_of(refused).select_one("[data-focus]").get_text()
    assert refused.status_code == 422
    assert "“zoveel”: minstens 1" in words
    assert "“geen”: hoogstens 0" in words


def test_a_tie_is_left_open_until_somebody_breaks_it_with_a_reason(sides, coordinator):
    one = sides.project("Zuster", FAIR, "5000.00")
    sides.project("Broer", FAIR, "5000.00")
    work(coordinator, sides)
    first = said(coordinator.page(sides.path))

    looked = look(coordinator, sides, one, "selected")
    answer = change(coordinator, sides, one, "selected", reason="Meer kernen bediend")
    after = coordinator.page(sides.path)
    work(coordinator, sides, keep="y")

    assert first == {"Zuster": TIE, "Broer": TIE}
    assert "van 0,00 naar 80,00 punten" in looked.get_text()
    assert answer.status_code == 303
    assert said(after) == {"Zuster": IN, "Broer": TIE}
    assert "Meer kernen bediend" in after.get_text()
    assert said(coordinator.page(sides.path)) == {"Zuster": IN, "Broer": RESERVE}
    told = db.select(Event.action).where(Event.action.like("board_%")).order_by(Event.id)
    assert list(db.session.scalars(told)) == ["board_made", "board_changed", "board_made"]


def test_a_change_shows_who_is_passed_over_and_what_lacks_before_it_is_kept(sides, coordinator):
    sides.project("Eerste", GOOD, "5000.00")
    sides.project("Tweede", FAIR, "4000.00")
    third, low = sides.project("Derde", PLAIN, "2000.00"), sides.project("Te laag", WEAK)
    work(coordinator, sides, "stop")

    fits, dear, wrong = (
        look(coordinator, sides, third, "selected", amount) for amount in ("", "3500", "veel")
    )
    unreasoned = change(coordinator, sides, third, "selected", reason="")
    below = look(coordinator, sides, low, "selected")
    lowered = change(coordinator, sides, third, "selected", amount="1500,50")

    assert "Tweede (80,00)" in " ".join(fits.get_text(" ", strip=True).split())
    assert "1.000\xa0euro over, voordien 3.000\xa0euro" in fits.get_text(" ")
    assert "volstaan niet" in dear.get_text()
    assert [len(page.select(KEEP)) for page in (fits, dear, wrong, below)] == [1, 0, 0, 0]
    assert unreasoned.status_code == 422
    assert "onder de drempel" in below.get_text()
    assert lowered.status_code == 303
    assert kept().changes[0]["amount"] == 150_050


def test_all_is_prepared_in_one_go_with_amounts_ranks_and_days(sides, coordinator):
    first, second = sides.project("Eerste", GOOD), sides.project("Tweede", FAIR, "2000.00")
    third, low = sides.project("Derde", PLAIN, "5000.00"), sides.project("Te laag", WEAK)
    work(coordinator, sides)
    change(coordinator, sides, second, "selected", amount="1500")
    until = (clock.today() + timedelta(days=200)).isoformat()

    without = coordinator.submit(sides.path, form=PREPARE)
    answer = coordinator.submit(sides.path, {"valid_until": until}, form=PREPARE)
    again = coordinator.page(sides.path)

    assert (without.status_code, answer.status_code) == (422, 303)
    assert [make.state_of(each) for each in (first, second, third, low)] == [
        State.selected,
        State.selected,
        State.reserve,
        State.not_selected,
    ]
    made = {each.dossier_id: each for each in db.session.scalars(db.select(Decision))}
    assert (made[second.id].amount, made[second.id].coaching_days) == (Decimal(1500), 2)
    assert (made[third.id].rank, made[third.id].valid_until.isoformat()) == (1, until)
    assert "Vanaf hier beslist" in again.get_text()
    assert not again.select(PREPARE)


def test_what_could_not_be_prepared_is_told_as_long_as_it_is_so(sides, coordinator):
    first, second = sides.project("Eerste", GOOD, "2000.00"), sides.project("Tweede", FAIR, "2000.00")
    days(sides, 2)
    work(coordinator, sides, "skip")

    answer = coordinator.submit(sides.path, form=PREPARE)
    after = coordinator.page(sides.path)
    days(sides, 4)
    work(coordinator, sides, "skip")
    coordinator.submit(sides.path, form=PREPARE)

    assert answer.status_code == 422
    assert "Tweede" in soup_of(answer).get_text()
    assert "1 project bleef zoals het was" in after.select_one(".notice.waits").get_text()
    assert [make.state_of(each) for each in (first, second)] == [State.selected, State.selected]
    assert not coordinator.page(sides.path).select(".notice.waits")


def test_a_board_of_which_nothing_could_be_prepared_is_not_said_to_be_prepared(sides, coordinator):
    sides.project("Eerste", GOOD, "2000.00")
    days(sides, 1)
    work(coordinator, sides, "skip")

    answer = coordinator.submit(sides.path, form=PREPARE)
    after = coordinator.page(sides.path)

    assert (answer.status_code, kept().applied_at) == (422, None)
    assert "Vanaf hier beslist" not in after.get_text()
    assert after.select(PREPARE)


def test_a_stale_board_is_refused_and_says_what_changed(sides, coordinator):
    first = sides.project("Eerste", GOOD)
    sides.project("Tweede", FAIR)
    work(coordinator, sides)
    form = held(coordinator.page(sides.path), PREPARE)
    make.take(first, "decline", sides.coordinator, values.Declining())

    answer = coordinator.post(f"{sides.path}/prepare", data={**form, "valid_until": "2030-01-01"})
    work(coordinator, sides)

    assert answer.status_code == 409
    assert "Eerste" in soup_of(answer).select_one(".notice.waits").get_text()
    assert make.state_of(first) is State.not_selected
    assert said(coordinator.page(sides.path))["Tweede"] == IN


def test_two_coordinators_on_one_board_are_told_of_each_other(sides, coordinator, app):
    one = sides.project("Eerste", GOOD)
    work(coordinator, sides)
    change_form = held(look(coordinator, sides, one, "declined"), KEEP)
    work_form = held(coordinator.page(sides.path), WORK)
    colleague = CheckedClient(app).sign_in(sides.colleague)
    change(colleague, sides, one, "declined", reason="Eerst ik")

    late = coordinator.post(f"{sides.path}/change", data={**change_form, "reason": "Te laat"})
    work(colleague, sides)
    again = coordinator.post(sides.path, data={**work_form, "method": "best"})

    assert (late.status_code, again.status_code) == (409, 409)
    assert soup_of(late).select_one("textarea").get_text().strip() == "Te laat"
    assert (kept().number, [each["reason"] for each in kept().changes]) == (2, ["Eerst ik"])


def test_who_has_a_conflict_leaves_the_selection_to_a_colleague(sides, client):
    dossier = sides.project("Eerste", GOOD)
    with unit_of_work():
        excluded = {"dossier_id": dossier.id, "person_id": sides.colleague.id, "since": clock.now()}
        db.session.add(Exclusion(**excluded, reason="Mijn zus is lid"))
    client.sign_in(sides.colleague)

    answer = client.get(sides.path)

    assert answer.status_code == 422
    assert "collega" in answer.get_data(as_text=True)
    assert "Eerste" not in answer.get_data(as_text=True)


def test_a_board_that_was_tampered_with_is_named(sides, coordinator):
    sides.project("Eerste", GOOD)
    sides.project("Tweede", FAIR)
    work(coordinator, sides)
    work(coordinator, sides, "stop")
    one, other = db.session.scalars(db.select(Board).order_by(Board.number))
    with unit_of_work():
        found = {**one.outcome, "lines": {ref: ["reserve", "by_hand"] for ref in one.outcome["lines"]}}
        db.session.execute(db.update(Board).where(Board.id == one.id).values(outcome=found))
        table = {**other.table, "threshold": 1}
        db.session.execute(db.update(Board).where(Board.id == other.id).values(table=table))

    codes = [each.code for each in boards.breaks()]
    with unit_of_work():
        db.session.execute(db.delete(Board))

    assert codes == ["board_comes_out_otherwise", "board_input_changed"]


@pytest.mark.unverified
@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_board_costs_the_same_with_any_number_of_projects(sides, coordinator, statements, number):
    first = sides.project("Eerste", FAIR, "100.00")
    for each in range(number - 1):
        sides.row(f"Project {each}")
    work(coordinator, sides, "skip")

    with statements() as board:
        coordinator.page(sides.path)
    with statements() as looked:
        look(coordinator, sides, first, "reserve")

    assert (len(board), len(looked)) == (13, 10)
