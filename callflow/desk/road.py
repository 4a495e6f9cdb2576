"""How far a dossier has come: the states of its procedure in their order, each past, present or to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.desk.history import Happened
from callflow.desk.next import day_of
from callflow.dossiers.states import State
from callflow.lifecycle.stages import road_of

EXPECTED = {
    State.invited: "invitations_on",
    State.submitted: "full_until",
    State.screened: "completeness_until",
    State.coached: "coaching",
    State.scored: "jury_on",
    State.selected: "decision_on",
    State.guided: "guidance",
    State.interim_reported: "interim_due",
    State.reported: "report_due",
}
"""The day of the calendar by which a dossier should have come to a state."""


@dataclass(frozen=True)
class Milestone:
    """A state on the road: ``stands`` is past, now or coming; ``on`` the day it came, or is expected."""

    state: State
    stands: str
    on: date | None


def road(
    procedure: Procedure, calendar: dict[str, Any], state: State, events: Sequence[Happened]
) -> list[Milestone]:
    """The states of the straight road; one off it (reserve, withdrawn, …) takes the place where it left."""
    straight = road_of(procedure)
    if state is State.incomplete:
        straight.insert(straight.index(State.submitted) + 1, State.incomplete)
    reached: dict[State, datetime] = {}
    for event in reversed(events):
        if event.dest and event.source != event.dest:
            reached[State(event.dest)] = event.at
    if state in straight:
        past, now, coming = _cut(straight, state)
    else:
        past, now, coming = [each for each in straight if each in reached or each is State.draft], state, []
    return [
        *(Milestone(each, "past", _day(reached.get(each))) for each in past),
        Milestone(now, "now", _day(reached.get(now))),
        *(Milestone(each, "coming", _expected(calendar, each)) for each in coming),
    ]


def _cut(straight: list[State], state: State) -> tuple[list[State], State, list[State]]:
    place = straight.index(state)
    return straight[:place], state, straight[place + 1 :]


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else clock.local(moment).date()


def _expected(calendar: dict[str, Any], state: State) -> date | None:
    return day_of(calendar, EXPECTED[state]) if state in EXPECTED else None
