"""What a change of procedure and calendar does to a dossier, by the state that it is in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.rules import stretch_of
from callflow.coaching.states import Stretch
from callflow.core import clock
from callflow.core.actor import OPERATOR
from callflow.core.workflow import Case, Guard, Reason
from callflow.dossiers.states import AFTER_SELECTION, OUTCOMES, State
from callflow.lifecycle import process
from callflow.lifecycle.guards import scores, sessions
from callflow.lifecycle.stages import road_of, scoring_from

COUNTED: tuple[Guard, ...] = (sessions.coached_enough, scores.enough_scores, scores.met)
"""The guards that ask a figure which the set-up names; the others ask the same before and after."""
KEPT = OUTCOMES | {
    State.incomplete, State.scored, State.agreed, State.interim_reported, State.interim_approved,
    State.reported, State.closed,
}  # fmt: skip
"""States that rest on something that was told, scored, agreed or handed in: no change moves a dossier out of
them.
"""
PROMISED = (State.selected_with_conditions, *AFTER_SELECTION[: AFTER_SELECTION.index(State.reported)])
"""A project that is supported has several days before it, of which each can move."""


@dataclass(frozen=True)
class Effect:
    """One thing that happens to a dossier, as a code with its parameters."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figures:
    """What the counted guards ask of one dossier; sessions and waivers by stretch."""

    sessions: Mapping[Stretch, int]
    waived: Mapping[Stretch, int]
    scores: int
    met: bool


@dataclass(frozen=True)
class _Facts:
    """The part of the facts that the counted guards look at."""

    procedure: Procedure
    sessions: int
    sessions_waived: bool
    scores_given: int
    met: bool


@dataclass(frozen=True)
class Terms:
    """A procedure with its calendar: those of the call now, or those it would have."""

    procedure: Procedure
    calendar: Mapping[str, Any]

    @property
    def states(self) -> frozenset[State]:
        """Those a dossier can be in."""
        return frozenset(State[name] for name in process.workflow(self.procedure).states)


@dataclass(frozen=True)
class Turn:
    """What the change does to every dossier in one state.

    ``stuck``: the state is no longer part of the procedure; ``to`` is where such a dossier can go, if that is
    a legal move. ``counted``: what holds back may differ from dossier to dossier.
    """

    state: State
    effects: tuple[Effect, ...] = ()
    stuck: bool = False
    to: State | None = None
    counted: bool = False

    @property
    def touches(self) -> bool:
        """Whether any dossier in this state is looked at."""
        return self.stuck or self.counted or bool(self.effects)


def turns(before: Terms, after: Terms) -> dict[State, Turn]:
    """By state what the change does; a state that nobody can be in has none."""
    ended = process.FINAL | {State.draft}
    return {state: _turn(state, before, after) for state in State if state in before.states - ended}


def _turn(state: State, before: Terms, after: Terms) -> Turn:
    stuck = state not in after.states
    to = _way_out(state, before.procedure, after.procedure) if stuck else None
    found = [*_steps(state, to or state, before, after), *_due(state, to or state, before, after)]
    if stuck:
        found.insert(0, Effect("moved", {"to": to.value}) if to else Effect("stuck"))
    asked = _guards(state, before.procedure), _guards(to or state, after.procedure)
    numbers = _numbers(before.procedure) != _numbers(after.procedure)
    return Turn(state, tuple(found), stuck, to, counted=asked[0] != asked[1] or (numbers and bool(asked[1])))


def _numbers(procedure: Procedure) -> tuple[int, int]:
    return procedure.sessions_needed, procedure.scores_needed


def _way_out(state: State, before: Procedure, after: Procedure) -> State | None:
    """Back along the road to the last state before that still is there: what was reached is not invented."""
    road, kept = road_of(before), set(road_of(after))
    if state in KEPT or state not in road:
        return None
    return next((each for each in reversed(road[: road.index(state)]) if each in kept), None)


