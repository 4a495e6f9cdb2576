"""Verdicts on the checklist: written, replaced, refused, and kept in history."""

import pytest

from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Forbidden, Refused
from callflow.core.trail import Event, EventText
from callflow.dossiers import queries
from callflow.people.states import Right
from callflow.screening import queries as screening
from callflow.screening.actions import set_check
from callflow.screening.models import Verdict
from tests import factories as make


@pytest.fixture
def dossier(app):
    resident = make.person()
    return make.submitted(make.lots(make.call())[0], resident, make.group({resident: Right.submit}))


@pytest.fixture
def coordinator(dossier):
    return make.person((Role.coordinator, "call", dossier.call_id), name="Lieve")


def check(by, dossier, **what):
    with unit_of_work():
        loaded = queries.for_step(dossier.reference, by=make.actor(by))
        return set_check(make.actor(by), loaded, **what)


def test_a_verdict_is_written_with_who_found_it_and_when(dossier, coordinator):
    check(coordinator, dossier, point="in_area", verdict=Verdict.passed)

    found, name = screening.checks_of(dossier)["in_area"]
    assert (found.verdict, found.reason, name) == (Verdict.passed, "", "Lieve")
    assert found.checked_by == coordinator.id


def test_a_later_verdict_replaces_the_first_and_history_keeps_both(dossier, coordinator):
    check(coordinator, dossier, point="in_area", verdict=Verdict.failed, reason="Buiten het gebied")
    check(coordinator, dossier, point="in_area", verdict=Verdict.passed)

    events = db.session.scalars(
        db.select(Event).where(Event.action == "checked").order_by(Event.sequence)
    ).all()
    texts = db.session.scalars(db.select(EventText.body).where(EventText.event_id == events[0].id)).all()
    assert [event.data["verdict"] for event in events] == ["failed", "passed"]
    assert texts == ["Buiten het gebied"]
    assert len(screening.checks_of(dossier)) == 1


@pytest.mark.parametrize(
    "what, code",
    [
        ({"point": "in_area", "verdict": Verdict.failed, "reason": "  "}, "check_reason_missing"),
        ({"point": "elsewhere", "verdict": Verdict.passed}, "point_unknown"),
    ],
)
def test_what_a_verdict_cannot_be_is_refused_and_nothing_is_written(dossier, coordinator, what, code):
    with pytest.raises(Refused) as refused:
        check(coordinator, dossier, **what)

    assert refused.value.code == code
    assert screening.checks_of(dossier) == {}


def test_the_checklist_is_closed_once_the_dossier_is_screened(dossier, coordinator):
    check(coordinator, dossier, point="in_area", verdict=Verdict.passed)
    make.take(dossier, "screen", coordinator)

    with pytest.raises(Refused) as refused:
        check(coordinator, dossier, point="in_area", verdict=Verdict.failed, reason="Toch niet")

    assert refused.value.code == "screening_over"


def test_a_signatory_may_look_but_not_judge(dossier):
    signatory = make.person((Role.signatory, "call", dossier.call_id))

    with pytest.raises(Forbidden):
        check(signatory, dossier, point="in_area", verdict=Verdict.passed)
