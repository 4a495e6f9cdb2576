"""Fills in a form as a group would: every question, in the words and figures of its language."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from callflow.calls import fields
from callflow.calls.fields import Field, Places
from callflow.calls.states import FieldKind
from callflow.cli.playing import lines
from callflow.cli.playing.story import Story

CENT = Decimal("0.01")


def filled(
    form: list[dict[str, Any]], story: Story, *, places: Places, day: date, dice: Random
) -> dict[str, Any]:
    """What is typed into each field but files, by its id. ``day``: when the project could begin."""
    return {
        field["id"]: fields.for_input(field, _value(field, story, places, day, dice), story.language, places)
        for section in form
        for field in section["fields"]
        if field["kind"] != FieldKind.file
    }


def _value(field: Field, story: Story, places: Places, day: date, dice: Random) -> Any:
    role, kind = field.get("role"), FieldKind(field["kind"])
    if role == "title":
        return story.title
    if role == "summary":
        return story.summary[: int(field.get("max_length") or 800)]
    if role == "municipality" or kind is FieldKind.municipality:
        return story.municipality
    if role == "amount":
        return str(story.amount)
    if kind in (FieldKind.short_text, FieldKind.long_text):
        longest = int(field.get("max_length") or 200)
        if kind is FieldKind.short_text and longest < 120:
            return next((place.name for place in places if place.code == story.municipality), "")[:longest]
        return lines.sentences(story.language, dice, longest=longest)
    return _figure(field, kind, story, day, dice)


def _figure(field: Field, kind: FieldKind, story: Story, day: date, dice: Random) -> Any:
    if kind is FieldKind.choice:
        return dice.choice([option["id"] for option in field["choices"]])
    if kind is FieldKind.date:
        return str(_within(field, day + timedelta(days=dice.randint(0, 60))))
    if kind is FieldKind.budget:
        return _budget(field, story, dice)
    low = int(Decimal(str(field.get("minimum") or 0)))
    high = min(int(Decimal(str(field.get("maximum") or 100))), low + 120)
    return dice.randint(low, high) if kind is FieldKind.number else f"{dice.randint(low, high)}.00"


def _within(field: Field, day: date) -> date:
    first, last = (
        date.fromisoformat(str(field[end])) if field.get(end) else day for end in ("minimum", "maximum")
    )
    return min(max(day, first), last)


def _budget(field: Field, story: Story, dice: Random) -> dict[str, Any]:
    """Two costs, met by what is asked and what the group brings in itself."""
    own = (story.amount * dice.randint(5, 30) / 100).quantize(Decimal(1)) + 10
    first = ((story.amount + own) * dice.randint(40, 80) / 100).quantize(CENT)
    amounts = {"costs": (first, story.amount + own - first), "income": (story.amount, own)}
    return {side: _rows(field, side, both, story.language) for side, both in amounts.items()}


def _rows(field: Field, side: str, amounts: tuple[Decimal, Decimal], language: str) -> list[dict[str, str]]:
    kinds = [option["id"] for option in field.get(side) or ()] or [""]
    labels = lines.choices(side, language)
    return [
        {"kind": kinds[at % len(kinds)], "label": labels[at], "amount": f"{amount:.2f}"}
        for at, amount in enumerate(amounts)
        if amount > 0
    ]
