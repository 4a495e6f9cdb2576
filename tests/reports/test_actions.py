"""A report is written together like an application, checked, sent once, and then stays as it is."""

from typing import Any

import pytest

from callflow.applications.files import examined
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Forbidden, Refused
from callflow.core.trail import check_all
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.people.models import Membership, User
from callflow.people.states import Right
from callflow.reports import actions, rules
from callflow.reports.models import Report
from callflow.reports.queries import report_of
from tests import factories as make
from tests.rounds import Round

FORM = [
    {
        "id": "result",
        "title": make.twin("Resultaat", "Résultat"),
        "fields": [
            {"id": "done", "kind": "long_text", "label": make.twin("Gedaan", "Fait"), "required": True},
            {"id": "people", "kind": "number", "label": make.twin("Mensen", "Personnes"), "required": True},
            {"id": "proofs", "kind": "file", "label": make.twin("Bewijs", "Pièces"), "files": 1},
        ],
    }
]
ANSWERS = {"done": "De kamer is open.", "people": "1.200"}
PDF = examined("bewijs.pdf", b"%PDF-1.7\n%%EOF\n", limit=1000)


@pytest.fixture
def told(app) -> tuple[Round, Dossier]:
    """A group that was told that its project is selected."""
    call = Round(report_form=FORM)
    return call, call.released()


def save(dossier: Dossier, by: User, typed: dict[str, Any], **more: Any) -> Any:
    who = make.actor(by)
    with unit_of_work():
        return actions.save_report(who, dossiers.for_step(dossier.reference, by=who), typed, **more)


def send(dossier: Dossier, by: User, version: int) -> None:
    who = make.actor(by)
    with unit_of_work():
        actions.send(who, dossiers.for_step(dossier.reference, by=who), version=version)


def report(dossier: Dossier) -> Report:
    db.session.expire_all()
    found = report_of(dossier)
    assert found is not None
    return found


def test_answers_are_kept_each_with_its_version(told: tuple[Round, Dossier]):
    call, dossier = told

    saved = save(dossier, call.resident, ANSWERS)
    save(dossier, call.resident, {"people": "veel"})

    kept = report(dossier)
    assert saved.versions == {"done": 1, "people": 1}
    assert kept.answers == {"done": "De kamer is open."}
    assert kept.typed == {"people": {"text": "veel", "language": "nl"}}
    assert kept.versions == {"done": 1, "people": 2}
    assert rules.missing(dossiers.seen(dossier.reference, by=make.actor(call.resident)), kept) == ("people",)
    assert list(check_all()) == []


def test_somebody_elses_newer_answer_is_never_covered(told: tuple[Round, Dossier]):
    call, dossier = told
    save(dossier, call.resident, ANSWERS)
    save(dossier, call.resident, {"done": "Van een ander."}, versions={"done": 1})

    with pytest.raises(Changed) as refused:
        save(dossier, call.resident, {"done": "Van mij."}, versions={"done": 1})

    assert refused.value.parameters == {"theirs": {"done": "Van een ander."}}
    assert report(dossier).answers["done"] == "Van een ander."


def test_a_report_is_sent_whole_as_it_was_checked_and_once(told: tuple[Round, Dossier]):
    call, dossier = told
    save(dossier, call.resident, {"done": "De kamer is open."})
    with pytest.raises(Refused, match="answers_missing"):
        send(dossier, call.resident, 1)
    save(dossier, call.resident, {"people": "12"})
    with pytest.raises(Changed, match="text_changed"):
        send(dossier, call.resident, 1)

    send(dossier, call.resident, 2)

    assert report(dossier).submitted_by == call.resident.id
    with pytest.raises(Refused, match="report_sent"):
        send(dossier, call.resident, 2)
    with pytest.raises(Refused, match="report_sent"):
        save(dossier, call.resident, {"done": "Nog iets."})


def test_a_file_is_added_and_taken_out(told: tuple[Round, Dossier]):
    call, dossier = told
    who = make.actor(call.resident)
    with unit_of_work():
        kept = actions.attach(who, dossiers.for_step(dossier.reference, by=who), "proofs", PDF).id
    assert [each["id"] for each in report(dossier).answers["proofs"]] == [kept]

    with pytest.raises(Refused, match="too_many_files"), unit_of_work():
        actions.attach(who, dossiers.for_step(dossier.reference, by=who), "proofs", PDF)
    with pytest.raises(Refused, match="no_such_field"), unit_of_work():
        actions.attach(who, dossiers.for_step(dossier.reference, by=who), "done", PDF)
    for _ in range(2):
        with unit_of_work():
            actions.remove_file(who, dossiers.for_step(dossier.reference, by=who), kept)
    assert "proofs" not in report(dossier).answers


def test_nothing_is_reported_before_the_group_was_told(app):
    call = Round(report_form=FORM)
    prepared = call.prepared()

    with pytest.raises(Refused, match="report_not_open"):
        save(prepared, call.resident, ANSWERS)


@pytest.mark.parametrize("right", [Right.view, Right.edit])
def test_members_do_what_their_right_says(told: tuple[Round, Dossier], right: Right):
    call, dossier = told
    member = make.person()
    with unit_of_work():
        db.session.add(
            Membership(group_id=call.group.id, user_id=member.id, right=right, since=make.clock.now())
        )

    if right is Right.view:
        with pytest.raises(Forbidden):
            save(dossier, member, ANSWERS)
    else:
        save(dossier, member, ANSWERS)
        with pytest.raises(Forbidden):
            send(dossier, member, 1)
