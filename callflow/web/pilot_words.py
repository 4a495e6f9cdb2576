"""The words of pilots: buttons and history of their own procedure, reasons, refusals, and closed lists."""

from collections.abc import Mapping
from typing import Any

from wtforms import SelectChoice

from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.desk.pilots import Next
from callflow.dossiers.states import Part, State
from callflow.pilots.states import EntryKind, FindingKind, Progress, Verdict, Worked

STEPS: dict[str, Any] = {
    "submit": _l("Hand in the proposal"),
    "send_back": _l("Send the proposal back"),
    "screen": _l("Confirm that it fits the call"),
    "finish_coaching": _l("Close the coaching of the proposal"),
    "select": _l("Select the pilot"),
    "decline": _l("Do not select it"),
    "start": _l("Start the pilot"),
    "report": _l("Send the report of the pilot"),
    "return_report": _l("Send the report back"),
    "close": _l("Close the pilot"),
    "stop": _l("Stop the pilot"),
    "withdraw": _l("Withdraw the proposal"),
}
"""What the button of a step says: verb and object."""

MEANS: dict[str, Any] = {
    "submit": _l("The coordinator then looks whether it fits the call. The text can still change meanwhile."),
    "send_back": _l("The partners change it and hand it in again. They read why."),
    "screen": _l("The partners then talk the proposal through with a coach."),
    "finish_coaching": _l("The guiding partners are then asked whether they agree with it as it stands."),
    "select": _l("Text and partners are fixed from then on."),
    "decline": _l("All who carry it read why. It then ends."),
    "start": _l("Milestones are then noted as they come, until the report."),
    "report": _l("Report, methods and lessons are fixed, and the coordinator reads them."),
    "return_report": _l("The partners change the report and send it again. They read why."),
    "close": _l("The report is approved: nothing more is asked."),
    "stop": _l("All who carry it read why. What was learnt so far stays."),
    "withdraw": _l("The proposal then ends. Nobody looks at it any further."),
}
"""What a step of a pilot means, beside its button."""

HAPPENED: dict[str, Any] = {
    "submit": _l("Proposal handed in"),
    "send_back": _l("Proposal sent back"),
    "screen": _l("Found to fit the call"),
    "finish_coaching": _l("Coaching of the proposal closed"),
    "select": _l("Pilot selected"),
    "decline": _l("Pilot not selected"),
    "start": _l("Pilot started"),
    "report": _l("Report of the pilot sent"),
    "return_report": _l("Report sent back"),
    "close": _l("Pilot closed"),
    "stop": _l("Pilot stopped"),
    "withdraw": _l("Proposal withdrawn"),
    "report_saved": _l("Worked on the report"),
}
"""What a step of a pilot is called in its history, where a dossier has other words."""

EVENTS: dict[str, Any] = {
    "pilots_promised": _l("Number of pilots promised"),
    "pilot_proposed": _l("Pilot proposed"),
    "pilot_rewritten": _l("Text of the proposal changed"),
    "partner_joined": _l("Partner joined"),
    "partner_left": _l("Partner left"),
    "milestone_added": _l("Milestone added"),
    "milestone_changed": _l("Milestone changed"),
    "pilot_report_day_set": _l("Day of the report set"),
    "reminded": _l("Reminder sent"),
    "pilot_logged": _l("Line written in the log"),
    "pilot_agreed": _l("Guiding partner agrees"),
    "pilot_objected": _l("Guiding partner objects"),
    "finding_added": _l("Finding written down"),
    "finding_changed": _l("Finding changed"),
    "finding_fed": _l("Finding linked to a call"),
    "pilot_report_approved": _l("Report approved"),
    "send_back": HAPPENED["send_back"],
    "start": HAPPENED["start"],
    "return_report": HAPPENED["return_report"],
    "stop": HAPPENED["stop"],
}

