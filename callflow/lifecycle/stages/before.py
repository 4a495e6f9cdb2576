"""Applying, screening, coaching and presenting: what comes before anybody judges."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import application, checklist, completion, outcome, sessions
from callflow.lifecycle.guards import presenting as presentations
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
            "effects": [e.discard_decision, e.reveal],
        },
    ]


def completing(entry: State) -> list[Row]:
    """Papers are asked for, brought, or not brought in time: then the coordinator says what happens."""
    return [
        {
            "trigger": "return_for_completion",
            "source": entry,
            "dest": State.incomplete,
            "permission": P.dossier_screen,
            "values": v.Returning,
            "guards": [completion.something_asked, completion.due_within_terms],
            "effects": [e.ask_completion, e.reveal, e.tell_incomplete],
        },
        {
            "trigger": "complete",
            "source": State.incomplete,
            "dest": entry,
            "permission": P.application_submit,
            "values": v.Completing,
            "guards": [completion.in_time, application.answers_complete, completion.same_copy],
            "effects": [e.take_completion, e.reveal, e.acknowledge],
        },
        {
            "trigger": "judge_as_is",
            "source": State.incomplete,
            "dest": entry,
            "permission": P.dossier_screen,
            "values": v.Reason,
            "guards": [completion.reason_before_due],
            "effects": [e.end_completion, e.reveal],
        },
        {
            "trigger": "refuse",
            "source": State.incomplete,
            "dest": State.inadmissible,
            "permission": P.dossier_screen,
            "values": v.Refusing,
            "guards": [completion.term_over, checklist.article_named],
            "effects": [e.end_completion, e.prepare_decision],
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
        {
            "trigger": "revise",
            "source": entry,
            "dest": entry,
            "permission": P.application_submit,
            "values": v.Submitting,
            "guards": [application.something_new, application.answers_complete, application.same_text],
            "effects": [e.freeze_revision],
        },
    ]


def presenting(entry: State) -> list[Row]:
    """The group is invited to present its project to the jury; the office notes who came. An invitation can
    be given again with another day, until that is noted.
    """
    return [
        {
            "trigger": "invite_to_present",
            "source": entry,
            "dest": entry,
            "permission": P.jury_close,
            "values": v.Presenting,
            "guards": [presentations.time_and_place],
            "effects": [e.invite_to_present],
        },
        {
            "trigger": "note_presentation",
            "source": entry,
            "dest": State.presented,
            "permission": P.jury_close,
            "values": v.Presented,
            "guards": [presentations.invited, presentations.time_has_come, presentations.absence_explained],
            "effects": [e.note_presentation, e.reveal],
        },
    ]
