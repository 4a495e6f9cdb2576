"""The words for every code: reasons, refusals, buttons, events. Who stores a code writes its words here."""

from collections.abc import Callable, Mapping
from typing import Any

from callflow.core import formats
from callflow.core.actor import Role
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.dossiers.states import State
from callflow.people.states import Right
from callflow.web import (
    agreement_words,
    answer_words,
    change_words,
    filing_words,
    jury_words,
    letter_words,
    message_words,
    office_words,
    outcome_words,
    people_words,
    pilot_words,
    preapplying_words,
    setup_words,
    staff_words,
)

Words = Any
"""A lazy text, or a function of the parameters that makes one where a number decides on the plural."""

STATES: dict[State, Words] = {
    State.draft: _l("Draft"),
    State.proposed: _l("Proposed"),
    **preapplying_words.STATES,
    State.submitted: _l("Submitted"),
    State.incomplete: _l("Incomplete"),
    State.screened: _l("Screened"),
    State.coached: _l("Coached"),
    State.presented: _l("Presented"),
    State.scored: _l("Scored"),
    State.selected: _l("Selected"),
    State.selected_with_conditions: _l("Selected with conditions"),
    State.reserve: _l("Reserve list"),
    State.not_selected: _l("Not selected"),
    State.inadmissible: _l("Inadmissible"),
    State.postponed: _l("Postponed"),
    State.agreed: _l("Agreement concluded"),
    State.guided: _l("Coaching completed"),
    State.running: _l("Under way"),
    State.interim_reported: _l("Interim report sent"),
    State.interim_approved: _l("Interim report approved"),
    State.reported: _l("Reported"),
    State.closed: _l("Closed"),
    State.withdrawn: _l("Withdrawn by the applicant"),
    State.revoked: _l("Decision revoked"),
    State.stopped: _l("Stopped"),
}

# what the button of a step says: verb and object
STEPS: dict[str, Words] = {
    **preapplying_words.STEPS,
    "submit": _l("Submit the application"),
    "withdraw": _l("Withdraw the application"),
    "revise": _l("Hand in the better version"),
    "screen": _l("Confirm that it is admissible"),
    "return_for_completion": _l("Return for completion"),
    "complete": _l("Hand in the completion"),
    "judge_as_is": _l("Judge it as it is"),
    "refuse": _l("Propose to declare it inadmissible"),
    "reopen": _l("Take back the proposal"),
    "finish_coaching": _l("Close the coaching"),
    "invite_to_present": _l("Invite to present"),
    "note_presentation": _l("Note the presentation"),
    "close_scoring": _l("Close the scoring"),
    "score_again": _l("Have it scored again"),
    "settle": _l("Settle it in the meeting"),
    "select": _l("Propose to select"),
    "reserve": _l("Propose for the reserve list"),
    "decline": _l("Propose not to select"),
    **outcome_words.STEPS,
    **agreement_words.STEPS,
    "finish_guidance": _l("Close the coaching of the project"),
    "report": _l("Submit the report"),
    "close": _l("Approve the report and close"),
}

# what happened, as the first words of a line of a timeline
EVENTS: dict[str, Words] = {
    "created": _l("Draft started"),
    "answers_saved": _l("Worked on the text"),
    "file_added": _l("File added"),
    "file_removed": _l("File removed"),
    "completion_saved": _l("Worked on the completion"),
    "report_saved": _l("Worked on the report"),
    "report_frozen": _l("Text of the report fixed"),
    "ideas_imported": _l("Ideas imported from a table"),
    "report_file_added": _l("File added to the report"),
    **preapplying_words.EVENTS,
    "submit": _l("Application submitted"),
    "withdraw": _l("Application withdrawn"),
    "revise": _l("Better version handed in"),
    "screen": _l("Found admissible"),
    "return_for_completion": _l("Returned for completion"),
    "complete": _l("Completion handed in"),
    "judge_as_is": _l("Not waited for completion"),
    "refuse": _l("Proposed as inadmissible"),
    "reopen": _l("Proposal taken back"),
    "finish_coaching": _l("Coaching closed"),
    "invite_to_present": _l("Invited to present the project"),
    "note_presentation": _l("Presentation noted"),
    "close_scoring": _l("Scoring closed"),
    "score_again": _l("Scoring opened again for a second round"),
    "settle": _l("Settled in the meeting of the jury"),
    "select": _l("Proposed for selection"),
    "reserve": _l("Proposed for the reserve list"),
    "decline": _l("Proposed as not selected"),
    **outcome_words.EVENTS,
    **agreement_words.EVENTS,
    "finish_guidance": _l("Coaching of the project closed"),
    "report": _l("Report submitted"),
    "close": _l("Report approved, dossier closed"),
    "account_made": _l("Account made"),
    "account_changed": _l("Details changed"),
    "password_set": _l("Password changed"),
    "signed_out_everywhere": _l("Signed out everywhere"),
    "role_granted": _l("Role given"),
    "role_revoked": _l("Role taken away"),
    "group_created": _l("Group made"),
    "group_changed": _l("Details changed"),
    "member_invited": _l("Somebody invited"),
    "invitation_withdrawn": _l("Invitation withdrawn"),
    "member_joined": _l("Member joined"),
    "right_changed": _l("Right changed"),
    "member_removed": _l("Member removed"),
    "member_left": _l("Member left"),
    "handed_over": _l("Group handed over"),
    "call_created": _l("Call set up"),
    "call_changed": _l("Set-up of the call changed"),
    "municipalities_loaded": _l("List of municipalities loaded"),
    **staff_words.EVENTS,
    **letter_words.EVENTS,
    **message_words.EVENTS,
    **pilot_words.EVENTS,
    **jury_words.EVENTS,
    **office_words.EVENTS,
    **change_words.EVENTS,
    **filing_words.HAPPENED,
}

