"""What follows a step, in the order of the table, inside the caller's transaction. The event on the trail is
always first.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from callflow.agreements import actions as agreements
from callflow.applications import actions as applications
from callflow.core import formats, i18n, trail
from callflow.core.workflow import Move
from callflow.decisions import actions as decisions
from callflow.decisions.states import Ending
from callflow.dossiers.states import OUTCOMES, State
from callflow.jury import actions as jury
from callflow.jury.actions import meeting, presenting, rounds
from callflow.lifecycle import invitations, letter, preapplying, receipt, reporting
from callflow.lifecycle.values import Returning
from callflow.reports import actions as reports
from callflow.reports.states import ReportKind
from callflow.screening import actions as screening
from callflow.screening.models import Ending as CompletionEnding

ENDINGS = {
    "judge_as_is": CompletionEnding.judged,
    "refuse": CompletionEnding.refused,
    "withdraw": CompletionEnding.withdrawn,
}
WRITTEN = frozenset({"motivation", "text", "remarks", "facts", "order", "conditions", "place"})
"""Fields of a step's values that a person wrote: they go where they can be erased."""


def write_event(move: Move) -> None:
    """The step on the dossier's trail; what it decided but did not yet tell stays out of what applicants
    read.
    """
    values, texts = _told(move)
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


def _told(move: Move) -> tuple[dict[str, Any], dict[str, str]]:
    """Codes and figures of a step's values, and apart what a person wrote."""
    values: Any = move.case.values
    if isinstance(values, Returning):
        return values.told()
    plain: dict[str, Any] = asdict(values) if values else {}
    written = {name: plain.pop(name) for name in WRITTEN & plain.keys() if plain[name]}
    if "conditions" in written:
        with i18n.speaking(move.case.record.lot.authority.language):  # as the letter says them
            written["conditions"] = _lines(written["conditions"])
    return plain, written


def _lines(conditions: Sequence[dict[str, Any]]) -> str:
    """A line for each condition."""
    return "\n".join(
        f"{each['text']} ({each['proof']}, {formats.day(each['due_on'])})" for each in conditions
    )


def reveal(move: Move) -> None:
    """From now on the applicant and the public see this state."""
    move.case.record.shown_state = move.dest


def freeze_submission(move: Move) -> None:
    """Freeze the answers as a numbered version."""
    applications.freeze(move.case.record, move.case.actor, at=move.case.at)


def freeze_whole(move: Move) -> None:
    """The whole application after its short form: it is what the group asks from now on."""
    applications.take_revision(move.case.record, move.case.actor)
    applications.freeze(move.case.record, move.case.actor, at=move.case.at, anew=True)


def invite_to_apply(move: Move) -> None:
    """Tell the members of the group who write for it, until when and with which words. Whoever checked the
    short form and sends it once more has not checked the whole.
    """
    move.case.record.content_version += 1
    preapplying.tell_invited(move.case.record, move.case.values.text)


def tell_lapsed(move: Move) -> None:
    """Tell them that the invitation no longer holds: the invitation said until when."""
    preapplying.tell_lapsed(move.case.record)


def freeze_revision(move: Move) -> None:
    """The better version in the place of the one before, frozen under the next number."""
    applications.take_revision(move.case.record, move.case.actor)
    applications.freeze(move.case.record, move.case.actor, at=move.case.at)


def acknowledge(move: Move) -> None:
    """The acknowledgement of receipt, with all that the law of the lot's authority asks of it."""
    receipt.acknowledge(move.case.record)


def ask_completion(move: Move) -> None:
    """Keep what is asked for, with a copy of these answers that the group can change."""
    screening.ask(move.case.record, move.case.actor, values=move.case.values, at=move.case.at)


def tell_incomplete(move: Move) -> None:
    """The letter that says what is missing, why, by when, and what happens otherwise."""
    receipt.tell_incomplete(move.case.record)


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
        move.case.record, move.case.actor, outcome=move.dest, origin=State(move.source.value),
        values=move.case.values, at=move.case.at, first=move.case.facts.decision_state is None,
    )  # fmt: skip


def discard_decision(move: Move) -> None:
    """Take back what was only prepared."""
    decisions.discard(move.case.record)


def approve_interim(move: Move) -> None:
    """Note it, and tell the group."""
    reports.approve_interim(move.case.record, remarks=move.case.values.remarks, at=move.case.at)
    reporting.tell_approved(move.case.record)


def return_interim(move: Move) -> None:
    """Open the report halfway again with the reason, and tell the group."""
    _give_back(move, ReportKind.interim)


def return_report(move: Move) -> None:
    """The same for the last report."""
    _give_back(move, ReportKind.final)


def _give_back(move: Move, kind: ReportKind) -> None:
    why = move.case.values.text
    reports.give_back(move.case.record, kind, why=why, at=move.case.at)
    reporting.tell_returned(move.case.record, kind, why=why)


def lapse(move: Move) -> None:
    """The place or the offer has run out: what was decided no longer holds, and the group is told."""
    letter.lapse(move.case.record)
    decisions.end(move.case.record, Ending.lapsed, at=move.case.at)
    agreements.end(move.case.record, at=move.case.at)


def take_up_again(move: Move) -> None:
    """What was put off is decided anew."""
    decisions.end(move.case.record, Ending.resumed, at=move.case.at)


def accept(move: Move) -> None:
    """The group accepts the offer."""
    decisions.accept(move.case.record, at=move.case.at)


def confirm_conditions(move: Move) -> None:
    """Tell the group that all its conditions are met."""
    letter.confirm_conditions(move.case.record)


def invite_to_comment(move: Move) -> None:
    """Open the hearing and write to the group."""
    hearing = decisions.hear(move.case.record, move.case.actor, values=move.case.values, at=move.case.at)
    letter.invite_to_comment(move.case.record, hearing)


def note_remarks(move: Move) -> None:
    """Add what the group said by letter or in a talk."""
    decisions.note_remarks(move.case.record, move.case.actor, text=move.case.values.text, at=move.case.at)


def close_hearing(move: Move) -> None:
    """Nothing is revoked."""
    decisions.close_hearing(move.case.record, at=move.case.at)


def invite_to_present(move: Move) -> None:
    """Keep the day and the place, and tell the members of the group who write for it."""
    presenting.invite(move.case.record, move.case.actor, values=move.case.values, at=move.case.at)
    invitations.tell(move.case.record, move.case.values)


def note_presentation(move: Move) -> None:
    """Keep whether somebody came."""
    presenting.note(move.case.record, move.case.actor, values=move.case.values, at=move.case.at)


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
    """Tell the group that its dossier is withdrawn, by whom and when; what it was granted or promised is
    given up and free for others.
    """
    letter.confirm_withdrawal(move.case.record, move.case.actor)
    decisions.end(move.case.record, Ending.withdrawn, at=move.case.at)
    agreements.end(move.case.record, at=move.case.at)


def approve_report(move: Move) -> None:
    """Note what was approved and tell the group."""
    reports.approve(move.case.record, values=move.case.values, at=move.case.at)
    letter.approve_report(move.case.record)
