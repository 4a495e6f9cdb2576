"""The people to choose from in a list that stands on many rows: the option of each is written once."""

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

_OPTION = Markup('<option value="{}">{}</option>')
_CHOSEN = Markup('<option value="{}" selected>{}</option>')


class Named(Protocol):
    """Somebody to choose."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


class Options:
    """The options of one page; each list says who stands in it, and who is chosen."""

    def __init__(self) -> None:
        self._written: dict[int, str] = {}
        self._lists: dict[tuple[int, ...], str] = {}

    def __call__(self, people: Sequence[Named], chosen: int | str | None = None) -> Markup:
        key = tuple([each.id for each in people])
        if key not in self._lists:
            self._lists[key] = "".join(map(self._of, people))
        found = self._lists[key]
        for each in people if chosen else ():
            if str(each.id) == str(chosen):
                found = found.replace(self._of(each), _CHOSEN.format(each.id, each.name))
        return Markup(found)  # noqa: S704 - each name was escaped where it was put in

    def _of(self, who: Named) -> str:
        if who.id not in self._written:
            self._written[who.id] = str(_OPTION.format(who.id, who.name))
        return self._written[who.id]
