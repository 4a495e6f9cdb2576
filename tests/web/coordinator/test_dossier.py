"""The page of one dossier: what it shows, what it offers, and each thing that is done on it."""

import json
import re

import pytest

from callflow.calls.fields.text import lines, visible
from callflow.coaching.states import Way
from callflow.core.db import db
from callflow.core.trail import Event
from callflow.dossiers.models import Assignment
from callflow.dossiers.states import State, Task
from callflow.jury.rules import Given
from callflow.lifecycle.values import Reason
from callflow.screening.models import Check
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import COACHED_BEFORE, Round


def at(dossier, more=""):
    return f"/coordinator/dossiers/{dossier.reference}{more}"


def offered(page):
    """The words of each step, with the reasons that hold it back."""
    return {
        row.select_one(".button").get_text(strip=True): [
            each.get_text() for each in row.select(".blocked li")
        ]
        for row in page.select("ul.offers > li")
    }


def summary(answer):
    return [each.get_text() for each in soup_of(answer).select("[data-focus] li")]


def test_the_page_shows_the_dossier_from_every_side(app, client):
    call = Round(COACHED_BEFORE)
    dossier = call.screened(answers={"title": "Moestuin zonder hek", "summary": "Een tuin voor iedereen."})
    call.give(dossier, Task.coach, call.coach)
    call.coach_them(dossier, summary="We lazen de begroting na.", place="Gildenhuis", way=Way.on_site)

    page = client.sign_in(call.coordinator).page(at(dossier))
    text = page.get_text(" ", strip=True)

    assert page.h1.get_text() == "Moestuin zonder hek"
    for said in (
        "Een tuin voor iedereen.",
        "We lazen de begroting na.",
        "Sofie Voorbeeld",
        "Gildenhuis",
        "4.000",
    ):
        assert said in text, said
    assert [each.get_text(strip=True) for each in page.select("ol.steps b")] == ["Nagekeken"]
    assert len(page.select("ol.steps .past")) == 2


def test_what_is_not_ready_is_shown_with_the_engine_s_reasons(call, coordinator):
    page = coordinator.page(at(call.submitted()))

    assert list(offered(page).values()) == [["1 punt van de controlelijst is nog niet nagekeken."], [], []]


def test_a_reason_and_what_comes_next_lead_to_their_part_of_the_page(call, coordinator):
    page = coordinator.page(at(call.submitted()))

    assert [each["href"] for each in page.select(".blocked a")] == ["#check"]
    assert page.select_one("#facts").find_parent("section").select_one("dd a")["href"] == "#check"
    assert page.select_one("#check")


def test_the_checklist_is_saved_and_opens_the_step(call, coordinator):
    dossier = call.submitted()
    coordinator.submit(at(dossier), {"verdict-in_area": "passed"}, form="form[action$=checks]")

    answer = coordinator.submit(at(dossier, "/steps/screen"))

    assert answer.headers["Location"].endswith(at(dossier))
    assert make.state_of(dossier) is State.screened


def test_a_failed_point_without_a_reason_comes_back_with_what_was_typed(call, coordinator):
    dossier = call.submitted()

    answer = coordinator.submit(
        at(dossier), {"verdict-in_area": "failed", "reason-in_area": " "}, form="form[action$=checks]"
    )

    page = soup_of(answer)
    assert answer.status_code == 422
    assert page.select_one("[data-focus] a")["href"] == "#reason-in_area"
    assert page.select_one("#reason-in_area")["aria-invalid"] == "true"
    assert page.select_one("input[name=verdict-in_area][value=failed]").has_attr("checked")
    assert db.session.scalars(db.select(Check)).all() == []


def test_a_checklist_that_nobody_changed_writes_no_history(call, coordinator):
    dossier = call.submitted()
    coordinator.submit(at(dossier), {"verdict-in_area": "passed"}, form="form[action$=checks]")
    before = db.session.scalar(db.select(db.func.count()).select_from(Event))

    coordinator.submit(at(dossier), form="form[action$=checks]")

    assert db.session.scalar(db.select(db.func.count()).select_from(Event)) == before


