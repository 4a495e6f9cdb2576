"""What is wrong with something typed, as codes; and what reading it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Field = Mapping[str, Any]
"""A field of a form, as the call holds it."""


class Place(Protocol):
    """A municipality, as far as reading and writing one needs it."""

    code: str
    country: str
    name_nl: str
    name_fr: str
    postcodes: str

    @property
    def name(self) -> str: ...


Places = Sequence[Place]


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong: a code with parameters to translate. ``part`` names the cell of a table."""

    code: str
    parameters: dict[str, Any] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read: ``value`` is None when nothing was answered, and whenever there are flaws."""

    value: Any = None
    flaws: tuple[Flaw, ...] = ()

    @classmethod
    def wrong(cls, code: str, **parameters: Any) -> "Reading":
        return cls(None, (Flaw(code, parameters),))