# who somebody is in a call
ROLES: dict[Role, Words] = {
    Role.coach: _l("Coach"),
    Role.juror: _l("Jury member"),
    Role.chair: _l("Chair of the jury"),
    Role.coordinator: _l("Coordinator"),
    Role.signatory: _l("Signatory"),
    Role.admin: _l("Administrator"),
}

# what a member of a group may do
RIGHTS: dict[Right, Words] = {
    Right.view: _l("Read everything"),
    Right.edit: _l("Read and change everything"),
    Right.submit: _l("Read, change, submit and invite"),
}

# why a step is not ready yet (lifecycle/guards/)
REASONS: dict[str, Words] = {
    "call_not_open": _l("The call opens on %(opens_at)s."),
    "call_closed": _l("The call closed on %(closes_at)s."),
    "answers_missing": lambda p: ngettext(
        "%(num)d question still needs an answer.", "%(num)d questions still need an answer.", p["count"]
    ),
    "text_changed": _l(
        "Somebody changed the text after you opened this page. Read it again before you submit."
    ),
    "nothing_revised": _l("Nothing changed since you handed it in last."),
    "checks_failed": lambda p: ngettext(
        "%(num)d point of the checklist is not in order.",
        "%(num)d points of the checklist are not in order.",
        p["count"],
    ),
    "checks_missing": lambda p: ngettext(
        "%(num)d point of the checklist was not looked at yet.",
        "%(num)d points of the checklist were not looked at yet.",
        p["count"],
    ),
    "nothing_asked": _l("Name at least one answer or paper that is missing."),
    "asked_reasons_missing": lambda p: ngettext(
        "%(num)d thing is asked for without a reason. The group reads it: write why.",
        "%(num)d things are asked for without a reason. The group reads them: write why.",
        p["count"],
    ),
    "due_too_early": _l("The group needs time to find it: choose %(earliest_day)s or a later day."),
    "due_too_late": _l("The calendar of the call does not wait longer than until %(latest_at)s."),
    "completion_late": _l(
        "The time to complete the application ended on %(due_at)s. What you typed still stands below; "
        "call the coordinator if you need it to be read."
    ),
    "completion_open": _l("The group can complete its application until %(due_at)s."),
    "reason_before_due": _l(
        "The group can complete its application until %(due_at)s. Write why you do not wait."
    ),
    "article_missing": _l("Name the article of the rules that is not met, and the facts."),
    "sessions_missing": lambda p: ngettext(
        "%(num)d more coaching session is needed.", "%(num)d more coaching sessions are needed.", p["count"]
    ),
    "scores_missing": lambda p: ngettext(
        "%(num)d more score sheet is needed.", "%(num)d more score sheets are needed.", p["count"]
    ),
    "scores_open": lambda p: ngettext(
        "%(num)d jury member has not handed in a score sheet yet.",
        "%(num)d jury members have not handed in a score sheet yet.",
        p["count"],
    ),
    "recusals_open": lambda p: ngettext(
        "Decide first whether the scores count of %(num)d jury member who stood aside.",
        "Decide first whether the scores count of %(num)d jury members who stood aside.",
        p["count"],
    ),
    "envelope_exceeded": _l("This does not fit the budget of the lot: %(left)s is left."),
    "days_exceeded": lambda p: ngettext(
        "This does not fit the coaching days of the lot: %(num)d day is left.",
        "This does not fit the coaching days of the lot: %(num)d days are left.",
        p["left"],
    ),
    "envelope_exceeded_unsaid": _l(
        "This does not fit the budget of the lot. A colleague without a conflict of interest sees what is "
        "left."
    ),
    "days_exceeded_unsaid": _l(
        "This does not fit the coaching days of the lot. A colleague without a conflict of interest sees "
        "what is left."
    ),
    "amount_above_maximum": _l("The amount is above the maximum of %(maximum)s."),
    "amount_below_minimum": _l("The amount is below the minimum of %(minimum)s."),
    "date_past": _l("Choose a day in the future."),
    "already_released": _l("The group was already told of the decision."),
    "already_decided": _l("The deciding body has already decided."),
    "not_released": _l("The group was not told of the decision yet."),
    "report_missing": _l("The report was not sent yet."),
}