NEXT: dict[str, Any] = {
    "hand_in": _l("Complete the proposal and hand it in"),
    "screening": _l("The coordinator looks whether it fits the call"),
    "coaching": _l("Talk the proposal through with a coach, and note that in the log"),
    "agree": _l("Say whether %(about)s agrees"),
    "agreements": _l("The other guiding partners still say whether they agree"),
    "select": _l("All agree: the pilot can be selected"),
    "start": _l("Start the pilot"),
    "milestone": _l("Next milestone: %(about)s"),
    "report": _l("Write the report and send it"),
    "report_day": _l("Say by which day the report is there"),
    "approval": _l("The coordinator reads the report"),
    "over": _l("Nothing more is asked"),
}
"""What must be done now, for somebody who carries a pilot."""

BUTTONS: dict[str, Any] = {
    "coaching": _l("Note it in the log"),
    "agree": _l("Agree or object"),
    "milestone": _l("Note how far it is"),
    "report": _l("Write the report"),
    "report_day": _l("Choose the day"),
    "approval": _l("Read the report"),
}
"""What the button says that leads to what must be done now."""

STATES: dict[State, Any] = {
    State.proposed: _l("Proposed"),
    State.submitted: _l("Handed in"),
    State.screened: _l("Fits the call"),
    State.coached: _l("Coached"),
    State.selected: _l("Selected"),
    State.running: _l("Under way"),
    State.reported: _l("Reported"),
    State.closed: _l("Closed"),
    State.not_selected: _l("Not selected"),
    State.withdrawn: _l("Withdrawn by the partners"),
    State.stopped: _l("Stopped"),
}
"""The states of a pilot: some say something else of an application."""

PARTS = {Part.government: _l("Local government"), Part.guide: _l("Guiding partner")}
PROGRESS = {
    Progress.planned: _l("Planned"),
    Progress.begun: _l("Begun"),
    Progress.done: _l("Done"),
    Progress.dropped: _l("Dropped"),
}
MARKS = {Progress.planned: "todo", Progress.begun: "begun", Progress.done: "done", Progress.dropped: "over"}
"""The mark that stands before how far a milestone is."""
ENTRIES = {
    EntryKind.meeting: _l("Meeting"),
    EntryKind.coaching: _l("Coaching"),
    EntryKind.visit: _l("Visit"),
    EntryKind.decision: _l("Arrangement"),
    EntryKind.note: _l("Remark"),
}
FINDINGS = {FindingKind.method: _l("Method tested"), FindingKind.lesson: _l("Lesson")}
WORKED = {
    Worked.well: _l("Worked well"),
    Worked.partly: _l("Worked in part"),
    Worked.badly: _l("Did not work"),
}
VERDICTS = {Verdict.agreed: _l("Agrees"), Verdict.objected: _l("Objects")}

REASONS: dict[str, Any] = {
    "pilot_government_missing": _l("No local government takes part yet."),
    "pilot_guides_missing": lambda p: ngettext(
        "%(num)d more guiding partner is needed: a pilot is guided jointly.",
        "%(num)d more guiding partners are needed: a pilot is guided jointly.",
        p["count"],
    ),
    "pilot_text_missing": _l("Part of the text is missing: what is tried, why, and how."),
    "pilot_plan_missing": _l("The plan has no milestone yet."),
    "pilot_report_day_missing": _l("The plan does not say yet by which day the report is there."),
    "pilot_coaching_missing": _l("The log has no line about coaching yet."),
    "pilot_agreements_missing": lambda p: ngettext(
        "%(num)d guiding partner has not said yet whether it agrees with the proposal as it stands.",
        "%(num)d guiding partners have not said yet whether they agree with the proposal as it stands.",
        p["count"],
    ),
    "pilot_objections": lambda p: ngettext(
        "%(num)d guiding partner objects.", "%(num)d guiding partners object.", p["count"]
    ),
    "pilot_report_missing": lambda p: ngettext(
        "%(num)d question of the report still needs an answer.",
        "%(num)d questions of the report still need an answer.",
        p["count"],
    ),
    "pilot_method_missing": _l("No tested method is written down yet."),
    "pilot_report_not_approved": _l("The report is not approved yet."),
    "pilot_reason_missing": _l("Write why: the partners read it."),
}

