"""Reading an answer: the one door, by the kind of the field."""

import re
from functools import lru_cache
from typing import Any

from callflow.calls.fields.budget import read_budget
from callflow.calls.fields.dates import read_date
from callflow.calls.fields.flaw import Field, Place, Places, Reading
from callflow.calls.fields.numbers import read_money, read_number
from callflow.calls.fields.text import TYPED_MAXIMUM, lines, read_text, sort_key
from callflow.calls.states import FieldKind


def read(field: Field, typed: Any, language: str, places: Places = ()) -> Reading:
    """What ``typed`` answers to this field, written in ``language`` (nl, fr or en).

    ``typed`` is a text, but rows of texts for a budget (budget.py). ``places``: the municipalities to choose
    from. Files are not typed: applications/files.py looks into them.
    """
    kind = FieldKind(field["kind"])
    if kind is FieldKind.budget:
        return read_budget(field, typed, language)
    text = typed if isinstance(typed, str) else ""
    if len(text) > TYPED_MAXIMUM:
        return Reading.wrong("text_huge", maximum=TYPED_MAXIMUM)
    if kind in (FieldKind.short_text, FieldKind.long_text):
        return read_text(field, text, long=kind is FieldKind.long_text)
    if not text.strip():
        return Reading()
    if kind is FieldKind.number:
        return read_number(field, text, language)
    if kind is FieldKind.money:
        return read_money(field, text, language)
    if kind is FieldKind.date:
        return read_date(field, text, language)
    if kind is FieldKind.choice:
        return _choice(field, text.strip())
    if kind is FieldKind.municipality:
        return _municipality(text, places)
    raise ValueError(f"{kind} is not typed")


def _choice(field: Field, text: str) -> Reading:
    keys = [option["id"] for option in field.get("choices") or ()]
    return Reading(text) if text in keys else Reading.wrong("choice_unknown")


def _municipality(text: str, places: Places) -> Reading:
    """By code, by name in either language, by postal code with or without name, or as the list offers it."""
    sought = _bare(text)
    found = {place.code: place for place in places if sought in _names(place)}
    if not found:
        found = {place.code: place for place in places if text.strip() in place.postcodes.split()}
    if len(found) == 1:
        return Reading(next(iter(found)))
    if found:
        names = ", ".join(sorted(offered(place) for place in found.values()))
        return Reading.wrong("place_ambiguous", names=names)
    return Reading.wrong("place_unknown")


def offered(place: Place) -> str:
    """A municipality as the list of an input offers it: name and first postal code."""
    first = place.postcodes.split()[0] if place.postcodes.split() else place.code
    return f"{place.name} ({first})"


def _bare(text: str) -> str:
    """A name without capitals, accents, hyphens and brackets."""
    return " ".join(re.sub(r"[^\w]+", " ", sort_key(lines(text))).split())


def _names(place: Place) -> frozenset[str]:
    return _bare_names(place.code, offered(place), frozenset({place.name_nl, place.name_fr}), place.postcodes)


@lru_cache(maxsize=2000)
def _bare_names(code: str, offer: str, called: frozenset[str], postcodes: str) -> frozenset[str]:
    """Kept, because each autosave of the field compares with every municipality of the call."""
    names = {_bare(code), _bare(offer)}
    for name in called:
        names.add(_bare(name))
        names |= {_bare(f"{postcode} {name}") for postcode in postcodes.split()}
        names |= {_bare(f"{name} {postcode}") for postcode in postcodes.split()}
    return frozenset(names)
