"""flask call: checks a set-up file, loads it, and shows what a call holds."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from callflow.calls import actions, queries
from callflow.calls.changes import in_file
from callflow.calls.models import Call
from callflow.calls.reading import MAXIMUM_BYTES
from callflow.calls.schema.document import document
from callflow.calls.setup import Reading, Setup
from callflow.cli import words
from callflow.core import formats
from callflow.core.actor import OPERATOR
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.i18n import gettext, language, ngettext
from callflow.core.twin import said
from callflow.dossiers.queries import begun
from callflow.lifecycle.changing.dry_run import DryRun, dry_run, summed
from callflow.lifecycle.changing.reading import checked
from callflow.territory.actions import load_municipalities
from callflow.web import change_told, change_words, setup_words
from config import ROOT

MOST_SHOWN = 100
DOCUMENT = ROOT / "docs" / "setup-file.md"
SETUP_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("call")
def call() -> None:
    """Set-up files and the calls made of them."""


@call.command("check")
@SETUP_FILE
@with_appcontext
def check(file: Path) -> None:
    """Check a set-up file and write nothing; exit code 2 when it could not be loaded."""
    with words.terminal():
        _in_order(file)
        click.echo(gettext("%(file)s is in order.", file=file.name))


@call.command("load")
@SETUP_FILE
@click.option(
    "--dry-run", "dry", is_flag=True, help="Show what it would do to a running call; write nothing."
)
@with_appcontext
def load(file: Path, *, dry: bool) -> None:
    """Check a set-up file and load its call; the same file a second time changes nothing."""
    with words.terminal():
        reading = _in_order(file)
        if reading.setup is None:
            raise AssertionError("a file in order has a set-up")
        if dry:
            _show(reading.setup)
            return
        try:
            with unit_of_work():
                municipalities = load_municipalities(OPERATOR)
                loaded = actions.load(OPERATOR, reading.setup, in_use=begun, warnings=reading.warnings)
        except Refused as refused:
            raise words.Refusal(f"{file}: {setup_words.say(refused.code, refused.parameters)}") from None
        _tell(loaded, municipalities)


@call.command("show")
@click.argument("reference")
@with_appcontext
def show(reference: str) -> None:
    """Show what a call holds."""
    with words.terminal():
        try:
            shown = queries.by_reference(reference)
        except NotFound:
            raise words.Refusal(gettext("There is no call “%(reference)s”.", reference=reference)) from None
        for line in _summary(shown):
            click.echo(line)


@call.command("docs")
def docs() -> None:
    """Write docs/setup-file.md: every key of a set-up file, from the schema itself."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    click.echo(str(DOCUMENT))


def read_setup(file: Path) -> Reading:
    """The checked file, its procedure included; never reads more than a set-up file may hold."""
    with file.open("rb") as opened:
        return checked(opened.read(MAXIMUM_BYTES + 1))


def _in_order(file: Path) -> Reading:
    """The reading of a file that can be loaded; ends the command with every error otherwise."""
    reading = read_setup(file)
    for finding in reading.findings[:MOST_SHOWN]:
        sentence = setup_words.say(finding.code, finding.parameters)
        if not finding.refuses:
            sentence = gettext("Worth a look: %(sentence)s", sentence=sentence)
        click.echo(f"{file}:{finding.line}: {sentence}", err=True)
    if more := len(reading.findings[MOST_SHOWN:]):
        click.echo(gettext("And %(count)d more.", count=more), err=True)
    if reading.setup is None:
        count = len(reading.errors)
        said_at_end = ngettext(
            "%(num)d place must be put right; nothing was written.",
            "%(num)d places must be put right; nothing was written.",
            count,
        )
        click.echo(said_at_end, err=True)
        sys.exit(2)
    return reading


def _show(setup: Setup) -> None:
    """The dry run: what would change, and what happens to each dossier. Exit code 2 when it is forbidden."""
    try:
        run = dry_run(OPERATOR, setup)
    except NotFound:
        click.echo(gettext("There is no such call yet: the file would set it up."))
        return
    if not run.changes:
        click.echo(gettext("The call is already so: nothing would change."))
    for each in run.changes:
        click.echo(f"  {in_file(each.place)}: {change_told.stood(each)} -> {change_told.stands(each)}")
        if each.refused:
            click.echo(f"    {change_words.REFUSED[each.refused]}", err=True)
    for row in run.rows:
        said_of = " ".join(change_told.effect(each) for each in row.effects)
        click.echo(f"{row.reference}  {words.state(row.state)}  {said_of}")
    _sum_up(run)


def _sum_up(run: DryRun) -> None:
    for code, count in sorted(summed(run).items()):
        click.echo(f"{count:>6}  {change_words.SUMS[code]}")
    if run.changes and not run.possible:
        click.echo(gettext("This change cannot be made."), err=True)
        sys.exit(2)


def _tell(loaded: actions.Loaded, municipalities: int) -> None:
    if municipalities:
        click.echo(gettext("Municipalities new or changed: %(count)d.", count=municipalities))
    reference = loaded.call.reference
    if loaded.outcome == "created":
        click.echo(gettext("The call %(reference)s was set up.", reference=reference))
    elif loaded.outcome == "unchanged":
        click.echo(gettext("The call %(reference)s is already so; nothing was written.", reference=reference))
    else:
        click.echo(gettext("The call %(reference)s was changed:", reference=reference))
        for place in loaded.places:
            click.echo(f"  {place}")


def _summary(shown: Call) -> list[str]:
    spoken = language()
    lines = [
        f"{shown.reference}  {said(shown.title, spoken)}",
        f"  {formats.moment(shown.opens_at)} - {formats.moment(shown.closes_at)}",
    ]
    for lot in shown.lots:
        lines.append(f"  {lot.key}: {said(lot.name, spoken)} - {said(lot.authority.name, spoken)}")
        means = [formats.euro(lot.envelope)] if lot.envelope is not None else []
        if lot.coaching_days:
            means.append(ngettext("%(num)d coaching day", "%(num)d coaching days", lot.coaching_days))
        area = ngettext("%(num)d municipality", "%(num)d municipalities", len(lot.area))
        lines.append(f"    {', '.join([*means, area])}")
    for each in shown.criteria:
        least = gettext("at least %(score)s", score=formats.number(each.minimum)) if each.minimum else ""
        lines.append(f"  {each.weight:>3} %  {said(each.title, spoken)}  {least}".rstrip())
    questions = sum(len(section["fields"]) for section in shown.form)
    in_form = ngettext("%(num)d question in the form", "%(num)d questions in the form", questions)
    lines.append(f"  {in_form}")
    return lines
