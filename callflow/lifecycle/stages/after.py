"""What follows a selection: guidance, reports, closing."""

from callflow.core.permissions import P
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import afterwards, sessions
from callflow.lifecycle.stages.stage import Row


def guiding(entry: State) -> list[Row]:
    """Coaching of the projects that were selected."""
    return [
        {
            "trigger": "finish_guidance",
            "source": entry,
            "dest": State.guided,
            "permission": P.coaching_close,
            "guards": [afterwards.after_release, sessions.coached_enough],
            "effects": [e.reveal],
        },
    ]


def reporting(entry: State) -> list[Row]:
    """The group reports; the staff approve and close."""
    return [
        {
            "trigger": "report",
            "source": entry,
            "dest": State.reported,
            "permission": P.report_submit,
            "guards": [afterwards.after_release, afterwards.report_there],
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


def closing(entry: State) -> list[Row]:
    """A call without reports closes its projects by hand."""
    return [
        {
            "trigger": "close",
            "source": entry,
            "dest": State.closed,
            "permission": P.report_approve,
            "values": v.Approving,
            "guards": [afterwards.after_release],
            "effects": [e.reveal],
        },
    ]
