"""What a request may hold: no zero characters, which PostgreSQL keeps in no text and no name ever has, and no
query whose bytes are no text.

In an address the sign that stands for an unknown one takes their place, so that it leads nowhere. In a form
they are left out; but an answer to a question of a call is judged by its own field, which keeps what was
typed.
"""

from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items
from werkzeug.routing import UnicodeConverter

NONE, UNKNOWN = "\0", "\ufffd"
ANSWER = "f-"
"""How the names of answers begin (web/applicant/inputs.py)."""
ASCII = "".join(map(chr, range(128)))


class Texts(ImmutableMultiDict[str, Any]):
    """The fields of a form or a query, without zero characters; a file stays what it is."""

    stands_in = ""

    def __init__(self, mapping: Any = None) -> None:
        found = () if mapping is None else iter_multi_items(mapping)
        super().__init__([(self._bare(name), self._bare(value, name)) for name, value in found])

    def _bare(self, value: Any, name: Any = "") -> Any:
        kept = not isinstance(value, str) or str(name).startswith(ANSWER)
        return value if kept else value.replace(NONE, self.stands_in)


class Asked(Texts):
    """The fields of a query."""

    stands_in = UNKNOWN


class Arriving(Request):
    """A request whose fields can be asked of either database."""

    parameter_storage_class = Texts

    def __init__(self, environ: dict[str, Any], *more: Any, **named: Any) -> None:
        """Bytes that a browser should have quoted are quoted here: they may be in any encoding."""
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query, safe=ASCII, encoding="latin-1")
        super().__init__(environ, *more, **named)

    @cached_property
    def args(self) -> Any:
        """The fields of the query."""
        return Asked(
            parse_qsl(self.query_string.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
        )


class OnePart(UnicodeConverter):
    """``<ref>`` in an address: one with a zero character is the name of nothing."""

    def to_python(self, value: str) -> Any:
        """What the page is asked for."""
        return super().to_python(value).replace(NONE, UNKNOWN)


def install(app: Flask) -> None:
    """Before any address is registered."""
    app.request_class = Arriving
    app.url_map.converters |= {"default": OnePart, "string": OnePart}
