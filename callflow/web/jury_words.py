"""The words for the jury at work: what counts, habits, reminders, the meeting."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l

REASONS: dict[str, Any] = {
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
    "nobody_ticked": _l("Tick at least one jury member."),
    "nobody_to_remind": _l("Nobody of these is left to remind: they are done, or had a reminder today."),
}

KINDS: dict[str, Any] = {
    "counting_mean": _l("The plain mean"),
    "counting_trimmed": _l("The mean without the lowest and the highest score"),
    "counting_calibrated": _l("The mean without the habits of strict and lenient members"),
    "why_counting_mean": _l("Every score counts as it was given."),
    "why_counting_trimmed": _l("Per criterion and from four scores on; with fewer it is the plain mean."),
    "why_counting_calibrated": _l("Each project is judged as if the whole jury had scored it."),
}

EVENTS: dict[str, Any] = {
    "counting_chosen": _l("Chosen what the scores add up to"),
    "habits_frozen": _l("Habits of the jury frozen, totals written"),
    "jurors_reminded": _l("Jury members reminded"),
}

TOPICS = (REASONS, REFUSALS, KINDS)