def _steps(state: State, later: State, before: Terms, after: Terms) -> Iterator[Effect]:
    """The steps that come and go."""
    had = set(process.workflow(before.procedure).steps_from(state))
    has = set(process.workflow(after.procedure).steps_from(later)) if later in after.states else set()
    if had != has:
        yield Effect("steps", {"lost": sorted(had - has), "gained": sorted(has - had)})


def _due(state: State, later: State, before: Terms, after: Terms) -> Iterator[Effect]:
    """The day by which the next thing is due, where it moves; all that lie before a supported project."""
    for was, will in _days(state, later, before, after):
        if was != will:
            said = {"was": was and was.isoformat(), "will": will and will.isoformat()}
            late = will is not None and will < clock.today()
            earlier = was and will and will < was
            yield Effect("due_past" if late else "due_earlier" if earlier else "due", said)


def _days(
    state: State, later: State, before: Terms, after: Terms
) -> Iterator[tuple[date | None, date | None]]:
    if state not in PROMISED:
        yield (
            _day(before, _awaited(state, before.procedure)), _day(after, _awaited(later, after.procedure))
        )  # fmt: skip
        return
    had, has = _ahead(state, before.procedure), _ahead(later, after.procedure)
    for key in dict.fromkeys((*had, *has)):
        yield _day(before, key if key in had else ""), _day(after, key if key in has else "")


def _day(terms: Terms, key: str) -> date | None:
    value = terms.calendar.get(key)
    if isinstance(value, Mapping):
        value = value.get("until")
    if not value:
        return None
    if "T" in value:
        return clock.local(datetime.fromisoformat(value)).date()
    return date.fromisoformat(value)


def _awaited(state: State, procedure: Procedure) -> str:
    """The key of the calendar that says by when a dossier in this state should go on."""
    days = {
        State.preapplied: "invitations_on",
        State.invited: "full_until",
        State.submitted: "completeness_until",
        State.screened: "coaching",
        scoring_from(procedure): "jury_on",
        State.scored: "decision_on",
    }
    return days.get(state, "")


def _ahead(state: State, procedure: Procedure) -> Sequence[str]:
    """The keys of the days that still lie before a supported project in this state."""
    guided = procedure.coaching in (Coaching.after, Coaching.both)
    road = [
        *(["guidance"] if guided else []),
        *(["interim_due"] if procedure.interim else []),
        *(["report_due"] if procedure.report else []),
    ]
    behind: dict[State, tuple[str, ...]] = {State.guided: ("guidance",)}
    behind |= dict.fromkeys((State.interim_reported, State.interim_approved), ("guidance", "interim_due"))
    return [key for key in road if key not in behind.get(state, ())]


def _guards(state: State, procedure: Procedure) -> frozenset[Guard]:
    steps = process.workflow(procedure).steps_from(state)
    return frozenset(guard for step in steps.values() for guard in step.guards if guard in COUNTED)


def held_back(turn: Turn, before: Procedure, after: Procedure, figures: Figures) -> Iterator[Effect]:
    """What newly holds this dossier back, and what no longer does."""
    if not turn.counted:
        return
    was = _reasons(turn.state, before, figures)
    will = _reasons(turn.to or turn.state, after, figures)
    worse = [reason for code, reason in will.items() if _count(reason) > _count(was.get(code))]
    better = [reason for code, reason in was.items() if code not in will]
    if worse:
        yield Effect("blocked", {"reasons": [[each.code, each.parameters] for each in worse]})
    if better:
        yield Effect("freed", {"reasons": [[each.code, each.parameters] for each in better]})


def _count(reason: Reason | None) -> int:
    """How much is missing; a reason without a number is one thing."""
    return 0 if reason is None else int(reason.parameters.get("count", 1))


def _reasons(state: State, procedure: Procedure, figures: Figures) -> dict[str, Reason]:
    stretch = stretch_of(procedure, state)
    facts = _Facts(
        procedure, figures.sessions.get(stretch, 0), bool(figures.waived.get(stretch)), figures.scores,
        figures.met,
    )  # fmt: skip
    case = Case(None, OPERATOR, facts)
    ordered = (guard for guard in COUNTED if guard in _guards(state, procedure))
    return {reason.code: reason for guard in ordered if (reason := guard(case))}
