"""How many mails stand in which state is counted while it happens, and comes out as by looking at each."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from callflow.core import clock, mail_tally, outbox
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.mail_tally import MailTally
from callflow.core.outbox import LETTER_FAILED, MailState, OutboxMail
from callflow.desk import administrator, scope
from callflow.desk import outbox as desk
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.states import Kind
from callflow.lifecycle import verify as proof
from tests import factories as make
from tests.adding_up import beside_two
from tests.meanwhile import meanwhile
from tests.pilots.beside import beside
from tests.plans import as_of_ten_thousand, looked_at
from tests.rounds import Round


@pytest.fixture
def call(app):
    return Round()


def written(call, dossier_id=None, *, hold=False, within=True):
    return outbox.queue(
        notice="notice", language="nl", recipient="x@voorbeeld.example", subject="Dag", body="",
        call_id=call.call.id if within else None, dossier_id=dossier_id, hold=hold,
    )  # fmt: skip


def told():
    db.session.rollback()
    cell = (MailTally.call_id, MailTally.lot_id, MailTally.state, MailTally.failed)
    rows = db.session.execute(select(*cell, func.sum(MailTally.number)).group_by(*cell))
    return {tuple(key): number for *key, number in rows if number}


def there():
    """Each looked at; private mails, and those about drafts and pilots, left out."""
    db.session.rollback()
    dossiers = {each.id: each for each in db.session.scalars(select(Dossier))}
    found = Counter()
    for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.call_id.is_not(None))):
        about = dossiers.get(mail.dossier_id)
        if about is None and mail.dossier_id is not None:
            continue
        if about is not None and (about.kind is not Kind.application or about.submitted_at is None):
            continue
        failed = mail.state is MailState.waiting and mail.last_answer == LETTER_FAILED
        found[mail.call_id, about and about.lot_id, mail.state, failed] += 1
    return found


def long():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(MailTally))


def busy(call):
    """Mails about two applications, a draft, a pilot, the whole call and nobody's business; some sent."""
    first, second = call.submitted(), call.scored()
    draft = make.draft(call.lot, call.resident, call.group)
    beside(call, make.person(), make.person())
    with unit_of_work():
        for about in (first.id, first.id, second.id, draft.id, None):
            written(call, about, hold=about == second.id)
        written(call, within=False)
        db.session.flush()
        mine = db.update(OutboxMail).where(OutboxMail.dossier_id == first.id)
        db.session.execute(mine.values(state=MailState.sent, sent_at=clock.now()))
    return draft


def test_what_is_told_is_what_is_there_before_and_after_it_is_added_up(call):
    busy(call)
    before, rows = told(), long()

    merged = mail_tally.merge(2)

    assert before == told() == there()
    assert {state for _call, _lot, state, _failed in before} >= {MailState.sent, MailState.held}
    assert {lot for _call, lot, _state, _failed in before} == {call.lot.id, None}
    assert long() == len(before) == rows - merged < rows
    assert mail_tally.merge(2) == 0


def test_the_mails_of_a_draft_count_from_the_moment_that_it_is_handed_in(call):
    draft = busy(call)
    before = sum(told().values())

    make.take(draft, "submit", call.resident, make.values.Submitting(draft.content_version))

    assert told() == there()
    assert sum(told().values()) == before + 3  # the one of the draft, and two that tell of handing it in


@pytest.mark.unverified
def test_what_is_changed_or_goes_at_one_stroke_is_counted_too(call):
    busy(call)
    with unit_of_work():
        waiting = db.update(OutboxMail).where(OutboxMail.state != MailState.sent)
        db.session.execute(waiting.values(state=MailState.waiting, last_answer=LETTER_FAILED))
    assert told() == there()
    assert (call.call.id, None, MailState.waiting, True) in told()

    with unit_of_work():
        db.session.execute(db.update(Dossier).values(lot_id=make.lots(make.call())[0].id))
    assert told() == there()

    with unit_of_work():
        db.session.execute(db.delete(OutboxMail))
    assert told() == there() == {}


def test_everybody_is_told_of_what_they_would_find_by_looking(call):
    busy(call)
    aside = call.submitted()
    people = {
        "of the call": make.person((Role.coordinator, "call", call.call.id)),
        "of the lot": make.person((Role.signatory, "lot", call.lot.id)),
        "of everything": make.person((Role.coordinator, "all", 0)),
        "in conflict": make.person((Role.coordinator, "call", call.call.id)),
    }
    with unit_of_work():
        db.session.add(
            Exclusion(
                dossier_id=aside.id, person_id=people["in conflict"].id, reason="Familie", since=clock.now()
            )
        )
    found = {}
    for name, person in people.items():
        actor = make.actor(person)
        line = next(each for each in scope.calls_of(actor) if each.id == call.call.id)
        mine = [OutboxMail.call_id == line.id, desk.visible(actor)]
        found[name] = sum(desk.listing(actor, line, desk.Asked()).counts.values())

        assert desk._all_counts(actor, line.id, mine) == desk._counts(mine)

    about_call = sum(number for (_call, lot, *_), number in there().items() if lot is None)
    assert found == {
        "of the call": sum(there().values()),
        "of the lot": sum(there().values()) - about_call,
        "of everything": sum(there().values()),
        "in conflict": sum(there().values()) - 2,
    }
    assert about_call > 0


@pytest.mark.once
def test_the_counts_are_read_from_the_rows_that_triggers_wrote(call):
    busy(call)

    looked = looked_at(desk._told(make.actor(call.coordinator)).params(call=call.call.id))

    assert [each for each in looked if "mail_tally" in each] == [
        "SEARCH mail_tally USING COVERING INDEX ix_mail_tally_call (call_id=?)"
    ]
    assert [each for each in looked if "outbox_mail" in each] == [
        "SEARCH outbox_mail USING INDEX ix_outbox_mail_dossier_id (dossier_id=?)"
    ]


@pytest.mark.once
@pytest.mark.unverified
def test_what_is_lost_is_found_by_its_state_among_many_in_another(call):
    busy(call)
    with unit_of_work():
        db.session.execute(db.update(OutboxMail).values(state=MailState.held, sent_at=None))
    as_of_ten_thousand()

    looked = looked_at(administrator.lost())

    assert [each for each in looked if each.startswith("SCAN") and "mail_tally" not in each] == []
    assert any("ix_outbox_due (state=?)" in each for each in looked)


@pytest.mark.unverified
def test_verify_names_a_call_whose_mails_are_miscounted(call):
    reference = call.call.reference
    call.submitted()
    with unit_of_work():
        one = select(func.max(MailTally.id)).scalar_subquery()
        db.session.execute(db.update(MailTally).where(MailTally.id == one).values(number=3))

    found = [(each.code, each.about, each.detail) for each in proof.breaks()]

    assert found == [("mail_tally_differs", reference, "2")]


def test_mails_beside_two_that_add_up_are_not_lost(committed):
    call = Round()
    busy(call)

    beside_two(committed.app, mail_tally.merge, call.scored)

    assert told() == there()


def test_a_mail_about_a_draft_that_is_handed_in_meanwhile_is_not_lost(committed):
    call = Round()
    draft = make.draft(call.lot, call.resident, call.group)
    version, draft_id = draft.content_version, draft.id
    db.session.rollback()

    def hands_in():
        found = db.session.get_one(Dossier, draft_id)
        make.take(found, "submit", call.resident, make.values.Submitting(version))

    meanwhile(committed.app, lambda: written(call, draft_id), hands_in)

    assert told() == there()
    assert sum(told().values()) == 3
