"""A call in two steps: a short form first; who is invited writes the whole application."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import application, outcome, preapplying
from callflow.lifecycle.stages.stage import Row


def preapply(entry: State) -> list[Row]:
    """The group hands in its short form."""
    return [
        {
            "trigger": "preapply",
            "source": entry,
            "dest": State.preapplied,
            "permission": P.application_submit,
            "values": v.Submitting,
            "guards": [application.call_open, application.answers_complete, application.same_text],
            "effects": [e.freeze_submission, e.reveal, e.acknowledge],
        },
    ]


def inviting(entry: State) -> list[Row]:
    """The office invites, which grants nothing yet; not inviting is for the body to decide, with reasons."""
    return [
        _invitation(entry),
        {
            "trigger": "turn_away",
            "source": entry,
            "dest": State.not_invited,
            "permission": P.dossier_screen,
            "values": v.TurningAway,
            "guards": [preapplying.reason_given],
            "effects": [e.prepare_decision],
        },
        {
            "trigger": "reopen",
            "source": State.not_invited,
            "dest": entry,
            "permission": P.dossier_screen,
            "guards": [outcome.before_deciding],
            "effects": [e.discard_decision, e.reveal],
        },
    ]


def applying(entry: State) -> list[Row]:
    """The group hands in the whole application, or lets the time go by. An invitation that lapsed is given
    again once the calendar gives more time.
    """
    return [
        {
            "trigger": "submit",
            "source": entry,
            "dest": State.submitted,
            "permission": P.application_submit,
            "values": v.Submitting,
            "guards": [
                preapplying.full_in_time, application.answers_complete, application.same_text,
            ],
            "effects": [e.freeze_whole, e.reveal, e.acknowledge],
        },
        {
            "trigger": "lapse_invitation",
            "source": entry,
            "dest": State.lapsed,
            "permission": P.dossier_lapse,
            "guards": [preapplying.full_over],
            "effects": [e.reveal, e.tell_lapsed],
        },
        _invitation(State.lapsed),
    ]  # fmt: skip


def _invitation(source: State) -> Row:
    return {
        "trigger": "invite",
        "source": source,
        "dest": State.invited,
        "permission": P.dossier_screen,
        "values": v.InvitingToApply,
        "guards": [preapplying.time_to_write],
        "effects": [e.reveal, e.invite_to_apply],
    }
