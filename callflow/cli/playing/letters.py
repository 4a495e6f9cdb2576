"""Letters made by the worker's own code, at the end of a play."""

import subprocess
import sys

import click
from sqlalchemy import func, select

from callflow.core import jobs, pdf
from callflow.core.db import db
from callflow.core.i18n import gettext
from callflow.letters import making
from callflow.letters.models import Letter
from callflow.letters.states import LetterState

ALONE = 40
"""Letters that one process makes by itself: a second one takes a second to start."""


def can_be_made() -> str | None:
    """Nothing where PDFs can be made here, else why not."""
    try:
        pdf.made_with()
    except pdf.PdfUnavailable as lacking:
        return str(lacking)
    return None


def waiting() -> int:
    """How many have no PDF yet."""
    unmade = Letter.state.in_((LetterState.written, LetterState.rendering))
    return db.session.scalar(select(func.count(Letter.id)).where(unmade)) or 0


def make(*, second: bool) -> int:
    """Make them all, ``second``: with another process beside where there are many; how many PDFs there are
    then.
    """
    count = waiting()
    command = [sys.executable, "-m", "flask", "worker", "--once", "--only", "letters", "--name", "beside"]
    beside = subprocess.Popen(command, stdout=subprocess.DEVNULL) if second and count > ALONE else None
    with click.progressbar(length=max(count, 1), label=f"{gettext('Letters'):<14}", file=sys.stderr) as bar:
        while making.drain(jobs.identity("play"), lambda: False):
            bar.update(count - waiting() - bar.pos)
        if beside is not None:
            beside.wait()
        bar.update(max(count, 1) - bar.pos)
    return db.session.scalar(select(func.count(Letter.id)).where(Letter.state == LetterState.rendered)) or 0
