"""The pages of a report halfway: the group writes and sends it, the staff read, approve or send it back."""

from collections.abc import Callable

import pytest

from callflow.dossiers.states import State
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.reports.test_actions import FORM
from tests.reports.test_interim import HALFWAY, WITH_INTERIM
from tests.rounds import Round
from tests.web.applicant.looking import words

Browser = Callable[..., CheckedClient]


@pytest.fixture
def call(app) -> Round:
    return Round(WITH_INTERIM, interim_form=HALFWAY, report_form=FORM)


def test_a_report_halfway_over_the_pages_of_both_sides(call, browser: Browser):
    dossier = call.released()
    group, staff = browser(call.resident), browser(call.coordinator)
    mine, theirs = f"/applications/{dossier.reference}", f"/coordinator/dossiers/{dossier.reference}"

    assert group.get(f"{mine}/report").status_code == 303, "the last one is not open yet"
    assert group.page(mine).find("a", href=f"{mine}/interim-report") is not None
    group.page(f"{mine}/interim-report")
    saved = group.submit(f"{mine}/interim-report/progress", {"f-so_far": "De kamer is wit."}, form="#section")
    assert saved.location == f"{mine}/interim-report-check"
    sent = form_values(group.page(saved.location).select_one("main form"))
    assert group.post(f"{mine}/interim-report-check", data=sent).location == mine
    assert make.state_of(dossier) is State.interim_reported
    assert "Wij lezen uw tussentijds verslag" in words(group.page(mine))
    assert "De kamer is wit." in words(group.page(f"{mine}/interim-report-text"))

    assert "Het tussentijds verslag lezen" in words(staff.page("/coordinator"))
    assert "De kamer is wit." in words(staff.page(theirs)), "who approves it reads it"
    silent = staff.post(
        f"{theirs}/steps/return_interim",
        data=form_values(staff.page(f"{theirs}/steps/return_interim").select_one("main form")),
    )
    assert "Schrijf wat er moet veranderen" in words(soup_of(silent))
    back = staff.submit(f"{theirs}/steps/return_interim", {"text": "Zeg ook wat u uitgaf."}, form="main form")
    assert back.status_code == 303

    page = group.page(f"{mine}/interim-report")
    assert "Zeg ook wat u uitgaf." in words(page)
    assert "Pas het tussentijds verslag aan en verstuur het opnieuw" in words(group.page(mine))
    sent = form_values(group.page(f"{mine}/interim-report-check").select_one("main form"))
    group.post(f"{mine}/interim-report-check", data=sent)
    done = staff.submit(f"{theirs}/steps/approve_interim", {"remarks": "Mooi."}, form="main form")
    assert done.status_code == 303
    assert make.state_of(dossier) is State.interim_approved
    assert "Mooi." in words(group.page(mine))
    group.page(f"{mine}/report")
    assert group.get(f"{mine}/interim-report").status_code == 303
