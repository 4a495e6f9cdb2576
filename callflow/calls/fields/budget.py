"""The budget table: rows of costs and of income with kind, description and amount; both sides are equal."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from callflow.calls.fields.flaw import Field, Flaw, Reading
from callflow.calls.fields.numbers import read_money, write_money
from callflow.calls.fields.text import read_text

SIDES = ("costs", "income")
CELLS = ("kind", "label", "amount")
MOST_ROWS = 60
_LABEL: dict[str, Any] = {"max_length": 200}
_ZERO = Decimal(0)


def read_budget(field: Field, typed: Any, language: str) -> Reading:
    """Rows that are wholly empty count as none; an empty table is no answer."""
    rows = {side: [row for row in _rows(typed, side) if any(row.values())] for side in SIDES}
    if not any(rows.values()):
        return Reading()
    if max(len(side) for side in rows.values()) > MOST_ROWS:
        return Reading.wrong("budget_rows", rows=MOST_ROWS)
    value: dict[str, Any] = {}
    flaws: list[Flaw] = []
    for side in SIDES:
        read = [
            _row(field, (side, number), row, language)
            for number, row in enumerate(_rows(typed, side))
            if any(row.values())
        ]
        value[side] = [row for row, _ in read]
        flaws += [flaw for _, found in read for flaw in found]
    if flaws:
        return Reading(None, tuple(flaws))
    sums = totals(value)
    if sums["costs"] != sums["income"]:
        more = "budget_income_missing" if sums["costs"] > sums["income"] else "budget_costs_missing"
        figures = {side: str(amount) for side, amount in sums.items()}
        gap = str(abs(sums["costs"] - sums["income"]))
        return Reading(None, (Flaw(more, {**figures, "difference": gap}, "balance"),))
    return Reading({**value, "total": f"{sums['costs']:.2f}"})


def _rows(typed: Any, side: str) -> list[dict[str, str]]:
    """The rows of one side as plain texts, whatever was sent in their place."""
    rows = typed.get(side) if isinstance(typed, Mapping) else None
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [{cell: _word(row.get(cell)) for cell in CELLS} for row in found]


def _word(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, list | dict) else str(cell).strip()


def _row(field: Field, place: tuple[str, int], row: dict[str, str], language: str) -> tuple[Any, list[Flaw]]:
    """One row, read, and what is wrong with it; ``place`` is its side and its number from nought."""
    side, number = place
    flaws: list[Flaw] = []

    def wrong(cell: str, code: str, parameters: dict[str, Any] | None = None) -> None:
        where = {"side": side, "row": number + 1}
        flaws.append(Flaw(code, {**(parameters or {}), **where}, f"{side}-{number}-{cell}"))

    kinds = [option["id"] for option in field.get(side) or ()]
    if kinds and row["kind"] not in kinds:
        wrong("kind", "budget_kind")
    label = read_text(_LABEL, row["label"], long=False)
    amount = read_money({}, row["amount"], language)
    for cell, reading in (("label", label), ("amount", amount)):
        if reading.flaws:
            wrong(cell, reading.flaws[0].code, reading.flaws[0].parameters)
        elif reading.value is None:
            wrong(cell, f"budget_{cell}")
    return {"kind": row["kind"], "label": label.value, "amount": amount.value}, flaws


def totals(value: Mapping[str, Any]) -> dict[str, Decimal]:
    """What each side of a read table adds up to."""
    return {side: sum((Decimal(row["amount"]) for row in value[side]), _ZERO) for side in SIDES}


def typed_totals(typed: Any, language: str) -> dict[str, Decimal]:
    """What can be read of a table that is still being typed, added up."""
    return {
        side: sum(
            (
                Decimal(amount)
                for row in _rows(typed, side)
                if (amount := read_money({}, row["amount"], language).value)
            ),
            _ZERO,
        )
        for side in SIDES
    }


def budget_for_input(value: Mapping[str, Any], language: str) -> dict[str, list[dict[str, str]]]:
    """The rows as they stand in the inputs."""
    return {
        side: [{**row, "amount": write_money(row["amount"], language)} for row in value[side]]
        for side in SIDES
    }


def retold(typed: Any, told: str, language: str) -> dict[str, list[dict[str, str]]]:
    """A table typed in one language as it stands in the inputs of another: its amounts in the signs of that.

    What was not understood stays as it was typed.
    """

    def amount(text: str) -> str:
        value = read_money({}, text, told).value
        return write_money(value, language) if value else text

    return {side: [{**row, "amount": amount(row["amount"])} for row in _rows(typed, side)] for side in SIDES}
