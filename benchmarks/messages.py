"""What a coordinator waits for who writes to many groups at once: messages, histories and mails queued."""

import time
from collections.abc import Iterator

from sqlalchemy import func, select

from benchmarks.figures import Figure
from benchmarks.site import site
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.messages import actions
from callflow.people import queries as people
from callflow.people.models import Group, Membership
from callflow.people.states import Right
from tests import factories

SIZE, MAILS = 10_000, 1_750
WORDS = {"nl": "Kom naar de infoavond.", "fr": "Venez à la soirée d’information."}


def figures() -> Iterator[Figure]:
    """In a call of 10 000 applications: a thread, a message and a mail for each of 1 750."""
    with site(SIZE) as place:
        _members()
        refs = list(place.world.references[:MAILS])
        actor = people.actor(place.world.coordinator.id)
        start = time.process_time()
        with unit_of_work():
            found = dossiers.for_many(refs, by=actor, permission=P.message_office)
            call_id = found[0].call_id
            actions.write_to_many(actor, found, call_id=call_id, subject=WORDS, text=WORDS)
        taken = (time.process_time() - start) * 1000
        queued = db.session.scalar(select(func.count()).where(OutboxMail.notice == "message"))
        if queued != MAILS:
            raise RuntimeError(f"{queued} mails were queued, not {MAILS}")
        yield Figure(f"mails_queued_{MAILS}@{SIZE}", taken, "ms", 1000)


def _members() -> None:
    """Somebody in each group, who gets the mail."""
    groups = db.session.scalars(select(Dossier.group_id).distinct()).all()
    for group_id in groups:
        member = factories.person(language=db.session.get_one(Group, group_id).language)
        with unit_of_work():
            since = db.session.get_one(Group, group_id).created_at
            db.session.add(Membership(group_id=group_id, user_id=member.id, right=Right.submit, since=since))
