"""flask verify: silent about what is sound, and a name for every way in which it can be broken."""

import hashlib

import pytest
from sqlalchemy import Row, text

from callflow.core.db import db, on_sqlite, unit_of_work
from callflow.core.storage import storage
from callflow.core.trail import canonical
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter
from callflow.lifecycle import agreed, agreement, promises, triggered, verify
from tests.real.conftest import Command

pytestmark = pytest.mark.unverified
TRIGGERS = ("event_no_update", "event_no_delete", "event_text_no_delete", "event_text_erase_only")


def change(*statements: str, **values: object) -> None:
    """Change rows as somebody with the database's password would: past the triggers."""
    with unit_of_work():
        if on_sqlite():
            for trigger in TRIGGERS:
                db.session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        else:
            for table in ("event", "event_text"):
                db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            db.session.execute(text(statement), values)
    db.session.expire_all()


def found() -> set[tuple[str, str]]:
    """Every break: its code, and what it is about."""
    db.session.expire_all()
    return {(each.code, each.about) for each in verify.breaks()}


@pytest.fixture
def dossier(played) -> Row:
    """A selected project that reported and was closed: its id, reference and trail."""
    chosen = db.select(Dossier.id, Dossier.reference, Dossier.trail_id)
    selected = chosen.join(Decision, Decision.dossier_id == Dossier.id).where(Decision.outcome == "selected")
    return db.session.execute(selected.order_by(Dossier.id)).first()


def test_a_call_that_was_played_is_sound(played, command: Command):
    result = command("verify")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == "Nothing is broken."
    assert result.stdout.splitlines()[0] == played.stdout.splitlines()[-1]


def test_it_names_a_last_event_that_was_deleted(dossier):
    change(
        "DELETE FROM event_text WHERE event_id = (SELECT max(id) FROM event WHERE trail_id = :trail)",
        "DELETE FROM event WHERE id = (SELECT max(id) FROM event WHERE trail_id = :trail)",
        trail=dossier.trail_id,
    )

    assert ("tail_cut", dossier.reference) in found()


def test_it_names_two_events_that_were_swapped(dossier):
    change(
        "UPDATE event SET sequence = 999 WHERE trail_id = :trail AND sequence = 2",
        "UPDATE event SET sequence = 2 WHERE trail_id = :trail AND sequence = 3",
        "UPDATE event SET sequence = 3 WHERE trail_id = :trail AND sequence = 999",
        trail=dossier.trail_id,
    )

    assert ("order_changed", dossier.reference) in found()


def test_it_names_a_note_that_was_edited(dossier):
    change(
        "UPDATE event_text SET body = 'Anders' WHERE id = (SELECT min(t.id) FROM event_text t "
        "JOIN event e ON e.id = t.event_id WHERE e.trail_id = :trail)",
        trail=dossier.trail_id,
    )

    assert found() == {("text_edited", dossier.reference)}


def test_it_names_an_old_letter_that_was_put_back(dossier):
    letter = db.session.scalars(
        db.select(Letter).where(Letter.dossier_id == dossier.id).order_by(Letter.number.desc())
    ).first()
    old = {**letter.context, "title": "Zoals het vroeger was"}
    with unit_of_work():
        db.session.execute(
            db.update(Letter)
            .where(Letter.id == letter.id)
            .values(context=old, context_sha256=hashlib.sha256(canonical(old).encode()).hexdigest())
        )

    assert found() == {("letter_replaced", dossier.reference)}


def test_the_command_says_each_in_words_and_ends_with_one(dossier, command: Command):
    change("UPDATE dossier SET total_percent = total_percent + 1 WHERE id = :id", id=dossier.id)

    result = command("verify")

    assert result.exit_code == 1
    assert f"{dossier.reference}: has a total that its scores do not add up to" in result.stdout
    assert "1 breaks found." in result.stderr


UNTELL = (
    "UPDATE decision SET state = 'decided', released_at = NULL, released_by = NULL WHERE dossier_id = :id"
)
REQUEST = """INSERT INTO completion_request
    (dossier_id, number, due_at, by_law, form, answers, typed, versions, version, asked_at, asked_by,
    ended_at, ending)
    VALUES (:id, 9, '2026-02-01 00:00:00', false, '[]', '{}', '{}', '{}', 1, '2026-01-01 00:00:00',
    (SELECT min(id) FROM "user"), '2026-02-02 00:00:00', 'judged')"""
