"""What the demonstration shows of coaching beside sessions: profiles, notes, advice that was followed up."""

from sqlalchemy import select

from callflow.applications.actions import save_answers
from callflow.applications.answers import with_role
from callflow.applications.rules import revisable
from callflow.calls.models import Call
from callflow.cli.playing import acts, lines
from callflow.cli.playing.acts import Entry
from callflow.coaching import actions as coaching
from callflow.coaching.models import Advice
from callflow.coaching.rules import CoachOf
from callflow.coaching.states import Follow
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.lifecycle import process, values
from callflow.territory.models import Municipality

DAYS, MOST = 40, 14


def profile(call: Call, coach: Actor, both: bool) -> None:
    """What a coach can take on: own language or both, near by on the own side of the border."""
    side = "FR" if coach.language == "fr" else "BE"
    codes = {place.code for lot in call.lots for place in lot.area}
    near = db.session.scalars(
        select(Municipality.code).where(Municipality.code.in_(codes), Municipality.country == side)
    )
    coaching.keep_profile(
        coach, CoachOf(call.id, call.lots[0].id, coach.id or 0),
        languages=["nl", "fr"] if both else [coach.language], area=sorted(near), days=DAYS, most=MOST,
        version=0,
    )  # fmt: skip


def note(entry: Entry, coach: Actor, language: str) -> None:
    """A note that the group does not read."""
    coaching.write_note(coach, acts.loaded(entry, coach), text=lines.word("note", language))


def answer(entry: Entry, language: str) -> None:
    """The group says that it did something with the first advice, as far as there is any."""
    dossier = acts.loaded(entry, entry.group)
    query = select(Advice.id).where(Advice.dossier_id == dossier.id, Advice.follow_up == Follow.open)
    if (first := db.session.scalar(query.order_by(Advice.id).limit(1))) is not None:
        coaching.answer_advice(entry.group, dossier, advice_id=first, word=lines.word("answered", language))


def improve(entry: Entry, language: str) -> None:
    """The group takes the advice into its summary and hands the better version in."""
    dossier = acts.loaded(entry, entry.group)
    summary = with_role(dossier.call.form, "summary")
    if summary is None or not revisable(dossier):
        return
    better = f"{entry.story.summary} {lines.word('better', language)}"
    save_answers(entry.group, dossier, {summary["id"]: better}, language=language)
    given = values.Submitting(dossier.content_version)
    process.take(dossier, "revise", actor=entry.group, values=given)
