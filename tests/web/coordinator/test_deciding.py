"""From the ranking to the letters: proposed by the rule, prepared for all, decided by the body, released."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.core.trail import Event, EventText
from callflow.decisions.models import Decision, Resolution
from callflow.decisions.selection import Outcome, Rule
from callflow.decisions.states import DecisionState
from callflow.desk.ranking import ranking
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import Round

GOOD, FAIR = {"need": "5", "participation": "5"}, {"need": "4", "participation": "3"}
WEAK = {"need": "2", "participation": "2"}
UNDER = {"need": "1", "participation": "5"}


@pytest.fixture
def call(app):
    return Round(envelope="7000")


def board(call, more=""):
    return f"/coordinator/calls/{call.call.reference}/ranking/lot0{more}"


def decisions(call):
    return f"/coordinator/calls/{call.call.reference}/decisions/lot0"


def scored(call, title, scores, amount="3000.00"):
    return call.scored(scores, answers={"title": title, "amount": amount})


def rows(page):
    """Place, title and proposal of each line of the ranking; cuts by their first word."""
    found = []
    for row in page.select("table.ranking tbody tr"):
        if "cut" in row["class"] if row.has_attr("class") else False:
            found.append(row.b.get_text())
        else:
            place, title = row.select_one(".place").get_text(), row.select_one("a.voice").get_text()
            found.append((place, title, row.select_one("td[data-label=Voorstel] .tag").get_text()))
    return found


def summary(answer):
    return [each.get_text() for each in soup_of(answer).select("[data-focus] li")]


def test_the_ranking_shows_places_budget_line_threshold_and_minima(call, coordinator):
    scored(call, "Beste", GOOD)
    scored(call, "Tweede", FAIR)
    scored(call, "Derde", {"need": "4", "participation": "2"})
    scored(call, "Te laag", WEAK)
    scored(call, "Onder het minimum", UNDER)

    page = coordinator.page(board(call))

    assert rows(page) == [
        ("1", "Beste", "Zou geselecteerd worden"),
        ("2", "Tweede", "Zou geselecteerd worden"),
        "Budgetlijn.",
        ("3", "Derde", "Zou op de reservelijst komen"),
        "Drempel 60\xa0%.",
        ("4", "Onder het minimum", "Zou niet geselecteerd worden"),
        ("5", "Te laag", "Zou niet geselecteerd worden"),
    ]
    assert "Onder het minimum: Nood" in page.get_text()
    assert "Het volgende project vraagt 3.000\xa0euro." in page.get_text()


def test_equals_share_a_place_and_a_tie_over_the_money_stays_undecided(call, coordinator):
    scored(call, "Beste", GOOD)
    for title in ("Zuster", "Broer"):
        scored(call, title, FAIR)

    page = coordinator.page(board(call))

    assert [(row[0].split()[0].rstrip("="), row[2]) for row in rows(page) if len(row) == 3] == [
        ("1", "Zou geselecteerd worden"),
        *[("2", "Ex aequo: niet uitgemaakt")] * 2,
    ]


def test_published_tie_breaks_come_before_a_tie(app, client):
    call = Round(envelope="3000", tie_breaks=["participation"])
    scored(call, "Nood", {"need": "5", "participation": "2"})
    scored(call, "Samen", {"need": "3", "participation": "5"})
    client.sign_in(call.coordinator)

    found = rows(client.page(board(call)))

    assert [row for row in found if isinstance(row, tuple)] == [
        ("1", "Samen", "Zou geselecteerd worden"), ("2", "Nood", "Zou op de reservelijst komen"),
    ]  # fmt: skip


def test_the_other_rule_goes_on_to_what_still_fits(call, coordinator):
    scored(call, "Beste", GOOD, "5000.00")
    scored(call, "Te duur", {"need": "5", "participation": "4"}, "4000.00")
    scored(call, "Klein", FAIR, "2000.00")

    stop, skip = (rows(coordinator.page(board(call, f"?rule={rule}"))) for rule in ("stop", "skip"))

    assert [row[2] for row in stop if isinstance(row, tuple)] == [
        "Zou geselecteerd worden",
        "Zou op de reservelijst komen",
        "Zou op de reservelijst komen",
    ]
    assert [row[2] for row in skip if isinstance(row, tuple)] == [
        "Zou geselecteerd worden",
        "Zou op de reservelijst komen",
        "Zou geselecteerd worden",
    ]


def test_the_proposal_is_prepared_for_all_but_the_ties(call, coordinator):
    best, second = scored(call, "Beste", GOOD), scored(call, "Tweede", FAIR)
    third, low = scored(call, "Derde", {"need": "4", "participation": "2"}), scored(call, "Te laag", WEAK)
    until = (clock.today() + timedelta(days=200)).isoformat()

    answer = coordinator.submit(
        board(call), {"valid_until": until}, form="form[method=post][action*=ranking]"
    )

    assert answer.status_code == 303
    assert [make.state_of(each) for each in (best, second, third, low)] == [
        State.selected, State.selected, State.reserve, State.not_selected,
    ]  # fmt: skip
    made = {each.dossier_id: each for each in db.session.scalars(db.select(Decision))}
    assert (made[best.id].amount, made[best.id].coaching_days) == (Decimal(3000), 2)
    assert (made[third.id].rank, made[third.id].valid_until.isoformat()) == (1, until)


def test_without_a_day_for_the_reserve_list_nothing_is_prepared(call, coordinator):
    made = [scored(call, title, FAIR) for title in ("Een", "Twee")]
    scored(call, "Drie", {"need": "4", "participation": "2"})
    form = "form[method=post][action*=ranking]"

    answers = [
        coordinator.submit(board(call, "?rule=skip"), {"valid_until": until}, form=form)
        for until in ("", "morgen", (clock.today() - timedelta(days=1)).isoformat())
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert soup_of(answers[0]).select_one("[data-focus] a")["href"] == "#valid_until"
    assert make.state_of(made[0]) in (State.scored, State.selected)


def test_a_ranking_that_changed_meanwhile_is_not_prepared(call, coordinator):
    first = scored(call, "Eerst", FAIR)
    sent = form_values(coordinator.page(board(call)).select_one("form[method=post][action*=ranking]"))
    scored(call, "Later en beter", GOOD)

    answer = coordinator.post(board(call), data=sent)

    assert answer.status_code == 409
    assert make.state_of(first) is State.scored


def test_a_call_without_reserve_list_declines_what_does_not_fit(app, client):
    call = Round(Procedure(scores_needed=1, reserve=False), envelope="3000")
    best, other = scored(call, "Beste", GOOD), scored(call, "Ander", FAIR)
    client.sign_in(call.coordinator).submit(board(call), form="form[method=post][action*=ranking]")

    assert (make.state_of(best), make.state_of(other)) == (State.selected, State.not_selected)


def test_a_lot_without_money_is_ranked_by_its_days(app, client):
    call = Round(envelope=None)
    made = [call.scored(GOOD, answers={"title": f"Idee {n}"}) for n in range(2)]
    found = ranking(make.actor(call.coordinator), call.call.reference, "lot0", rule=Rule.stop)

    assert (found.in_money, found.budget) == (False, Decimal(20))
    assert [(line.cost, line.outcome) for line in found.lines] == [(Decimal(2), Outcome.selected)] * 2
    client.sign_in(call.coordinator).submit(board(call), form="form[method=post][action*=ranking]")
    assert {each.amount for each in db.session.scalars(db.select(Decision))} == {None}
    assert {make.state_of(each) for each in made} == {State.selected}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_ranking_takes_the_same_statements_for_any_number(client, app, statements, count):
    call = Round(envelope="1000000")
    for number in range(count):
        scored(call, f"Idee {number}", FAIR)
    client.sign_in(call.coordinator)
    path = board(call)

    with statements() as seen:
        client.page(path)

    assert len(seen) == 9


def test_the_body_decides_and_somebody_else_releases(call, coordinator):
    dossier = call.prepared()
    number = {"number": "2027/31", "decided_on": clock.today().isoformat()}
    coordinator.submit(decisions(call), number, form="form#resolve")
    signatory = CheckedClient(coordinator.application).sign_in(call.signatory)
    before = signatory.page(decisions(call))
    signatory.submit(decisions(call), form="form#release")

    decision = db.session.scalars(db.select(Decision)).one()
    resolution = db.session.scalars(db.select(Resolution)).one()
    assert (resolution.body, resolution.number) == ("deputatie", "2027/31")
    assert "1 brief kan vrijgegeven worden." in before.get_text()
    assert (decision.state, decision.released_by) == (DecisionState.released, call.signatory.id)
    kinds = db.session.scalars(db.select(Letter.kind).where(Letter.dossier_id == dossier.id)).all()
    assert "selected" in kinds
    assert (
        "2027/31"
        in signatory.page(decisions(call)).select_one("section[aria-labelledby=released]").get_text()
    )


def test_who_prepared_does_not_release_and_nothing_of_the_batch_leaves(app, client):
    call = Round()
    both = make.person(("coordinator", "call", call.call.id), ("signatory", "call", call.call.id))
    call.scored(GOOD, answers={"title": "Van mij"})
    client.sign_in(both)
    reference = db.session.scalar(db.select(make.Dossier.reference).where(make.Dossier.title == "Van mij"))
    client.submit(f"/coordinator/dossiers/{reference}/steps/decline")
    call.prepared(answers={"title": "Van Lieve"})
    call.decide()

    page = client.page(decisions(call))
    ids = [each["value"] for each in page.select("input[name=id]")]
    answer = client.submit(decisions(call), {"id": ids}, form="form#release")

    assert answer.status_code == 422
    assert summary(answer)[0] == "U bereidde deze beslissing zelf voor. Een tweede persoon geeft ze vrij."
    assert {each.state for each in db.session.scalars(db.select(Decision))} == {DecisionState.decided}


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"number": ""}, "#number"),
        ({"body": " "}, "#body"),
        ({"decided_on": ""}, "#decided_on"),
        ({"decided_on": "31-02-2027"}, "#decided_on"),
        ({"decided_on": "2099-01-01"}, "#decided_on"),
        ({"number": "x" * 61}, "#number"),
    ],
)
def test_a_resolution_that_cannot_be_is_refused_at_its_field(call, coordinator, typed, field):
    call.prepared()
    whole = {"number": "2027/31", "decided_on": clock.today().isoformat()}

    answer = coordinator.submit(decisions(call), {**whole, **typed}, form="form#resolve")

    page = soup_of(answer)
    assert answer.status_code == 422
    assert [each["href"] for each in page.select("[data-focus] a")] == [field]
    assert db.session.scalars(db.select(Decision.state)).all() == [DecisionState.prepared]


def test_a_decision_that_changed_since_the_page_is_not_decided(call, coordinator):
    dossier = call.prepared()
    sent = form_values(coordinator.page(decisions(call)).select_one("form#resolve"))
    make.take(dossier, "reopen", call.coordinator)
    make.take(dossier, "decline", call.coordinator, make.values.Declining())
    ids = [str(each.id) for each in db.session.scalars(db.select(Decision))]

    answer = coordinator.post(
        f"{decisions(call)}/resolution",
        data={**sent, "id": ids, "number": "1", "decided_on": clock.today().isoformat()},
    )

    assert answer.status_code == 409
    assert db.session.scalars(db.select(Decision.state)).all() == [DecisionState.prepared]


def test_only_what_is_ticked_is_decided(call, coordinator):
    one, two = call.prepared(amount="1000"), call.prepared(amount="1500")
    chosen = db.session.scalar(db.select(Decision.id).where(Decision.dossier_id == one.id))

    coordinator.submit(
        decisions(call), {"id": [chosen], "number": "7", "decided_on": clock.today().isoformat()},
        form="form#resolve",
    )  # fmt: skip

    states = dict(db.session.execute(db.select(Decision.dossier_id, Decision.state)).all())
    assert states == {one.id: DecisionState.decided, two.id: DecisionState.prepared}


def test_a_coordinator_does_not_release_and_a_signatory_does_not_decide(client, call):
    call.prepared()
    page = client.sign_in(call.signatory).page(decisions(call))
    token = {
        "csrf_token": client.page("/account").select_one("input[name=csrf_token]")["value"],
        "token": "x",
    }

    assert page.select("form#resolve button") == []
    assert client.post(f"{decisions(call)}/resolution", data=token).status_code == 403
    client.sign_in(call.coordinator)
    token["csrf_token"] = client.page("/account").select_one("input[name=csrf_token]")["value"]
    assert client.post(f"{decisions(call)}/release", data=token).status_code == 403


def test_a_release_sent_twice_writes_each_letter_once(client, call):
    call.prepared()
    call.decide()
    client.sign_in(call.signatory)
    sent = form_values(client.page(decisions(call)).select_one("form#release"))

    answers = [client.post(f"{decisions(call)}/release", data=sent) for _ in range(2)]

    letters = db.session.scalars(db.select(Letter.kind).where(Letter.kind == "selected")).all()
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(letters) == 1


def test_the_reasons_of_a_letter_are_edited_until_the_release(call, coordinator):
    dossier = call.prepared()
    path = f"/coordinator/dossiers/{dossier.reference}/reasons"
    coordinator.submit(path, {"reason-need": "Duidelijk gestaafd.", "motivation": "Wij rekenen op u."})

    decision = db.session.scalars(db.select(Decision)).one()
    event = db.session.scalars(db.select(Event).where(Event.action == "reasons_edited")).one()
    texts = dict(
        db.session.execute(
            db.select(EventText.name, EventText.body).where(EventText.event_id == event.id)
        ).all()
    )
    assert decision.reasons[0]["text"] == "Duidelijk gestaafd."
    assert decision.reasons[0]["mean"] == "4.00"
    assert texts == {"reason_need": "Duidelijk gestaafd.", "motivation": "Wij rekenen op u."}
    empty = coordinator.submit(path, {"reason-need": " "})
    assert (empty.status_code, soup_of(empty).select_one("[data-focus] a")["href"]) == (422, "#reason-need")
    call.decide()
    call.release()
    assert coordinator.submit(path, {"reason-need": "Te laat"}).status_code == 422


def test_another_call_s_decisions_do_not_exist(client, call):
    call.prepared()
    other = Round()
    client.sign_in(other.coordinator)

    for path in (board(call), decisions(call), board(call).replace("lot0", "lot9")):
        assert client.get(path).status_code == 404


def test_the_letter_is_read_before_it_leaves(client, call):
    dossier = call.prepared()
    path = f"/coordinator/dossiers/{dossier.reference}/letter"
    early = client.sign_in(call.signatory).page(path).get_text(" ", strip=True)
    call.decide()
    page = client.page(path)
    letter = page.select_one(".letter-sheet").get_text(" ", strip=True)
    call.release()

    assert "Het besluit van het beslissende orgaan is nog niet genoteerd." in early
    for said in ("Bewonersgroep", "2027/31", "Reden bij need: 4", "An Voorbeeld"):
        assert said in letter, said
    assert client.get(path).status_code == 404
    assert len(db.session.scalars(db.select(Letter.id).where(Letter.kind == "selected")).all()) == 1


def test_reading_a_letter_writes_nothing_and_needs_a_decision(client, call):
    dossier = call.scored()

    assert (
        client.sign_in(call.signatory).get(f"/coordinator/dossiers/{dossier.reference}/letter").status_code
        == 404
    )
