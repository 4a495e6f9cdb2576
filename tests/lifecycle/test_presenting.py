"""A group presents its project before the jury scores: invited, told, noted; by the pages of everybody."""

from datetime import timedelta

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.outbox import OutboxMail
from callflow.core.workflow import Blocked, NotAllowed
from callflow.dossiers.states import State, Task
from callflow.jury.models import Presentation
from callflow.lifecycle import values
from callflow.lifecycle.changing.dry_run import dry_run
from callflow.lifecycle.stages import presenting_from, scoring_from
from callflow.people.states import Right
from tests import factories as make
from tests.client import soup_of
from tests.rounds import Round
from tests.setups import setup_of

PRESENTING = Procedure(presentation=True, scores_needed=1)
NEXT_WEEK = timedelta(days=7)


@pytest.fixture
def call(app):
    return Round(PRESENTING)


def invited(call, *, at=None, place="Raadzaal, Lo", text="Tien minuten."):
    dossier = call.screened()
    given = values.Presenting(at or clock.now() + NEXT_WEEK, place, text)
    return make.take(dossier, "invite_to_present", call.coordinator, given)


def noted(call, dossier, *, came=True, text=""):
    at = held(dossier).held_at + timedelta(hours=1)
    with clock.fixed(at):
        return make.take(dossier, "note_presentation", call.coordinator, values.Presented(came, text))


def held(dossier) -> Presentation:
    db.session.rollback()
    return db.session.scalars(db.select(Presentation).where(Presentation.dossier_id == dossier.id)).one()


def mails(dossier):
    query = db.select(OutboxMail).where(OutboxMail.dossier_id == dossier.id)
    return list(db.session.scalars(query.where(OutboxMail.notice == "presentation").order_by(OutboxMail.id)))


def reasons(call, dossier, trigger, given=None):
    with pytest.raises(Blocked) as caught:
        make.take(dossier, trigger, call.coordinator, given)
    return [reason.code for reason in caught.value.reasons]


def test_the_stage_stands_between_coaching_and_the_jury():
    coached = Procedure(presentation=True, coaching=Coaching.before)

    assert presenting_from(PRESENTING) is State.screened
    assert presenting_from(coached) is State.coached
    assert presenting_from(Procedure()) is None
    assert scoring_from(PRESENTING) is scoring_from(coached) is State.presented


def test_an_invitation_is_kept_and_told_to_who_writes(call):
    colleague = make.person(language="fr")
    call.group = make.group({call.resident: Right.submit, colleague: Right.edit, make.person(): Right.view})

    dossier = invited(call)

    assert dossier.state is State.screened
    assert (held(dossier).place, held(dossier).words, held(dossier).came) == (
        "Raadzaal, Lo",
        "Tien minuten.",
        None,
    )
    told = {mail.language: mail for mail in mails(dossier)}
    assert told.keys() == {"nl", "fr"}
    assert "Waar: Raadzaal, Lo" in told["nl"].body
    assert "Où\u00a0: Raadzaal, Lo" in told["fr"].body
    assert "Tien minuten." in told["nl"].body
    assert told["fr"].recipient == colleague.email


def test_a_second_invitation_takes_the_place_of_the_first(call):
    dossier = invited(call)
    later = clock.now() + 2 * NEXT_WEEK

    make.take(dossier, "invite_to_present", call.coordinator, values.Presenting(later, "Gildenhuis"))

    assert (held(dossier).held_at, held(dossier).place) == (later, "Gildenhuis")
    assert len(mails(dossier)) == 2


def test_an_invitation_says_where_and_when_in_time_to_come(call):
    dossier = call.screened()
    past, place = clock.now() - timedelta(minutes=1), "Raadzaal"

    assert reasons(call, dossier, "invite_to_present", values.Presenting(past, place)) == [
        "presentation_past"
    ]
    given = values.Presenting(clock.now() + NEXT_WEEK, "  ")
    assert reasons(call, dossier, "invite_to_present", given) == ["presentation_nowhere"]


