"""Once a day: what was written to people who want one mail a day instead of one at once."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from callflow.calls.models import Call
from callflow.core import clock, mailing, outbox
from callflow.core.db import db, in_turn
from callflow.core.firing import Firing
from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.plan import Kind, Planned, hour_of
from callflow.lifecycle.timed.reminders import Row
from callflow.messages import queries
from callflow.messages.models import Mark, NoticeChoice, Thread
from callflow.messages.states import Often
from callflow.messages.telling import page_of, told_of
from callflow.people import queries as people
from callflow.people.models import User

NAME = "message_digest"


def _days(call: Call, now: datetime) -> list[Planned]:
    """Today and tomorrow at the hour of the call, as long as somebody is to be told of something."""
    if db.session.scalar(_waiting(call).limit(1)) is None:
        return []
    today = clock.local(now).date()
    return [_moment(call, today + timedelta(days=each)) for each in range(2)]


def _moment(call: Call, day: date) -> Planned:
    at, following = clock.at(day, hour_of(call)), clock.at(day + timedelta(days=1), hour_of(call))
    return Planned(NAME, f"0d@{day.isoformat()}", call.id, at, following)


def _waiting(call: Call) -> Select[*tuple[Any, ...]]:
    return (
        select(Mark.person_id.label("subject_id"), func.count().label("number"))
        .join(Thread, Thread.id == Mark.thread_id)
        .join(Dossier, Dossier.id == Thread.dossier_id)
        .join(NoticeChoice, NoticeChoice.person_id == Mark.person_id)
        .join(User, User.id == Mark.person_id)
        .where(Dossier.call_id == call.id, NoticeChoice.often == Often.daily, User.active, queries.untold())
        .group_by(Mark.person_id)
    )


def _untold(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    """Who was told on that day already is not told again, whichever call it was for."""
    other = aliased(Firing)
    today = (other.kind == NAME, other.edition == planned.edition, other.subject_id == Mark.person_id)
    return _waiting(call).where(~exists(select(other.id).where(*today)))


def _say(call: Call, _planned: Planned, row: Row) -> None:
    """One mail for all calls; two workers that come for one person wait for each other here."""
    in_turn(f"{NAME}:{row.subject_id}")
    query = select(Mark).where(Mark.person_id == row.subject_id, queries.untold())
    marks = list(db.session.scalars(query.execution_options(populate_existing=True)))
    who = people.actor(row.subject_id)
    pending = queries.pending_of(who) if marks and who.id is not None else []
    told_of(marks)
    if not pending:
        return
    words = mailing.compose(
        NAME, who.language, name=who.name, page=mailing.address("/account"),
        lines=[(each, page_of(each.side, each.reference)) for each in pending],
        number=sum(each.threads for each in pending),
    )  # fmt: skip
    outbox.queue(
        notice=NAME, language=who.language, recipient=db.session.get_one(User, who.id).email,
        recipient_id=who.id, subject=words.subject, body=words.body, html=words.html, call_id=call.id,
    )  # fmt: skip


KINDS = (Kind(NAME, _days, _untold, Mark.person_id, _say),)
