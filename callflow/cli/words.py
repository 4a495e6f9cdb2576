"""What commands say on the terminal: in its language, and the sentences for what is wrong with a file."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import click

from callflow.core import i18n
from callflow.core.i18n import gettext
from callflow.core.i18n import lazy_gettext as _
from callflow.core.tables import Problem, TableError

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
    "table_no_rows": _("The file holds no rows."),
    "spare_cells": _(
        "%(count)s cells stand beside the columns. A text with a %(delimiter)s needs quotes around it."
    ),
    "text_lost": _(
        "%(column)s holds characters that were lost in an earlier conversion (�). Save the file anew."
    ),
    "id_missing": _("the id is empty."),
    "id_twice": _("the id %(id)s stands on line %(first)s as well."),
    "number_missing": _("%(column)s is empty."),
    "number_comma": _("%(column)s is “%(value)s”. Write a point for the decimals: %(better)s."),
    "number_wrong": _("%(column)s is “%(value)s”, which is no number."),
    "number_negative": _("%(column)s is %(value)s and cannot be less than zero."),
    "number_decimals": _("%(column)s is %(value)s. Money has at most two decimals."),
    "number_large": _("%(column)s is %(value)s, which is more than can be right."),
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
    """The sentence for a code of PROBLEMS. Raises KeyError for a code that has none."""
    return str(PROBLEMS[code]) % dict(parameters)


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
