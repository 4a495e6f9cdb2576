"""The words for the jury at work: what counts, habits, reminders, the meeting."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext

REASONS: dict[str, Any] = {
    "presentation_nowhere": _l("Write where the group presents its project."),
    "presentation_past": _l("Choose a day and an hour that are still to come."),
    "not_invited": _l("The group was not invited yet."),
    "presentation_ahead": _l("The group presents its project on %(held_at)s."),
    "absence_unexplained": _l("Write why nobody came, or what was agreed: the jury reads it."),
    "again_why": _l("Write why the jury scores this project again."),
    "not_on_agenda": _l("No meeting is open that has this project on its agenda."),
    "quorum_missing": lambda p: ngettext(
        "%(num)d person is in the room; the quorum is %(quorum)s.",
        "%(num)d people are in the room; the quorum is %(quorum)s.",
        p["count"],
        quorum=p["quorum"],
    ),
    "agreed_off_scale": _l("An agreed total lies between 0 and 100 percent."),
    "agreed_why": _l("Write why the jury departs from the scores: the group reads it in the letter."),
    "not_met": _l("The jury has not settled this project in a meeting yet."),
    "uncounted": _l("The habits of the jury are not frozen yet, so this dossier has no total that counts."),
}

REFUSALS: dict[str, Any] = {
    "counting_late": _l("A score sheet was handed in already. What counts can no longer be chosen."),
    "counts_otherwise": _l(
        "In this call the habits of the jury do not count, so there is nothing to freeze."
    ),
    "habits_changed": _l("Somebody froze the habits anew after you opened this page. Look at them below."),
    "habits_late": _l(
        "Somebody was already proposed by the present totals. Take those proposals back first, so that all "
        "are treated alike."
    ),
    "nothing_closed": _l("The scoring of no dossier is closed yet. Close it first: then habits can be told."),
    "meeting_is_open": _l("A meeting of this jury is open already. Close it first."),
    "meeting_day_missing": _l("Choose the day of the meeting."),
    "meeting_over": _l("The meeting was closed meanwhile. Nothing more can be settled in it."),
    "meeting_changed": _l("Somebody else noted something in this meeting meanwhile. Look at it again below."),
    "agenda_empty": _l("Tick at least one project for the agenda."),
    "quorum_small": _l("At least one person must be in the room."),
    "not_scored": _l("%(reference)s is no longer scored, so it cannot be on the agenda."),
    "nobody_ticked": _l("Tick at least one jury member."),
    "nobody_to_remind": _l("Nobody of these is left to remind: they are done, or had a reminder today."),
}

KINDS: dict[str, Any] = {
    "counting_mean": _l("The plain mean"),
    "counting_trimmed": _l("The mean without the lowest and the highest score"),
    "counting_calibrated": _l("The mean without the habits of strict and lenient members"),
    "why_invite_to_present": _l("The members who write get a mail with the day and the place."),
    "why_note_presentation": _l("Whether somebody came; then the jury scores."),
    "why_score_again": _l("The jury scores once more; the first round is kept and counts no more."),
    "why_settle": _l("In the open meeting: the scores stand, or a total is agreed with its reason."),
    "why_counting_mean": _l("Every score counts as it was given."),
    "why_counting_trimmed": _l("Per criterion and from four scores on; with fewer it is the plain mean."),
    "why_counting_calibrated": _l("Each project is judged as if the whole jury had scored it."),
}

EVENTS: dict[str, Any] = {
    "counting_chosen": _l("Chosen what the scores add up to"),
    "habits_frozen": _l("Habits of the jury frozen, totals written"),
    "meeting_opened": _l("Meeting of the jury opened"),
    "presence_noted": _l("Noted who sits in the meeting"),
    "meeting_closed": _l("Meeting closed, minutes fixed"),
    "jurors_reminded": _l("Jury members reminded"),
}

TOPICS = (REASONS, REFUSALS, KINDS)
