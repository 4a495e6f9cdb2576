"""What follows a selection: guidance, reports, closing; and revoking it, after the group was heard."""

from collections.abc import Iterable

from callflow.core.permissions import P
from callflow.core.workflow import Effect, Guard
from callflow.dossiers.states import State
from callflow.lifecycle import effects as e
from callflow.lifecycle import values as v
from callflow.lifecycle.guards import afterwards, sessions
from callflow.lifecycle.stages.deciding import restoring
from callflow.lifecycle.stages.stage import Row


def guiding(entry: State) -> list[Row]:
    """Coaching of the projects that were selected."""
    return [
        {
            "trigger": "finish_guidance",
            "source": entry,
            "dest": State.guided,
            "permission": P.coaching_close,
            "guards": [afterwards.after_release, afterwards.offer_accepted, sessions.coached_enough],
            "effects": [e.reveal],
        },
    ]


def halfway(entry: State) -> list[Row]:
    """The group says how far it is; the staff approve it, or send it back with the reason."""
    return [
        {
            "trigger": "report_interim",
            "source": entry,
            "dest": State.interim_reported,
            "permission": P.report_submit,
            "guards": [
                afterwards.after_release,
                afterwards.offer_accepted,
                afterwards.nobody_heard,
                afterwards.interim_there,
            ],
            "effects": [e.reveal],
        },
        {
            "trigger": "approve_interim",
            "source": State.interim_reported,
            "dest": State.interim_approved,
            "permission": P.report_approve,
            "values": v.Remarking,
            "guards": [afterwards.nobody_heard],
            "effects": [e.approve_interim, e.reveal],
        },
        {
            "trigger": "return_interim",
            "source": State.interim_reported,
            "dest": entry,
            "permission": P.report_approve,
            "values": v.Reason,
            "guards": [afterwards.nobody_heard, afterwards.why_returned],
            "effects": [e.return_interim, e.reveal],
        },
    ]


def reporting(entry: State) -> list[Row]:
    """The group reports; the staff approve and close, or send the report back with the reason."""
    return [
        {
            "trigger": "report",
            "source": entry,
            "dest": State.reported,
            "permission": P.report_submit,
            "guards": [
                afterwards.after_release,
                afterwards.offer_accepted,
                afterwards.nobody_heard,
                afterwards.report_there,
            ],
            "effects": [e.reveal],
        },
        {
            "trigger": "close",
            "source": State.reported,
            "dest": State.closed,
            "permission": P.report_approve,
            "values": v.Approving,
            "guards": [afterwards.nobody_heard, afterwards.costs_named],
            "effects": [e.approve_report, e.reveal],
        },
        {
            "trigger": "return_report",
            "source": State.reported,
            "dest": entry,
            "permission": P.report_approve,
            "values": v.Reason,
            "guards": [afterwards.nobody_heard, afterwards.why_returned],
            "effects": [e.return_report, e.reveal],
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
            "guards": [afterwards.after_release, afterwards.offer_accepted, afterwards.nobody_heard],
            "effects": [e.reveal],
        },
    ]


PROMISED = (
    State.selected_with_conditions, State.selected, State.agreed, State.guided, State.interim_reported,
    State.interim_approved, State.reported,
)  # fmt: skip


def revoking(reached: Iterable[State]) -> list[Row]:
    """As long as a project is not closed: the group is invited to comment, then a revocation is prepared,
    decided and told like any decision.
    """
    return [row for source in PROMISED if source in set(reached) for row in _revoking(source)]


def _revoking(source: State) -> list[Row]:
    return [
        _hearing(
            "hear", source, v.Inviting,
            [
                afterwards.after_release, afterwards.nobody_heard, afterwards.grounds_named,
                afterwards.comment_in_future,
            ],
            e.invite_to_comment,
        ),
        _hearing(
            "note_remarks", source, v.Reason, [afterwards.hearing_there, afterwards.remark_there],
            e.note_remarks,
        ),
        _hearing("drop_hearing", source, v.Reason, [afterwards.hearing_there], e.close_hearing),
        {
            "trigger": "revoke",
            "source": source,
            "dest": State.revoked,
            "permission": P.dossier_decide,
            "values": v.Revoking,
            "guards": [
                afterwards.after_release, afterwards.heard, afterwards.grounds_named,
                afterwards.repayment_within,
            ],
            "effects": [e.prepare_decision],
        },
        restoring(State.revoked, source),
    ]  # fmt: skip


def _hearing(trigger: str, source: State, values: type, guards: list[Guard], effect: Effect) -> Row:
    """A step of the hearing: the dossier stays where it is."""
    return {
        "trigger": trigger,
        "source": source,
        "dest": source,
        "permission": P.dossier_decide,
        "values": values,
        "guards": guards,
        "effects": [effect],
    }