CHANGED = """INSERT INTO payee_change (agreement_id, state, version, name, relation, iban, why,
        asked_by, asked_at, answer, due_on, before_id, letter_id, ended_at)
        SELECT id, 'accepted', 1, 'Iemand', 'member', 'BE68539007547034', 'Zomaar', prepared_by, prepared_at,
        '', due_on, letter_id, {letter}, prepared_at FROM project_agreement WHERE dossier_id = :id"""
"""A change of payee that nobody asked for."""

BREAKS = {
    "decision_missing": "DELETE FROM decision WHERE dossier_id = :id",
    "decision_disagrees": "UPDATE decision SET outcome = 'not_selected' WHERE dossier_id = :id",
    "decision_changed": "UPDATE decision SET amount = amount + 100 WHERE dossier_id = :id",
    "shown_too_early": UNTELL,
    "shown_state_behind": "UPDATE dossier SET shown_state = 'scored' WHERE id = :id",
    "lot_elsewhere": """UPDATE decision SET lot_id =
        (SELECT min(l.id) FROM lot l WHERE l.id <> decision.lot_id) WHERE dossier_id = :id""",
    "envelope_exceeded": "UPDATE decision SET amount = 99999999 WHERE dossier_id = :id",
    "joint_envelope_exceeded": "UPDATE decision SET amount = 99999999 WHERE dossier_id = :id",
    "coaching_days_exceeded": "UPDATE decision SET coaching_days = 99999 WHERE dossier_id = :id",
    "letters_of_decision": "DELETE FROM letter WHERE dossier_id = :id AND kind = 'selected'",
    "letter_gone": "DELETE FROM letter WHERE dossier_id = :id AND kind = 'selected'",
    "letter_of_another_kind": """UPDATE letter SET kind = 'reserve'
        WHERE dossier_id = :id AND kind = 'selected'""",
    "letter_failed": "UPDATE letter SET state = 'failed' WHERE dossier_id = :id",
    "letter_changed": "UPDATE letter SET context_sha256 = '0' WHERE dossier_id = :id",
    "mail_missing": "DELETE FROM outbox_mail WHERE dossier_id = :id",
    "mail_twice": "UPDATE outbox_mail SET notice = 'selected' WHERE dossier_id = :id",
    "mail_too_early": UNTELL,
    "history_disagrees": "UPDATE dossier SET state = 'reported', shown_state = 'reported' WHERE id = :id",
    "submission_missing": """UPDATE submission SET submitted_at = '2026-01-01 00:00:00'
        WHERE application_id = :id""",
    "submission_changed": "UPDATE submission SET title = 'Anders' WHERE application_id = :id",
    "excluded_juror_counts": """INSERT INTO exclusion (dossier_id, person_id, declared, reason, since)
        SELECT dossier_id, juror_id, true, 'x', saved_at FROM score_sheet WHERE dossier_id = :id""",
    "sheet_of_a_stranger": "DELETE FROM assignment WHERE dossier_id = :id",
    "coach_is_juror": """UPDATE coaching_session
        SET coach_id = (SELECT min(juror_id) FROM score_sheet WHERE dossier_id = :id)""",
    "completion_disagrees": """UPDATE dossier SET state = 'incomplete', shown_state = 'incomplete'
        WHERE id = :id""",
    "completion_asks_nothing": REQUEST,
    "completion_unasked": REQUEST,
    "versions_disagree": """INSERT INTO submission
        (application_id, number, title, answers, form, sha256, submitted_at, submitted_by)
        SELECT application_id, number + 9, title, answers, form, sha256, submitted_at, submitted_by
        FROM submission WHERE application_id = :id AND number = 1""",
    "coached_too_little": "DELETE FROM session_dossier WHERE dossier_id = :id",
    "advice_without_session": "UPDATE advice SET submission_number = 9 WHERE dossier_id = :id",
    "member_works_on_own": """INSERT INTO membership (group_id, user_id, "right", since)
        SELECT d.group_id, a.person_id, 'view', a.assigned_at
        FROM dossier d JOIN assignment a ON a.dossier_id = d.id WHERE d.id = :id""",
    "promise_without_project": """UPDATE dossier SET state = 'withdrawn', shown_state = 'withdrawn'
        WHERE id = :id""",
    "prepared_by_nobody": """UPDATE decision SET prepared_by = NULL, origin = 'reserve'
        WHERE dossier_id = :id""",
    "promoted_without_place": "UPDATE decision SET origin = 'reserve' WHERE dossier_id = :id",
    "revoked_unheard": "UPDATE decision SET outcome = 'revoked', article = '12' WHERE dossier_id = :id",
    "conditions_disagree": """UPDATE decision SET outcome = 'selected_with_conditions'
        WHERE dossier_id = :id""",
    "agreement_missing": """UPDATE project_agreement SET state = 'offered', accepted_at = NULL
        WHERE dossier_id = :id""",
    "agreement_unsigned": """DELETE FROM acceptance
        WHERE agreement_id = (SELECT id FROM project_agreement WHERE dossier_id = :id)""",
    "agreement_text_differs": """UPDATE acceptance SET sha256 = '0'
        WHERE agreement_id = (SELECT id FROM project_agreement WHERE dossier_id = :id)""",
    "payee_change_disagrees": CHANGED.format(letter="(SELECT max(id) FROM letter WHERE dossier_id = :id)"),
    "payee_differs": CHANGED.format(letter="letter_id"),
    "agreement_stands": """UPDATE dossier SET state = 'withdrawn', shown_state = 'withdrawn'
        WHERE id = :id""",
    "report_missing": "UPDATE report SET approved_at = NULL WHERE dossier_id = :id",
    "report_changed": "UPDATE report SET answers = '{}' WHERE dossier_id = :id",
    "promise_differs": """UPDATE promise SET amount = amount + 100
        WHERE id = (SELECT max(id) FROM promise WHERE :id > 0)""",
    "mail_tally_differs": """UPDATE mail_tally SET number = number + 1
        WHERE id = (SELECT max(id) FROM mail_tally WHERE number > 0 AND :id > 0)""",
    "tally_differs": """UPDATE tally SET number = number + 1
        WHERE id = (SELECT max(id) FROM tally WHERE number > 0 AND :id > 0)""",
    "pile_differs": "UPDATE pile_item SET given = NOT given WHERE dossier_id = :id",
    "sheets_miscounted": "UPDATE dossier SET scores_given = 99 WHERE id = :id",
    "total_disagrees": "UPDATE dossier SET total_percent = 1 WHERE id = :id",
    "scores_changed": """UPDATE score SET value = CASE WHEN value > 100 THEN 100 ELSE 200 END
        WHERE value IS NOT NULL AND sheet_id IN (SELECT id FROM score_sheet WHERE dossier_id = :id)""",
    "check_changed": """UPDATE "check" SET verdict = 'failed' WHERE dossier_id = :id""",
}