def test_a_step_that_asks_keeps_what_was_typed_when_it_is_refused(call, coordinator):
    dossier = call.scored()

    answer = coordinator.submit(
        at(dossier, "/steps/select"), {"amount": "6000", "motivation": "Sterk draagvlak"}
    )

    page = soup_of(answer)
    assert answer.status_code == 422
    assert "5.000" in summary(answer)[0]
    assert page.select_one("#amount")["value"] == "6000"
    assert page.select_one("#motivation").get_text(strip=True) == "Sterk draagvlak"
    assert make.state_of(dossier) is State.scored


@pytest.mark.parametrize(
    "trigger, typed, field",
    [
        ("select", {"amount": "veel"}, "amount"),
        ("select", {"amount": "-5"}, "amount"),
        ("select", {"amount": "12.34.5"}, "amount"),
        ("select", {"coaching_days": "1,5"}, "coaching_days"),
        ("reserve", {"rank": "", "valid_until": "2027-12-31"}, "rank"),
        ("reserve", {"rank": "1", "valid_until": ""}, "valid_until"),
        ("reserve", {"rank": "1", "valid_until": "31-02-2027"}, "valid_until"),
        ("reserve", {"rank": "0", "valid_until": "2027-12-31"}, "rank"),
        ("decline", {"motivation": "x" * 4001}, "motivation"),
    ],
)
def test_what_a_step_cannot_read_is_explained_at_its_field(call, coordinator, trigger, typed, field):
    dossier = call.scored()

    answer = coordinator.submit(at(dossier, f"/steps/{trigger}"), typed)

    page = soup_of(answer)
    assert answer.status_code == 422
    assert [each["href"] for each in page.select("[data-focus] a")] == [f"#{field}"]
    assert (
        page.select_one(f"#{field}").get("value", page.select_one(f"#{field}").get_text().strip())
        == typed[field]
    )
    assert make.state_of(dossier) is State.scored


def test_a_refusal_needs_its_article_and_facts_and_prepares_a_decision(call, coordinator):
    dossier = call.submitted()
    step = at(dossier, "/steps/refuse")
    wordless = coordinator.submit(step, {"articles": "3", "motivation": ""})
    nameless = coordinator.submit(step, {"motivation": "Buiten het gebied."})
    unknown = coordinator.submit(step, {"articles": "77", "motivation": "Buiten het gebied."})
    assert make.state_of(dossier) is State.submitted
    coordinator.submit(step, {"articles": "3", "motivation": "Buiten het gebied."})

    page = coordinator.page(at(dossier))
    assert [len(summary(each)) for each in (wordless, nameless, unknown)] == [1, 1, 1]
    assert soup_of(nameless).select_one("#articles input")["value"] == "3"
    assert "Buiten het gebied." in soup_of(nameless).select_one("#motivation").get_text()
    assert make.state_of(dossier) is State.inadmissible
    assert "3" in page.select_one("section[aria-labelledby=decision]").get_text()
    assert "Ingediend" in page.select_one(".title .lead").get_text()


def test_a_stale_page_is_told_who_did_what_and_when(call, coordinator):
    dossier = call.scored()
    page = coordinator.page(at(dossier, "/steps/decline"))
    sent = form_values(page.select_one("main form")) | {"motivation": "Zelf getypt"}
    other = CheckedClient(coordinator.application).sign_in(call.colleague)
    other.submit(at(dossier, "/steps/select"), {"amount": "1000"})

    answer = coordinator.post(at(dossier, "/steps/decline"), data=sent)

    text = soup_of(answer).get_text(" ", strip=True)
    assert answer.status_code == 409
    assert re.search(r"Voorgesteld voor selectie ?: door Karim Voorbeeld, \d+ \w+ \d{4}", text)
    assert make.state_of(dossier) is State.selected


def test_a_note_of_a_coach_refuses_nobody_s_step(app, client):
    call = Round(COACHED_BEFORE)
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    call.coach_them(dossier)
    client.sign_in(call.coordinator)
    sent = form_values(client.page(at(dossier, "/steps/finish_coaching")).select_one("main form"))
    call.coach_them(dossier)

    assert client.post(at(dossier, "/steps/finish_coaching"), data=sent).status_code == 303


