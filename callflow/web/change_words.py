"""The words for the dry run of a changed set-up: what changes, why not, and what happens to a dossier."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext

REFUSED: dict[str, Any] = {
    "promised": _l("Groups read this when they began to write: it stays as it was."),
    "authority_legal": _l("The law, the body and the court of an authority do not change during a call."),
    "authority_shared": _l("This authority decides in other calls too. Ask the administrator to change it."),
    "call_opened": _l("The call has opened: that day lies behind us."),
    "closing_promised": _l("Groups count on the closing hour. A file does not move it."),
    "scores_begun": _l("Jury members have begun to score by what stands here."),
    "presentation_told": _l("Groups were invited to present their project."),
    "meeting_runs": _l("A meeting of the jury is open. Close it first."),
    "outcome_used": _l("A decision of this kind was prepared already: whoever it is about counts on it."),
    "agreement_offered": _l("An agreement was offered to a group already, or is concluded."),
    "reports_begun": _l("Groups have begun to write their reports."),
    "completion_runs": _l("Groups are completing their applications now. Wait until that is over."),
    "full_until_told": _l("Groups were invited to write until then: it can only be later."),
    "report_due_told": _l("Selected groups were told this day in their letter: it can only be later."),
    "selected_told": _l("Projects are selected already: no stage is put before their report."),
    "ranked_already": _l("Outcomes were prepared by the present ranking. Take them back first."),
    "habits_frozen": _l("The habits of the jury were frozen by the present weights."),
    "promised_more": _l("More than that is promised already in this lot."),
    "checks_made": _l("The coordinator has begun to check applications by this list."),
    "form_answered": _l("Groups have answered this form: it stays as it was."),
    "rubric_promised": _l("Criteria and scale stand in the rules by which groups wrote."),
}

SECTIONS = {
    "procedure": _l("Procedure"),
    "calendar": _l("Calendar"),
    "rubric": _l("Rubric"),
    "means": _l("Lots and means"),
    "words": _l("Texts and people"),
}

PLACES: dict[str, Any] = {
    "procedure.preapplication": _l("A short form first"),
    "procedure.coaching": _l("Coaching of this call"),
    "procedure.sessions_needed": _l("Coaching sessions needed"),
    "procedure.scores_needed": _l("Score sheets needed"),
    "procedure.counting": _l("What the scores add up to"),
    "procedure.presentation": _l("A presentation to the jury"),
    "procedure.second_round": _l("A second round of scoring"),
    "procedure.meeting": _l("A meeting of the jury"),
    "procedure.reserve": _l("Reserve list"),
    "procedure.conditions": _l("Selecting with conditions"),
    "procedure.postponing": _l("Putting a decision off"),
    "procedure.report": _l("Report at the end"),
    "procedure.day_minutes": _l("Minutes in a day of coaching"),
    "procedure.completion": _l("Returning for completion"),
    "checklist": _l("Checklist"),
    "calendar.opens": _l("The call opens"),
    "calendar.closes": _l("Last hour to submit"),
    "calendar.info": _l("Information meeting"),
    "calendar.reminders_at": _l("Hour of the reminders"),
    "calendar.invitations_on": _l("Invitations expected"),
    "calendar.full_until": _l("Last hour for the whole application"),
    "calendar.completeness_until": _l("Missing papers must be there"),
    "calendar.coaching": _l("Coaching before the jury"),
    "calendar.jury_on": _l("The jury meets"),
    "calendar.decision_on": _l("Decision expected"),
    "calendar.guidance": _l("Coaching of selected projects"),
    "calendar.report_due": _l("Last day to report"),
    "rubric.criteria.*.weight": _l("Weight of a criterion"),
    "rubric.criteria.*.minimum": _l("Least score on a criterion"),
    "rubric.threshold_percent": _l("Least total to be selected, in percent"),
    "rubric.tie_breaks": _l("What breaks a tie"),
    "lots.*.envelope": _l("Envelope of a lot"),
    "lots.*.coaching_days": _l("Coaching days of a lot"),
    "form": _l("Form"),
    "report_form": _l("Report form"),
    "texts": _l("Letters and mails"),
    "authorities": _l("Authority"),
}
"""What a place of the set-up file is about; where it says more than its key."""

SUMS: dict[str, Any] = {
    "moved": _l("go to another state"),
    "stuck": _l("would be stuck"),
    "steps": _l("get other next steps"),
    "blocked": _l("are newly held back"),
    "freed": _l("are held back no longer"),
    "due": _l("get a later day or another one"),
    "due_earlier": _l("get an earlier day"),
    "due_past": _l("get a day that has passed"),
    "ranked": _l("stand elsewhere in the ranking"),
    "rescored": _l("keep their place with another total"),
    "enough_now": _l("score enough from now on"),
    "too_little_now": _l("score too little from now on"),
}
"""What happens to a number of dossiers."""


REFUSALS: dict[str, Any] = {
    "dry_run_changed": _l(
        "The call or one of its dossiers changed since you looked. Below is what the change does now."
    ),
    "nothing_to_change": _l("The call is already as this file says."),
    "change_forbidden": lambda p: ngettext(
        "%(num)d change is not allowed. Put it back in the file as it was, and look again.",
        "%(num)d changes are not allowed. Put them back in the file as they were, and look again.",
        p["count"],
    ),
    "dossiers_stuck": lambda p: ngettext(
        "%(num)d dossier would be stuck. Keep its stage in the procedure.",
        "%(num)d dossiers would be stuck. Keep their stage in the procedure.",
        p["count"],
    ),
    "way_unnamed": _l("Say where the dossiers go that are now: %(state)s."),
    "change_why_missing": _l("Write why the call changes: it stays in its history."),
    "setup_file_missing": _l("Choose the set-up file."),
    "setup_of_another_call": _l("This file is about the call “%(reference)s”, not about this one."),
}
EVENTS: dict[str, Any] = {"totals_reweighed": _l("Totals worked out anew with other weights")}
