"""What a chair, signatory, juror or coach must do now, and by when: the first thing on the home of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk.coaching.home import CoachHome
from callflow.desk.decisions import LotLine
from callflow.desk.next import day_of
from callflow.desk.panel import Panel
from callflow.desk.papers import papers_of
from callflow.desk.pile import Piles
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.rules import unbarred, visible_to
from callflow.dossiers.states import State, Task
from callflow.jury.models import KeptSheet, Meeting, MeetingItem, Presence, Sheet
from callflow.jury.rules import scoring_from


@dataclass(frozen=True)
class Todo:
    """One thing to do: a code, how many, by when; ``about`` names the call or lot, ``values`` lead there."""

    code: str
    number: int
    due: date | None
    about: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def late(self) -> bool:
        return self.due is not None and self.due < clock.today()


def by_due(items: Iterable[Todo]) -> list[Todo]:
    """The most urgent first; what has no day comes last."""
    return sorted((each for each in items if each.number), key=lambda each: (each.due or date.max, each.code))


def for_coach(home: CoachHome) -> list[Todo]:
    """From what the home holds already: no statement of its own."""
    due = {
        "todo_missed": home.todo.missed, "todo_appointments": home.todo.coming,
        "todo_sessions": home.todo.short, "todo_advice": home.todo.advice,
    }  # fmt: skip
    return by_due(Todo(code, each.number, each.day) for code, each in due.items())


def for_juror(actor: Actor, piles: Piles) -> list[Todo]:
    """Declarations, sheets and sheets of a second round, by call: one statement."""
    again = _again(actor, {each.call.id: scoring_from(each.call.procedure) for each in piles.piles})
    found = []
    for pile in piles.piles:
        values, due = {"reference": pile.call.reference}, day_of(pile.call.calendar, "jury_on")
        second = again.get(pile.call.id, 0)
        if not pile.declared:
            found.append(Todo("todo_declare", 1, due, pile.call.title, values))
            continue
        found.append(Todo("todo_score", pile.to_do - second, due, pile.call.title, values))
        found.append(Todo("todo_score_again", second, due, pile.call.title, values))
    return by_due(found)


def _again(actor: Actor, scoring: Mapping[int, State]) -> dict[int, int]:
    """By call, what this juror scored in an earlier round and not yet in this one."""
    rows = db.session.execute(_scored_before(actor))
    return {row[0]: row[2] for row in rows if row[1] is scoring.get(row[0])}


@lru_cache(maxsize=256)
def _scored_before(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Kept for a juror who comes back to the pile."""
    return (
        select(Dossier.call_id, Dossier.state, func.count(Dossier.id.distinct()))
        .select_from(KeptSheet)
        .join(Dossier, Dossier.id == KeptSheet.dossier_id)
        .join(Assignment, (Assignment.dossier_id == Dossier.id) & (Assignment.person_id == actor.id))
        .outerjoin(Sheet, (Sheet.dossier_id == Dossier.id) & (Sheet.juror_id == actor.id))
        .where(
            KeptSheet.juror_id == actor.id, Assignment.task == Task.juror, unbarred(actor),
            Sheet.given_at.is_(None),
        )
        .group_by(Dossier.call_id, Dossier.state)
    )  # fmt: skip


def for_chair(actor: Actor, panel: Panel) -> list[Todo]:
    """Jurors who are late, and what the meeting of the jury still needs: one statement."""
    call, values = panel.call, {"call": panel.call.reference}
    due = day_of(call.calendar, "jury_on")

    def todo(code: str, number: int, day: date | None = due) -> Todo:
        return Todo(code, number, day, call.title, values)

    found = [todo("todo_remind", panel.late)]
    row = _meeting(actor, call.id)
    if not call.procedure.meeting:
        return by_due(found)
    if row is None:
        return by_due([*found, todo("todo_meet", panel.figures.to_meet)])
    missing = max(row.quorum - row.present, 0)
    return by_due(
        [
            *found,
            todo("todo_quorum", missing, row.held_on),
            todo("todo_settle", row.open, row.held_on),
            todo("todo_minutes", 0 if row.open or not row.items else 1, row.held_on),
        ]
    )


def _meeting(actor: Actor, call_id: int) -> Any:
    """The open meeting of a call with its numbers, or none."""
    open_now = (
        select(Meeting.id, Meeting.quorum, Meeting.held_on)
        .where(Meeting.call_id == call_id, Meeting.closed_at.is_(None))
        .order_by(Meeting.id.desc())
        .limit(1)
        .subquery()
    )
    on_it = MeetingItem.meeting_id == open_now.c.id
    seen = visible_to(actor, P.jury_meet)
    items = select(func.count()).select_from(MeetingItem).join(Dossier, Dossier.id == MeetingItem.dossier_id)
    present = select(func.count()).where(Presence.meeting_id == open_now.c.id)
    return db.session.execute(
        select(
            open_now.c.id, open_now.c.quorum, open_now.c.held_on,
            present.correlate(open_now).scalar_subquery().label("present"),
            items.where(on_it, seen).correlate(open_now).scalar_subquery().label("items"),
            items.where(on_it, seen, MeetingItem.settled_at.is_(None)).correlate(open_now)
            .scalar_subquery().label("open"),
        )
    ).one_or_none()  # fmt: skip


def for_signatory(actor: Actor, lots: Sequence[LotLine]) -> list[Todo]:
    """What the body decided and nobody released, and letters without signature or day of arrival."""
    papers = papers_of(actor, {each.id: (each.call_id, each.key) for each in lots})
    found = []
    for lot in lots:
        values, about = {"reference": lot.call, "lot": lot.key}, _both(lot)
        unsigned, unnoted = papers.get(lot.id, (0, 0))
        found += [
            Todo("todo_release", lot.decided, lot.decision_on, about, values),
            Todo("todo_prepared", lot.prepared, lot.decision_on, about, values),
            Todo("todo_sign", unsigned, None, about, values),
            Todo("todo_arrival", unnoted, None, about, values),
        ]
    return by_due(found)


def _both(lot: LotLine) -> dict[str, str]:
    """Lots of several calls have the same name: with that of the call."""
    return {
        code: f"{said(lot.name, code)}, {said(lot.call_title, code)}"
        for code in lot.name.keys() | lot.call_title.keys()
    }
