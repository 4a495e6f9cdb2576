"""The catalogue of stages: each has an entry, rows that read like the rules of a call, and exits to join to
the next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core.permissions import P
from callflow.core.workflow import Effect, Guard
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import guards as g
from callflow.lifecycle import values as v

Row = dict[str, Any]
SELECTED, RESERVE, NOT_SELECTED = State.selected, State.reserve, State.not_selected


@dataclass(frozen=True)
class Stage:
    """A stretch of the procedure. ``rows`` makes its steps for the state it is entered from; ``exit`` leads
    to the next.
    """

    name: str
    rows: Callable[[State], list[Row]]
    exit: State


def _applying(entry: State) -> list[Row]:
    return [
        {
            "trigger": "submit",
            "source": entry,
            "dest": State.submitted,
            "permission": P.application_submit,
            "values": v.Submitting,
            "guards": [g.call_open, g.answers_complete, g.same_text],
            "effects": [e.freeze_submission, e.reveal, e.acknowledge],
        },
    ]


def _screening(entry: State) -> list[Row]:
    return [
        {
            "trigger": "screen",
            "source": entry,
            "dest": State.screened,
            "permission": P.dossier_screen,
            "guards": [g.every_point_passed],
            "effects": [e.reveal],
        },
        {
            "trigger": "refuse",
            "source": entry,
            "dest": State.inadmissible,
            "permission": P.dossier_screen,
            "values": v.Refusing,
            "guards": [g.article_named],
            "effects": [e.prepare_decision],
        },
        {
            "trigger": "reopen",
            "source": State.inadmissible,
            "dest": entry,
            "permission": P.dossier_screen,
            "guards": [g.before_deciding],
            "effects": [e.discard_decision],
        },
    ]


def _coaching(entry: State) -> list[Row]:
    return [
        {
            "trigger": "finish_coaching",
            "source": entry,
            "dest": State.coached,
            "permission": P.coaching_close,
            "guards": [g.coached_enough],
            "effects": [e.reveal],
        },
    ]


def _scoring(entry: State) -> list[Row]:
    return [
        {
            "trigger": "close_scoring",
            "source": entry,
            "dest": State.scored,
            "permission": P.jury_close,
            "guards": [g.enough_scores, g.nobody_still_scoring],
            "effects": [e.total_up, e.reveal],
        },
    ]


def _deciding(entry: State) -> list[Row]:
    return [
        {
            "trigger": "select",
            "source": entry,
            "dest": SELECTED,
            "permission": P.dossier_decide,
            "values": v.Selecting,
            "guards": [g.amount_allowed, g.within_envelope, g.within_days],
            "effects": [e.prepare_decision],
        },
        {
            "trigger": "decline",
            "source": entry,
            "dest": NOT_SELECTED,
            "permission": P.dossier_decide,
            "values": v.Declining,
            "effects": [e.prepare_decision],
        },
        *(_reopening(outcome, entry) for outcome in (SELECTED, NOT_SELECTED)),
    ]


def _reserving(entry: State) -> list[Row]:
    return [
        {
            "trigger": "reserve",
            "source": entry,
            "dest": RESERVE,
            "permission": P.dossier_decide,
            "values": v.Reserving,
            "guards": [g.valid_in_future],
            "effects": [e.prepare_decision],
        },
        _reopening(RESERVE, entry),
    ]


def _reopening(outcome: State, entry: State) -> Row:
    return {
        "trigger": "reopen",
        "source": outcome,
        "dest": entry,
        "permission": P.dossier_decide,
        "guards": [g.before_deciding],
        "effects": [e.discard_decision],
    }


def _guiding(entry: State) -> list[Row]:
    return [
        {
            "trigger": "finish_guidance",
            "source": entry,
            "dest": State.guided,
            "permission": P.coaching_close,
            "guards": [g.after_release, g.coached_enough],
            "effects": [e.reveal],
        },
    ]


def _reporting(entry: State) -> list[Row]:
    return [
        {
            "trigger": "report",
            "source": entry,
            "dest": State.reported,
            "permission": P.report_submit,
            "guards": [g.after_release, g.report_there],
            "effects": [e.reveal],
        },
        {
            "trigger": "close",
            "source": State.reported,
            "dest": State.closed,
            "permission": P.report_approve,
            "values": v.Approving,
            "effects": [e.approve_report, e.reveal],
        },
    ]


def _closing(entry: State) -> list[Row]:
    """A call without reports closes its projects by hand."""
    return [
        {
            "trigger": "close",
            "source": entry,
            "dest": State.closed,
            "permission": P.report_approve,
            "values": v.Approving,
            "guards": [g.after_release],
            "effects": [e.reveal],
        },
    ]


def stages_of(procedure: Procedure) -> list[Stage]:
    """The stages that a call's switches ask for, in their order."""
    chosen = [Stage("applying", _applying, State.submitted), Stage("screening", _screening, State.screened)]
    if procedure.coaching in (Coaching.before, Coaching.both):
        chosen.append(Stage("coaching", _coaching, State.coached))
    chosen += [Stage("scoring", _scoring, State.scored), Stage("deciding", _deciding, SELECTED)]
    if procedure.coaching in (Coaching.after, Coaching.both):
        chosen.append(Stage("guiding", _guiding, State.guided))
    chosen.append(
        Stage("reporting", _reporting, State.closed)
        if procedure.report
        else Stage("closing", _closing, State.closed)
    )
    return chosen


def rows_of(procedure: Procedure) -> list[Row]:
    """The whole table of a call: stages joined exit to entry, the reserve list, and withdrawing beside
    them.
    """
    rows: list[Row] = []
    entry = State.draft
    for stage in stages_of(procedure):
        rows += stage.rows(entry)
        if stage.name == "deciding" and procedure.reserve:
            rows += _reserving(entry)
        entry = stage.exit
    reached = {row["dest"] for row in rows}
    return rows + [row for row in _withdrawing() if row["source"] in reached or row["source"] is State.draft]


def _withdrawing() -> list[Row]:
    """An applicant withdraws until told of a decision, whatever has been prepared meanwhile: buttons must not
    betray it.
    """
    early = (State.submitted, State.screened, State.coached, State.scored)
    prepared = (SELECTED, RESERVE, NOT_SELECTED, State.inadmissible)
    return [_withdrawal(State.draft, effects=[e.reveal])] + [
        _withdrawal(
            source,
            guards=[g.before_release] if source in prepared else [],
            effects=[e.discard_decision, e.reveal, e.confirm_withdrawal],
        )
        for source in (*early, *prepared)
    ]


def _withdrawal(source: State, *, guards: Sequence[Guard] = (), effects: Sequence[Effect]) -> Row:
    return {
        "trigger": "withdraw",
        "source": source,
        "dest": State.withdrawn,
        "permission": P.application_withdraw,
        "values": v.Reason,
        "guards": guards,
        "effects": effects,
    }
