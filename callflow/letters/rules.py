"""The small procedure of a letter being made, and what an authority's record must hold before it can write
one.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from callflow.calls.models import Authority
from callflow.calls.states import Law
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.workflow import Case, Reason, Workflow
from callflow.letters import legal
from callflow.letters.models import Letter
from callflow.letters.states import LetterState

WORKER = Actor(None, "callflow", "callflow", "nl")
"""Who makes letters: nobody's account."""


@lru_cache(maxsize=1)
def making() -> Workflow:
    """Written, taken by a worker, then rendered, failed, or given back. Permission was asked before a
    letter existed.
    """
    table = (
        ("take", LetterState.written, LetterState.rendering),
        ("finish", LetterState.rendering, LetterState.rendered),
        ("fail", LetterState.rendering, LetterState.failed),
        ("give_back", LetterState.rendering, LetterState.written),
        ("retry", LetterState.failed, LetterState.written),
    )
    rows: list[dict[str, Any]] = [
        {"trigger": trigger, "source": source, "dest": dest, "permission": None}
        for trigger, source, dest in table
    ]
    return Workflow(LetterState, rows, initial=LetterState.written, may=lambda *_who: True)


def move(letter: Letter, trigger: str) -> None:
    """Take one step of the making. Raises NotOffered when the letter is somewhere else."""
    making().fire(Case(letter, WORKER, at=clock.now()), trigger)


def gaps(authority: Authority) -> list[Reason]:
    """What this authority's letters would lack: appeal block, its confirmation, signatory, other fields of
    its record.
    """
    block, _abroad = legal.appeal(authority.law, authority.appeal, authority.name)
    found = []
    if not block[authority.language].strip():
        found.append(Reason("appeal_missing"))
    if authority.appeal_confirmed_on is None or not authority.appeal_confirmed_by:
        found.append(Reason("appeal_unconfirmed"))
    if not signs(authority):
        found.append(Reason("signatory_missing"))
    if missing := _unsaid(authority):
        found.append(Reason("authority_incomplete", {"missing": ", ".join(missing)}))
    return found


def signs(authority: Authority) -> bool:
    """Whether name and capacity of the signatory are there, and under French law the service too (CRPA
    L212-2).
    """
    signatory = authority.signatory
    service = signatory.get("service") if authority.law is Law.fr_public else True
    return bool(full_name(signatory) and signatory.get("capacity") and service)


def full_name(person: Mapping[str, Any]) -> str:
    """First and last name of somebody in an authority's record."""
    return f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()


def _unsaid(authority: Authority) -> list[str]:
    handler, privacy = authority.handler, authority.privacy
    needed = {
        "street": authority.street,
        "postcode": authority.postcode,
        "town": authority.town,
        "phone": authority.phone,
        "email": authority.email,
        "handler": full_name(handler) and handler.get("capacity"),
        "handler.phone": handler.get("phone"),
        "handler.email": handler.get("email"),
        "privacy.dpo": privacy.get("dpo"),
        "privacy.authority": privacy.get("authority"),
        "privacy.website": privacy.get("website"),
    }
    return [name for name, value in needed.items() if not value]
