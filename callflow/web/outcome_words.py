"""The words for bent outcomes: conditions, the reserve list and its offers, postponing, revoking."""

from collections.abc import Callable
from typing import Any

from callflow.core import formats
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.dossiers.states import State

RESTORING = tuple(f"restore_{state.value}" for state in State)

STEPS: dict[str, Any] = {
    "select_with_conditions": _l("Propose to select with conditions"),
    "confirm": _l("Confirm that all conditions are met"),
    "postpone": _l("Propose to put it off"),
    "resume": _l("Take it up again"),
    "promote": _l("Prepare the offer"),
    "lapse": _l("Let it lapse"),
    "accept_offer": _l("Accept the offer"),
    "decline_offer": _l("Decline the offer"),
    "hear": _l("Invite to comment on a revocation"),
    "note_remarks": _l("Add what the group said"),
    "drop_hearing": _l("Revoke nothing"),
    "revoke": _l("Propose to revoke"),
    **dict.fromkeys(RESTORING, _l("Take back the proposal")),
}

EVENTS: dict[str, Any] = {
    "select_with_conditions": _l("Proposed for selection with conditions"),
    "confirm": _l("All conditions met"),
    "postpone": _l("Proposed to be put off"),
    "resume": _l("Taken up again"),
    "promote": _l("Offer prepared"),
    "lapse": _l("Lapsed"),
    "accept_offer": _l("Offer accepted"),
    "decline_offer": _l("Offer declined"),
    "hear": _l("Group invited to comment"),
    "note_remarks": _l("Comments of the group added"),
    "drop_hearing": _l("Nothing is revoked"),
    "revoke": _l("Proposed to be revoked"),
    **dict.fromkeys(RESTORING, _l("Proposal taken back")),
    "proof_added": _l("Proof added"),
    "condition_judged": _l("Condition looked at"),
    "remarks_sent": _l("Group commented"),
    "extract_kept": _l("Extract of the minutes kept"),
}

REASONS: dict[str, Any] = {
    "conditions_missing": _l("Write at least one condition. Without any, propose to select."),
    "condition_incomplete": _l("A condition lacks its words or its proof."),
    "motivation_missing": _l("Write why: the group reads it in the letter."),
    "prepared_elsewhere": _l("The proposal was made from another state."),
    "conditions_open": lambda p: ngettext(
        "%(num)d condition is not found met yet.", "%(num)d conditions are not found met yet.", p["count"]
    ),
    "place_over": _l("The place on the reserve list held until %(valid_until)s."),
    "place_holds": _l("The place on the reserve list holds until %(valid_until)s."),
    "order_reason_missing": lambda p: ngettext(
        "%(num)d project on the list stands as high or higher. Write why this one comes first.",
        "%(num)d projects on the list stand as high or higher. Write why this one comes first.",
        p["count"],
    ),
    "no_offer": _l("There is no offer that waits for an answer."),
    "offer_over": _l("The offer could be answered until %(answer_by)s."),
    "offer_waits": _l("The group can answer the offer until %(answer_by)s."),
    "answer_day_over": _l(
        "The group could answer until %(day)s: nobody can keep to that any more. Choose a later day with "
        "the reasons."
    ),
    "answer_day_missing": _l("Choose the day by which the group answers."),
    "letter_day_over": _l(
        "The letter names %(day)s: nobody can keep to that any more. Take back the proposal on the page of "
        "the dossier, and prepare it anew."
    ),
    "comments_unread": _l(
        "The group commented on %(day)s, after the body decided. Take back the proposal on the page of the "
        "dossier, so that the body can weigh it."
    ),
    "hearing_open": _l("The group is being heard about a revocation. First that is settled."),
    "hearing_missing": _l("Invite the group to comment first."),
    "hearing_runs": _l("The group can comment until %(comment_until)s."),
    "grounds_missing": _l("Name the law or the article, and the facts."),
    "remarks_missing": _l("Write what is to be said."),
    "repayment_above_grant": _l("No more can be paid back than was granted: %(granted)s."),
}

REFUSALS: dict[str, Any] = {
    "conditions_over": _l("There is no condition to be proved now."),
    "condition_met_already": _l("This condition was found met. It needs no more proof."),
    "condition_remark_missing": _l("Write what is lacking: the group reads it."),
    "hearing_over": _l("There is no hearing open now."),
    "remarks_given": _l("Your group has commented already. Call us if you want to add something."),
    "verdict_missing": _l("Choose: met, or not met."),
    "condition_changed": _l("This condition changed after you opened the page. Look at it again below."),
    "proof_missing": _l("Choose a file that proves it."),
    "extract_missing": _l("Type the extract, or choose its PDF."),
}

WHY: dict[str, Any] = {
    "why_select_with_conditions": _l(
        "Only prepares: the money is kept, the project begins once all is proved."
    ),
    "why_confirm": _l("The group gets a letter; coaching and report open."),
    "why_postpone": _l("Only prepares: the letter says until when, and why."),
    "why_resume": _l("The dossier is ready to be decided again."),
    "why_promote": _l("Only prepares: the body decides, and the group answers by a day."),
    "why_lapse": _l("The day has passed. The group gets a letter, and the dossier ends as not selected."),
    "why_hear": _l("A letter asks the group for its comments. Its support stands until a decision is told."),
    "why_note_remarks": _l("What came by letter, mail or in a talk goes into the decision."),
    "why_drop_hearing": _l("The support stands. Write to the group that it is so."),
    "why_revoke": _l("Only prepares: the letter gives ground, facts, comments and repayment."),
    **{
        f"why_{name}": _l("The group was not told. The dossier returns to where it was.")
        for name in RESTORING
    },
}

NEXT: dict[str, Any] = {
    "next_conditions": _l("The group proves its conditions"),
    "next_judge": _l("Look at the proofs"),
    "next_confirm": _l("Confirm that the conditions are met"),
    "next_resume": _l("Take it up again"),
    "next_answer": _l("The group answers the offer"),
    "next_lapse": _l("The day has passed: let it lapse"),
    "next_reserve": _l("Waits on the reserve list"),
    "next_hearing": _l("The group can comment"),
    "next_revoke": _l("Revoke, or not"),
}

KINDS: dict[str, Any] = {
    "letter_selected_with_conditions": _l("Selected with conditions"),
    "letter_conditions_met": _l("Conditions met"),
    "letter_postponed": _l("Put off"),
    "letter_lapsed": _l("Lapsed"),
    "letter_hearing": _l("Invitation to comment"),
    "letter_revoked": _l("Revoked"),
    "fulfilment_open": _l("To be proved"),
    "fulfilment_met": _l("Met"),
    "fulfilment_unmet": _l("Not met"),
    "ended_withdrawn": _l("given up by the group"),
    "ended_revoked": _l("revoked"),
    "ended_lapsed": _l("lapsed"),
    "ended_followed": _l("followed by a later decision"),
    "ended_resumed": _l("taken up again"),
}

TOPICS = (REASONS, REFUSALS, WHY, NEXT, KINDS)
FORMATS: dict[str, Callable[[Any], str]] = {
    "valid_until": formats.day,
    "answer_by": formats.day,
    "comment_until": formats.day,
    "day": formats.day,
    "granted": formats.euro,
}
