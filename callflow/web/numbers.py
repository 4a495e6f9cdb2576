"""Numbers of records in addresses and forms: none is larger than what a database keeps as an id."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
DIGITS = len(str(LARGEST)) - 1
"""Of so many digits every number fits."""


class RecordNumber(IntegerConverter):
    """``<int:…>`` in an address: a number that no record can have leads nowhere."""

    def __init__(self, map: Map, *, max: int = LARGEST) -> None:  # noqa: A002 - werkzeug's names
        super().__init__(map, max=max)


def record_number(text: str) -> int:
    """The number that stands in a form or a query. Raises ValueError for anything else than a few digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise ValueError(text[:DIGITS])
    return int(text)


def install(app: Flask) -> None:
    """Before any address is registered."""
    app.url_map.converters["int"] = RecordNumber