def test_nothing_is_noted_before_its_hour_nor_of_who_was_not_invited(call):
    came = values.Presented(came=True)

    assert reasons(call, call.screened(), "note_presentation", came) == ["not_invited"]
    assert reasons(call, invited(call), "note_presentation", came) == ["presentation_ahead"]


def test_who_did_not_come_has_it_explained(call):
    dossier = invited(call)

    with clock.fixed(held(dossier).held_at):
        given = values.Presented(came=False, text=" ")
        assert reasons(call, dossier, "note_presentation", given) == ["absence_unexplained"]
    noted(call, dossier, came=False, text="Ziek")

    assert make.state_of(dossier) is State.presented
    assert (held(dossier).came, held(dossier).remark) == (False, "Ziek")


def test_the_jury_scores_once_it_is_noted_and_the_dossier_goes_on(call):
    dossier = noted(call, invited(call))
    call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    call.score(dossier, call.juror)

    make.take(dossier, "close_scoring", call.coordinator)

    assert make.state_of(dossier) is State.scored


def test_only_the_office_invites_and_notes(call):
    dossier = call.screened()

    for person in (call.resident, call.coach, call.signatory):
        with pytest.raises((NotAllowed, NotFound)):
            make.take(
                dossier, "invite_to_present", person, values.Presenting(clock.now() + NEXT_WEEK, "Raadzaal")
            )


def test_the_pages_of_the_office_invite_and_note(call, client):
    dossier = call.screened()
    address = f"/coordinator/dossiers/{dossier.reference}"
    coordinator = client.sign_in(call.coordinator)
    day = (clock.today() + NEXT_WEEK).isoformat()
    step = f"{address}/steps/invite_to_present"

    empty = coordinator.submit(step, {"held_on": "", "place": ""})
    sent = coordinator.submit(step, {"held_on": day, "hour": "19:30", "place": "Raadzaal, Lo"})

    assert (empty.status_code, sent.status_code) == (422, 303)
    assert "Kies de dag." in soup_of(empty).get_text()
    shown = coordinator.page(address).get_text(" ", strip=True)
    assert "Raadzaal, Lo" in shown
    assert "19.30\u00a0uur" in shown
    again = coordinator.page(step)
    assert again.select_one("input[name=place]")["value"] == "Raadzaal, Lo"
    assert again.select_one("select[name=hour] option[selected]")["value"] == "19:30"
    with clock.fixed(held(dossier).held_at + timedelta(hours=2)):
        client.sign_in(call.coordinator)
        noted_by_page = client.submit(
            f"{address}/steps/note_presentation", {"came": "yes", "text": "Sterk verhaal"}
        )
        assert noted_by_page.status_code == 303
        assert "Sterk verhaal" in client.page(address).get_text()


def test_the_group_reads_when_and_where_and_the_jury_what_came_of_it(call, client):
    dossier = call.screened()
    address = f"/applications/{dossier.reference}"
    before = client.sign_in(call.resident).page(address).get_text(" ", strip=True)
    at = clock.now() + NEXT_WEEK
    make.take(
        dossier, "invite_to_present", call.coordinator, values.Presenting(at, "Raadzaal, Lo", "Tien minuten.")
    )

    status = client.page(address).get_text(" ", strip=True)
    home = client.page("/applications").get_text(" ", strip=True)
    noted(call, dossier, text="Sterk verhaal")
    call.give(dossier, Task.juror, call.juror)
    call.declare(call.juror)
    jury = client.sign_in(call.juror).page(f"/jury/dossiers/{dossier.reference}").get_text(" ", strip=True)

    assert "U wordt uitgenodigd om uw project voor te stellen aan de jury" in before
    assert "Waar: Raadzaal, Lo. Tien minuten." in status
    assert "Stel uw project voor aan de jury op" in status
    assert "Stel uw project voor aan de jury op" in home
    assert "Sterk verhaal" in jury
    assert "De groep heeft haar project voorgesteld." in jury


def test_a_stage_that_groups_were_invited_to_is_not_taken_away(call):
    invited(call)
    setup = setup_of(call.call.reference, {"call.procedure.presentation": False})

    run = dry_run(make.actor(call.coordinator), setup)

    assert [change.refused for change in run.refused] == ["presentation_told"]
