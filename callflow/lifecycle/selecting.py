"""A selection board applied: what it proposes is prepared for every project that is open, in one go."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from callflow.core.actor import Actor
from callflow.core.errors import Refused
from callflow.decisions.board import Table
from callflow.decisions.changing import Stand
from callflow.lifecycle import values
from callflow.lifecycle.bulk import Result, take_each


def prepare(
    actor: Actor,
    table: Table,
    stands: Iterable[Stand],
    *,
    versions: Mapping[str, int],
    places: Mapping[str, int],
    taken: Mapping[str, int],
    reserve_until: date | None,
) -> list[Result]:
    """Take the steps that prepare each outcome, with a result per project; ties stay open. The lots are
    locked.

    ``places`` ranks projects within their lot, ``taken`` counts by lot the places on the reserve list that
    are prepared already; without ``reserve_until`` the call has no such list. Raises Refused when there is
    nothing to prepare.
    """
    open_ones = [each for each in stands if each.line.open and each.outcome != "undecided"]
    selected = [each for each in open_ones if each.outcome == "selected"]
    reserved = [each for each in open_ones if each.outcome == "reserve" and reserve_until]
    kept = {each.line.ref for each in (*selected, *reserved)}
    declined = [each for each in open_ones if each.line.ref not in kept]
    if not open_ones:
        raise Refused("nothing_to_prepare")
    given: dict[str, dict[str, Any]] = {
        "select": {each.line.ref: _granted(each, table) for each in selected},
        "reserve": _ranked(reserved, places, taken, reserve_until),
        "decline": {each.line.ref: values.Declining() for each in declined},
    }
    results = []
    for trigger, wanted in given.items():
        seen = {ref: versions[ref] for ref in wanted}
        results += take_each(
            list(wanted), trigger, actor=actor, values=wanted, versions=seen, money=trigger != "decline"
        )
    return results


def _granted(each: Stand, table: Table) -> values.Selecting:
    money, days = table.money[each.line.lot], each.line.costs.get(f"days:{each.line.lot}")
    amount = None if money.startswith("days:") else Decimal(each.line.costs[money]).scaleb(-2)
    return values.Selecting(amount, None if days is None else days // 100)


def _ranked(
    reserved: list[Stand], places: Mapping[str, int], taken: Mapping[str, int], until: date | None
) -> dict[str, values.Reserving]:
    """Places on the reserve list of each lot, after those that are prepared; equals share one."""
    found = {}
    for each in reserved:
        before = sum(
            places[other.line.ref] < places[each.line.ref]
            for other in reserved
            if other.line.lot == each.line.lot
        )
        if until is not None:
            found[each.line.ref] = values.Reserving(taken.get(each.line.lot, 0) + before + 1, until)
    return found
