"""Applying, screening and coaching before scoring: what comes before anybody judges."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import application, checklist, outcome, sessions
from callflow.lifecycle.stages.stage import Row


def applying(entry: State) -> list[Row]:
    """The group hands in."""
    return [
        {
            "trigger": "submit",
            "source": entry,
            "dest": State.submitted,
            "permission": P.application_submit,
            "values": v.Submitting,
            "guards": [application.call_open, application.answers_complete, application.same_text],
            "effects": [e.freeze_submission, e.reveal, e.acknowledge],
        },
    ]


def screening(entry: State) -> list[Row]:
    """The checklist, and a refusal with its article."""
    return [
        {
            "trigger": "screen",
            "source": entry,
            "dest": State.screened,
            "permission": P.dossier_screen,
            "guards": [checklist.every_point_passed],
            "effects": [e.reveal],
        },
        {
            "trigger": "refuse",
            "source": entry,
            "dest": State.inadmissible,
            "permission": P.dossier_screen,
            "values": v.Refusing,
            "guards": [checklist.article_named],
            "effects": [e.prepare_decision],
        },
        {
            "trigger": "reopen",
            "source": State.inadmissible,
            "dest": entry,
            "permission": P.dossier_screen,
            "guards": [outcome.before_deciding],
            "effects": [e.discard_decision],
        },
    ]


def coaching(entry: State) -> list[Row]:
    """Sessions before the jury judges."""
    return [
        {
            "trigger": "finish_coaching",
            "source": entry,
            "dest": State.coached,
            "permission": P.coaching_close,
            "guards": [sessions.coached_enough],
            "effects": [e.reveal],
        },
    ]
