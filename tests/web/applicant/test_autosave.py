"""An answer saved by itself while somebody types: small, safe beside others, honest when it is not saved."""

from collections.abc import Callable

import time_machine

from callflow.core.db import db
from callflow.people.models import User
from tests.applications.conftest import Village
from tests.client import CheckedClient
from tests.web.applicant.looking import section_of, stored, values
from tests.web.applicant.test_submitting import closing_in_an_hour

Browser = Callable[..., CheckedClient]


def parcel(client: CheckedClient, path: str, name: str, text: str) -> dict[str, object]:
    whole = values(client, path)
    return {key: whole[key] for key in ("csrf_token", f"seen-f-{name}")} | {f"f-{name}": text}


def test_one_answer_is_saved_with_its_new_version(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application)

    answer = els.post(f"{path}/autosave", data=parcel(els, path, "title", "'t Lichtpunt"))

    assert answer.status_code == 200
    assert answer.json["message"].startswith("Bewaard om")
    assert answer.json["seen"] == {"f-title": values(els, path)["seen-f-title"]}
    assert stored(application)["title"].value == "'t Lichtpunt"


def test_going_on_typing_is_no_conflict_with_oneself(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application)
    first = parcel(els, path, "title", "'t Licht")
    seen = els.post(f"{path}/autosave", data=first).json["seen"]["f-title"]

    second = els.post(f"{path}/autosave", data={**first, "f-title": "'t Lichtpunt", "seen-f-title": seen})

    assert second.status_code == 200
    assert stored(application)["title"].version == 2


def test_what_is_not_understood_is_kept_and_said(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els, "fr"), section_of(village, application)

    answer = els.post(f"{path}/autosave", data=parcel(els, path, "begin", "bientôt"))

    assert answer.status_code == 200
    assert "25 novembre 2026" in answer.json["problems"]["f-begin"]
    assert stored(application)["begin"].typed == {"text": "bientôt", "language": "fr"}


def test_somebody_elses_text_is_not_covered(village: Village, browser: Browser):
    application = village.ready()
    els, path = browser(village.els), section_of(village, application)
    mine = parcel(els, path, "summary", "Van Els.")
    village.save(application, {"summary": "Van Piet."}, village.piet)

    answer = els.post(f"{path}/autosave", data=mine)

    assert answer.status_code == 409
    assert answer.json["message"]
    assert stored(application)["summary"].value == "Van Piet."


def test_two_members_in_two_answers_lose_nothing(village: Village, browser: Browser):
    application = village.ready()
    els, piet, path = browser(village.els), browser(village.piet), section_of(village, application)
    of_els, of_piet = parcel(els, path, "title", "Van Els"), parcel(piet, path, "summary", "Van Piet.")

    answers = [els.post(f"{path}/autosave", data=of_els), piet.post(f"{path}/autosave", data=of_piet)]

    assert [each.status_code for each in answers] == [200, 200]
    kept = stored(application)
    assert (kept["title"].value, kept["summary"].value) == ("Van Els", "Van Piet.")


def test_nothing_is_saved_after_closing_signed_out_or_without_proof(village: Village, browser: Browser):
    application, closes = village.ready(), closing_in_an_hour(village)
    els, path = browser(village.els), section_of(village, application)
    mine = parcel(els, path, "title", "Te laat")

    with time_machine.travel(closes, tick=False):
        late = els.post(f"{path}/autosave", data=mine)
    forged = els.post(f"{path}/autosave", data={**mine, "csrf_token": "made up"})
    endless = els.post(f"{path}/autosave", data={**mine, "f-title": "a" * 300_000})
    db.session.get_one(User, village.els.id).session_version += 1
    db.session.commit()
    gone = els.post(f"{path}/autosave", data=mine)

    assert [each.status_code for each in (late, forged, endless, gone)] == [422, 400, 422, 303]
    assert late.json["message"]
    assert stored(application)["title"].value == "'t Lichtpunt"


def test_an_autosave_is_a_few_statements(village: Village, browser: Browser, statements):
    application = village.ready()
    els, path = browser(village.els), section_of(village, application)
    mine = parcel(els, path, "summary", "Anders.")

    with statements() as seen:
        els.post(f"{path}/autosave", data=mine)

    assert len(seen) == 7, "\n".join(seen)


def test_the_sums_of_a_budget_come_back_as_they_stand(village: Village, browser: Browser):
    application = village.started()
    els, path = browser(village.els), section_of(village, application, "money")
    whole = values(els, path)
    row = {"kind": "material", "label": "Verf", "amount": "1.200,50"}
    sent = {key: whole[key] for key in ("csrf_token", "seen-f-budget")}

    answer = els.post(
        f"{path}/autosave", data=sent | {f"f-budget-costs-0-{cell}": text for cell, text in row.items()}
    )

    assert answer.status_code == 200
    assert answer.json["sums"]["f-budget"]["costs"] == "1.200,50"
    assert answer.json["sums"]["f-budget"]["income"] == "0"
    assert answer.json["sums"]["f-budget"]["tone"] == "stops"
    assert answer.json["sums"]["f-budget"]["words"].startswith("De kosten zijn")
    assert (
        els.page(path).select_one("#f-budget-balance").get_text(strip=True)
        == (answer.json["sums"]["f-budget"]["words"])
    )
