"""flask rehearse: a whole call played from real idea lists to letters and reports, for training and for
measuring.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.cli import words
from callflow.cli.playing import letters, outcome, play
from callflow.cli.playing.play import Play
from callflow.cli.playing.story import Story, told
from callflow.core import heap, ids
from callflow.core.db import db
from callflow.core.i18n import gettext, ngettext
from callflow.core.outbox import OutboxMail
from callflow.decisions.selection import Rule
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.letters.states import LetterState
from callflow.lifecycle.digest import digest
from callflow.people.models import User


@click.command("rehearse")
@click.option("--call", "reference", required=True, help="Reference of the call to play.")
@click.option(
    "--ideas",
    "files",
    required=True,
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of ideas; may be given more than once.",
)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many ideas of each list.")
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same call.")
@click.option("--pdf", is_flag=True, help="Make the letters' PDFs as well.")
@with_appcontext
def rehearse(reference: str, files: tuple[Path, ...], limit: int | None, seed: int, pdf: bool) -> None:
    """Play a whole call with ideas from lists, through the actions that pages use.

    Groups apply, coordinators screen, coaches meet, jurors score, the rule of each lot proposes, its body
    decides, its signatory releases, letters and mails are written, selected projects report. The clock
    follows the call's calendar. Costs are divided by ten until the maximum of the lot covers them. Ends
    with a summary and the digest that flask verify prints too.
    """
    with words.terminal(), words.refusals(), ids.seeded(_start(reference, seed)):
        heap.settle()
        call = words.call(reference)
        stories = _stories(call, files, limit, seed)
        if pdf:
            _ready_to_draw()
            with letters.press() as press:
                played = _play(call, stories, seed, press.turn)
                press.turn(letters.MEANWHILE)
                found = digest()
                made = press.finish()
        else:
            played, found, made = _play(call, stories, seed), digest(), 0
        _summary(played, made)
        click.echo(f"digest {found}")
        _complain_of_letters()


def _ready_to_draw() -> None:
    if lacking := letters.can_be_made():
        raise click.ClickException(lacking)


def _start(reference: str, seed: int) -> int:
    """What random names follow from: the seed, and who is there already, so that none is made twice."""
    before = db.session.scalar(select(func.max(User.id))) or 0
    return int.from_bytes(hashlib.sha256(f"{seed} {reference} {before}".encode()).digest()[:8])


def _stories(call: Call, files: tuple[Path, ...], limit: int | None, seed: int) -> list[Story]:
    dice = Random(f"{seed} stories")  # noqa: S311 - a play has no secrets
    return [story for file in files for story in told(file.read_bytes(), call, limit=limit, dice=dice)]


def _play(call: Call, stories: list[Story], seed: int, between: Callable[[], None] = lambda: None) -> Play:
    procedure = Procedure.of(call.procedure)
    dice = Random(f"{seed} play")  # noqa: S311 - a play has no secrets
    acts: list[tuple[str, int, Callable[[Play], None]]] = [
        (gettext("Groups apply"), 1, play.applying),
        (gettext("Screening"), 1, play.screening),
        (gettext("Jury"), 3, play.judging),
        (gettext("Decisions"), 1, lambda played: outcome.decided(played, Rule.skip)),
        (gettext("Reports"), 1, outcome.following),
    ]
    if procedure.presentation:
        acts.insert(2, (gettext("Presentations"), 2, play.presenting))
    if procedure.coaching in (Coaching.before, Coaching.both):
        acts.insert(2, (gettext("Coaching"), 2, play.coaching))
    with _bar(gettext("Staff"), 1) as tick:
        played = play.begin(call, stories, dice, tick)
    played.between = between
    for label, times, act in acts:
        with _bar(label, times * len(played.under_way)) as played.tick:
            act(played)
    return played


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[], None]]:
    """A bar for one act. It ends full, also where fewer dossiers took part than there were."""
    with click.progressbar(length=max(length, 1), label=f"{label:<14}", file=sys.stderr) as bar:
        yield lambda: bar.update(1)
        bar.update(max(length, 1) - bar.pos)


def _complain_of_letters() -> None:
    """A letter that could not be made ends the rehearsal with exit code 1 and its cause."""
    failed = db.session.execute(
        select(Dossier.reference, Letter.failure)
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .where(Letter.state == LetterState.failed)
        .order_by(Dossier.reference)
    ).all()
    for reference, failure in failed[: words.MANY]:
        click.echo(f"{reference}: {failure}", err=True)
    if failed:
        raise click.ClickException(gettext("%(count)d letters could not be made.", count=len(failed)))


def _summary(played: Play, made: int) -> None:
    """What came of it, in figures."""
    references = [entry.reference for entry in played.entries]
    states = Counter(str(words.state(state)) for state in _states(references))
    click.echo(ngettext("%(num)d idea played.", "%(num)d ideas played.", len(references)))
    for label, count in sorted(states.items()):
        click.echo(f"  {count:>5}  {label}")
    if played.undecided:
        click.echo(
            gettext("%(count)d stand equal and wait for the jury to break the tie.", count=played.undecided)
        )
    written, mails = (db.session.scalar(select(func.count(model.id))) for model in (Letter, OutboxMail))
    click.echo(
        gettext(
            "%(letters)d letters, %(pdfs)d of them as PDF, %(mails)d mails.",
            letters=written,
            pdfs=made,
            mails=mails,
        )
    )


def _states(references: list[str]) -> Iterator[State]:
    rows = db.session.execute(
        select(Dossier.state, func.count()).where(Dossier.reference.in_(references)).group_by(Dossier.state)
    )
    return (state for state, count in rows for _ in range(count))
