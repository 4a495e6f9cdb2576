"""Writes of territory: the list of municipalities, brought into the database."""

from sqlalchemy import select

from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.db import db, in_turn
from callflow.core.permissions import P, require
from callflow.core.trail import Trail
from callflow.territory.listing import Listed, listed
from callflow.territory.models import Municipality

KIND = "territory"


def load_municipalities(actor: Actor) -> int:
    """Bring the table in line with the list that callflow ships with; how many rows are new or changed.

    A municipality that left the list stays, because dossiers may lie in it.
    """
    require(actor, P.call_manage)
    in_turn(KIND)
    known = {row.code: row for row in db.session.scalars(select(Municipality))}
    changed = [each for each in listed() if _differs(known.get(each.code), each)]
    for each in changed:
        row = known.get(each.code)
        if row is None:
            row = Municipality(code=each.code)
            db.session.add(row)
        for name, value in _columns(each).items():
            setattr(row, name, value)
    if changed:
        trail.record(
            _trail(), actor, "municipalities_loaded", data={"codes": [each.code for each in changed]}
        )
    return len(changed)


def _columns(each: Listed) -> dict[str, str]:
    return {
        "country": each.country,
        "name_nl": each.name_nl,
        "name_fr": each.name_fr,
        "postcodes": each.postcodes,
        "grouping": each.grouping,
    }


def _differs(row: Municipality | None, each: Listed) -> bool:
    return row is None or any(getattr(row, name) != value for name, value in _columns(each).items())


def _trail() -> Trail:
    known = db.session.scalars(select(Trail).where(Trail.kind == KIND).with_for_update()).first()
    return known or trail.new_trail(KIND)
