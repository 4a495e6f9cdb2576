"""After submission: nothing betrays what is only prepared; after release the group reads all of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.core import clock
from callflow.core.db import db
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import values
from tests import factories as make
from tests.client import CheckedClient, form_values
from tests.rounds import COACHED_BEFORE, Round
from tests.web.applicant.looking import words

Browser = Callable[..., CheckedClient]
PAGES = ("", "/text", "/withdraw", "/sent", "/form", "/check", "/report", "/report-check")
PREPARED = {
    "select": lambda: values.Selecting(Decimal(4000), 2),
    "decline": values.Declining,
    "reserve": lambda: values.Reserving(1, clock.today() + timedelta(days=99)),
}
SECRET = re.compile(r'name="(csrf_token|token)" value="[^"]*"')


def everything(group: CheckedClient, reference: str) -> list[tuple[int, str | None, str]]:
    """All that the group can open, without the marks that differ on every visit."""
    found = []
    for path in ("/applications", *(f"/applications/{reference}{page}" for page in PAGES)):
        answer = group.get(path)
        found.append((answer.status_code, answer.location, SECRET.sub("", answer.get_data(as_text=True))))
    return found


@pytest.mark.parametrize("trigger", PREPARED)
def test_nothing_betrays_a_decision_before_its_release(app, browser: Browser, trigger: str):
    call = Round()
    dossier, group = call.scored(), browser(call.resident)
    before = everything(group, dossier.reference)

    make.take(dossier, trigger, call.coordinator, PREPARED[trigger]())
    prepared = everything(group, dossier.reference)
    call.decide()
    decided = everything(group, dossier.reference)
    call.release()
    released = everything(group, dossier.reference)

    assert prepared == before
    assert decided == before
    assert released != before


def test_nothing_betrays_a_refusal_before_its_release(app, browser: Browser):
    call = Round()
    dossier, group = call.submitted(), browser(call.resident)
    before = everything(group, dossier.reference)

    make.take(dossier, "refuse", call.coordinator, values.Refusing("art. 3", "Het ligt buiten het gebied."))

    assert everything(group, dossier.reference) == before
    call.decide()
    call.release()
    page = words(group.page(f"/applications/{dossier.reference}"))
    assert "Niet ontvankelijk" in page
    assert "Het ligt buiten het gebied." in page
    assert "art. 3" in page


@pytest.mark.parametrize("trigger", PREPARED)
def test_a_group_withdraws_from_a_page_opened_before_a_decision_was_prepared(
    app, browser: Browser, trigger: str
):
    call = Round()
    dossier, group = call.scored(), browser(call.resident)
    path = f"/applications/{dossier.reference}/withdraw"
    sent = form_values(group.page(path).select_one("main form"))
    make.take(dossier, trigger, call.coordinator, PREPARED[trigger]())

    answer = group.post(path, data={**sent, "text": "Wij \x00 stoppen."})

    assert (answer.status_code, answer.location) == (303, f"/applications/{dossier.reference}")
    assert make.state_of(dossier) is State.withdrawn
    assert db.session.scalars(db.select(Decision)).all() == []


def test_a_group_that_was_told_meanwhile_does_not_withdraw_unawares(app, browser: Browser):
    call = Round()
    dossier, group = call.prepared(), browser(call.resident)
    path = f"/applications/{dossier.reference}/withdraw"
    sent = form_values(group.page(path).select_one("main form"))
    call.decide()
    call.release()

    answer = group.post(path, data=sent)

    assert answer.status_code == 409
    assert make.state_of(dossier) is State.selected


@pytest.mark.parametrize(
    ("trigger", "asked", "button"),
    [
        ("select", "Afzien van de steun?", "Afzien van de steun"),
        ("reserve", "De reservelijst verlaten?", "De reservelijst verlaten"),
    ],
)
def test_the_page_to_give_up_speaks_of_what_is_given_up(
    app, browser: Browser, trigger: str, asked: str, button: str
):
    call = Round()
    dossier = call.scored()
    make.take(dossier, trigger, call.coordinator, PREPARED[trigger]())
    call.decide()
    call.release()

    page = browser(call.resident).page(f"/applications/{dossier.reference}/withdraw")

    assert page.h1.text.strip() == asked
    assert page.select_one("main button.stops").text == button
    assert "intrekken" not in words(page)


def test_who_cannot_withdraw_reads_no_consequences(app, browser: Browser):
    call = Round()
    dossier = call.scored()
    make.take(dossier, "decline", call.coordinator, values.Declining())
    call.decide()
    call.release()

    said = words(browser(call.resident).page(f"/applications/{dossier.reference}/withdraw"))

    assert "Deze aanvraag kan nu niet ingetrokken worden." in said
    assert "De jury leest ze dan niet" not in said


def test_a_selected_group_reads_outcome_money_and_reasons_without_names(app, browser: Browser):
    call = Round()
    dossier = call.released()

    page = browser(call.resident).page(f"/applications/{dossier.reference}")

    said = words(page)
    assert "Geselecteerd" in said
    assert "4.000 euro" in said
    assert "2 dagen begeleiding" in said
    assert "Reden bij need: 4" in said
    assert "Reden bij participation: 3" in said
    assert "deputatie" in said
    for name in (call.juror.name, call.second.name, call.colleague.name, call.signatory.name):
        assert name not in said
    assert page.select_one("#letters") is not None


def test_reserve_and_not_selected_say_what_they_mean(app, browser: Browser):
    call = Round()
    first, second = call.scored({"need": "5", "participation": "5"}), call.scored()
    make.take(first, "reserve", call.coordinator, PREPARED["reserve"]())
    make.take(second, "decline", call.coordinator, values.Declining("Er was te weinig geld."))
    call.decide()
    call.release()
    group = browser(call.resident, "fr")

    assert "Liste de réserve" in words(group.page(f"/applications/{first.reference}"))
    declined = words(group.page(f"/applications/{second.reference}"))
    assert "Non retenu" in declined
    assert "Er was te weinig geld." in declined
    home = words(group.page("/applications"))
    assert "Non retenu" in home


def test_a_group_reads_what_its_coach_noted(app, browser: Browser):
    call = Round(COACHED_BEFORE)
    dossier = call.screened()
    call.give(dossier, make.Task.coach, call.coach)
    call.coach_them(dossier, summary="We bekeken de begroting.\n\nVolgende keer: partners.")

    said = words(browser(call.resident).page(f"/applications/{dossier.reference}"))

    assert "Volgende keer: partners." in said
    assert call.coach.name in said


def test_what_the_office_and_the_jury_do_is_no_part_of_the_groups_history(app, browser: Browser):
    call = Round()
    dossier = call.released()

    page = browser(call.resident).page(f"/applications/{dossier.reference}")

    happened = [each.get_text() for each in page.select(".timeline b")]
    assert happened[0].startswith("Beslissing")
    assert len(happened) == 4, "submitted, found admissible, scoring closed, decision"


def test_the_report_from_its_first_word_to_its_approval(app, browser: Browser):
    call = Round()
    dossier, group = call.released(), browser(call.resident)
    path = f"/applications/{dossier.reference}"

    assert group.page(path).find("a", href=f"{path}/report") is not None
    group.page(f"{path}/report")
    early = group.post(
        f"{path}/report-check", data=form_values(group.page("/account").select_one("main form"))
    )
    assert early.status_code == 422
    saved = group.submit(
        f"{path}/report/result", {"f-realised": "De kamer is open.\nElke dag."}, form="#section"
    )
    assert saved.location == f"{path}/report-check"
    check = group.page(saved.location)
    assert "De kamer is open." in words(check)
    sent = form_values(check.select_one("main form"))
    answers = [group.post(f"{path}/report-check", data=sent) for _ in range(2)]
    assert [each.location for each in answers] == [path, path]

    assert make.state_of(dossier) is State.reported
    assert "Verslag ingediend" in words(group.page(path))
    late = group.post(f"{path}/report/result", data={**sent, "f-realised": "Nog iets"})
    assert late.status_code == 422
    assert group.get(f"{path}/report/result").status_code == 303
    make.take(dossier, "close", call.coordinator, values.Approving(Decimal(3900), "Goed gedaan."))
    closed = words(group.page(path))
    assert "Afgesloten" in closed
    assert "Goed gedaan." in closed
    assert "3.900 euro" in closed
    assert "De kamer is open." in words(group.page(f"{path}/report-text"))


def test_a_stale_report_is_not_sent(app, browser: Browser):
    call = Round()
    dossier, group = call.released(), browser(call.resident)
    path = f"/applications/{dossier.reference}"
    group.submit(f"{path}/report/result", {"f-realised": "De kamer is open."}, form="#section")
    sent = form_values(group.page(f"{path}/report-check").select_one("main form"))
    group.submit(f"{path}/report/result", {"f-realised": "De kamer is dicht."}, form="#section")

    answer = group.post(f"{path}/report-check", data=sent)

    assert answer.status_code == 409
    assert make.state_of(dossier) is State.selected


def test_nobody_reports_before_being_told(app, browser: Browser):
    call = Round()
    dossier, group = call.prepared(), browser(call.resident)
    path = f"/applications/{dossier.reference}"
    sent = form_values(group.page(f"{path}/withdraw").select_one("main form"))

    for page in ("/report", "/report-check", "/report/result"):
        assert group.get(path + page).status_code == 303
    answers = [
        group.post(path + page, data={**sent, "f-realised": "x", "go": "next"}).status_code
        for page in ("/report-check", "/report/result", "/report/result/autosave")
    ]

    assert answers == [303, 422, 422]
    assert db.session.get_one(Dossier, dossier.id).state is State.selected