REFUSALS: dict[str, Any] = {
    "promise_changed": _l("Somebody changed this after you opened the page. What you typed is kept."),
    "pilot_not_your_group": _l("You can only propose a pilot for an organisation for which you may submit."),
    "pilot_proposals_over": _l("Proposals were taken until %(last_day)s. Call the coordinator."),
    "pilot_text_fixed": _l("The pilot is decided upon: its text can no longer change."),
    "pilot_text_changed": _l(
        "Another partner changed this text after you opened it. Both stand below; what you typed is kept."
    ),
    "pilot_place_outside": _l("Choose a municipality in the area of the call."),
    "pilot_partner_twice": _l("This organisation already takes part in this pilot."),
    "pilot_partner_unknown": _l(
        "No organisation has this address yet. Fill in its name and that of the contact, then it is made."
    ),
    "pilot_partner_gone": _l("This organisation no longer takes part. Choose another."),
    "pilot_partner_wrote": _l("This partner wrote in the log and stays: the log names who wrote."),
    "pilot_partners_fixed": _l("The pilot is decided upon: its partners can no longer change."),
    "milestone_changed": _l(
        "Another partner changed this milestone meanwhile. Both stand below; what you typed is kept."
    ),
    "pilot_plan_fixed": _l("The plan can no longer change."),
    "pilot_report_day_changed": _l(
        "Text, plan or partners changed after you opened this page. The day as it stands now is shown below; "
        "what you typed is kept."
    ),
    "pilot_report_day_past": _l("Choose today or a later day: by then the report is still to come."),
    "pilot_report_day_unexplained": _l(
        "Write why the day moves: all agreed upon it, and all who carry this pilot read the reason."
    ),
    "pilot_log_over": _l("This pilot is over: its log can no longer grow."),
    "pilot_day_ahead": _l("Choose a day that is not in the future: the log says what happened."),
    "pilot_not_your_partner": _l("You may not speak for this guiding partner."),
    "pilot_not_asked": _l(
        "The guiding partners are asked when the coaching is closed, and until it is selected."
    ),
    "pilot_read_again": _l(
        "Text, plan or partners changed after you opened the page. Read it again before you answer."
    ),
    "pilot_objection_without_reason": _l(
        "Write why you object, so that the others can do something about it."
    ),
    "finding_changed": _l(
        "Another partner changed this after you opened it. Both stand below; what you typed is kept."
    ),
    "pilot_findings_fixed": _l("Methods and lessons are written down from the selection until the report."),
    "method_did_missing": _l("Say of a method how it did; a lesson needs no such choice."),
    "pilot_not_selected": _l("Only a pilot that was selected can feed a call."),
    "finding_fed_already": _l("This finding is already linked to that call."),
    "pilot_report_fixed": _l("The report is written while the pilot is under way."),
    "pilot_report_changed": _l(
        "Another partner changed the report after you opened it. Both stand below; what you typed is kept."
    ),
    "pilot_lot_missing": _l("Choose the authority that answers for it."),
    "pilot_call_missing": _l("Choose one of your calls."),
    "pilot_report_not_sent": _l("There is no sent report to approve."),
}
TOPICS = (REASONS, REFUSALS)


def choices(found: Mapping[Any, Any]) -> list[SelectChoice]:
    """A closed list as the choices of an input."""
    return [SelectChoice(each.value, label) for each, label in found.items()]


def pilot_step_words(trigger: str) -> str:
    """What the button of a pilot's step says."""
    return str(STEPS[trigger])


def pilot_step_means(trigger: str) -> str:
    """What taking that step means."""
    return str(MEANS[trigger])


def pilot_state_words(state: State) -> str:
    """What a pilot in this state is called."""
    return str(STATES[state])


def next_words(found: Next) -> str:
    """What comes next, as a sentence that begins a notice."""
    return str(NEXT[found.code]) % {"about": found.about}


def next_button(code: str) -> str:
    """The button that leads to what comes next."""
    return str(BUTTONS[code])


def pilot_event_words(action: str) -> str:
    """What happened to a pilot, in the past tense."""
    return str(HAPPENED.get(action) or EVENTS.get(action) or _("Changed"))
