"""Reads of the screening."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import joinedload

from callflow.applications import answers
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.people.models import User
from callflow.screening import rules
from callflow.screening.models import Check, CompletionRequest


def checks_of(dossier: Dossier) -> dict[str, tuple[Check, str]]:
    """By the key of its point: each verdict and the name of who found it."""
    rows = db.session.execute(_checks(), {"dossier": dossier.id})
    return {check.point: (check, name) for check, name in rows}


@lru_cache(maxsize=1)
def _checks() -> Select[*tuple[Any, ...]]:
    """Kept, as the next: putting a statement together takes longer than carrying it out."""
    mine = Check.dossier_id == bindparam("dossier")
    return select(Check, User.name).join(User, User.id == Check.checked_by).where(mine)


def requests_of(dossier_ids: Collection[int]) -> dict[int, list[CompletionRequest]]:
    """By dossier, its requests for completion with what they ask, the first first: one statement.

    None is sent where there is nothing to ask about.
    """
    if not dossier_ids:
        return {}
    found: dict[int, list[CompletionRequest]] = {}
    for request in db.session.scalars(_requests(), {"dossiers": list(dossier_ids)}).unique():
        found.setdefault(request.dossier_id, []).append(request)
    return found


@lru_cache(maxsize=1)
def _requests() -> Select[CompletionRequest]:
    chosen: BindParameter[int] = bindparam("dossiers", expanding=True)
    query = select(CompletionRequest).where(CompletionRequest.dossier_id.in_(chosen))
    return query.options(joinedload(CompletionRequest.items)).order_by(CompletionRequest.id)


def request_of(dossier: Dossier) -> CompletionRequest | None:
    """The last request for completion, open or ended; None when nothing was ever asked."""
    found = requests_of([dossier.id]).get(dossier.id)
    return found[-1] if found else None


def unanswered(dossier: Dossier, request: CompletionRequest | None = None) -> tuple[str, ...]:
    """The ids of questions that keep the completion from being handed in; ``request`` where it is loaded."""
    request = request or request_of(dossier)
    if request is None:
        return ()
    placed = answers.placed(dossier, rules.kept_in(request))
    area = answers.areas_of([dossier.lot_id]) if placed else {}
    return rules.still_open(dossier, request, area.get(dossier.lot_id, frozenset()))
