"""Asking for completion and bringing it, on the pages: what is typed is kept, what is too late is said."""

from datetime import timedelta

import pytest

from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries
from callflow.dossiers.states import State
from callflow.lifecycle import values
from callflow.people.models import Membership
from callflow.people.states import Right
from callflow.screening import queries as screening
from callflow.screening.actions import set_check
from callflow.screening.models import Verdict
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import Round

ASK = {"lines-0-what": "summary", "lines-0-reason": "Wie beheert de zaal?", "add": None}


def browser(call, who, language="nl"):
    made = CheckedClient(call_app(call)).sign_in(who)
    made.set_cookie("lang", language)
    return made


def call_app(_call):
    from flask import current_app  # optional: the fixture's application

    return current_app._get_current_object()


def page_of(dossier, more="/completion"):
    return f"/coordinator/dossiers/{dossier.reference}{more}"


def of_group(dossier, more=""):
    return f"/applications/{dossier.reference}{more}"


def summary(answer):
    return [each.get_text() for each in soup_of(answer).select("[data-focus] li")]


def words(page):
    return " ".join(page.get_text(" ").split())


def asked(call, dossier):
    answer = browser(call, call.coordinator).submit(page_of(dossier), ASK)
    assert answer.status_code == 303, summary(answer)
    return screening.request_of(dossier)


