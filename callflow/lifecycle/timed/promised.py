"""What was told with a day in it: conditions to prove, offers to answer, reserve places, hearings, and by
which day a pilot reports.

Groups are reminded, case handlers warned. At the end of its day an offer that nobody answered and a place on
the reserve list lapse: the letter that gave them said so. Nothing else is decided here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select, union_all

from callflow.applications.models import Application, Attachment
from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.actor import CLOCK
from callflow.core.db import db
from callflow.decisions.models import Condition, Decision, Hearing
from callflow.decisions.states import DecisionState, Fulfilment
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import process
from callflow.lifecycle.timed import offering, pilots
from callflow.lifecycle.timed.plan import LAPSES, Kind, Planned, before, counted_from, end_of, hour_of
from callflow.lifecycle.timed.reminders import Row, loaded
from callflow.lifecycle.timed.telling import responsible_for, staff_of, tell, writers_of

CONDITION_DAYS, OFFER_DAYS, HEARING_DAYS = (7, 1), (3, 1), (3, 1)
LATE = timedelta(days=30)
"""How long an alarm is still worth raising after its moment."""


def _told(call: Call, subject: Any, state: State) -> Select[*tuple[Any, ...]]:
    """Dossiers in this state with the decision that put them there, which their group was told of."""
    return (
        select(subject.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .select_from(Dossier)
        .join(Decision, (Decision.dossier_id == Dossier.id) & Decision.current)
        .where(
            Dossier.call_id == call.id, Dossier.state == state, Dossier.shown_state == state,
            Decision.state == DecisionState.released,
        )
    )  # fmt: skip


def _unmet(call: Call) -> Select[*tuple[Any, ...]]:
    """Conditions that the coordinator did not find met."""
    conditional = _told(call, Condition.id, State.selected_with_conditions)
    return conditional.join(Condition, Condition.decision_id == Decision.id).where(
        Condition.fulfilment != Fulfilment.met
    )


def _unproved(call: Call) -> Select[*tuple[Any, ...]]:
    """Those about which the group has something to do: no proof is there, or it was found lacking."""
    proof = exists(
        select(Attachment.id).where(
            Attachment.dossier_id == Dossier.id, Attachment.removed_at.is_(None),
            Attachment.field == literal("condition-").concat(cast(Condition.id, String)),
        )
    )  # fmt: skip
    return _unmet(call).where((Condition.fulfilment == Fulfilment.unmet) | ~proof)


def _unanswered(call: Call) -> Select[*tuple[Any, ...]]:
    """Offers that wait for an answer."""
    return _told(call, Dossier.id, State.selected).where(
        Decision.answer_by.is_not(None), Decision.answered_at.is_(None), ~_heard()
    )


def _reserved(call: Call) -> Select[*tuple[Any, ...]]:
    return _told(call, Dossier.id, State.reserve).where(Decision.valid_until.is_not(None))


def _heard() -> ColumnElement[bool]:
    """While a group is heard nothing else is settled about its support."""
    return exists(select(Hearing.id).where(Hearing.dossier_id == Dossier.id, Hearing.closed_at.is_(None)))


def _uncommented(call: Call) -> Select[*tuple[Any, ...]]:
    """Hearings that are open and in which nothing was said yet."""
    return (
        select(Hearing.id.label("subject_id"), Dossier.id.label("dossier_id"), Dossier.reference)
        .join(Dossier, Dossier.id == Hearing.dossier_id)
        .where(Dossier.call_id == call.id, Hearing.closed_at.is_(None), Hearing.remarks_at.is_(None))
    )


Days = Callable[[str, Call, date], Iterable[Planned]]


def _before(days: tuple[int, ...]) -> Days:
    return lambda name, call, day: before(name, call, day, days, hour=hour_of(call))


def _day_after(name: str, call: Call, day: date) -> list[Planned]:
    at = clock.at(day + timedelta(days=1), hour_of(call))
    return [Planned(name, f"0d@{day.isoformat()}", call.id, at, at + LATE)]


def _at_its_end(name: str, call: Call, day: date) -> list[Planned]:
    at = end_of(day)
    return [Planned(name, f"0d@{day.isoformat()}", call.id, at, at + LAPSES)]


@dataclass(frozen=True)
class _Source:
    """Where the subjects of a kind come from, the column of their day, and when that day does something."""

    base: Callable[[Call], Select[*tuple[Any, ...]]]
    day: Any
    subject: Any
    days: Days


_SOURCES: dict[str, _Source] = {
    "condition_due": _Source(_unproved, Condition.due_on, Condition.id, _before(CONDITION_DAYS)),
    "condition_over": _Source(_unmet, Condition.due_on, Condition.id, _day_after),
    "offer_due": _Source(_unanswered, Decision.answer_by, Dossier.id, _before(OFFER_DAYS)),
    "offer_lapses": _Source(_unanswered, Decision.answer_by, Dossier.id, _at_its_end),
    "reserve_lapses": _Source(_reserved, Decision.valid_until, Dossier.id, _at_its_end),
    "hearing_due": _Source(_uncommented, Hearing.comment_until, Hearing.id, _before(HEARING_DAYS)),
    "hearing_over": _Source(_uncommented, Hearing.comment_until, Hearing.id, _day_after),
    "pilot_report_due": _Source(pilots.unreported, pilots.DAY, Dossier.id, _before(pilots.DUE_DAYS)),
    "pilot_report_over": _Source(pilots.unreported, pilots.DAY, Dossier.id, pilots.late),
}


def _moments(call: Call, _now: datetime) -> list[Planned]:
    """Of all these kinds, from one statement; where somebody waits on a reserve list, the offers that means
    which came back make possible.
    """
    found: list[Planned] = []
    for (name, day), number in sorted(_numbers(call).items()):
        found += [replace(each, number=number) for each in _SOURCES[name].days(name, call, day)]
    waits = any(each.kind == "reserve_lapses" for each in found)
    return [*found, *offering.moments(call)] if waits else found


def _numbers(call: Call) -> Mapping[tuple[str, date], int]:
    """How many subjects each kind has, by the day that it counts from; kinds that share theirs ask once."""
    bases = {source.base.__name__: source for source in _SOURCES.values()}
    parts = [
        source.base(call).with_only_columns(
            literal(name).label("base"), source.day.label("day"), func.count().label("number")
        ).group_by(source.day)
        for name, source in bases.items()
    ]  # fmt: skip
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for row in db.session.execute(union_all(*parts)):
        found[row.base][row.day] = row.number
    return {
        (name, day): number
        for name, source in _SOURCES.items()
        for day, number in found[source.base.__name__].items()
    }


def _subjects(call: Call, planned: Planned) -> Select[*tuple[Any, ...]]:
    source = _SOURCES[planned.kind]
    return source.base(call).where(source.day == counted_from(planned))


def _remind(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    page = planned.kind.removesuffix("_due")
    path = f"/applications/{dossier.reference}/{'conditions' if page == 'condition' else page}"
    tell(
        writers_of(dossier), planned.kind, path, call=call, dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


def _warn(call: Call, planned: Planned, row: Row) -> None:
    dossier = loaded(row)
    tell(
        responsible_for(call, dossier), planned.kind, f"/coordinator/dossiers/{dossier.reference}",
        call=call, dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


def _lapse(call: Call, planned: Planned, row: Row) -> None:
    """The step that the coordinator could take, taken by the clock: the group gets its letter, and what came
    free goes to the next on the list at once (offering). The coordinators are told.
    """
    dossier = dossiers.for_clock(row.reference, kind=Application)
    process.take(dossier, "lapse", actor=CLOCK)
    tell(
        staff_of(call, lot_id=dossier.lot_id, about=dossier), planned.kind,
        f"/coordinator/calls/{call.reference}/decisions/{dossier.lot.key}",
        call=call, dossier=dossier, day=counted_from(planned),
    )  # fmt: skip


def _kind(name: str, act: Callable[[Call, Planned, Any], None], *, money: bool = False) -> Kind:
    return Kind(name, _moments, _subjects, _SOURCES[name].subject, act, money=money)


KINDS = (
    _kind("condition_due", _remind),
    _kind("condition_over", _warn),
    _kind("offer_due", _remind),
    _kind("offer_lapses", _lapse, money=True),
    _kind("reserve_lapses", _lapse, money=True),
    Kind(offering.READY, _moments, offering.next_in_line, Dossier.id, offering.prepare, money=True),
    Kind(offering.UNDECIDED, _moments, offering.lot_in_doubt, Lot.id, offering.say_undecided),
    _kind("hearing_due", _remind),
    _kind("hearing_over", _warn),
    _kind("pilot_report_due", pilots.remind),
    _kind("pilot_report_over", pilots.warn),
)
