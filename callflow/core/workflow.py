"""Turns a table of steps into a running procedure; the only place where a state changes.

A workflow holds no record: the case to decide is handed to ``fire``, so one workflow serves every request and
every thread.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, cast

from transitions import EventData, Machine, Transition

from callflow.core import clock


@dataclass(frozen=True)
class Reason:
    """Why a step is not ready: a code and its parameters; whoever shows it translates."""

    code: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """What a guard sees: ``facts`` were gathered in one query, ``at`` is the request's one clock reading."""

    record: Any
    actor: Any
    facts: Any = None
    values: Any = None
    at: datetime = field(default_factory=clock.now)


class WorkflowError(Exception):
    """A step was asked for that cannot be taken; the record is as it was."""

    def __init__(self, trigger: str) -> None:
        super().__init__(trigger)
        self.trigger = trigger


class NotOffered(WorkflowError):
    """No such step leaves from the state the record is in (409)."""

    def __init__(self, trigger: str, state: Enum) -> None:
        super().__init__(trigger)
        self.state = state


class NotAllowed(WorkflowError):
    """The actor may not take this step on this record (403)."""


class Blocked(WorkflowError):
    """The step is offered and allowed, but the record is not ready for it (422)."""

    def __init__(self, trigger: str, reasons: list[Reason]) -> None:
        super().__init__(trigger)
        self.reasons = reasons


@dataclass(frozen=True)
class Move:
    """One step that has just been taken: what the effects get to see."""

    case: Case
    trigger: str
    source: Enum
    dest: Enum


Guard = Callable[[Case], Reason | None]
Effect = Callable[[Move], None]
May = Callable[[Any, Any, Any], bool]


class Step(Transition):
    """A row of the table: from where, to where, who may, what must be said, what must hold, what follows."""

    def __init__(
        self,
        *args: Any,
        permission: Any,
        values: type | None = None,
        guards: Iterable[Guard] = (),
        effects: Iterable[Effect] = (),
        **rest: Any,
    ) -> None:
        super().__init__(*args, **rest)
        self.permission, self.values, self.guards, self.effects = (
            permission,
            values,
            tuple(guards),
            tuple(effects),
        )
        # set here and not passed on: add_transition hands the constructor its own conditions by position
        self.conditions = [self.condition_cls(self._allowed), self.condition_cls(self._ready)]

    def reasons_against(self, case: Case) -> list[Reason]:
        return [reason for guard in self.guards if (reason := guard(case))]

    def _allowed(self, event: EventData) -> bool:
        case: Case = event.kwargs["case"]
        if not event.machine.may(case.actor, self.permission, case.record):
            raise NotAllowed(event.event.name)
        return True

    def _ready(self, event: EventData) -> bool:
        case: Case = event.kwargs["case"]
        if self.values and not isinstance(case.values, self.values):
            raise TypeError(f"{event.event.name} takes {self.values.__name__}")
        if reasons := self.reasons_against(case):
            raise Blocked(event.event.name, reasons)
        return True


NOTHING: Mapping[str, "Step"] = MappingProxyType({})


class Workflow(Machine):
    """The procedure of one process version: built once, shared by all threads, holding no record."""

    transition_cls = Step

    def __init__(
        self,
        states: Iterable[Enum],
        steps: Iterable[dict[str, Any]],
        *,
        initial: Enum,
        may: May,
        always: Iterable[Effect] = (),
    ) -> None:
        members = list(states)
        self.state_type = type(members[0])
        self.may, self.always = may, tuple(always)
        super().__init__(
            model=None,
            states=members,
            initial=initial,
            transitions=list(steps),
            auto_transitions=False,
            send_event=True,
            after_state_change=self._run_effects,
        )
        self._leaving = self._sorted_by_state()

    def steps_from(self, state: Enum) -> Mapping[str, Step]:
        """The steps that leave from ``state``, by trigger."""
        return self._leaving.get(state.name, NOTHING)

    def _sorted_by_state(self) -> dict[str, Mapping[str, Step]]:
        """Every page of a dossier asks for them, and a procedure never changes once it is built."""
        leaving: dict[str, dict[str, Step]] = {}
        for trigger, event in self.events.items():
            for source, steps in event.transitions.items():
                for step in steps:
                    if isinstance(step, Step):
                        leaving.setdefault(source, {})[trigger] = step
        return {source: MappingProxyType(steps) for source, steps in leaving.items()}

    def offers(self, case: Case) -> dict[str, list[Reason]]:
        """The steps this actor may take now, each with the reasons that still hold it back.

        Guards that judge ``case.values`` must answer None while there are none yet.
        """
        return {
            trigger: step.reasons_against(case)
            for trigger, step in self.steps_from(case.record.state).items()
            if self.may(case.actor, step.permission, case.record)
        }

    def fire(self, case: Case, trigger: str) -> None:
        """Take one step, or raise a WorkflowError and leave the record as it was.

        An effect that raises leaves the record changed in memory: the caller rolls back.
        """
        state = case.record.state
        if trigger not in self.events or state.name not in self.events[trigger].transitions:
            raise NotOffered(trigger, state)
        self.events[trigger].trigger(case.record, case=case)

    def _run_effects(self, event: EventData) -> None:
        step = cast("Step", event.transition)
        source = self.state_type[step.source]
        move = Move(event.kwargs["case"], event.event.name, source, self.state_type[step.dest or step.source])
        for effect in (*self.always, *step.effects):
            effect(move)
