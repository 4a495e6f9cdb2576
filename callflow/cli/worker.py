"""flask worker: makes letters, reminds who is to be reminded, and sends mail until it is told to stop."""

import logging
import sys

import click
from flask.cli import with_appcontext

from callflow.cli import words
from callflow.core import documents, heap, mail_tally, outbox, pdf, seal
from callflow.core.db import look_again
from callflow.core.jobs import Every, Task, Worker
from callflow.decisions import promised
from callflow.desk import keeping
from callflow.dossiers import tally
from callflow.letters import making
from callflow.lifecycle import batches, daily, proposing
from callflow.lifecycle.timed import working
from callflow.web.letter_words import SEALS

TASKS = (
    Task("documents", documents.drain, documents.sweep),
    Task("letters", making.drain, making.sweep),
    Task("print", batches.drain, batches.sweep),
    Task("timed", working.drain, working.sweep),
    Task("mail", outbox.drain, outbox.sweep),
    Task("assignments", proposing.drain, proposing.sweep),
    Task("readings", keeping.Keeper().drain, keeping.sweep),
)
CHORES = (
    tally.merge, mail_tally.merge, promised.merge, daily.look, Every(3600, look_again),
    Every(3600, documents.throw_away),
)  # fmt: skip
DRAWING = 3
"""How many of them, the first, draw PDFs."""


@click.command("worker")
@click.option("--name", default="w1", show_default=True, help="How this worker is called in leases and logs.")
@click.option("--once", is_flag=True, help="End when nothing is due any more.")
@click.option("--only", type=click.Choice([task.name for task in TASKS]), help="Do one kind of work only.")
@with_appcontext
def worker(name: str, once: bool, only: str | None) -> None:
    """Make letters, remind and send mail: what is due now, then what comes. SIGTERM ends it after the item in
    hand.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    with words.terminal():
        for authority, broken in seal.problems().items():
            click.echo(f"{authority}: {SEALS[broken.code]} {broken.detail}", err=True)
    able = TASKS if _can_draw() else TASKS[DRAWING:]
    tasks = tuple(task for task in able if only in (None, task.name))
    heap.settle()
    crew = Worker(name, tasks, CHORES)
    crew.obey_signals()
    done = crew.run(once=once)
    click.echo(", ".join(f"{done.get(task.name, 0)} {task.name}" for task in tasks))
    if once and crew.failed:
        sys.exit(1)


def _can_draw() -> bool:
    """Without Pango letters stay where they are, the site and the mail go on, and the one line to type is
    said.
    """
    try:
        pdf.made_with()
    except pdf.PdfUnavailable as lacking:
        click.echo(f"Letters wait: {lacking}", err=True)
        return False
    return True
