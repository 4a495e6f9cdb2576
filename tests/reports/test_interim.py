"""A report halfway: written like the last one, approved or sent back with reasons; the last one waits."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.applications.files import examined
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Refused
from callflow.core.outbox import OutboxMail
from callflow.core.workflow import Blocked
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.lifecycle import values
from callflow.reports import actions, rules
from callflow.reports.queries import report_of
from callflow.reports.states import ReportKind
from tests import factories as make
from tests.reports.test_actions import FORM
from tests.rounds import Round

HALF, LAST = ReportKind.interim, ReportKind.final
HALFWAY = [
    {
        "id": "progress",
        "title": make.twin("Voortgang", "Avancement"),
        "fields": [
            {
                "id": "so_far",
                "kind": "long_text",
                "label": make.twin("Tot nu", "À ce jour"),
                "required": True,
            },
            {"id": "proofs", "kind": "file", "label": make.twin("Bewijs", "Pièces"), "files": 2},
        ],
    }
]
WITH_INTERIM = Procedure(scores_needed=1, interim=True)
PDF = examined("bewijs.pdf", b"%PDF-1.7\n%%EOF\n", limit=1000)


@pytest.fixture
def call(app) -> Round:
    return Round(WITH_INTERIM, interim_form=HALFWAY, report_form=FORM)


def save(call, dossier, typed, kind=HALF):
    who = make.actor(call.resident)
    with unit_of_work():
        loaded = dossiers.for_step(dossier.reference, by=who)
        return actions.save_report(who, loaded, typed, kind=kind)


def send(call, dossier, kind=HALF):
    who = make.actor(call.resident)
    db.session.expire_all()
    version = report_of(dossier, kind).version
    with unit_of_work():
        actions.send(who, dossiers.for_step(dossier.reference, by=who), version=version, kind=kind)
    return make.take(dossier, rules.STEPS[kind], call.resident)


def sent(call):
    dossier = call.released()
    save(call, dossier, {"so_far": "De kamer is geschilderd."})
    return send(call, dossier)


def mails(notice):
    return db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == notice)).all()


def test_the_last_report_waits_for_the_one_halfway(call):
    dossier = call.released()
    with pytest.raises(Refused) as early:
        save(call, dossier, {"done": "Klaar."}, LAST)
    save(call, dossier, {"so_far": "De kamer is geschilderd."})
    send(call, dossier)
    with pytest.raises(Refused) as unread:
        save(call, dossier, {"done": "Klaar."}, LAST)
    make.take(dossier, "approve_interim", call.coordinator, values.Remarking("Mooi op weg."))
    save(call, dossier, {"done": "Klaar.", "people": "12"}, LAST)
    send(call, dossier, LAST)
    make.take(dossier, "close", call.coordinator, values.Approving(Decimal(3900), ""))

    assert (early.value.code, unread.value.code) == ("report_not_open", "report_not_open")
    assert make.state_of(dossier) is State.closed
    halfway, last = report_of(dossier, HALF), report_of(dossier, LAST)
    assert (halfway.remarks, halfway.answers) == ("Mooi op weg.", {"so_far": "De kamer is geschilderd."})
    assert last.answers["done"] == "Klaar."
    assert last.approved_at is not None
    assert [each.language for each in mails("interim_approved")] == ["nl"]


def test_it_is_sent_back_with_reasons_changed_and_sent_again(call):
    dossier = sent(call)
    with pytest.raises(Blocked) as silent:
        make.take(dossier, "return_interim", call.coordinator, values.Reason(" "))
    make.take(dossier, "return_interim", call.coordinator, values.Reason("Zeg ook wat u uitgaf."))
    back = report_of(dossier, HALF)

    assert [each.code for each in silent.value.reasons] == ["return_why"]
    assert (make.state_of(dossier), back.submitted_at, back.returned_why) == (
        State.selected, None, "Zeg ook wat u uitgaf.",
    )  # fmt: skip
    assert "Zeg ook wat u uitgaf." in mails("interim_returned")[0].body
    save(call, dossier, {"so_far": "Geschilderd voor 300 euro."})
    send(call, dossier)
    assert make.state_of(dossier) is State.interim_reported


def reported():
    """A call with a form for the last report, and a dossier of which it is handed in."""
    call = Round(report_form=FORM)
    dossier = call.released()
    save(call, dossier, {"done": "Klaar.", "people": "12"}, LAST)
    send(call, dossier, LAST)
    return call, dossier


def test_the_last_report_is_sent_back_as_well_with_what_must_change(app, client):
    call, dossier = reported()
    back = f"/coordinator/dossiers/{dossier.reference}/steps/return_report"

    refused = client.sign_in(call.coordinator).submit(back, {"text": " "})
    taken = client.submit(back, {"text": "De facturen ontbreken."})
    page = client.sign_in(call.resident).page(f"/applications/{dossier.reference}").main.get_text(" ")

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert (make.state_of(dossier), report_of(dossier, LAST).submitted_at) == (State.selected, None)
    assert "De facturen ontbreken." in mails("report_returned")[0].body
    assert "De facturen ontbreken." in page
    assert "Pas het eindverslag aan" in page
    save(call, dossier, {"people": "13"}, LAST)
    send(call, dossier, LAST)
    make.take(dossier, "close", call.coordinator, values.Approving(Decimal(3900), ""))
    assert make.state_of(dossier) is State.closed


def test_a_report_on_granted_money_is_approved_with_its_costs(app, client):
    call, dossier = reported()
    close = f"/coordinator/dossiers/{dossier.reference}/steps/close"

    empty = client.sign_in(call.coordinator).submit(close, {"approved_costs": ""})
    none = client.submit(close, {"approved_costs": "0"})

    assert (empty.status_code, none.status_code) == (422, 303)
    assert "Er is geld toegekend" in empty.get_data(as_text=True)
    assert report_of(dossier, LAST).approved_costs == 0


def test_a_report_that_was_sent_does_not_change(call):
    dossier = sent(call)

    with pytest.raises(Refused):
        save(call, dossier, {"so_far": "Toch anders"})
    assert report_of(dossier, HALF).answers == {"so_far": "De kamer is geschilderd."}


def test_a_file_of_one_report_is_not_taken_out_of_the_other(call):
    dossier = call.released()
    who = make.actor(call.resident)
    with unit_of_work():
        kept = actions.attach(who, dossiers.for_step(dossier.reference, by=who), "proofs", PDF, kind=HALF)
    save(call, dossier, {"so_far": "Geschilderd."})
    send(call, dossier)
    make.take(dossier, "approve_interim", call.coordinator, values.Remarking())
    save(call, dossier, {"done": "Klaar."}, LAST)
    with unit_of_work():
        actions.remove_file(who, dossiers.for_step(dossier.reference, by=who), kept.id)

    assert [each["id"] for each in report_of(dossier, HALF).answers["proofs"]] == [kept.id]
    assert kept.removed_at is None


def test_while_a_group_is_heard_nothing_is_approved_or_returned(call):
    dossier = sent(call)
    until = clock.today() + timedelta(days=15)
    make.take(dossier, "hear", call.coordinator, values.Inviting("12", "Niet begonnen.", until))

    for trigger, given in (("approve_interim", values.Remarking()), ("return_interim", values.Reason("Nee"))):
        with pytest.raises(Blocked) as heard:
            make.take(dossier, trigger, call.coordinator, given)
        assert [each.code for each in heard.value.reasons] == ["hearing_open"]


@pytest.mark.parametrize(
    ("procedure", "halfway", "last"),
    [
        (Procedure(), set(), {State.selected, State.guided}),
        (Procedure(report=False), set(), set()),
        (Procedure(agreement=True), set(), {State.agreed, State.guided}),
        (Procedure(interim=True), {State.selected, State.guided}, {State.interim_approved}),
        (Procedure(agreement=True, interim=True), {State.agreed, State.guided}, {State.interim_approved}),
    ],
)
def test_when_each_report_is_written(procedure, halfway, last):
    assert rules.reporting(procedure, HALF) == halfway
    assert rules.reporting(procedure, LAST) == last