def test_failed_points_stand_in_the_form_with_their_reasons(call):
    dossier = call.submitted()
    who = make.actor(call.coordinator)
    with unit_of_work():
        loaded = queries.for_step(dossier.reference, by=who)
        set_check(who, loaded, point="in_area", verdict=Verdict.failed, reason="De kaart ontbreekt")

    page = browser(call, call.coordinator).page(page_of(dossier))
    refusal = browser(call, call.coordinator).page(page_of(dossier, "/steps/refuse"))

    assert page.select_one("#lines-0-reason").get_text(strip=True) == "De kaart ontbreekt"
    assert page.select_one("#lines-0-point option[selected]")["value"] == "in_area"
    assert refusal.select_one("#articles input[checked]")["value"] == "3"
    assert refusal.select_one("#motivation").get_text(strip=True) == "In het gebied: De kaart ontbreekt"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"lines-0-reason": "Zomaar"}, "Kies wat u vraagt, of maak deze regel leeg."),
        ({**ASK, "lines-0-reason": ""}, "1 punt heeft nog geen reden."),
        ({"lines-0-what": "paper:", "lines-0-reason": "x"}, "Schrijf welk stuk ontbreekt."),
        ({**ASK, "lines-1-what": "summary", "lines-1-reason": "y"}, "Dit wordt twee keer gevraagd."),
        ({}, "Noem minstens één antwoord of stuk dat ontbreekt."),
        ({**ASK, "due_on": "2020-01-01"}, "De groep heeft tijd nodig"),
        (
            {**ASK, "due_on": str(clock.today() + timedelta(days=700))},
            "De kalender van de oproep wacht niet langer",
        ),
        ({**ASK, "due_on": "morgen"}, "datum"),
        ({**ASK, "due_on": ""}, "Kies de dag"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_a_sentence_and_what_was_typed(call, given, sentence):
    dossier = call.submitted()

    answer = browser(call, call.coordinator).submit(page_of(dossier), {"add": None, **given})

    page = soup_of(answer)
    assert answer.status_code == 422
    assert any(sentence in each for each in summary(answer)), summary(answer)
    assert page.select_one("#lines-0-reason").get_text(strip=True) == given.get("lines-0-reason", "")
    assert make.state_of(dossier) is State.submitted


def test_lines_are_added_without_losing_a_word_and_nothing_is_written(call):
    dossier = call.submitted()

    answer = browser(call, call.coordinator).submit(page_of(dossier), {**ASK, "add": "lines"})

    page = soup_of(answer)
    assert answer.status_code == 200
    assert len(page.select("fieldset.asked-line")) == 6
    assert page.select_one("#lines-0-reason").get_text(strip=True) == "Wie beheert de zaal?"
    assert screening.request_of(dossier) is None


def test_the_group_changes_only_what_is_asked_and_the_coordinator_sees_the_words(call):
    dossier = call.submitted()
    request = asked(call, dossier)
    group = browser(call, call.resident)

    home, status = group.page("/applications"), group.page(of_group(dossier))
    section = group.page(of_group(dossier, "/completion/project"))
    assert "Voeg toe wat ontbreekt" in words(home)
    assert "Voeg toe wat ontbreekt" in words(status)
    assert [each["id"] for each in section.select("form .input")] == ["f-summary"]
    assert "Wie beheert de zaal?" in words(section)
    assert group.get(of_group(dossier, "/completion/elsewhere")).status_code == 404
    saved = group.submit(
        of_group(dossier, "/completion/project"),
        {
            "f-summary": "Een kamer voor heel het dorp, beheerd door zes buren.",
            "f-title": "Gekaapt",
            "go": "next",
        },
        form="#section",
    )
    staff = browser(call, call.coordinator)
    assert saved.location == of_group(dossier, "/completion-check")
    assert "zes buren" not in words(staff.page(page_of(dossier, "")))

    sent = group.submit(of_group(dossier, "/completion-check"), {"text": "Zo beter?"})

    page = staff.page(page_of(dossier, ""))
    changes = page.select_one("table.changes")
    assert sent.location == of_group(dossier)
    assert [each.get_text(strip=True) for each in changes.select("ins")] == ["dorp, beheerd door zes buren."]
    assert [each.get_text(strip=True) for each in changes.select("del")] == ["dorp."]
    assert "Zo beter?" in words(page)
    assert "Gekaapt" not in words(page)
    assert request.due_at > clock.now()
    assert "Versie 2" in words(group.page(of_group(dossier, "/text")))


def test_a_second_too_late_is_told_and_what_was_typed_is_kept(call):
    dossier = call.submitted()
    request = asked(call, dossier)
    group = browser(call, call.resident)
    section, check = of_group(dossier, "/completion/project"), of_group(dossier, "/completion-check")
    typed = form_values(group.page(section).select_one("#section")) | {
        "f-summary": "Te laat getypt",
        "go": "next",
    }
    handed = form_values(group.page(check).select_one("main form")) | {"text": "Een woord erbij"}

    with clock.fixed(request.due_at):
        late, sent = group.post(section, data=typed), group.post(check, data=handed)
        shown, home = group.page(of_group(dossier)), group.page("/applications")
        again = group.get(section)

    assert (late.status_code, sent.status_code) == (422, 422)
    assert "liep af op" in summary(late)[0]
    assert soup_of(late).select_one("#f-summary").get_text(strip=True) == "Te laat getypt"
    assert "Een woord erbij" in words(soup_of(sent))
    for page in (shown, home):
        assert "De tijd om deze aanvraag aan te vullen liep af" in words(page)
    assert "De aanvulling bezorgen" not in words(shown)
    assert again.location == of_group(dossier)
    assert make.state_of(dossier) is State.incomplete


def test_nothing_betrays_a_refusal_after_the_term_before_its_release(call):
    dossier = call.submitted()
    request = asked(call, dossier)
    group = browser(call, call.resident)
    paths = [of_group(dossier, more) for more in ("", "/completion", "/completion-check", "/text")]

    with clock.fixed(request.due_at + timedelta(hours=1)):
        before = [words(group.page(path)) for path in paths]
        make.take(dossier, "refuse", call.coordinator, values.Refusing("3", "Er kwam niets."))
        after = [words(group.page(path)) for path in paths]

    assert after == before


def test_only_who_may_submit_hands_in_and_only_the_group_looks(call):
    dossier = call.submitted()
    asked(call, dossier)
    editor, viewer = make.person(), make.person()
    with unit_of_work():
        for who, right in ((editor, Right.edit), (viewer, Right.view)):
            db.session.add(Membership(group_id=call.group.id, user_id=who.id, right=right, since=clock.now()))
    section, check = of_group(dossier, "/completion/project"), of_group(dossier, "/completion-check")
    answers = {
        name: [browser(call, who).status(path) for path in (of_group(dossier, "/completion"), section, check)]
        for name, who in (
            ("editor", editor),
            ("viewer", viewer),
            ("stranger", call.stranger),
            ("staff", call.coordinator),
        )
    }

    assert answers == {
        "editor": [200, 200, 200],
        "viewer": [200, 403, 200],
        "stranger": [403, 403, 403],
        "staff": [404, 403, 404],
    }
    page = browser(call, editor).page(check)
    assert page.select_one("main form") is None
    assert "Marleen Voorbeeld" in words(page)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_inbox_shows_the_clock_both_ways_in_a_fixed_number_of_statements(app, statements, count):
    call = Round()
    french = make.authority(Law.fr_public)
    with unit_of_work():
        db.session.get_one(make.Lot, call.lot.id).authority_id = french.id
    dossiers = [call.submitted() for _ in range(count)]
    make.take(
        dossiers[-1], "return_for_completion", call.coordinator,
        values.Returning((values.Asked("Pourquoi ?", field="summary"),), clock.now() + timedelta(days=10)),
    )  # fmt: skip
    staff = browser(call, call.coordinator)

    with clock.fixed(clock.now() + timedelta(days=55)):
        staff.page("/coordinator")
        with statements() as seen:
            page = staff.page("/coordinator")
        one = staff.page(page_of(dossiers[-1], ""))

    rows = page.select("section[aria-labelledby=silence] tbody tr")
    assert len(rows) == min(count, 5)
    assert "Niet op tijd aangevuld" in words(page)
    assert "Binnenkort" in words(rows[0])
    assert len(seen) == 9
    assert "als niets de termijn schorst" in words(one)


def test_ideas_that_resemble_are_shown_with_why(call):
    dossier = call.submitted(answers={"title": "Een moestuin voor het dorp", "summary": "Samen tuinieren."})
    call.submitted(answers={"title": "De moestuin van ons dorp", "summary": "Groenten voor iedereen."})
    call.submitted(answers={"title": "Cinema in de schuur", "summary": "Zes avonden film."})

    page = browser(call, call.coordinator).page(f"{page_of(dossier, '')}/similar")

    similar = words(page.select_one("#similar"))
    assert "De moestuin van ons dorp" in similar
    assert "gelijkende titel" in similar
    assert "zelfde groep" in similar
