"""One step on many dossiers, each in a savepoint of its own: one that is not ready holds nobody up."""

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
from callflow.dossiers.models import Dossier
from callflow.lifecycle import process


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
    and those that share a joint envelope with them.
    """
    chosen = db.session.execute(
        select(Dossier.reference, Dossier.lot_id)
        .where(Dossier.reference.in_(references))
        .order_by(Dossier.id)
    ).all()
    if money:
        calls.lock_money({row.lot_id for row in chosen})
    return [
        _one(row.reference, trigger, actor, values, (versions or {}).get(row.reference)) for row in chosen
    ]


def _one(reference: str, trigger: str, actor: Actor, values: Any, version: int | None) -> Result:
    title = ""
    try:
        with savepoint():
            dossier = queries.for_step(reference, by=actor, kind=Application)
            title = dossier.title
            given = values.get(reference) if isinstance(values, Mapping) else values and values(dossier)
            process.take(dossier, trigger, actor=actor, version=version, values=given)
    except Blocked as blocked:
        return Result(reference, title, tuple(blocked.reasons))
    except NotOffered as gone:
        return Result(reference, title, (Reason("not_offered", {"state": gone.state.value}),))
    except NotAllowed:
        return Result(reference, title, (Reason("not_allowed"),))
    except DomainError as refused:
        return Result(reference, title, (Reason(refused.code, refused.parameters),))
    return Result(reference, title)
