"""A call in two steps on the pages of the group and of the office."""

from datetime import timedelta

import pytest
import time_machine

from callflow.applications.actions import attach, remove_file
from callflow.applications.files import examined
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import values
from callflow.people.states import Right
from tests import factories as make
from tests.client import CheckedClient, form_values, soup_of
from tests.rounds import Round
from tests.two_steps import REASON, TwoSteps, form, mails, versions

BAR = "main form[method=post]"
PLAN = {"f-steps": "Eerst de buren."}


@pytest.fixture
def call(app):
    return TwoSteps()


@pytest.fixture
def browser(app):
    def opened(user, language="nl"):
        made = CheckedClient(app).sign_in(user)
        made.set_cookie("lang", language)
        return made

    return opened


def path(dossier, more=""):
    return f"/applications/{dossier.reference}{more}"


def step(dossier, trigger):
    return f"/coordinator/dossiers/{dossier.reference}/steps/{trigger}"


def words(page):
    return " ".join(page.select_one("main").get_text(" ").split())


def test_the_walk_from_the_short_form_to_the_whole_application(call, browser):
    draft = call.begun()
    group, office = browser(call.resident), browser(call.coordinator)

    assert "korte formulier" in words(group.page(path(draft, "/form")))
    assert "Uw plan" not in words(group.page(path(draft, "/check")))
    sent = group.submit(path(draft, "/check"))
    assert sent.location == path(draft, "/sent")
    assert "uitgenodigd" in words(group.page(sent.location))
    assert "We lezen uw korte formulier" in words(group.page("/applications"))

    page = office.page(f"/coordinator/dossiers/{draft.reference}")
    assert "Uitnodigen voor de uitgebreide aanvraag" in words(page)
    done = office.submit(step(draft, "invite"), {"text": "Denk aan de buren."})
    assert done.status_code == 303
    assert make.state_of(draft) is State.invited

    home = words(group.page("/applications"))
    assert "U bent uitgenodigd: schrijf de uitgebreide aanvraag vóór" in home
    assert "12.00 uur" in home
    assert "Uw plan" in words(group.page(path(draft, "/form")))
    section = group.page(path(draft, "/form/project"))
    assert section.find(id="f-title")["value"] == "'t Lichtpunt"
    group.submit(path(draft, "/form/plan"), {**PLAN, "go": "next"}, form="#section")
    sent = group.submit(path(draft, "/check"))

    assert sent.location == path(draft, "/sent")
    assert [each.number for each in versions(draft)] == [1, 2]
    assert make.state_of(draft) is State.submitted
    read = words(office.page(f"/coordinator/dossiers/{draft.reference}"))
    assert "Eerst de buren." in read
    assert "Versie 2" in read


@pytest.mark.parametrize(
    ("language", "asked", "told"),
    [
        ("nl", "U bent uitgenodigd", "Uitgenodigd"),
        ("fr", "Vous êtes invité : rédigez la candidature détaillée", "Invité"),
        ("en", "You are invited: write the whole application", "Invited to apply"),
    ],
)
def test_an_invited_group_reads_it_in_its_language(call, browser, language, asked, told):
    dossier = call.invited()

    page = words(browser(call.resident, language).page(path(dossier)))

    assert asked in page
    assert told in page


def test_every_page_on_which_an_invited_group_writes_names_its_own_last_hour(call, browser):
    dossier = call.invited()
    group = browser(call.resident)
    home = group.page("/applications").select_one(".next h4").get_text(strip=True)
    last_hour = home.rpartition(" vóór ")[2]

    for page in ("/form", f"/form/{form()[0]['id']}"):
        assert f"tot {' '.join(last_hour.split())}." in words(group.page(path(dossier, page)))


def test_who_is_not_invited_reads_nothing_before_the_release_and_the_reasons_after(call, browser):
    dossier = call.preapplied()
    group, office = browser(call.resident), browser(call.coordinator)

    empty = office.submit(step(dossier, "turn_away"))
    assert empty.status_code == 422
    office.submit(step(dossier, "turn_away"), {"motivation": REASON})
    before = words(group.page(path(dossier)))
    call.decide()
    call.release()
    after = group.page(path(dossier))

    assert REASON not in before
    assert "We lezen uw korte formulier" in before
    assert "U wordt niet uitgenodigd voor de uitgebreide aanvraag" in words(after)
    assert REASON in words(after)
    assert "Beslissing: niet uitgenodigd" in words(after)
    assert path(dossier) in str(group.page("/applications"))


def test_handing_in_twice_is_once_in_both_steps(call, browser):
    draft = call.begun()
    group = browser(call.resident)

    sent = form_values(group.page(path(draft, "/check")).select_one("main form"))
    short = [group.post(path(draft, "/submit"), data=sent).location for _ in range(2)]
    make.take(draft, "invite", call.coordinator, values.InvitingToApply())
    stale = group.post(path(draft, "/submit"), data={**sent, "token": "of another window"})
    call.write(draft, steps="Eerst de buren.")
    sent = form_values(group.page(path(draft, "/check")).select_one("main form"))
    whole = [group.post(path(draft, "/submit"), data=sent).location for _ in range(2)]

    assert short == whole == [path(draft, "/sent")] * 2
    assert stale.status_code == 422
    assert [each.number for each in versions(draft)] == [1, 2]


