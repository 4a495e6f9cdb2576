"""What must hold between rows of different tables, as queries that answer with what breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from callflow.core.db import db

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Break:
    """Something that does not hold: a code, the reference of what it is about, and the figure that shows
    it.
    """

    code: str
    about: str
    detail: str = ""


class Checks:
    """A family of queries by their codes. Each is put together once and kept: that takes longer than to
    answer it.
    """

    def __init__(self) -> None:
        self._written: dict[str, Callable[[], Query]] = {}
        self._kept: dict[str, Query] = {}

    def __call__(self, query: Callable[[], Query]) -> Callable[[], Query]:
        """The name of the function is the code; its query selects what breaks it: about, detail."""
        self._written[query.__name__] = query
        return query

    def codes(self) -> set[str]:
        """What can be found."""
        return set(self._written)

    def breaks(self) -> Iterator[Break]:
        """Every break, in the order of the checks; one statement each."""
        for code, query in self._written.items():
            if code not in self._kept:
                self._kept[code] = query()
            for about, detail in db.session.execute(self._kept[code]):
                yield Break(code, str(about), "" if detail is None else str(detail))
