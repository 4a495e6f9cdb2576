"""What a request may hold: no zero characters, which PostgreSQL keeps in no text and no name ever has, and no
query whose bytes are no text.
"""

from typing import Any
from urllib.parse import quote

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items
from werkzeug.routing import Map, UnicodeConverter

NONE = "\0"
ASCII = "".join(map(chr, range(128)))


class Texts(ImmutableMultiDict[str, Any]):
    """The fields of a form or a query, without zero characters; a file stays what it is."""

    def __init__(self, mapping: Any = None) -> None:
        found = () if mapping is None else iter_multi_items(mapping)
        super().__init__([(_without(name), _without(value)) for name, value in found])


def _without(value: Any) -> Any:
    return value.replace(NONE, "") if isinstance(value, str) else value


class Arriving(Request):
    """A request whose fields can be asked of either database."""

    parameter_storage_class = Texts

    def __init__(self, environ: dict[str, Any], *more: Any, **named: Any) -> None:
        """Bytes that a browser should have quoted are quoted here: they may be in any encoding."""
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query, safe=ASCII, encoding="latin-1")
        super().__init__(environ, *more, **named)


class OnePart(UnicodeConverter):
    """``<ref>`` in an address: one with a zero character leads nowhere."""

    def __init__(self, map: Map, **limits: Any) -> None:  # noqa: A002 - werkzeug's names
        super().__init__(map, **limits)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def install(app: Flask) -> None:
    """Before any address is registered."""
    app.request_class = Arriving
    app.url_map.converters |= {"default": OnePart, "string": OnePart}