def test_a_doubled_invitation_is_one_mail_and_a_stale_page_is_told(call, browser):
    dossier = call.preapplied()
    office, colleague = browser(call.coordinator), browser(call.colleague)
    sent = form_values(office.page(step(dossier, "invite")).select_one(BAR))
    other = form_values(colleague.page(step(dossier, "turn_away")).select_one(BAR))

    answers = [office.post(step(dossier, "invite"), data=sent) for _ in range(2)]
    late = colleague.post(step(dossier, "turn_away"), data={**other, "motivation": REASON})

    assert [each.status_code for each in answers] == [303, 303]
    assert late.status_code == 409
    assert "door Lieve Voorbeeld" in words(soup_of(late))
    assert len(mails(dossier, "full_invited")) == 1


def test_a_second_past_the_last_hour_nothing_is_saved_or_handed_in(call, browser):
    dossier = call.invited()
    call.write(dossier, steps="Eerst de buren.")
    almost = call.until - timedelta(minutes=1)

    with time_machine.travel(almost, tick=False):
        group = browser(call.resident)
        section = form_values(group.page(path(dossier, "/form/plan")).select_one("#section"))
        sent = form_values(group.page(path(dossier, "/check")).select_one("main form"))
    with time_machine.travel(call.until, tick=False):
        saved = group.post(path(dossier, "/form/plan"), data={**section, "f-steps": "Te laat", "go": "next"})
        handed = group.post(path(dossier, "/submit"), data=sent)
        status = words(group.page(path(dossier)))

    assert (saved.status_code, handed.status_code) == (422, 422)
    assert soup_of(saved).find(id="f-steps").get_text().strip() == "Te laat"
    assert "De uitgebreide aanvraag kon worden ingediend tot" in status
    assert make.state_of(dossier) is State.invited


@pytest.mark.parametrize("more", ["", "/form", "/form/plan", "/check", "/sent", "/text"])
def test_another_group_finds_nothing_of_an_invitation(call, browser, more):
    dossier = call.invited()
    make.group({call.stranger: Right.submit})

    assert browser(call.stranger).get(path(dossier, more)).status_code == 404


def test_members_who_only_read_see_the_draft_and_no_button(call, browser):
    reader = make.person()
    call.group = make.group({call.resident: Right.submit, reader: Right.view})
    dossier = call.invited()
    call.write(dossier, steps="Eerst de buren.")

    page = browser(reader).page(path(dossier))
    text = words(browser(reader).page(path(dossier, "/text")))

    assert "Uw groep kan de uitgebreide aanvraag indienen tot" in words(page)
    assert "Eerst de buren." in text
    assert "nog niet ingediend" in text


def test_the_office_finds_what_is_to_be_read_on_its_home_and_in_its_list(call, browser):
    first, second = call.preapplied(), call.invited()
    office = browser(call.coordinator)

    home = words(office.page("/coordinator"))
    listed = office.page(f"/coordinator/dossiers?call={call.call.reference}&state=preapplied")

    assert "Het korte formulier lezen, en uitnodigen of niet" in home
    assert first.reference in str(listed)
    assert second.reference not in str(listed.select_one("table"))


def test_many_are_invited_at_once_each_with_its_result(call, browser):
    made = [call.preapplied(answers={"title": f"Idee {number}"}) for number in range(3)]
    done = call.invited()
    office = browser(call.coordinator)

    answer = office.submit(
        f"/coordinator/dossiers?call={call.call.reference}",
        {"ref": [each.reference for each in [*made, done]], "trigger": "invite"},
        form=BAR,
    )
    page = words(office.page(answer.location))

    assert [make.state_of(each) for each in made] == [State.invited] * 3
    assert "3 dossiers" in page
    assert [len(mails(each, "full_invited")) for each in (*made, done)] == [1] * 4


def test_a_call_without_a_short_form_offers_no_invitation(app, browser):
    plain = Round()
    plain.submitted()

    page = browser(plain.coordinator).page(f"/coordinator/dossiers?call={plain.call.reference}")

    assert page.find("button", value="invite") is None
    assert page.find("button", value="screen") is not None


def test_what_happens_by_itself_says_when_invitations_lapse(call, browser):
    call.invited()

    page = words(browser(call.coordinator).page(f"/coordinator/timed?call={call.call.reference}"))

    assert "De uitnodigingen van groepen die hun uitgebreide aanvraag niet indienden, vervallen" in page
    assert "Een herinnering aan de uitgenodigde groepen" in page


