"""What becomes of advice: the coach follows it up or drops it, the group says what it did with it."""

from sqlalchemy import select

from callflow.coaching.models import Advice
from callflow.coaching.rules import WORD
from callflow.coaching.states import Follow
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier


def follow_up(
    actor: Actor,
    dossier: Dossier,
    *,
    advice_id: int,
    to: Follow,
    seen: Follow | None = None,
    word: str = "",
) -> Advice:
    """The coach notes what became of a piece of advice, or opens it again.

    ``seen`` is how it stood on the page. Raises Refused when it is not of this dossier, Changed when
    somebody settled it meanwhile.
    """
    require(actor, P.coaching_log, dossier)
    return _settle(actor, dossier, advice_id, to=to, seen=seen, word=word)


def answer_advice(
    actor: Actor, dossier: Dossier, *, advice_id: int, word: str = "", seen: Follow | None = None
) -> Advice:
    """The group says that it did something with a piece of advice, in a word if it likes."""
    require(actor, P.coaching_answer, dossier)
    return _settle(actor, dossier, advice_id, to=Follow.done, seen=seen, word=word)


def _settle(
    actor: Actor, dossier: Dossier, advice_id: int, *, to: Follow, seen: Follow | None, word: str
) -> Advice:
    found = db.session.scalar(select(Advice).where(Advice.id == advice_id, Advice.dossier_id == dossier.id))
    if found is None:
        raise Refused("advice_unknown")
    if seen is not None and seen is not found.follow_up:
        raise Changed("advice_changed")
    if len(word) > WORD:
        raise Refused("reason_long", field="word", limit=WORD)
    settled = to is not Follow.open
    found.follow_up, found.word = to, word.strip() if settled else ""
    found.settled_at, found.settled_by = (clock.now(), actor.id) if settled else (None, None)
    trail.record(
        dossier.trail, actor, f"advice_{to.value}",
        data={"advice_id": advice_id, "content_version": dossier.content_version},
        texts={"word": found.word} if found.word else None,
    )  # fmt: skip
    return found
