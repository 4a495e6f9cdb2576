"""Writing an answer back: for the input it was typed into, and for everyone who reads it."""

from collections.abc import Mapping
from typing import Any

from callflow.calls.fields.budget import budget_for_input, retold
from callflow.calls.fields.dates import write_date
from callflow.calls.fields.flaw import Field, Place, Places
from callflow.calls.fields.numbers import write_money, write_number
from callflow.calls.fields.reading import offered
from callflow.calls.states import FieldKind
from callflow.core.twin import said


def for_input(field: Field, value: Any, language: str, places: Places = ()) -> Any:
    """What stands in the input: reading it again gives the same value. "" where there is no answer."""
    kind = FieldKind(field["kind"])
    if kind is FieldKind.budget:
        return budget_for_input(value, language) if value else {"costs": [], "income": []}
    if value is None:
        return ""
    if kind is FieldKind.number:
        return write_number(value, language)
    if kind is FieldKind.money:
        return write_money(value, language)
    if kind is FieldKind.date:
        return write_date(value, language)
    if kind is FieldKind.municipality:
        return next((offered(place) for place in places if place.code == value), str(value))
    return str(value)


def for_input_again(field: Field, typed: Any, told: str, language: str) -> Any:
    """What was typed and not understood, as it stands in the input of a page in another language."""
    if field["kind"] == FieldKind.budget and told != language:
        return retold(typed, told, language)
    return typed


def written(field: Field, value: Any, language: str, places: Places = ()) -> str:
    """The answer as plain text for a reader; "" without one. A budget: one line a row, the total last."""
    kind = FieldKind(field["kind"])
    if value in (None, "", [], {}):
        return ""
    if kind is FieldKind.money:
        return euros(value, language)
    if kind is FieldKind.number:
        unit = said(field.get("unit"), language)
        return f"{write_number(value, language)}\u00a0{unit}" if unit else write_number(value, language)
    if kind is FieldKind.choice:
        return option_label(field.get("choices"), value, language)
    if kind is FieldKind.municipality:
        return next((_place(place, language) for place in places if place.code == value), str(value))
    if kind is FieldKind.file:
        return ", ".join(str(file["name"]) for file in value)
    if kind is FieldKind.budget:
        return "\n".join(_budget_lines(field, value, language))
    return write_date(value, language) if kind is FieldKind.date else str(value)


def euros(value: str, language: str) -> str:
    """An amount with its currency as each language writes it; cents only where there are any."""
    amount = write_money(value, language)
    return {"nl": f"{amount}\u00a0euro", "fr": f"{amount}\u00a0€", "en": f"€{amount}"}[language]


def option_label(options: Any, key: str, language: str) -> str:
    """The words of one option; the key itself when the form no longer has it."""
    return next((said(option["label"], language) for option in options or () if option["id"] == key), key)


def _place(place: Place, language: str) -> str:
    """The official name, and the reader's own beside it where that differs."""
    own = place.name_fr if language == "fr" else place.name_nl
    return place.name if own == place.name else f"{place.name} ({own})"


def _budget_lines(field: Field, value: Mapping[str, Any], language: str) -> list[str]:
    colon = "\u00a0:" if language == "fr" else ":"
    rows = [
        f"{option_label(field.get(side), row['kind'], language)}, {row['label']}{colon} "
        f"{euros(row['amount'], language)}"
        for side in ("costs", "income")
        for row in value[side]
    ]
    return [*rows, euros(value["total"], language)]
