"""The report of coaching as PDF: of a project and of a call, in both languages, without notes for staff."""

import subprocess

import pytest

from callflow.coaching.actions import Counsel, follow_up, waive_sessions, write_note
from callflow.coaching.models import Advice
from callflow.coaching.states import Follow
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries
from callflow.dossiers.states import Task
from tests import factories as make
from tests.client import CheckedClient
from tests.drawn import drawn
from tests.rounds import COACHED_BEFORE, Round


def text_of(answer, folder):
    """What the PDF says; it is tagged."""
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    path = folder / "report.pdf"
    path.write_bytes(answer.get_data())
    about, said = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for command in (["pdfinfo", path], ["pdftotext", "-layout", path, "-"])
    )
    assert "Tagged:          yes" in about
    return " ".join(said.split())


@pytest.fixture
def call(app):
    made = Round(COACHED_BEFORE)
    made.dossier = made.screened(answers={"title": "Een moestuin 🥕 achter de kerk"})
    made.give(made.dossier, Task.coach, made.coach)
    other = made.screened(answers={"title": "Zonder gesprek"})
    made.give(other, Task.coach, made.coach)
    made.coach_them(
        made.dossier,
        minutes=90,
        summary="We lazen de begroting na.",
        advice=[
            Counsel(made.dossier.reference, "Vraag drie offertes", "need"),
            Counsel(made.dossier.reference, "Bel"),
        ],
    )
    who = make.actor(made.coach)
    with unit_of_work():
        loaded = queries.for_step(made.dossier.reference, by=who)
        first = db.session.scalar(db.select(db.func.min(Advice.id)))
        follow_up(who, loaded, advice_id=first, to=Follow.done, word="Gedaan")
        write_note(who, loaded, text="GEHEIM")
    who = make.actor(made.coordinator)
    with unit_of_work():
        waive_sessions(who, queries.for_step(other.reference, by=who), reason="Al begeleid")
    return made


def test_a_project_says_what_was_agreed_and_what_became_of_it(call, client, app, tmp_path):
    path = f"/coach/dossiers/{call.dossier.reference}/coaching.pdf"

    dutch = text_of(drawn(client.sign_in(call.coach), path), tmp_path)
    french = text_of(drawn(client, f"{path}?lang=fr"), tmp_path)
    office = CheckedClient(app).sign_in(call.coordinator)
    theirs = text_of(drawn(office, f"/coordinator/dossiers/{call.dossier.reference}/coaching.pdf"), tmp_path)

    for part in (
        "Verslag van de begeleiding van",
        "We lazen de begroting na.",
        "Nood",
        "Vraag drie offertes",
        "Gedaan",
    ):
        assert part in dutch
    assert "Uren 1,5" in dutch
    assert "Opgevolgd 1" in dutch
    assert "Bilan de l’accompagnement de" in french
    assert theirs == dutch
    assert "GEHEIM" not in dutch + french
    assert CheckedClient(app).sign_in(call.resident).get(path).status_code == 403


def test_a_call_adds_up_projects_days_and_advice(call, client, tmp_path):
    path = f"/coordinator/coaching/report.pdf?call={call.call.reference}"

    dutch = text_of(drawn(client.sign_in(call.coordinator), path), tmp_path)
    french = text_of(drawn(client, f"{path}&lang=fr"), tmp_path)

    assert "Gegeven adviezen 2" in dutch
    assert "Sofie Voorbeeld 2 1,5 0,19" in dutch
    assert "nog 19,81 van 20 dagen" in dutch
    assert "Vrijgesteld van ontbrekende gesprekken" in dutch
    assert "Conseils donnés 2" in french
    assert "GEHEIM" not in dutch + french
    assert (dutch.count("1 van 1"), dutch.count("0 van 1")) == (1, 1)