# why something cannot be done, and what to do about it (DomainError codes of the slices)
REFUSALS: dict[str, Words] = {
    "not_offered": _l(
        "This step is no longer possible: the dossier is now %(state)s. Look at it again below."
    ),
    "completion_over": _l(
        "Nothing is asked of this application any more. What you typed still stands below; copy it if you "
        "need it."
    ),
    "dossier_changed": _l(
        "Somebody changed this dossier after you opened it. What you typed is kept. Look at it again below."
    ),
    "other_role": _l("This page is for people with another role. If you need it, ask the coordinator."),
    "not_allowed": _l(
        "You may look at this, but not change it. Ask somebody of your group or the coordinator."
    ),
    "not_found": _l("This page is not here, or it is not yours to see."),
    "file_missing": _l("This file is no longer there. Call us, we will look for it."),
    "file_damaged": _l(
        "This file is not as it was stored, so we do not show it. Call us, we will look into it."
    ),
    "form_expired": _l(
        "You were away for a while. Sign in again and send the form once more; your text is kept."
    ),
}

FORMATS: dict[str, Callable[[Any], str]] = {
    "due_at": lambda value: formats.moment(value, weekday=True),
    "held_at": lambda value: formats.moment(value, weekday=True),
    "latest_at": lambda value: formats.moment(value, weekday=True),
    "earliest_day": lambda value: formats.day(value, weekday=True),
    "opens_at": lambda value: formats.moment(value, weekday=True),
    "closes_at": lambda value: formats.moment(value, weekday=True),
    "again_at": formats.hour,
    "left": formats.euro,
    "maximum": formats.euro,
    "minimum": formats.euro,
    "state": lambda value: state_words(State(value)).lower(),
    **answer_words.FORMATS,
    **outcome_words.FORMATS,
    **agreement_words.FORMATS,
    **preapplying_words.FORMATS,
    **staff_words.FORMATS,
    "last_day": formats.day,
}
"""How a parameter is written, by its name; any other is shown as it is."""

HTTP: dict[int, tuple[Words, Words]] = {
    400: (
        _l("This could not be read"),
        _l("Part of what your browser sent is missing. Go back and send it again."),
    ),
    403: (
        _l("This is not yours to do"),
        _l("You may look at this, but only others may change it. Ask the coordinator."),
    ),
    404: (
        _l("This page is not here"),
        _l(
            "The address may be wrong, or the page is for others. Check the address, or start from the calls."
        ),
    ),
    405: (_l("This page takes no such message"), _l("Go back to the page you came from and use its button.")),
    409: (
        _l("Somebody was before you"),
        _l("What you saw has changed meanwhile. Open the page again to see how it is now."),
    ),
    413: (
        _l("This file is too large"),
        _l("A file may be %(megabytes)s MB. Make the picture smaller, or send it in two files."),
    ),
    422: (_l("Not yet"), _l("Something must be put right first.")),
    429: (_l("One moment"), _l("There were many attempts from here. Wait a quarter of an hour, or call us.")),
    500: (
        _l("Something broke on our side"),
        _l("It was noted, and nothing was left half done. Try again in a few minutes, or call us."),
    ),
}
"""Heading and explanation of an error page, by HTTP status."""

TOPICS: tuple[dict[str, Words], ...] = (
    REASONS,
    REFUSALS,
    *agreement_words.TOPICS,
    answer_words.ANSWERS,
    people_words.REFUSALS,
    setup_words.REFUSALS,
    filing_words.REFUSALS,
    office_words.REFUSALS,
    office_words.LOOK_REFUSALS,
    *letter_words.TOPICS,
    message_words.REFUSALS,
    *outcome_words.TOPICS,
    *staff_words.TOPICS,
    *pilot_words.TOPICS,
    *preapplying_words.TOPICS,
    *jury_words.TOPICS,
    change_words.REFUSALS,
)


def state_words(state: State) -> str:
    """The name of a state in the language in force."""
    return str(STATES[state])


def step_words(trigger: str) -> str:
    """What the button of this step says."""
    return str(STEPS[trigger])


def role_words(role: Role | str) -> str:
    """What somebody with this role is called."""
    return str(ROLES[Role(role)])


def right_words(right: Right | str) -> str:
    """What this right lets a member do."""
    return str(RIGHTS[Right(right)])


def event_words(action: str) -> str:
    """What happened, in the past tense; an action without words of its own shows as a change."""
    return str(EVENTS.get(action) or _("Changed"))


def say(code: str, parameters: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code, in the language in force; the code ``words`` hands on words already made."""
    given = dict(parameters or {})
    if code == "words":
        return str(given["words"])
    found = next((topic[code] for topic in TOPICS if code in topic), None)
    if found is None:
        return str(_("This cannot be done now (%(code)s). Call us if you need it.", code=code))
    if callable(found):
        return str(found(given))
    shown = {name: FORMATS.get(name, str)(value) for name, value in given.items()}
    sentence = str(found)
    return sentence % shown if shown else sentence
