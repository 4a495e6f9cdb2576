"""What commands say on the terminal: in its language, and the sentences for what is wrong with a file."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import click

from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.core import i18n
from callflow.core.errors import DomainError
from callflow.core.i18n import gettext
from callflow.core.i18n import lazy_gettext as _
from callflow.core.tables import Problem, TableError
from callflow.dossiers.states import State
from callflow.people.states import Right
from callflow.web.words import right_words, role_words, say, state_words

MANY = 50
"""Rows that are named one by one before the rest is only counted."""

PROBLEMS = {
    "table_too_long": _("The file is larger than %(limit)s MB. Cut it into several."),
    "table_no_text": _("This is no table in plain text. Save it from the spreadsheet as CSV (UTF-8)."),
    "table_empty": _("The first line of the file must name the columns."),
    "table_broken": _("Line %(line)s: the quotes do not match (%(what)s). Save the table as CSV again."),
    "table_column_twice": _("The columns “%(first)s” and “%(second)s” mean the same. Leave one out."),
    "table_column_unknown": _("No column is called “%(column)s”. There are: %(header)s."),
    "table_column_missing": _("The column %(columns)s is missing. There are: %(header)s."),
    "row_without_title": _("Line %(line)s has no title."),
    "table_no_rows": _("The file holds no rows."),
    "spare_cells": _(
        "%(count)s cells stand beside the columns. A text with a %(delimiter)s needs quotes around it."
    ),
    "text_lost": _(
        "%(column)s holds characters that were lost in an earlier conversion (�). Save the file anew."
    ),
    "id_missing": _("the id is empty."),
    "id_twice": _("the id %(id)s stands on line %(first)s as well."),
    "table_column_no_such": _("There is no column %(column)s to fill: see flask import ideas --help."),
    "form_without_title": _("The form of this call asks for no title."),
    "title_missing": _("the title is empty."),
    "language_not_of_call": _(
        "the language is “%(language)s”. The call takes applications in %(languages)s."
    ),
    "lot_unknown": _("there is no lot “%(lot)s”. There are: %(lots)s."),
    "email_wrong": _("“%(email)s” is no mail address."),
    "cell_too_long": _("%(column)s is longer than %(limit)s characters."),
    "score_twice": _("%(juror)s scored %(dossier)s on line %(first)s as well."),
    "table_no_scores": _("No row of the file has a score."),
    "number_missing": _("%(column)s is empty."),
    "number_comma": _("%(column)s is “%(value)s”. Write a point for the decimals: %(better)s."),
    "number_wrong": _("%(column)s is “%(value)s”, which is no number."),
    "number_negative": _("%(column)s is %(value)s and cannot be less than zero."),
    "number_decimals": _("%(column)s is %(value)s. Money has at most two decimals."),
    "name_missing": _("the %(column)s is empty."),
    "name_looks_like": _(
        "the %(column)s “%(name)s” looks like “%(other)s” on line %(first)s, but is written otherwise "
        "(%(signs)s)."
    ),
    "pair_twice": _("%(juror)s and %(dossier)s stand on line %(first)s as well."),
    "conflict_wrong": _("conflict is “%(value)s”. Write yes or no (ja, nee, oui, non, 1, 0)."),
    "affinity_negative": _("affinity is %(value)s and cannot be less than zero; mark a conflict instead."),
    "affinity_decimals": _("affinity is %(value)s. It can have %(most)s decimals at most."),
    "affinity_large": _(
        "affinity is %(value)s. With the %(decimals)s decimals of this table it can be %(most)s at most."
    ),
    "number_large": _("%(column)s is %(value)s, which is more than can be right."),
}


BREAKS = {
    "event_missing": _("event %(detail)s is missing from the history"),
    "order_changed": _("event %(detail)s does not follow the one before it"),
    "event_edited": _("event %(detail)s was edited"),
    "text_edited": _("a note of event %(detail)s was edited"),
    "tail_cut": _("the history ends elsewhere than at event %(detail)s"),
    "decision_missing": _("is %(detail)s without a decision"),
    "decision_disagrees": _("is %(detail)s, its decision says something else"),
    "shown_too_early": _("shows %(detail)s before the decision is released"),
    "shown_state_behind": _("shows %(detail)s, which it is not"),
    "lot_elsewhere": _("stands in lot %(detail)s, which is not that of its call or decision"),
    "envelope_exceeded": _("promises %(detail)s euro, more than the envelope holds"),
    "joint_envelope_exceeded": _("pays %(detail)s euro, more than the joint envelope holds"),
    "board_input_changed": _("the selection board %(detail)s was made from something else than is kept"),
    "board_comes_out_otherwise": _("the selection board %(detail)s comes out otherwise when redone"),
    "coaching_days_exceeded": _("promises %(detail)s coaching days, more than there are"),
    "letters_of_decision": _("has %(detail)s decision letters"),
    "letter_of_another_kind": _("has a letter “%(detail)s” that its decision does not say"),
    "letter_failed": _("letter %(detail)s could not be made"),
    "mail_missing": _("was told of “%(detail)s” by no mail"),
    "mail_twice": _("sent one person %(detail)s mails about the same decision"),
    "mail_too_early": _("has a mail “%(detail)s” about a decision that is not released"),
    "history_disagrees": _("is in another state than “%(detail)s”, where its history leads"),
    "submission_missing": _("has no frozen version of the moment at which it was submitted"),
    "versions_disagree": _("has %(detail)s frozen versions, its history tells of another number"),
    "completion_disagrees": _("is %(detail)s, and what was asked of it says something else"),
    "completion_asks_nothing": _("was returned with request %(detail)s that asks nothing"),
    "completion_unasked": _("holds request %(detail)s that its history does not tell of"),
    "excluded_juror_counts": _("counts scores of person %(detail)s, who has a conflict of interest"),
    "sheet_of_a_stranger": _("counts scores of person %(detail)s, who is no juror of it"),
    "coach_is_juror": _("was coached and scored by the same person %(detail)s"),
    "coached_too_little": _("had fewer coaching sessions than the %(detail)s that its call asks for"),
    "advice_without_session": _("has advice %(detail)s that belongs to no session or version of it"),
    "member_works_on_own": _("is worked on by person %(detail)s of its own group"),
    "agreement_missing": _("is %(detail)s without an agreement that was accepted"),
    "agreement_unsigned": _("has an agreement accepted by %(detail)s members, fewer than it asks"),
    "agreement_text_differs": _("has an agreement of which %(detail)s accepted another text"),
    "agreement_stands": _("is %(detail)s, and its agreement still holds"),
    "report_missing": _("is %(detail)s without its report"),
    "promise_differs": _("sums up other means for lot %(detail)s than its decisions promise"),
    "mail_tally_differs": _("counts %(detail)s mails too many or too few in one of their states"),
    "tally_differs": _("counts %(detail)s applications too many or too few in one of its states"),
    "pile_differs": _("lies otherwise on the pile of juror %(detail)s than it stands"),
    "sheets_miscounted": _("counts its score sheets wrongly (%(detail)s)"),
    "promise_without_project": _("promises means to a project that does not go on (decision %(detail)s)"),
    "prepared_by_nobody": _("has a decision (%(detail)s) that neither a person nor the clock prepared"),
    "promoted_without_place": _("was offered a place that it did not have (decision %(detail)s)"),
    "revoked_unheard": _("lost what was promised without being heard (decision %(detail)s)"),
    "conditions_disagree": _("has conditions that its state disagrees with (%(detail)s open)"),
    "total_disagrees": _("has a total that its scores do not add up to (%(detail)s)"),
    "counting_changed": _("counts its scores otherwise (%(detail)s) than its history says"),
    "agreed_differs": _("has another agreed total (%(detail)s) than its history says"),
    "minutes_changed": _("has other minutes than were closed"),
    "habits_differ": _("has other habits of its jury than were frozen"),
    "scores_changed": _("has other scores of person %(detail)s than were handed in"),
    "check_changed": _("has another verdict on “%(detail)s” than was given"),
    "decision_changed": _("has another amount, days or rank than were decided (%(detail)s)"),
    "submission_changed": _("version %(detail)s is not what was submitted"),
    "letter_changed": _("letter %(detail)s is not what was written"),
    "seal_replaced": _("the seal of letter %(detail)s is not the one that its history names"),
    "seal_gone": _("the seal of letter %(detail)s, which its history names, is gone"),
    "letter_replaced": _("letter %(detail)s is not the one that its history names"),
    "letter_gone": _("letter %(detail)s, which its history names, is gone"),
    "message_changed": _("message %(detail)s is not what was written, or was never written"),
    "message_file_changed": _("the file %(detail)s with a message is not the one that its history names"),
    "subject_not_erased": _("the subject of conversation %(detail)s was erased by its history, and is there"),
    "sending_not_erased": _("the words of sending %(detail)s were erased by its history, and are there"),
    "message_file_gone": _("a file with message %(detail)s, which its history names, is gone"),
    "payee_change_disagrees": _(
        "changed its payee with %(detail)s acceptances, fewer than its agreement asks"
    ),
    "payee_differs": _("pays somebody else than %(detail)s, whom its last change of payee names"),
    "report_changed": _("has another report than was sent"),
    "file_missing": _("the file %(detail)s is gone"),
    "file_damaged": _("the file %(detail)s is not what was stored"),
    "pilot_without_partners": _(
        "was selected as a pilot with %(detail)s guiding partners, or without a government"
    ),
    "pilot_not_agreed": _("was selected although partner %(detail)s did not agree"),
    "pilot_report_disagrees": _("is %(detail)s, and its report is not"),
    "pilot_report_altered": _("has another report or other findings than were sent"),
    "pilot_log_disagrees": _("has %(detail)s lines in its log, its history another number"),
    "pilot_judged": _("is a pilot (%(detail)s) with scores or a decision of a jury"),
    "partners_of_application": _("has a partner (%(detail)s), which only pilots have"),
}


@contextmanager
def terminal() -> Iterator[None]:
    """Everything inside speaks the language of the terminal (LC_ALL, LC_MESSAGES, LANG); English when it
    has none of ours.
    """
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    with i18n.speaking(said[:2] if said[:2] in i18n.LANGUAGES else "en"):
        yield


def sentence(code: str, parameters: Mapping[str, object]) -> str:
    """The sentence for a problem with a table, or for a flaw of an answer in words of the form."""
    if code in PROBLEMS:
        return str(PROBLEMS[code]) % dict(parameters)
    said = say(code, dict(parameters))
    return f"{parameters['field']}: {said}" if "field" in parameters else said


def broken(code: str, about: str, detail: str) -> str:
    """One line on something that verify found; raises KeyError for a code of BREAKS that has no words."""
    return f"{about}: {str(BREAKS[code]) % {'detail': detail}}"


@contextmanager
def refusals() -> Iterator[None]:
    """What a file or an action refuses ends the command with a sentence."""
    try:
        yield
    except TableError as error:
        raise refuse_table(error) from None
    except DomainError as error:
        raise refuse(error) from None


def call(reference: str) -> Call:
    """The call of this reference; an exit that says so where there is none."""
    found = calls.whole(reference)
    if found is None:
        raise Refusal(gettext("There is no call “%(reference)s”.", reference=reference))
    return found


def role(name: str) -> str:
    """A role of staff, or what a member of a group may do, as pages call it."""
    return right_words(name) if name in Right.__members__ else role_words(name)


def state(found: State) -> str:
    """A state as pages call it."""
    return state_words(found)


def refuse(error: DomainError) -> click.ClickException:
    """What an action refuses."""
    return Refusal(sentence(error.code, error.parameters))


def refuse_table(error: TableError) -> click.ClickException:
    """The file as a whole is refused: exit code 2."""
    return Refusal(sentence(error.code, error.parameters))


def refuse_rows(problems: Iterable[Problem]) -> click.ClickException:
    """Rows are refused: each with its line, nothing written, exit code 2."""
    found = sorted(problems, key=lambda problem: problem.line)
    for problem in found[:MANY]:
        said = sentence(problem.code, problem.parameters)
        click.echo(gettext("Line %(line)d: %(what)s", line=problem.line, what=said), err=True)
    if len(found) > MANY:
        click.echo(gettext("And %(count)d more.", count=len(found) - MANY), err=True)
    return Refusal(gettext("Nothing was written: %(count)d rows need a correction.", count=len(found)))


class Refusal(click.ClickException):
    """The input cannot be taken: exit code 2, as for a wrong option."""

    exit_code = 2
