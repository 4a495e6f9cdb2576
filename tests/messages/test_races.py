"""Two at one moment: nobody's message is lost, nobody is told twice, a mark is made once."""

from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.dossiers import queries as dossiers
from callflow.messages import actions, marks, queries
from callflow.messages.models import Mark, Message, Thread
from callflow.messages.rules import READS
from callflow.messages.states import Audience, Side
from callflow.people import queries as people
from tests import factories as make
from tests.conftest import Installation
from tests.people.test_races import all_at_once
from tests.rounds import Round


def test_all_who_write_and_read_at_once_are_heard_and_told_once(committed: Installation):
    village = Round()
    ref = village.submitted().reference
    members = {village.coordinator.id: Side.office, village.colleague.id: Side.office}
    members[village.resident.id] = Side.group
    key = begun(village, ref)

    def write_and_read(who: int) -> None:
        side, actor = members[who], people.actor(who)
        dossier = dossiers.for_step(ref, by=actor, permission=READS[side])
        thread = queries.thread(dossier, key, side=side)
        marks.mark_read(actor, dossier, thread, side=side, up_to=1)
        actions.reply(actor, dossier, thread, side=side, text=f"Van {who}", language="nl")

    outcomes = all_at_once(committed, write_and_read, list(members))

    assert outcomes == {"done": 3}
    texts = db.session.scalars(db.select(Message.text).order_by(Message.id)).all()
    assert sorted(texts[1:]) == sorted(f"Van {who}" for who in members)
    thread = db.session.scalars(db.select(Thread)).one()
    assert (thread.messages, thread.last_id) == (4, max(db.session.scalars(db.select(Message.id))))
    assert sorted(db.session.scalars(db.select(Mark.person_id))) == sorted(members)
    mails = db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == "message")).all()
    unread = {mail.recipient_id for mail in mails}
    assert unread <= set(members)
    assert len([mail for mail in mails if mail.recipient_id == village.resident.id]) <= 2


def begun(village: Round, ref: str) -> str:
    who = make.actor(village.resident)
    with unit_of_work():
        loaded = dossiers.for_step(ref, by=who)
        thread = actions.open_thread(
            who, loaded, side=Side.group, subject="Zaal", audience=Audience.office, text="En?", language="nl"
        )
        key = thread.key
    db.session.commit()
    return key
