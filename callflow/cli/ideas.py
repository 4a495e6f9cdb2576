"""flask import ideas: a list of ideas becomes drafts of a call, all of them or none."""

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
from flask.cli import with_appcontext

from callflow.applications.imports import columns, drafts
from callflow.applications.imports.rows import Idea, Source, judged
from callflow.applications.queries import places_of
from callflow.calls.models import Call, Lot
from callflow.cli import words
from callflow.core.actor import OPERATOR
from callflow.core.db import unit_of_work
from callflow.core.i18n import gettext, ngettext
from callflow.core.tables import Problem, TableError

SHOWN = 5


@dataclass
class Judgement:
    """What the rows of a file came to."""

    count: int = 0
    first: list[Idea] = field(default_factory=list)
    later: int = 0
    problems: list[Problem] = field(default_factory=list)


@click.group("import")
def bring_in() -> None:
    """Bring tables in."""


@bring_in.command("ideas")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--call", "reference", required=True, help="Reference of the call.")
@click.option("--lot", help="Lot of rows that name none and whose municipality decides none.")
@click.option("--language", help="Language of rows that name none.")
@click.option("--column", "mapped", multiple=True, metavar="NAME=HEADER", help="Where a column stands.")
@click.option("--dry-run", is_flag=True, help="Only look.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def ideas(
    *,
    file: Path,
    reference: str,
    lot: str | None,
    language: str | None,
    mapped: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Make a draft of each row of FILE, for its group; all rows or none.

    Columns are found by their headers: title (needed), description, cost, municipality, language, lot, group,
    contact, mail, phone, street, postal code, town, legal form, and any question of the call's form by its id
    or its words. Comma, semicolon or tab; UTF-8 or Windows. A row without a mail address is kept under the
    authority of its lot.
    """
    with words.terminal(), words.refusals():
        content = file.read_bytes()
        source = partial(_source, content, reference, lot, language, mapped)
        count = _preview(source())
        if dry_run or not (yes or _agreed()):
            click.echo(gettext("Nothing was written."))
            return
        _begin(source, count, hashlib.sha256(content).hexdigest())
        click.echo(ngettext("%(num)d draft was made.", "%(num)d drafts were made.", count))


def _source(
    content: bytes, reference: str, lot: str | None, language: str | None, mapped: tuple[str, ...]
) -> Source:
    call = words.call(reference)
    pairs = dict(_pair(each) for each in mapped)
    if language is not None and language not in call.languages:
        raise words.Refusal(
            gettext("The call takes applications in %(languages)s.", languages=", ".join(call.languages))
        )
    table = columns.read(content, call, called=pairs)
    return Source(table, call, places_of(call.id), _chosen(call, lot), language)


def _pair(text: str) -> tuple[str, str]:
    name, sign, header = text.partition("=")
    if not sign or not header.strip():
        raise words.Refusal(gettext("Write --column NAME=HEADER."))
    return name.strip(), header.strip()


def _chosen(call: Call, key: str | None) -> Lot | None:
    if key is None:
        return None
    found = next((lot for lot in call.lots if lot.key == key), None)
    if found is None:
        keys = ", ".join(lot.key for lot in call.lots)
        raise words.Refusal(words.sentence("lot_unknown", {"lot": key, "lots": keys}))
    return found


def _judge(source: Source) -> Judgement:
    """Every row is read before the first is written; a file with a problem ends here."""
    said = Judgement()
    for found in judged(source):
        said.problems += found.problems
        if found.idea is not None:
            said.count += 1
            said.later += bool(found.idea.later)
            said.first += [found.idea] if said.count <= SHOWN else []
    if said.problems:
        raise words.refuse_rows(said.problems)
    if not said.count:
        raise TableError("table_no_rows")
    return said


def _preview(source: Source) -> int:
    """Show what the file would become, and how many drafts."""
    said, table = _judge(source), source.table
    taken = ", ".join(table.header[at] for at in sorted(table.columns.values()))
    left = ", ".join(head for at, head in enumerate(table.header) if at not in table.columns.values())
    click.echo(
        gettext("Read as %(encoding)s. Columns used: %(columns)s.", encoding=table.encoding, columns=taken)
    )
    if left:
        click.echo(gettext("Not used: %(columns)s.", columns=left))
    keys = {lot.id: lot.key for lot in source.call.lots}
    for idea in said.first:
        click.echo(
            f"  {idea.line:>5}  {keys[idea.lot_id]}  {idea.language}  {idea.title}  ({idea.details.name})"
        )
    click.echo(ngettext("%(num)d idea in the file.", "%(num)d ideas in the file.", said.count))
    if said.later:
        click.echo(
            ngettext(
                "%(num)d asks an amount that the group has to change before it submits.",
                "%(num)d ask an amount that the group has to change before it submits.",
                said.later,
            )
        )
    return said.count


def _agreed() -> bool:
    """Asked where somebody can answer; a script that runs this without a terminal means it."""
    return not sys.stdin.isatty() or click.confirm(gettext("Make these drafts?"))


def _begin(source: Callable[[], Source], count: int, sha256: str) -> None:
    with unit_of_work(), click.progressbar(length=count, file=sys.stderr) as bar:
        for _ in drafts.begin(OPERATOR, source(), sha256=sha256):
            bar.update(1)
