"""flask verify names whatever no longer agrees about pilots, and is silent about a sound one."""

import pytest
from sqlalchemy import text

from callflow.cli import words
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers.states import State
from callflow.jury.models import Sheet
from callflow.lifecycle import piloted, verify
from callflow.people.models import User
from tests.pilots.trio import Trio

pytestmark = pytest.mark.unverified
BREAKS = {
    "pilot_without_partners": "UPDATE party SET part = 'government', municipality_code = '32030' "
    "WHERE dossier_id = :id AND part = 'guide'",
    "pilot_not_agreed": "UPDATE agreement SET verdict = 'objected' WHERE pilot_id = :id",
    "pilot_report_disagrees": "UPDATE pilot_report SET approved_at = NULL WHERE pilot_id = :id",
    "pilot_report_altered": "UPDATE finding SET body = 'Mooier' WHERE pilot_id = :id AND kind = 'lesson'",
    "pilot_log_disagrees": "DELETE FROM log_entry WHERE pilot_id = :id",
    "partners_of_application": "UPDATE dossier SET kind = 'application' WHERE id = :id",
    "history_disagrees": "UPDATE dossier SET state = 'running', shown_state = 'running' WHERE id = :id",
}


def test_it_names_each_break_about_a_pilot_and_says_it_in_words(app):
    pilot = Trio().upto(State.closed)
    pilot_id, reference = pilot.id, pilot.reference
    assert list(verify.breaks()) == []

    unnamed = {}
    for code, statement in BREAKS.items():
        db.session.remove()
        point = db.engines[None].begin_nested()
        with unit_of_work():
            db.session.execute(text(statement), {"id": pilot_id})
        found = list(verify.breaks())
        if (code, reference) not in {(each.code, each.about) for each in found}:
            unnamed[code] = found
        assert all(words.broken(each.code, each.about, each.detail) for each in found)
        db.session.remove()
        point.rollback()

    with unit_of_work():
        juror = db.session.scalar(db.select(db.func.min(User.id)))
        db.session.add(Sheet(dossier_id=pilot_id, juror_id=juror, submission_number=1, saved_at=clock.now()))
    assert ("pilot_judged", reference) in {(each.code, each.about) for each in verify.breaks()}
    assert unnamed == {}
    assert piloted.check.codes() <= {*BREAKS, "pilot_judged"}
