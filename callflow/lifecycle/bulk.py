"""One deed on many dossiers, each in a savepoint of its own: one that is not ready holds nobody up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.calls import queries as calls
from callflow.core.actor import Actor
from callflow.core.db import db, savepoint
from callflow.core.errors import DomainError
from callflow.core.workflow import Blocked, NotAllowed, NotOffered, Reason
from callflow.dossiers import queries
from callflow.dossiers.actions import assign
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Task
from callflow.filing import queries as filing
from callflow.filing.actions import put_tag, take_tag
from callflow.filing.models import Tag
from callflow.lifecycle import process

UNSEEN = Reason("dossier_unseen")


@dataclass(frozen=True)
class Result:
    """What became of one dossier: done when there are no reasons against it."""

    reference: str
    title: str
    reasons: Sequence[Reason] = ()

    @property
    def done(self) -> bool:
        """Whether the step was taken."""
        return not self.reasons


def take_each(
    references: Sequence[str],
    trigger: str,
    *,
    actor: Actor,
    values: Callable[[Application], Any] | Mapping[str, Any] | None = None,
    versions: Mapping[str, int] | None = None,
    money: bool = False,
) -> list[Result]:
    """Take the step on each dossier, in order of ids so that two such requests never wait for each other.

    ``values`` gives each its own, by function or by reference. With ``money`` the lots are locked first,
    and those that share a joint envelope with them. What the actor may not see comes last, as what does not
    exist: a place in the order of ids would tell that it does.
    """
    chosen = _chosen(references, actor)
    if money:
        calls.lock_money({row.lot_id for row in chosen})

    def take(dossier: Application) -> None:
        at = (versions or {}).get(dossier.reference)
        mapped = isinstance(values, Mapping)
        given = values.get(dossier.reference) if mapped else values and values(dossier)  # type: ignore[union-attr,operator]  # mapped says which
        process.take(dossier, trigger, actor=actor, version=at, values=given)

    return with_unseen(references, [_one(row.reference, actor, take) for row in chosen])


def give_each(references: Sequence[str], *, person_id: int, actor: Actor) -> list[Result]:
    """Make somebody the case handler of each dossier, in place of whoever was."""

    def give(dossier: Application) -> None:
        assign(actor, dossier, person_id=person_id, task=Task.handler)

    chosen = _chosen(references, actor)
    return with_unseen(references, [_one(row.reference, actor, give) for row in chosen])


def tag_each(references: Sequence[str], tag: Tag, *, actor: Actor, on: bool) -> list[Result]:
    """Put a tag, locked, on each dossier of its call or take it off: four statements for any number."""
    found = filing.reached(references, call_id=tag.call_id, by=actor)
    carrying = filing.carrying(tag, [dossier_id for dossier_id, _ in found])
    fitting = [dossier_id for dossier_id, _ in found if (dossier_id in carrying) is not on]
    (put_tag if on else take_tag)(actor, tag, fitting)
    against = Reason("tag_there") if on else Reason("tag_not_there")
    return [
        Result(reference, "", () if dossier_id in set(fitting) else (against,))
        for dossier_id, reference in found
    ]


def with_unseen(references: Sequence[str], results: Sequence[Result]) -> list[Result]:
    """The results, and a line for every reference that leads to no dossier of this person."""
    known = {each.reference for each in results}
    missing = [each for each in dict.fromkeys(references) if each not in known]
    return [*results, *(Result(each, "", (UNSEEN,)) for each in missing)]


def _chosen(references: Sequence[str], actor: Actor) -> Sequence[Any]:
    return db.session.execute(
        select(Dossier.reference, Dossier.lot_id)
        .where(Dossier.reference.in_(references), visible_to(actor))
        .order_by(Dossier.id)
    ).all()


def _one(reference: str, actor: Actor, act: Callable[[Application], None]) -> Result:
    title = ""
    try:
        with savepoint():
            dossier = queries.for_step(reference, by=actor, kind=Application)
            title = dossier.title
            act(dossier)
    except Blocked as blocked:
        return Result(reference, title, tuple(blocked.reasons))
    except NotOffered as gone:
        return Result(reference, title, (Reason("not_from_here", {"state": gone.state.value}),))
    except NotAllowed:
        return Result(reference, title, (Reason("not_allowed"),))
    except DomainError as refused:
        return Result(reference, title, (Reason(refused.code, refused.parameters),))
    return Result(reference, title)