def test_a_step_sent_twice_is_taken_once(call, coordinator):
    dossier = call.scored()
    sent = form_values(coordinator.page(at(dossier, "/steps/decline")).select_one("main form"))

    answers = [coordinator.post(at(dossier, "/steps/decline"), data=sent) for _ in range(3)]

    events = db.session.scalars(
        db.select(Event.action).where(Event.trail_id == dossier.trail_id, Event.action == "decline")
    )
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, at(dossier))] * 3
    assert len(events.all()) == 1


def test_a_form_without_its_version_counts_as_stale(call, coordinator):
    dossier = call.scored()
    sent = form_values(coordinator.page(at(dossier, "/steps/decline")).select_one("main form"))
    for version in ("", "abc", "999"):
        answer = coordinator.post(at(dossier, "/steps/decline"), data={**sent, "version": version})
        assert answer.status_code == 409, version

    assert make.state_of(dossier) is State.scored


@pytest.mark.parametrize("trigger, status", [("nonsense", 404), ("submit", 200), ("release", 404)])
def test_a_step_of_no_table_does_not_exist(call, coordinator, trigger, status):
    assert coordinator.get(at(call.submitted(), f"/steps/{trigger}")).status_code == status


def test_who_may_not_take_a_step_is_refused_and_nothing_happens(client, call):
    dossier = call.scored()
    client.sign_in(call.signatory)
    page = client.page(at(dossier, "/steps/decline"))
    token = page.select_one("input[name=csrf_token]")["value"]

    answer = client.post(
        at(dossier, "/steps/decline"), data={"csrf_token": token, "token": "x", "version": dossier.version}
    )

    assert answer.status_code == 403
    assert make.state_of(dossier) is State.scored


def test_tasks_are_given_and_taken_by_hand(app, client):
    call = Round(COACHED_BEFORE)
    dossier = call.screened()
    client.sign_in(call.coordinator)
    for task, person in (("coach", call.coach), ("juror", call.juror), ("handler", call.colleague)):
        client.submit(at(dossier), {"person_id": person.id}, form=f"form[action$='tasks/{task}']")
    client.submit(at(dossier), form="form[action$='tasks/coach/away']")
    excused = client.submit(at(dossier), {"reason": ""}, form="form[action$='tasks/juror/away']")

    held = db.session.execute(db.select(Assignment.person_id, Assignment.task)).all()
    assert {tuple(row) for row in held} == {(call.juror.id, Task.juror), (call.colleague.id, Task.handler)}
    assert (excused.status_code, summary(excused)) == (
        422, ["Schrijf waarom dit jurylid ontheven wordt, bijvoorbeeld: ziek tot februari."],
    )  # fmt: skip


def test_a_coach_is_not_offered_as_a_juror_and_refused_when_sent_anyway(call, coordinator):
    both = make.person(("coach", "call", call.call.id), ("juror", "call", call.call.id), name="Bie Voorbeeld")
    dossier = call.screened()
    call.give(dossier, Task.coach, both)

    page = coordinator.page(at(dossier))
    offered_jurors = [each.get_text() for each in page.select("#juror_id option")]
    answer = coordinator.submit(at(dossier), {"person_id": both.id}, form="form[action$='tasks/juror']")

    assert "Bie Voorbeeld" not in offered_jurors
    assert answer.status_code == 422
    assert summary(answer) == [
        "Deze persoon is al begeleider van dit dossier. Niemand is twee dingen in één dossier."
    ]


@pytest.mark.parametrize("person", ["", "abc", "999999"])
def test_nobody_in_particular_gets_no_task(call, coordinator, person):
    dossier = call.screened()

    answer = coordinator.submit(at(dossier), {"person_id": person}, form="form[action$='tasks/juror']")

    assert answer.status_code == 422
    assert db.session.scalars(db.select(Assignment)).all() == []


