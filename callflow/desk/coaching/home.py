"""The coach's home: whom do I see this week, what did we agree, how many days are left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.states import Follow
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.desk import kept
from callflow.desk.coaching import days, mine
from callflow.desk.coaching.days import Booked, Days
from callflow.desk.coaching.mine import CoachLot, Reading, Stands, ToDo
from callflow.desk.dossiers import found_by, place_of
from callflow.dossiers.models import Dossier
from callflow.people.models import Group
from callflow.territory.models import Municipality

SIZE = kept.PAGE


@dataclass(frozen=True)
class Coached:
    """A dossier of this coach as a page shows it; ``agreed`` are the first words of advice that is open,
    ``note`` what was said of the day agreed.
    """

    stands: Stands
    reference: str
    title: str
    language: str
    place: str
    group: str
    contact: str
    phone: str | None
    call_id: int
    call: Mapping[str, str] = field(default_factory=dict)
    lot: Mapping[str, str] = field(default_factory=dict)
    agreed: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class CoachHome:
    """``soon`` have an appointment within a week; ``present`` are the others that need a coach now, those
    without a session first; ``others`` are before or after that: in this order, in pages.

    ``todo`` is about all of them, whatever page they are on; ``booked`` says by call when the days that were
    used were added up, and ``stood`` when that of which this is a page was put in order.
    """

    todo: ToDo
    soon: Sequence[Coached]
    present: Sequence[Coached]
    others: Sequence[Coached]
    days: Sequence[Days]
    booked: Mapping[str, kept.Reading[Booked, None] | None]
    stood: Reading | None
    page: int
    last: int


def coach_home(actor: Actor, *, page: int = 1) -> CoachHome:
    """One page of the dossiers of this coach, and the days of their lots: a fixed number of statements for
    each call in which they coach.
    """
    lots = mine.lots_of(actor)
    found = mine.readings(actor, lots, part=mine.ALL)
    page, last, stood, ids = _page(actor, lots, found, page)
    lines = sorted(mine.standing(actor, lots, Dossier.id.in_(ids)), key=mine.at_home)
    notes, agreed = _notes(ids), _agreed(ids)
    shown = [
        replace(each, agreed=agreed.get(each.stands.id, ()), note=notes.get(each.stands.id, ""))
        for each in _shown(lines, lots)
    ]
    calls = {lot.reference: lot.call_id for lot in lots.values()}
    booked = {reference: kept.read(days.KIND, actor, call_id) for reference, call_id in calls.items()}
    return CoachHome(
        todo=sum((each.head for each in found.values()), ToDo()),
        soon=[each for each in shown if each.stands.now and each.stands.soon],
        present=[each for each in shown if each.stands.now and not each.stands.soon],
        others=[each for each in shown if not each.stands.now],
        days=[_days(lot, booked[lot.reference]) for lot in lots.values()],
        booked=booked,
        stood=stood,
        page=page,
        last=last,
    )


def _page(
    actor: Actor, lots: Mapping[int, CoachLot], found: Mapping[int, Reading], asked: int
) -> tuple[int, int, Reading | None, Sequence[int]]:
    """Which page, of how many, how old its order is, and its dossiers: of all calls together while that fills
    one page of each, else of one call after another.
    """
    last = max(1, sum(reading.pages for reading in found.values()))
    page, before = min(max(asked, 1), last), 0
    if len(found) == last:
        old = sorted((each for each in found.values() if each.made_at), key=lambda each: each.made_at or 0)
        return 1, 1, old[0] if old else None, mine.first_of(found)
    for call_id, reading in found.items():
        number = page - before
        if number <= reading.pages:
            inside = {key: lot for key, lot in lots.items() if lot.call_id == call_id}
            here = (
                mine.readings(actor, inside, part=mine.ALL, page=number)[call_id] if number > 1 else reading
            )
            return page, last, here, here.rows
        before += reading.pages
    return page, last, None, ()


def _days(lot: CoachLot, booked: kept.Reading[Booked, None] | None) -> Days:
    used = booked.head.in_lot(lot.id) / lot.procedure.day_minutes if booked else None
    return Days(lot.reference, lot.call, lot.name, lot.days, used)


@dataclass(frozen=True)
class Choices:
    """The dossiers that a session can be about, by their titles; ``total`` is how many fit what is asked."""

    lines: Sequence[Coached]
    total: int


def session_choices(actor: Actor, *, asked: Collection[str] = (), words: str = "") -> Choices:
    """The dossiers that a session of this coach can be about. Of many, those ``asked`` for by reference, and
    those that need a session most; ``words`` looks for others.
    """
    lots, named = mine.lots_of(actor), Dossier.reference.in_(asked)
    if words.strip():
        lines = [each for each in mine.standing(actor, lots, found_by(words) | named) if not each.over]
        total = len(lines)
    else:
        found = mine.readings(actor, lots, part=mine.OPEN)
        first = Dossier.id.in_(mine.first_of(found))
        lines = [each for each in mine.standing(actor, lots, first | named) if not each.over]
        total = max(sum(each.counts[mine.OPEN] for each in found.values()), len(lines))
    shown = _shown(sorted(lines, key=mine.by_need), lots)
    chosen = sorted(shown, key=lambda each: each.reference not in asked)[: max(SIZE, len(asked))]
    return Choices(sorted(chosen, key=lambda each: (each.stands.title_key, each.stands.id)), total)


def served(actor: Actor, references: Collection[str]) -> list[Coached]:
    """Of these dossiers, those that a session of this coach can be about: three statements."""
    lots = mine.lots_of(actor)
    lines = [each for each in mine.standing(actor, lots, Dossier.reference.in_(references)) if not each.over]
    return _shown(lines, lots)


def _shown(lines: Sequence[Stands], lots: Mapping[int, CoachLot]) -> list[Coached]:
    """These as a page names them, in their order."""
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.village, Dossier.call_id,
            Group.name.label("group"), Group.contact_name, Group.contact_phone, Municipality.country,
            Municipality.name_nl, Municipality.name_fr,
        )
        .outerjoin(Group, Group.id == Dossier.group_id)
        .outerjoin(Municipality, Municipality.code == Dossier.municipality_code)
        .where(Dossier.id.in_([line.id for line in lines]))
    )  # fmt: skip
    found = {row.id: row for row in rows}
    return [_coached(found[line.id], line, lots[line.lot_id]) for line in lines if line.id in found]


def _coached(row: Any, line: Stands, lot: CoachLot) -> Coached:
    town = row.name_nl if row.country == "BE" else row.name_fr
    return Coached(
        line, row.reference, row.title, row.language, place_of(row.village, town, row.country),
        row.group or "", row.contact_name or "", row.contact_phone, row.call_id, lot.call, lot.name,
    )  # fmt: skip


def _notes(dossier_ids: Sequence[int]) -> dict[int, str]:
    """What was said of the last day that was agreed with each."""
    rows = db.session.execute(
        select(session_dossier.c.dossier_id, Session.next_note)
        .join(Session, Session.id == session_dossier.c.session_id)
        .where(session_dossier.c.dossier_id.in_(dossier_ids), Session.next_on.is_not(None))
        .order_by(Session.next_on, Session.id)
    )
    return {row.dossier_id: row.next_note for row in rows}


def _agreed(dossier_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(Advice.dossier_id, Advice.text)
        .where(Advice.dossier_id.in_(dossier_ids), Advice.follow_up == Follow.open)
        .order_by(Advice.id)
    )
    found: dict[int, list[str]] = {}
    for dossier_id, text in rows:
        found.setdefault(dossier_id, []).append(text)
    return found
