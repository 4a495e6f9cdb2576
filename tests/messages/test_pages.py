"""Messages on the pages of a group, a coach and a coordinator."""

import pytest

from callflow.dossiers.states import Task
from callflow.people.states import Right
from tests import factories as make
from tests.rounds import Round


@pytest.fixture
def village(app):
    """A screened dossier with a coach, a juror and a member who may only read."""
    made = Round()
    made.viewer = make.person(name="Kijker Voorbeeld")
    made.group = make.group({made.resident: Right.submit, made.viewer: Right.view})
    made.dossier = made.screened()
    made.give(made.dossier, Task.coach, made.coach)
    made.ref = made.dossier.reference
    return made


def test_a_group_writes_and_the_office_answers(village, client):
    here = f"/applications/{village.ref}/messages"

    sent = client.sign_in(village.resident).submit(here, {"subject": "Zaal", "text": "Mag het in de zaal?"})
    page = client.page(sent.location)

    assert "Mag het in de zaal?" in page.main.get_text()
