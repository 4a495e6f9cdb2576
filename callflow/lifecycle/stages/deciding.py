"""Outcomes are prepared, and taken back before the body decides; conditions are met, places are offered."""

from callflow.core.permissions import P
from callflow.core.workflow import Guard
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import afterwards, outcome, scores
from callflow.lifecycle.stages.stage import Row

MEANS = [scores.counted, outcome.amount_allowed, outcome.within_envelope, outcome.within_days]


def deciding(entry: State) -> list[Row]:
    """Selected or not, prepared for the body that decides."""
    return [
        {
            "trigger": "select",
            "source": entry,
            "dest": State.selected,
            "permission": P.dossier_decide,
            "values": v.Selecting,
            "guards": MEANS,
            "effects": [e.prepare_decision],
        },
        {
            "trigger": "decline",
            "source": entry,
            "dest": State.not_selected,
            "permission": P.dossier_decide,
            "values": v.Declining,
            "guards": [scores.counted],
            "effects": [e.prepare_decision],
        },
        *(_reopening(prepared, entry) for prepared in (State.selected, State.not_selected)),
    ]


def conditioning(entry: State) -> list[Row]:
    """Selected once conditions are met: the money is promised, guidance and report wait."""
    return [
        {
            "trigger": "select_with_conditions",
            "source": entry,
            "dest": State.selected_with_conditions,
            "permission": P.dossier_decide,
            "values": v.SelectingWithConditions,
            "guards": [outcome.conditions_whole, *MEANS],
            "effects": [e.prepare_decision],
        },
        _reopening(State.selected_with_conditions, entry),
        {
            "trigger": "confirm",
            "source": State.selected_with_conditions,
            "dest": State.selected,
            "permission": P.dossier_decide,
            "guards": [afterwards.after_release, afterwards.conditions_met, afterwards.nobody_heard],
            "effects": [e.reveal, e.confirm_conditions],
        },
    ]


def postponing(entry: State) -> list[Row]:
    """Decided on another day."""
    return [
        {
            "trigger": "postpone",
            "source": entry,
            "dest": State.postponed,
            "permission": P.dossier_decide,
            "values": v.Postponing,
            "guards": [outcome.until_in_future],
            "effects": [e.prepare_decision],
        },
        _reopening(State.postponed, entry),
        {
            "trigger": "resume",
            "source": State.postponed,
            "dest": entry,
            "permission": P.dossier_decide,
            "guards": [afterwards.after_release],
            "effects": [e.take_up_again, e.reveal],
        },
    ]


def reserving(entry: State) -> list[Row]:
    """The reserve list, and the offer to a project on it when means come free."""
    return [
        {
            "trigger": "reserve",
            "source": entry,
            "dest": State.reserve,
            "permission": P.dossier_decide,
            "values": v.Reserving,
            "guards": [scores.counted, outcome.valid_in_future],
            "effects": [e.prepare_decision],
        },
        _reopening(State.reserve, entry),
        {
            "trigger": "promote",
            "source": State.reserve,
            "dest": State.selected,
            "permission": P.dossier_offer,
            "values": v.Promoting,
            "guards": [
                afterwards.after_release, afterwards.place_holds, afterwards.in_order,
                afterwards.answer_in_future, *MEANS,
            ],
            "effects": [e.prepare_decision],
        },
        restoring(State.selected, State.reserve),
        _lapsing(State.reserve, [afterwards.after_release, afterwards.place_over]),
        *_answering(),
        _lapsing(State.selected, [afterwards.after_release, afterwards.offer_over]),
    ]  # fmt: skip


def _answering() -> list[Row]:
    """The group accepts the offer, or leaves it to the next."""
    return [
        {
            "trigger": "accept_offer",
            "source": State.selected,
            "dest": State.selected,
            "permission": P.application_submit,
            "guards": [afterwards.after_release, afterwards.offer_open],
            "effects": [e.accept],
        },
        {
            "trigger": "decline_offer",
            "source": State.selected,
            "dest": State.withdrawn,
            "permission": P.application_withdraw,
            "values": v.Reason,
            "guards": [afterwards.after_release, afterwards.offer_open],
            "effects": [e.reveal, e.confirm_withdrawal],
        },
    ]


def _lapsing(source: State, guards: list[Guard]) -> Row:
    """A place that ran out is no decision of its own: the letter that gave it said until when. So it ends as
    not selected, like a project that never had one.
    """
    return {
        "trigger": "lapse",
        "source": source,
        "dest": State.not_selected,
        "permission": P.dossier_lapse,
        "guards": guards,
        "effects": [e.lapse, e.reveal],
    }


def _reopening(prepared: State, entry: State) -> Row:
    return {
        "trigger": "reopen",
        "source": prepared,
        "dest": entry,
        "permission": P.dossier_decide,
        "guards": [outcome.prepared_from(entry), outcome.before_deciding],
        "effects": [e.discard_decision],
    }


def restoring(prepared: State, origin: State) -> Row:
    """Take back what was prepared about a project that was told already; each way back has its own name,
    because a step leads to one state.
    """
    return {
        "trigger": f"restore_{origin.value}",
        "source": prepared,
        "dest": origin,
        "permission": P.dossier_decide,
        "guards": [outcome.prepared_from(origin), outcome.before_deciding],
        "effects": [e.discard_decision],
    }
