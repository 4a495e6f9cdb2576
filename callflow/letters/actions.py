"""Writes of letters: the row with its frozen context, and what staff does with a letter that could not be
made.
"""

import hashlib

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P, require
from callflow.core.trail import canonical
from callflow.dossiers.models import Dossier
from callflow.letters import render, rules
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.letters.states import LetterState


def write(dossier: Dossier, context: LetterContext) -> Letter:
    """Freeze a letter of this dossier, whose row is locked; a worker makes its PDF. Its digest goes on the
    trail.
    """
    stored = context.as_stored()
    letter = Letter(
        dossier_id=dossier.id,
        number=context.number,
        kind=context.kind,
        law=context.law,
        language=context.language,
        code=context.code,
        context=stored,
        context_sha256=hashlib.sha256(canonical(stored).encode()).hexdigest(),
        template=render.template_of(context),
        state=LetterState.written,
        attempts=0,
        written_at=clock.now(),
    )
    db.session.add(letter)
    said = {
        "kind": context.kind.value,
        "number": letter.number,
        "code": letter.code,
        "sha256": letter.context_sha256,
    }
    trail.record(dossier.trail, rules.WORKER, "letter_written", data=said)
    return letter


def retry(actor: Actor, dossier: Dossier, letter: Letter) -> None:
    """Try once more to make a letter that failed, after its cause was mended; ``letter`` is one of the
    dossier's.
    """
    require(actor, P.mail_manage, dossier)
    rules.move(letter, "retry")
    letter.failure, letter.attempts = None, 0
    trail.record(dossier.trail, actor, "letter_retried", data={"number": letter.number})