def test_a_lapsed_invitation_is_told_and_lies_with_what_is_over(call, browser):
    dossier = call.invited()
    call.write(dossier, steps="Eerst de buren.")
    with clock.fixed(call.until):
        make.take(dossier, "lapse_invitation", call.coordinator)

    page = words(browser(call.resident, "fr").page(path(dossier)))

    assert "Votre invitation est caduque" in page
    assert "Eerst de buren." in words(browser(call.resident).page(path(dossier, "/text")))
    assert browser(call.resident).get(path(dossier, "/form")).status_code == 303


def test_the_public_page_and_its_files_say_both_steps(call, browser):
    public = browser(call.stranger)

    page = words(public.page(f"/calls/{call.call.reference}"))
    form = words(public.page(f"/calls/{call.call.reference}/form"))
    dates = public.get(f"/calls/{call.call.reference}/dates.ics").get_data(as_text=True)

    assert "U dient een kort formulier in" in page
    assert "We lezen het en zeggen wie uitgenodigd is" in page
    assert form.count("(in het korte formulier)") == 2
    assert "Laatste uur om het korte formulier in te dienen" in dates.replace("\r\n ", "")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_home_of_invited_groups_takes_the_same_statements(call, browser, statements, count):
    for _ in range(count):
        call.invited()
    group = browser(call.resident)
    group.page("/applications")

    with statements() as seen:
        group.page("/applications")

    assert len(seen) == 11


def test_the_pages_of_an_invited_application(call, browser, statements):
    dossier = call.invited()
    group = browser(call.resident)

    found = {}
    for more in ("", "/form", "/form/plan", "/check"):
        group.page(path(dossier, more))
        with statements() as seen:
            group.page(path(dossier, more))
        found[more] = len(seen)

    assert found == {"": 14, "/form": 5, "/form/plan": 5, "/check": 7}


def test_a_file_of_the_short_form_stays_readable_when_it_is_replaced_in_the_whole(app, browser):
    paper = {
        "id": "paper", "kind": "file", "label": make.twin("Brief", "Lettre"), "help": {}, "short": True,
    }  # fmt: skip
    sections = form()
    sections[0]["fields"].append(paper)
    call = TwoSteps(form=sections)
    draft, group, office = call.begun(), browser(call.resident), browser(call.coordinator)
    who = make.actor(call.resident)
    first = attached(who, draft, "eerst.pdf")
    draft = make.take(draft, "preapply", call.resident, values.Submitting(fresh(draft).content_version))
    make.take(draft, "invite", call.coordinator, values.InvitingToApply())

    with unit_of_work():
        remove_file(who, queries.for_step(draft.reference, by=who), first)
    second = attached(who, draft, "later.pdf")
    unsent = [office.get(f"/coordinator/dossiers/{draft.reference}/files/{each}") for each in (first, second)]
    call.write(draft, steps="Eerst de buren.")
    call.hand_in(draft)
    sent = [office.get(f"/coordinator/dossiers/{draft.reference}/files/{each}") for each in (first, second)]

    assert [each.status_code for each in unsent] == [200, 404]
    assert [each.status_code for each in sent] == [200, 200]
    assert group.get(path(draft, f"/files/{first}")).status_code == 200


def attached(who, draft, name):
    file = examined(name, b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n", limit=10_000)
    with unit_of_work():
        return attach(who, queries.for_step(draft.reference, by=who), "paper", file).id


def fresh(draft):
    db.session.rollback()
    return db.session.get_one(Dossier, draft.id)


def test_the_body_gets_who_is_not_invited_and_the_letter_is_seen_before_it_leaves(call, browser):
    dossier = call.turned_away()
    lot = f"/coordinator/calls/{call.call.reference}/decisions/{call.lot.key}"
    office = browser(call.coordinator)

    listed = words(office.page(lot))
    call.decide()
    letter = words(office.page(f"/coordinator/dossiers/{dossier.reference}/letter"))

    assert dossier.reference in listed
    assert "Niet uitgenodigd" in listed
    assert REASON in letter


def test_the_office_sees_what_the_whole_application_changed_of_the_short_form(call, browser):
    dossier = call.invited()
    call.write(dossier, summary="Een kamer voor twee dorpen.", steps="Eerst de buren.")
    call.hand_in(dossier)

    page = browser(call.coordinator).page(f"/coordinator/dossiers/{dossier.reference}")

    changed = " ".join(page.find(id="changes").find_parent("section").get_text(" ").split())
    assert "Samenvatting" in changed
    assert "twee dorpen." in changed
    assert "Eerst de buren." in changed


def test_the_short_form_is_read_first_and_nothing_is_checked_yet(call, browser):
    office = browser(call.coordinator)
    short = office.page(f"/coordinator/dossiers/{call.preapplied().reference}")
    whole = office.page(f"/coordinator/dossiers/{call.whole().reference}")

    assert short.select_one("details[open] summary").get_text() == "Het korte formulier lezen"
    assert short.find(id="check") is None
    assert whole.find(id="check") is not None