def test_it_names_whatever_no_longer_agrees(dossier):
    unnamed = {}
    for code, statement in BREAKS.items():
        db.session.remove()  # so that nothing of the session lies around the savepoint
        point = db.engines[None].begin_nested()
        change(statement, id=dossier.id)
        codes = {each for each, _ in found()}
        if code not in codes:
            unnamed[code] = codes
        db.session.remove()
        point.rollback()

    assert unnamed == {}
    assert found() == set()


def test_every_check_between_rows_was_broken_once():
    families = (agreement, promises, agreed, triggered)
    known = set().union(*(each.check.codes() for each in families))
    assert known <= set(BREAKS)


def test_it_names_a_file_that_is_gone_or_damaged(dossier):
    kept, gone = (storage().put(content) for content in (b"een", b"twee"))
    letters = db.session.scalars(db.select(Letter).where(Letter.dossier_id == dossier.id).limit(2)).all()
    for letter, sha256 in zip(letters, (kept, gone), strict=True):
        change(
            "UPDATE letter SET state = 'rendered', pdf_sha256 = :sha WHERE id = :id", sha=sha256, id=letter.id
        )
    assert found() == set()

    storage().path(kept).write_bytes(b"anders")
    storage().path(gone).unlink()

    assert {code for code, _ in found()} == {"file_damaged", "file_missing"}
