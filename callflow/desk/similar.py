"""Likely duplicates and similar ideas: which other dossiers of a call resemble one, and why."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from callflow.applications.answers import with_role
from callflow.applications.models import Answer, Application
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.search import folded
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import State

LOOKED_AT = 50
"""Dossiers that are compared at most: of the group, sharing a long word, then of the village."""
LATEST = 500
"""Of those handed in last so many are looked through for a long word; older ones are found the other ways."""
KEPT = 1024
"""Titles, and texts, that are not taken apart again: those of five pages."""
SHOWN = 5
WORDS = 3
SHORTEST = 5
LIKE_TITLE, LIKE_TEXT, NEAR = 0.5, 0.35, 0.25
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True)
class Idea:
    """A dossier as it is compared. ``place`` is the code of its municipality."""

    reference: str
    title: str
    text: str
    group_id: int | None
    place: str | None
    language: str = "nl"
    state: State = State.submitted


@dataclass(frozen=True)
class Likeness:
    """Another idea and why it is shown: codes of words, the strongest first; ``percent`` of its likeness."""

    idea: Idea
    why: tuple[str, ...]
    percent: int


def alike(idea: Idea, others: Iterable[Idea]) -> list[Likeness]:
    """The others that resemble this one, the most alike first. Pure: the same for the same ideas.

    A village alone is no reason: neighbours may have different ideas. The same group with anything in common
    is, and so is a title or a text that shares its words.
    """
    title, text = _signs(idea.title), _words(idea.text)
    found = [each for other in others if (each := _likeness(idea, title, text, other)) is not None]
    return sorted(found, key=lambda each: (-each.percent, each.idea.reference))[:SHOWN]


def _likeness(idea: Idea, signs: frozenset[str], words: frozenset[str], other: Idea) -> Likeness | None:
    title = _share(signs, _signs(other.title))
    text = _share(words, _words(other.text))
    group = idea.group_id is not None and idea.group_id == other.group_id
    place = idea.place is not None and idea.place == other.place
    near = NEAR if group or place else 1.0
    reasons = (
        ("similar_title", title >= min(LIKE_TITLE, near)),
        ("similar_text", text >= min(LIKE_TEXT, near)),
        ("same_group", group),
        ("same_place", place),
    )
    why = tuple(code for code, holds in reasons if holds)
    if group or "similar_title" in why or "similar_text" in why:
        return Likeness(other, why, round(100 * max(title, text)))
    return None


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets share, of all that is in either."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _plain(text: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in taken_apart if not unicodedata.combining(each))


@lru_cache(maxsize=KEPT)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_plain(text)))


@lru_cache(maxsize=KEPT)
def _signs(text: str) -> frozenset[str]:
    """Each three signs in a row: a title with a word turned or bent stays near."""
    joined = " ".join(_WORD.findall(_plain(text)))
    return frozenset(joined[start : start + 3] for start in range(len(joined) - 2))


def similar_to(dossier: Application, by: Actor) -> list[Likeness]:
    """What resembles this dossier among those of its call that ``by`` may see as staff: one statement."""
    field = with_role(dossier.call.form, "summary")
    name = field["id"] if field else ""
    rows = db.session.execute(
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.group_id, Dossier.municipality_code,
            Dossier.language, Dossier.state, Answer.value,
        )
        .outerjoin(Answer, (Answer.application_id == Dossier.id) & (Answer.field == name))
        .where(Dossier.id.in_(_may_resemble(dossier, by)))
    ).all()  # fmt: skip
    ideas = {
        row.id: Idea(
            row.reference, row.title, str(row.value or ""), row.group_id, row.municipality_code,
            row.language, row.state,
        )
        for row in rows
    }  # fmt: skip
    mine = ideas.pop(dossier.id, None)
    return alike(mine, ideas.values()) if mine else []


def _may_resemble(dossier: Application, by: Actor) -> Select[int]:
    """Itself, and the first of each reason, the best reasons first: every piece is found in an index, or left
    when it is full.
    """
    longest = sorted(set(_long(dossier.title)), key=lambda word: (-len(word), word))[:WORDS]
    reasons = [
        Dossier.id == dossier.id,
        Dossier.group_id == dossier.group_id,
        *([Dossier.id.in_(_named(dossier.call_id, longest))] if longest else ()),
        Dossier.municipality_code == dossier.municipality_code,
    ]
    here = and_(Dossier.call_id == dossier.call_id, visible_to(by, P.scores_view))
    pieces = [
        select(Dossier.id, literal(rank).label("rank"))
        .where(here, reason)
        .order_by(Dossier.id)
        .limit(LOOKED_AT)
        .subquery()
        for rank, reason in enumerate(reasons)
    ]
    found = union_all(*(select(piece.c.id, piece.c.rank) for piece in pieces)).subquery()
    ranked = select(found.c.id).group_by(found.c.id).order_by(func.min(found.c.rank), found.c.id)
    return select(ranked.limit(LOOKED_AT + 1).subquery().c.id)


def _named(call_id: int, words: list[str]) -> Select[int]:
    """Which of the latest have one of these words in their key, from the index of the keys alone."""
    latest = (
        select(Dossier.id, Dossier.search_key)
        .where(Dossier.call_id == call_id, Dossier.submitted_at.is_not(None))
        .order_by(Dossier.submitted_at.desc())
        .limit(LATEST)
        .subquery()
    )
    holds = (latest.c.search_key.contains(folded(word), autoescape=True) for word in words)
    return select(latest.c.id).where(or_(*holds))


def _long(title: str) -> list[str]:
    """The long words of a title as they stand in its key: what two ideas are named after."""
    return [word for word in re.findall(r"\w+", title.casefold()) if len(word) >= SHORTEST]
