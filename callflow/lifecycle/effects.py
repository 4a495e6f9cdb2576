"""What follows a step, in the order of the table, inside the caller's transaction. The event on the trail is
always first.
"""

from dataclasses import asdict
from typing import Any

from callflow.applications import actions as applications
from callflow.core import trail
from callflow.core.workflow import Move
from callflow.decisions import actions as decisions
from callflow.dossiers.states import OUTCOMES
from callflow.jury import actions as jury
from callflow.jury.actions import meeting, rounds
from callflow.lifecycle import letter
from callflow.lifecycle.values import Returning
from callflow.reports import actions as reports
from callflow.screening import actions as screening
from callflow.screening.models import Ending

ENDINGS = {"judge_as_is": Ending.judged, "refuse": Ending.refused, "withdraw": Ending.withdrawn}
WRITTEN = frozenset({"motivation", "text", "remarks"})
"""Fields of a step's values that a person wrote: they go where they can be erased."""


def write_event(move: Move) -> None:
    """The step on the dossier's trail; what it decided but did not yet tell stays out of what applicants
    read.
    """
    values, texts = _told(move.case.values)
    if move.source is not move.dest:
        move.case.record.state_since = move.case.at
    move.case.record.version += 1
    trail.record(
        move.case.record.trail,
        move.case.actor,
        move.trigger,
        source=str(move.source),
        dest=str(move.dest),
        data=values,
        texts=texts,
    )


def _told(values: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Codes and figures of a step's values, and apart what a person wrote."""
    if isinstance(values, Returning):
        return values.told()
    plain: dict[str, Any] = asdict(values) if values else {}
    return plain, {name: str(plain.pop(name)) for name in WRITTEN & plain.keys() if plain[name]}


def reveal(move: Move) -> None:
    """From now on the applicant and the public see this state."""
    move.case.record.shown_state = move.dest


def freeze_submission(move: Move) -> None:
    """Freeze the answers as a numbered version."""
    applications.freeze(move.case.record, move.case.actor, at=move.case.at)


def freeze_revision(move: Move) -> None:
    """The better version in the place of the one before, frozen under the next number."""
    applications.take_revision(move.case.record, move.case.actor)
    applications.freeze(move.case.record, move.case.actor, at=move.case.at)


def acknowledge(move: Move) -> None:
    """The acknowledgement of receipt, with all that the law of the lot's authority asks of it."""
    letter.acknowledge(move.case.record)


def ask_completion(move: Move) -> None:
    """Keep what is asked for, with a copy of these answers that the group can change."""
    screening.ask(move.case.record, move.case.actor, values=move.case.values, at=move.case.at)


def tell_incomplete(move: Move) -> None:
    """The letter that says what is missing, why, by when, and what happens otherwise."""
    letter.tell_incomplete(move.case.record)


def take_completion(move: Move) -> None:
    """Put the copy in the place of the answers, freeze the whole as the next version, and ask the points of
    the checklist anew.
    """
    screening.complete(move.case.record, move.case.actor, at=move.case.at)


def end_completion(move: Move) -> None:
    """Close the request without what it asked for."""
    screening.end(move.case.record, ENDINGS[move.trigger], at=move.case.at)


def prepare_decision(move: Move) -> None:
    """Write the decision that this step prepares; nobody outside the staff sees it."""
    if move.dest not in OUTCOMES:
        raise ValueError(f"{move.dest} is no outcome")
    decisions.prepare(
        move.case.record, move.case.actor, outcome=move.dest, values=move.case.values, at=move.case.at
    )


def discard_decision(move: Move) -> None:
    """Take back what was only prepared."""
    decisions.discard(move.case.record)


def total_up(move: Move) -> None:
    """Write the weighted total that lists sort by."""
    jury.write_total(move.case.record)


def open_round(move: Move) -> None:
    """Keep the sheets of this round and open them again."""
    rounds.open_round(move.case.record, fresh=move.case.values.fresh)


def settle(move: Move) -> None:
    """Write what the jury agreed on the agenda and into the total."""
    meeting.settle(move.case.record, values=move.case.values, at=move.case.at)


def confirm_withdrawal(move: Move) -> None:
    """Tell the group that its dossier is withdrawn, by whom and when."""
    letter.confirm_withdrawal(move.case.record, move.case.actor)


def approve_report(move: Move) -> None:
    """Note what was approved and tell the group."""
    reports.approve(move.case.record, values=move.case.values, at=move.case.at)
    letter.approve_report(move.case.record)
