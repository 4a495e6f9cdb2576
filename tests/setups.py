"""The set-up of a call as it stands, with places changed: for calls that were never a file."""

import copy
import hashlib
from collections.abc import Mapping
from typing import Any

from callflow.calls import changes, queries
from callflow.calls.models import Authority
from callflow.calls.setup import Setup
from callflow.core.db import db
from callflow.core.trail import canonical


def setup_of(reference: str, changed: Mapping[str, Any] | None = None) -> Setup:
    """``changed`` maps places, written with dots as in calls/changes.py, to what shall stand there."""
    call = queries.by_reference(reference)
    authorities = list({lot.authority.id: lot.authority for lot in call.lots}.values())
    held = copy.deepcopy(changes.standing(call, authorities))
    for place, value in (changed or {}).items():
        *way, last = place.split(".")
        inner = held
        for part in way:
            inner = inner[part]
        inner[last] = value
    parts = {
        "authorities": held["authorities"],
        "call": {"reference": reference, **held["call"]},
        **{name: list(held[name].values()) for name in ("lots", "criteria", "joints", "quotas")},
    }
    db.session.rollback()
    return Setup(**parts, digest=hashlib.sha256(canonical(parts).encode()).hexdigest())


def authority_of(reference: str) -> Authority:
    """Who decides on the first lot."""
    return queries.by_reference(reference).lots[0].authority
