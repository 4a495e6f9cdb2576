"""The words for what is wrong with an answer or a file, and for what a draft or a report refuses."""

from collections.abc import Mapping
from typing import Any

from callflow.core import formats
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext

Words = Any

ANSWERS: dict[str, Words] = {
    "answer_missing": _l("This question still needs an answer."),
    "answer_again": _l("Look at this answer again and save it."),
    "text_unprintable": _l("Take out the signs that are shown as \ufffd. They cannot be printed."),
    "text_one_line": _l("Write this on one line."),
    "text_too_long": lambda p: ngettext(
        "This text is %(num)d character too long. It may have %(limit)s characters.",
        "This text is %(num)d characters too long. It may have %(limit)s characters.",
        p["over"],
        limit=formats.number(p["limit"]),
    ),
    "text_stacked": _l("This text piles signs upon each other. Write it with plain letters."),
    "text_huge": _l("This text is too long to keep. Shorten it, or add it as a file."),
    "number_unread": _l("Write this in figures, for example %(example)s."),
    "number_ambiguous": _l("“%(typed)s” can mean two numbers. Write it as %(example)s."),
    "number_whole": _l("Write a whole number, for example %(example)s."),
    "number_decimals": lambda p: ngettext(
        "Write at most %(num)d digit after the decimal sign, for example %(example)s.",
        "Write at most %(num)d digits after the decimal sign, for example %(example)s.",
        p["decimals"],
        example=p["example"],
    ),
    "number_too_small": _l("Write %(lowest)s or more."),
    "number_too_large": _l("Write %(highest)s or less."),
    "money_unread": _l("Write the amount in figures, for example %(example)s."),
    "money_ambiguous": _l("“%(typed)s” can mean two amounts. Write it as %(example)s."),
    "money_cents": _l("Write at most two digits for the cents, for example %(example)s."),
    "money_negative": _l("Write an amount that is not below zero."),
    "money_too_small": _l("Write %(minimum)s or more."),
    "money_too_large": _l("Write %(maximum)s or less."),
    "amount_above_lot": _l("You can ask for %(maximum)s at most."),
    "amount_below_lot": _l("Ask for %(minimum)s or more."),
    "date_unread": _l("Write the date as day, month and year, for example %(example)s."),
    "date_short_year": _l("Write the year with four digits, for example %(example)s."),
    "date_not_there": _l("This day does not exist. Write day, month and year, for example %(example)s."),
    "date_too_early": _l("Choose %(earliest)s or a later day."),
    "date_too_late": _l("Choose %(latest)s or an earlier day."),
    "choice_unknown": _l("Choose one of the answers in the list."),
    "place_unknown": _l("This is not a municipality of the call. Choose one from the list."),
    "place_ambiguous": _l("Choose one of these: %(names)s."),
    "place_outside_lot": _l(
        "This municipality lies in the area of another authority. "
        "Choose another one, or begin a new application for that part of the call."
    ),
    "budget_rows": _l("A table has room for %(rows)s rows. Put small costs together."),
    "budget_kind": _l("Choose what kind of row this is."),
    "budget_label": _l("Describe what this amount is for."),
    "budget_amount": _l("Write the amount in figures."),
    "budget_income_missing": _l(
        "Costs and income are not equal: %(difference)s of income is missing. "
        "Costs are %(costs)s, income is %(income)s."
    ),
    "budget_costs_missing": _l(
        "Costs and income are not equal: income is %(difference)s more than the costs. "
        "Costs are %(costs)s, income is %(income)s."
    ),
    "answer_changed": _l(
        "Somebody else changed the same answer after you opened this page. "
        "Nothing is lost: both texts stand below. Choose what stays and save again."
    ),
    "answer_changed_unsaved": _l(
        "Not saved: somebody else changed the same answer meanwhile. Press the button to see both texts."
    ),
    "file_empty": _l("This file is empty. Choose it again."),
    "file_too_large": _l("This file is too large: it has %(size)s MB and may have %(room)s MB."),
    "file_type": _l("Files of this type cannot be kept. You can add: %(allowed)s."),
    "file_lies": _l(
        "The name of this file ends in %(said)s, but it is a file of type %(found)s. "
        "Save it again in your program, then add it."
    ),
    "file_macros": _l("This document holds macros. Save it without macros, then add it."),
    "file_broken": _l("This file is damaged and cannot be opened. Save it again, then add it."),
    "picture_too_large": _l(
        "This picture has more than %(megapixels)s million pixels. Make it smaller, then add it."
    ),
    "too_many_files": lambda p: ngettext(
        "Here you can add %(num)d file. Remove it first.",
        "Here you can add %(num)d files. Remove one first.",
        p["count"],
    ),
    "no_such_field": _l("The form has changed. Open this page again."),
    "application_frozen": _l(
        "This application was submitted meanwhile, so its text can no longer change. "
        "What you typed still stands below; copy it if you need it."
    ),
    "language_unknown": _l("Choose one of the languages of this call."),
    "group_needed": _l("Choose the group that applies."),
    "place_needed": _l("Write the municipality where your project takes place."),
    "lot_needed": _l("Choose for which part of the call you apply."),
    "second_draft": _l("Confirm that you want a second application beside the one that is there."),
    "state_moved_on": _l("This application changed after you opened this page. Look at it again below."),
    "report_not_open": _l("You can write the report once your project is selected and you were told so."),
    "report_sent": _l("The report was sent. Its text can no longer change."),
}

FORMATS: Mapping[str, Any] = {
    "lowest": formats.number,
    "highest": formats.number,
    "earliest": formats.day,
    "latest": formats.day,
    "difference": formats.euro,
    "costs": formats.euro,
    "income": formats.euro,
    "size": lambda value: formats.number(value / 1_000_000, 1),
    "room": lambda value: formats.number(value / 1_000_000, 1),
    "rows": formats.number,
}
"""How the parameters of these codes are written."""