def test_the_jury_shows_with_scores_reasons_and_who_stepped_aside(call, coordinator):
    dossier = call.judged()
    call.give(dossier, Task.juror, call.second)
    call.score(dossier, call.juror, {"need": "4", "participation": None})
    call.step_aside(dossier, call.second, "Zijn dorp")

    page = coordinator.page(at(dossier))
    rows = [
        [cell.get_text(strip=True) for cell in row.select("td.num")]
        for row in page.select("#scores ~ * tbody tr")
    ]

    assert rows == [["4", "telt niet mee"], ["niet van toepassing", "telt niet mee"]]
    assert "Zijn dorp" in page.select_one("section[aria-labelledby=people]").get_text()
    assert "Reden bij need: 4" in page.get_text()


def test_a_draft_of_a_juror_is_not_read_by_the_coordinator(call, coordinator):
    dossier = call.judged()
    call.save(dossier, call.juror, {"need": Given(None, False, "Nog aan het denken")})

    text = coordinator.page(at(dossier)).get_text()

    assert "in voorbereiding" in text
    assert "Nog aan het denken" not in text


def test_the_history_names_people_and_what_they_wrote(call, coordinator):
    dossier = call.submitted()
    coordinator.submit(
        at(dossier),
        {"verdict-in_area": "failed", "reason-in_area": "Ligt in Ieper"},
        form="form[action$=checks]",
    )

    history = (
        coordinator.page(at(dossier)).select_one("section[aria-labelledby=history]").get_text(" ", strip=True)
    )

    assert "Controlelijst ingevuld" in history
    assert "Lieve Voorbeeld" in history
    assert "Ligt in Ieper" in history


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_takes_the_same_statements_however_much_happened(client, app, statements, count):
    call = Round(COACHED_BEFORE)
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    for _ in range(count):
        call.coach_them(dossier)
    client.sign_in(call.coordinator)
    path = at(dossier)

    with statements() as seen:
        client.page(path)

    assert len(seen) == 18, "one says what there is at all, and nothing else is asked for"


def test_who_may_be_given_it_stands_there_with_what_they_have_for_whoever_gives(call, coordinator, client):
    call.give(call.submitted(), Task.handler, call.colleague)
    call.give(call.prepared(), Task.handler, call.colleague)
    over = call.submitted()
    call.give(over, Task.handler, call.colleague)
    make.take(over, "withdraw", call.resident, Reason("We stoppen ermee."))
    dossier = call.submitted()

    offered = [each.get_text() for each in coordinator.page(at(dossier)).select("#handler_id option")]

    assert offered == [
        "Kies iemand", "Karim Voorbeeld (2 lopende dossiers)", "Lieve Voorbeeld (0 lopende dossiers)",
    ]  # fmt: skip
    assert client.sign_in(call.signatory).page(at(dossier)).select("#handler_id") == []


def test_preparing_a_decision_takes_at_most_twelve_statements(call, coordinator, statements):
    dossier = call.scored()
    sent = form_values(coordinator.page(at(dossier, "/steps/select")).select_one("main form"))

    with statements() as seen:
        answer = coordinator.post(at(dossier, "/steps/select"), data=sent)

    assert answer.status_code == 303
    assert len(seen) <= 12, "\n".join(seen)


def test_whatever_villagers_write_stands_on_the_page_as_they_wrote_it(call, coordinator, shared, deep):
    strings = json.loads(shared("data/hostile/blns.json").read_text(encoding="utf-8"))
    # as the form reads it: line ends of one kind, and what no page can show is refused
    usable = [lines(text) for text in strings if text.strip() and visible(text) == lines(text)]
    for text in usable[:: 1 if deep else 40]:
        dossier = call.submitted(answers={"title": text[:120], "summary": text})
        title = dossier.title

        page = coordinator.page(at(dossier))

        assert page.h1.get_text() == title


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "nobody"])
def test_a_task_for_a_number_that_nobody_has_is_refused(call, coordinator, number):
    answer = coordinator.submit(
        at(call.submitted()), {"person_id": number}, form="form[action$='/tasks/handler']"
    )

    assert answer.status_code == 422
    assert soup_of(answer).select_one("[data-focus]") is not None
