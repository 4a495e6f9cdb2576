"""The pages of an agreement: the way of both sides, who sees what, statements, mistakes that come back."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.agreements.models import Acceptance
from callflow.agreements.states import AgreementState
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db
from callflow.dossiers.states import State
from callflow.lifecycle import values
from tests import factories as make
from tests.agreements.agreed import IBAN, OTHER, Agreeing
from tests.client import CheckedClient, form_values, soup_of
from tests.web.applicant.looking import words

Browser = Callable[..., CheckedClient]


def came_back(who: CheckedClient, path: str, data, status: int = 422):
    """The page that a refused form comes back in."""
    answer = who.post(path, data=data)
    assert answer.status_code == status
    return soup_of(answer)


@pytest.fixture
def call(app) -> Agreeing:
    return Agreeing()


def test_a_payee_is_named_and_a_wrong_account_comes_back(call, browser: Browser):
    dossier, group = call.released(), browser(call.resident)
    mine = f"/applications/{dossier.reference}"

    assert "Duid aan wie het geld voor uw project ontvangt" in words(group.page("/applications"))
    form = group.page(f"{mine}/agreement").select_one('form[action$="/agreement/payee"]')
    sent = {**form_values(form), "name": "Dorpshuis vzw", "iban": "BE00 1234", "relation": "association"}
    refused = came_back(group, f"{mine}/agreement/payee", sent)
    assert "Dit is geen rekeningnummer" in words(refused)
    assert refused.select_one("#iban")["value"] == "BE00 1234", "what was typed stays"
    named = group.post(f"{mine}/agreement/payee", data={**sent, "iban": IBAN})

    assert named.status_code == 303
    assert "BE68 5390 0754 7034" in words(group.page(f"{mine}/agreement"))


def test_the_staff_prepare_read_and_offer(call, browser: Browser):
    dossier, staff = call.released(), browser(call.coordinator)
    call.payee(dossier)
    theirs = f"/coordinator/dossiers/{dossier.reference}"

    assert "De overeenkomst voorbereiden en aanbieden" in words(staff.page("/coordinator"))
    until = (clock.today() + timedelta(days=10)).isoformat()
    said = {"due_on": until, "terms": "Voor tien jaar."}
    assert staff.submit(f"{theirs}/agreement", said, form='form[action$="/agreement"]').status_code == 303
    page = words(staff.page(f"{theirs}/agreement"))
    assert "Voor tien jaar." in page
    assert "BE68 5390 0754 7034" in page
    assert staff.submit(f"{theirs}/agreement", {}, form='form[action$="/offer"]').status_code == 303
    assert "De groep leest de overeenkomst en aanvaardt ze" in words(staff.page(theirs))
    assert "Voor tien jaar." in words(
        browser(call.resident).page(f"/applications/{dossier.reference}/agreement")
    )


def test_no_agreement_is_announced_while_an_offer_from_the_reserve_list_is_prepared(call, browser: Browser):
    dossier, staff = call.scored(), browser(call.coordinator)
    later = clock.today() + timedelta(days=20)
    make.take(dossier, "reserve", call.coordinator, values.Reserving(1, later))
    call.decide()
    call.release()
    make.take(dossier, "promote", call.coordinator, values.Promoting(Decimal(4000), None, later))
    place = f"/coordinator/dossiers/{dossier.reference}"
    link = f'main a[href="{place}/agreement"]'

    before = staff.page(place).select(link)
    call.decide(number="2027/32")
    call.release()

    assert before == [], "that page is there once the group is told"
    assert staff.page(place).select(link) != []
    assert browser(call.signatory).page(place).select(link) == [], "a signatory has nothing to prepare"


def test_a_member_ticks_that_it_was_read_and_accepts_once(call, browser: Browser):
    dossier, group = call.offered(), browser(call.resident)
    mine = f"/applications/{dossier.reference}"

    assert "Lees en aanvaard de projectovereenkomst uiterlijk op" in words(group.page("/applications"))
    sent = form_values(group.page(f"{mine}/agreement").select_one("#accept"))
    assert "Vink aan dat u de tekst gelezen hebt" in words(came_back(group, f"{mine}/agreement", sent))
    answers = [group.post(f"{mine}/agreement", data={**sent, "read": "y"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303], "a double click is one acceptance"
    assert make.state_of(dossier) is State.agreed
    assert len(db.session.scalars(db.select(Acceptance)).all()) == 1
    concluded = words(group.page(f"{mine}/agreement"))
    assert "Marleen Voorbeeld" in concluded
    assert call.digest(dossier) in concluded
    assert "Overeenkomst gesloten" in words(group.page(mine))


def test_a_stale_text_comes_back_with_the_new_one(call, browser: Browser):
    dossier = call.offered()
    group, path = browser(call.resident), f"/applications/{dossier.reference}/agreement"
    sent = {**form_values(group.page(path).select_one("#accept")), "read": "y"}
    call.take(dossier, "take_back", why="Anders")
    call.prepare(dossier, terms="Nieuw artikel", version=call.agreement(dossier).version)
    call.take(dossier, "offer")

    page = came_back(group, path, sent, 409)

    assert "De tekst is niet meer die welke u las" in words(page)
    assert "Nieuw artikel" in words(page)
    assert make.state_of(dossier) is State.selected


def test_asking_for_a_change_and_offering_again(call, browser: Browser):
    dossier = call.offered()
    group, staff = browser(call.resident), browser(call.coordinator)
    mine, theirs = f"/applications/{dossier.reference}", f"/coordinator/dossiers/{dossier.reference}"

    silent = came_back(
        group, f"{mine}/agreement/back", form_values(group.page(f"{mine}/agreement").select_one("#back"))
    )
    assert "Schrijf waarom" in words(silent)
    asked = group.submit(f"{mine}/agreement", {"why": "De datum is te vroeg."}, form="#back")
    assert asked.status_code == 303
    assert "De datum is te vroeg." in words(staff.page(f"{theirs}/agreement"))
    assert "Lezen welke wijziging de groep vraagt" in words(staff.page("/coordinator"))
    assert staff.submit(f"{theirs}/agreement", {}, form='form[action$="/offer"]').status_code == 303
    assert call.agreement(dossier).state is AgreementState.offered
    back = staff.submit(f"{theirs}/agreement", {"why": "Het bedrag."}, form='form[action$="/back"]')
    assert back.status_code == 303
    assert call.agreement(dossier).state is AgreementState.prepared
    assert "Het bedrag." in words(group.page(f"{mine}/agreement")), "the group reads why"


def test_a_whole_account_number_is_seen_only_by_those_who_need_it(call, browser: Browser):
    dossier = call.agreed()
    whole = re.compile("BE68 ?5390 ?0754 ?7034")
    own, staff = f"/applications/{dossier.reference}", f"/coordinator/dossiers/{dossier.reference}"
    seen = {
        "resident": browser(call.resident).page(f"{own}/agreement"),
        "watcher": browser(call.watcher).page(f"{own}/agreement"),
        "coordinator": browser(call.coordinator).page(f"{staff}/agreement"),
        "signatory": browser(call.signatory).page(f"{staff}/agreement"),
    }

    assert {who: bool(whole.search(words(page))) for who, page in seen.items()} == {
        "resident": True, "watcher": False, "coordinator": True, "signatory": False,
    }  # fmt: skip
    assert all("7034" in words(page) for page in seen.values())
    history = browser(call.coordinator).page(staff)
    assert not whole.search(words(history))
    make.group({call.stranger: make.Right.submit})
    assert browser(call.stranger).get(f"{own}/agreement").status_code == 404


def test_a_revocation_that_is_only_prepared_changes_nothing_that_the_group_sees(call, browser: Browser):
    dossier = call.offered()
    until = clock.today() + timedelta(days=15)
    make.take(dossier, "hear", call.coordinator, values.Inviting("12", "Niet begonnen.", until))
    group, path = browser(call.resident), f"/applications/{dossier.reference}/agreement"
    with clock.fixed(clock.now() + timedelta(days=20)):
        before = words(group.page(path))
        make.take(dossier, "revoke", call.coordinator, values.Revoking("12", "Niet begonnen.", None))

        assert words(group.page(path)) == before


def test_where_a_call_makes_no_agreements_there_is_no_page(app, browser: Browser):
    call = Agreeing(Procedure(scores_needed=1))
    dossier = call.released()
    untold = Agreeing()
    prepared = untold.prepared()

    assert browser(call.resident).get(f"/applications/{dossier.reference}/agreement").status_code == 404
    assert (
        browser(call.coordinator).get(f"/coordinator/dossiers/{dossier.reference}/agreement").status_code
        == 404
    )
    assert browser(untold.resident).get(f"/applications/{prepared.reference}/agreement").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_pages_take_as_many_statements_however_much_happened(app, browser: Browser, statements, count):
    call = Agreeing()
    dossier = call.released()
    for number in range(count):
        call.payee(dossier, iban=OTHER if number % 2 else IBAN, name=f"Vereniging {number}")
    call.offered(dossier)
    group, staff = browser(call.resident), browser(call.coordinator)

    with statements() as mine:
        group.page(f"/applications/{dossier.reference}/agreement")
    with statements() as theirs:
        staff.page(f"/coordinator/dossiers/{dossier.reference}/agreement")

    assert (len(mine), len(theirs)) == (15, 15), "\n".join(mine)
