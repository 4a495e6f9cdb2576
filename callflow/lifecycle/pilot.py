"""The procedure of a pilot: a table of its own on the same engine, and the one door it moves through."""

from functools import lru_cache
from typing import Any

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.errors import Changed
from callflow.core.permissions import P, may
from callflow.core.workflow import Case, Guard, Move, Reason, Workflow
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import process
from callflow.lifecycle import values as v
from callflow.lifecycle.stages.stage import Row
from callflow.lifecycle.timed.telling import staff_of
from callflow.pilots import queries, rules, telling
from callflow.pilots.actions import reporting
from callflow.pilots.models import Pilot
from callflow.pilots.rules import Facts
from callflow.pilots.states import OVER


def note_submission(move: Move) -> None:
    """The moment at which the partners handed their proposal in, the last time they did."""
    move.case.record.submitted_at = move.case.at


def freeze_report(move: Move) -> None:
    """Fix the report and the findings with their hash."""
    reporting.freeze_report(move.case.record, at=move.case.at)


def reopen_report(move: Move) -> None:
    """The partners write on."""
    reporting.reopen_report(move.case.record)


def tell_partners(move: Move) -> None:
    """Everybody who carries the pilot, and the staff of its lot, but not whoever took the step."""
    pilot: Pilot = move.case.record
    staff = staff_of(pilot.call, lot_id=pilot.lot_id)
    reason = getattr(move.case.values, "text", "").strip()
    telling.moved(move.case.actor, pilot, move.trigger, staff, reason=reason)


READY: list[Guard] = [rules.enough_partners, rules.text_complete, rules.planned]

ROWS: list[Row] = [
    {
        "trigger": "submit",
        "source": State.proposed,
        "dest": State.submitted,
        "permission": P.pilot_submit,
        "guards": READY,
        "effects": [note_submission, e.reveal],
    },
    {
        "trigger": "send_back",
        "source": State.submitted,
        "dest": State.proposed,
        "permission": P.pilot_manage,
        "values": v.Reason,
        "guards": [rules.reason_given],
        "effects": [e.reveal],
    },
    {
        "trigger": "screen",
        "source": State.submitted,
        "dest": State.screened,
        "permission": P.pilot_manage,
        "guards": READY,
        "effects": [e.reveal],
    },
    {
        "trigger": "finish_coaching",
        "source": State.screened,
        "dest": State.coached,
        "permission": P.pilot_manage,
        "guards": [rules.coaching_logged],
        "effects": [e.reveal],
    },
    {
        "trigger": "select",
        "source": State.coached,
        "dest": State.selected,
        "permission": P.pilot_select,
        "guards": [*READY, rules.everybody_agrees, rules.nobody_objects],
        "effects": [e.reveal],
    },
    {
        "trigger": "start",
        "source": State.selected,
        "dest": State.running,
        "permission": P.pilot_submit,
        "guards": [rules.planned, rules.report_day_known],
        "effects": [e.reveal],
    },
    {
        "trigger": "report",
        "source": State.running,
        "dest": State.reported,
        "permission": P.pilot_submit,
        "guards": [rules.report_written, rules.method_told],
        "effects": [freeze_report, e.reveal],
    },
    {
        "trigger": "return_report",
        "source": State.reported,
        "dest": State.running,
        "permission": P.pilot_manage,
        "values": v.Reason,
        "guards": [rules.reason_given],
        "effects": [reopen_report, e.reveal],
    },
    {
        "trigger": "close",
        "source": State.reported,
        "dest": State.closed,
        "permission": P.pilot_manage,
        "guards": [rules.report_approved],
        "effects": [e.reveal],
    },
    *(
        {
            "trigger": "decline",
            "source": source,
            "dest": State.not_selected,
            "permission": P.pilot_manage,
            "values": v.Reason,
            "guards": [rules.reason_given],
            "effects": [e.reveal],
        }
        for source in (State.submitted, State.screened, State.coached)
    ),
    *(
        {
            "trigger": "stop",
            "source": source,
            "dest": State.stopped,
            "permission": P.pilot_stop,
            "values": v.Reason,
            "guards": [rules.reason_given],
            "effects": [e.reveal],
        }
        for source in (State.selected, State.running)
    ),
    *(
        {
            "trigger": "withdraw",
            "source": source,
            "dest": State.withdrawn,
            "permission": P.pilot_submit,
            "values": v.Reason,
            "effects": [e.reveal],
        }
        for source in (State.proposed, State.submitted, State.screened, State.coached)
    ),
]
"""From a proposal to a closed pilot; the partners select, the staff sees to it that they can."""


@lru_cache(maxsize=1)
def workflow() -> Workflow:
    """The procedure of every pilot, built once."""
    # last of all: what the other effects write is there when the mails are
    rows = [{**row, "effects": [*row["effects"], tell_partners]} for row in ROWS]
    used = {row["source"] for row in ROWS} | {row["dest"] for row in ROWS}
    if problems := process.holes(ROWS, start=State.proposed, final=OVER):
        raise ValueError("; ".join(problems))
    states = [state for state in State if state in used]
    return Workflow(states, rows, initial=State.proposed, may=may, always=[e.write_event])


def offers(pilot: Pilot, actor: Actor, *, facts: Facts | None = None) -> dict[str, list[Reason]]:
    """The steps this person may take now, each with what still holds it back."""
    return workflow().offers(Case(pilot, actor, facts or queries.facts_of(pilot), None, clock.now()))


def take(pilot: Pilot, trigger: str, *, actor: Actor, version: int | None = None, values: Any = None) -> None:
    """Take one step on a pilot that was loaded for it (pilots.queries.for_step), inside a unit of work.

    ``version`` is the one the person saw. Raises Changed, or one of the WorkflowError family.
    """
    if version is not None and version != pilot.version:
        raise Changed("dossier_changed", state=pilot.state.value)
    workflow().fire(Case(pilot, actor, queries.facts_of(pilot), values, clock.now()), trigger)
