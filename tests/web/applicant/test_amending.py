"""Another payee on the pages of both sides: asked, read, granted or refused, accepted; mistakes come back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from callflow.agreements import queries
from callflow.agreements.models import Acceptance, Payee, PayeeChange
from callflow.core import clock
from callflow.core.db import db
from callflow.letters import making
from tests.agreements.agreed import OTHER
from tests.agreements.test_amending import WHY, Amending
from tests.client import CheckedClient, form_values, soup_of
from tests.web.applicant.looking import words

Browser = Callable[..., CheckedClient]
ASKED = {"name": "Commune d'Exemple", "relation": "municipality", "iban": OTHER, "why": WHY}


@pytest.fixture
def call(app) -> Amending:
    return Amending()


def paths(dossier):
    return (
        f"/applications/{dossier.reference}/agreement",
        f"/coordinator/dossiers/{dossier.reference}/agreement",
    )


def test_both_sides_change_who_is_paid_and_the_old_text_stays_readable(call, browser: Browser):
    dossier = call.agreed()
    old = call.digest(dossier)
    group, staff = browser(call.resident), browser(call.coordinator)
    mine, theirs = paths(dossier)

    sent = form_values(group.page(mine).select_one("#ask")) | ASKED
    answers = [group.post(f"{mine}/change", data=sent) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303], "a double click is one question"
    assert db.session.scalar(db.select(db.func.count()).select_from(PayeeChange)) == 1
    assert "De groep vraagt een andere ontvanger" in words(staff.page("/coordinator"))
    read = words(staff.page(theirs))
    assert WHY in read
    assert "komt in de plaats van die van" in read, "the text is read before it is offered"
    until = (clock.today() + timedelta(days=10)).isoformat()
    assert staff.submit(theirs, {"due_on": until}, form="#grant").status_code == 303

    assert "Lees en aanvaard de gewijzigde overeenkomst" in words(group.page("/applications"))
    sent = form_values(group.page(mine).select_one("#again"))
    unread = group.post(f"{mine}/change/acceptance", data=sent)
    assert unread.status_code == 422
    assert "Vink aan dat u de tekst gelezen hebt" in words(soup_of(unread))
    sent["read"] = "y"
    answers = [group.post(f"{mine}/change/acceptance", data=sent) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]

    page = group.page(mine)
    assert len(db.session.scalars(db.select(Acceptance)).all()) == 2
    assert old in words(page.select_one("#earlier-texts"))
    assert call.digest(dossier) in words(page)
    assert "Commune d'Exemple" in words(page.select_one("section#payee") or page)
    letter = db.session.scalars(db.select(queries.Letter).where(queries.Letter.context_sha256 == old)).one()
    making.drain("test", lambda: False)
    assert group.get(f"/letters/{letter.code}.pdf").data.startswith(b"%PDF")


def test_a_refusal_is_read_with_its_reason_and_the_question_can_be_asked_again(call, browser: Browser):
    dossier = call.agreed()
    group, staff = browser(call.resident), browser(call.coordinator)
    mine, theirs = paths(dossier)
    assert group.submit(mine, ASKED, form="#ask").status_code == 303
    silent = staff.submit(theirs, {"why": ""}, form="#refuse")
    assert silent.status_code == 422

    assert staff.submit(theirs, {"why": "Niet uw rekening."}, form="#refuse").status_code == 303

    assert "Niet uw rekening." in words(group.page(mine))
    assert group.submit(mine, ASKED, form="#ask").status_code == 303
    assert group.submit(mine, {}, form="#withdraw").status_code == 303
    assert group.page(mine).select_one("#ask") is not None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"why": ""}, "Schrijf waarom"),
        ({"iban": "BE00 1234"}, "Dit is geen rekeningnummer"),
        ({"relation": None}, "Kies wat dat is voor uw groep"),
        ({"relation": "itself"}, "De groep heeft geen rechtspersoonlijkheid"),
        ({"version": "1"}, "Iemand wijzigde deze overeenkomst"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(call, browser: Browser, said, shown):
    dossier = call.agreed()
    group, (mine, _) = browser(call.resident), paths(dossier)

    answer = group.submit(mine, ASKED | said, form="#ask")

    page = soup_of(answer)
    assert answer.status_code in (409, 422)
    assert shown in words(page)
    assert page.select_one("#name")["value"] == "Commune d'Exemple"
    assert db.session.scalars(db.select(PayeeChange)).all() == []


@pytest.mark.parametrize("relation", [None, "", "boss", "itself"])
def test_a_payee_without_a_relation_that_can_be_is_named_by_no_form(call, browser: Browser, relation):
    dossier = call.released()
    group, (mine, _) = browser(call.resident), paths(dossier)

    answer = group.submit(mine, ASKED | {"relation": relation}, form='form[action$="/agreement/payee"]')

    assert answer.status_code == 422
    assert db.session.scalars(db.select(Payee)).all() == []


def test_the_account_that_is_asked_for_is_seen_only_by_those_who_need_it(call, browser: Browser):
    dossier = call.agreed()
    call.ask(dossier)
    whole, (mine, theirs) = re.compile("FR14 ?2004 ?1010"), paths(dossier)
    seen = {
        "resident": browser(call.resident).page(mine),
        "watcher": browser(call.watcher).page(mine),
        "coordinator": browser(call.coordinator).page(theirs),
        "signatory": browser(call.signatory).page(theirs),
    }

    assert {who: bool(whole.search(words(page))) for who, page in seen.items()} == {
        "resident": True, "watcher": False, "coordinator": True, "signatory": False,
    }  # fmt: skip
    assert seen["watcher"].select_one("#withdraw") is None
    assert seen["signatory"].select_one("#grant") is None


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_as_many_statements_however_often_was_asked(call, browser: Browser, statements, count):
    dossier = call.agreed()
    for _ in range(count - 1):
        call.ask(dossier)
        call.step(dossier, "withdraw", by=call.resident)
    call.ask(dossier)
    call.grant(dossier)
    group, staff = browser(call.resident), browser(call.coordinator)
    mine, theirs = paths(dossier)

    with statements() as asked:
        group.page(mine)
    with statements() as answered:
        staff.page(theirs)

    assert (len(asked), len(answered)) == (19, 19), "\n".join(asked)
