"""Everything a letter says, frozen: values and twins only, so that it can be stored as JSON and made
again.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from callflow.calls.states import Counting, Law
from callflow.letters.states import LetterKind
from callflow.letters.terms import Agreed, Signed

Twin = Mapping[str, str]


@dataclass(frozen=True)
class Person:
    """Somebody of the authority: the case handler, or who signs. ``service`` may say nothing."""

    name: str
    capacity: Twin
    service: Twin
    phone: str
    email: str


@dataclass(frozen=True)
class Office:
    """The authority that writes."""

    name: Twin
    street: str
    postcode: str
    town: str
    country: str
    phone: str
    email: str


@dataclass(frozen=True)
class Addressee:
    """The group. ``country`` is empty where it is the authority's own."""

    name: str
    attention: str
    street: str
    postcode: str
    town: str
    country: str


@dataclass(frozen=True)
class Rules:
    """The rules document of the call."""

    title: Twin
    version: str
    date: date


LATER = frozenset(
    {
        "counting", "agreed", "answer_by", "ended", "given_up", "conditions", "otherwise", "postponed",
        "heard", "revocation", "missing", "suspended_on", "agreement", "signed", "form", "means",
    }
)  # fmt: skip
"""Parts that letters written before did not have: there they are as they were then, their default."""
SELDOM = frozenset({"form", "means"})
"""Parts that are kept only where they say something: all other letters stay as they were, to the bit."""


@dataclass(frozen=True)
class Privacy:
    """Who answers for personal data, and who watches over it."""

    dpo: str
    authority: Twin
    website: str


@dataclass(frozen=True)
class Resolved:
    """What the deciding body decided: which body, on which day, under which number."""

    body: str
    on: date
    number: str


@dataclass(frozen=True)
class Line:
    """One criterion: mean and minimum on the scale, weight in percent, and the words of the jury without
    names.
    """

    title: Twin
    weight: int
    mean: Decimal | None
    minimum: Decimal | None
    text: str

    @property
    def below(self) -> bool:
        return self.mean is not None and self.minimum is not None and self.mean < self.minimum


@dataclass(frozen=True)
class Scores:
    """What the jury's scores add up to, and by which counting; total and threshold in percent.

    ``agreed`` is why the jury agreed on another total in its meeting, empty where it did not. ``means`` says
    of a project that gets none of them where they went: empty when all that got some rank higher, "kept" when
    none got any, "fit" or "numbers" when one that scores less did: it fitted, or the call wants numbers.
    """

    lines: tuple[Line, ...]
    total: Decimal | None
    threshold: Decimal
    scale_max: int
    counting: Counting = Counting.mean
    agreed: str = ""
    means: str = ""

    @property
    def below(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.below)

    @property
    def reached(self) -> bool:
        return self.total is not None and self.total >= self.threshold and not self.below


@dataclass(frozen=True)
class Planned:
    """A next step: a code that the template puts into words, and its days where the calendar names them."""

    code: str
    on: date | None
    until: date | None


@dataclass(frozen=True)
class Received:
    """What was received. ``silence_on``: the day from which silence counts as refusal (French law);
    ``suspended_on`` the same if time limits for missing papers suspend the clock. ``form`` is "short" or
    "whole" where a call takes both, one after the other.
    """

    at: datetime
    version: int
    digest: str
    requested: Decimal | None
    files: int
    steps: tuple[Planned, ...]
    silence_on: date | None
    suspended_on: date | None = None
    form: str = ""


@dataclass(frozen=True)
class Lacking:
    """One answer or paper that is missing: its name, why it is asked for, and the article behind it."""

    name: Twin
    reason: str
    paper: bool
    article: str


@dataclass(frozen=True)
class Missing:
    """What an application lacks, until when the group brings it and where; silence as in Received."""

    items: tuple[Lacking, ...]
    due_at: datetime
    by_law: bool
    basis: tuple[Twin, ...]
    page: str
    silence_on: date | None
    suspended_on: date | None


@dataclass(frozen=True)
class Refusal:
    """Why an application is not admissible: the article, its heading where the rules have it, and the facts.

    ``reenter_until`` while the call is still open.
    """

    article: str
    condition: Twin
    facts: str
    reenter_until: datetime | None


@dataclass(frozen=True)
class Offered:
    """What a selected project gets and does."""

    amount: Decimal | None
    days: int | None
    coach: str | None
    guided_from: date | None
    guided_until: date | None
    report_due: date | None
    obligations: tuple[Twin, ...]
    payment: Twin
    answer_by: date | None = None


@dataclass(frozen=True)
class Demanded:
    """A condition, the proof asked of it and its day; ``met_on`` once it is met."""

    text: str
    proof: str
    due_on: date
    met_on: date | None = None


@dataclass(frozen=True)
class Postponed:
    """Until when the decision is put off; no day means a later round."""

    until: date | None


@dataclass(frozen=True)
class Heard:
    """An invitation to comment: what a revocation would rest on, and until when one may answer."""

    article: str
    facts: str
    until: date


@dataclass(frozen=True)
class Revocation:
    """What is taken back, on which ground and facts, what the group said of it, what is to be paid back.

    ``remarks`` is empty where nobody answered by ``until``.
    """

    article: str
    facts: str
    decided_on: date
    decision: str
    invited_on: date
    until: date
    remarks: str
    remarked_on: date | None
    amount: Decimal | None
    repayment: Decimal | None


@dataclass(frozen=True)
class Reserved:
    """The place on the reserve list."""

    rank: int
    valid_until: date


@dataclass(frozen=True)
class Withdrawn:
    """Who of the group withdrew, and when; ``ended`` is the outcome that was given up with it, with its
    amount.
    """

    by: str
    at: datetime
    ended: str = ""
    given_up: Decimal | None = None


@dataclass(frozen=True)
class Approved:
    """What was approved of a report; ``granted`` is the amount of the decision."""

    costs: Decimal | None
    granted: Decimal | None
    remarks: str


@dataclass(frozen=True)
class LetterContext:
    """One letter. Twins hold the legal language and, where there is a courtesy part, that of the
    translation too.

    ``history`` is the number of the last event of the dossier's trail and the hash it ends in.
    """

    kind: LetterKind
    law: Law
    language: str
    courtesy: str | None
    reference: str
    number: int
    code: str
    check_url: str
    written_on: date
    title: str
    title_language: str
    office: Office
    handler: Person
    signatory: Person
    addressee: Addressee
    call: Twin
    lot: Twin
    rules: Rules
    privacy: Privacy
    funding: Twin
    court: Twin
    appeal: Twin
    abroad: Twin
    basis: tuple[Twin, ...]
    opening: Twin
    closing: Twin
    motivation: str
    history: tuple[int, str]
    resolved: Resolved | None = None
    scores: Scores | None = None
    received: Received | None = None
    refusal: Refusal | None = None
    offered: Offered | None = None
    reserved: Reserved | None = None
    withdrawn: Withdrawn | None = None
    approved: Approved | None = None
    missing: Missing | None = None
    conditions: tuple[Demanded, ...] = ()
    otherwise: Twin = field(default_factory=dict)
    postponed: Postponed | None = None
    heard: Heard | None = None
    revocation: Revocation | None = None
    agreement: Agreed | None = None
    signed: Signed | None = None

    def as_stored(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        stored: dict[str, Any] = _plain(self)
        return stored

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "LetterContext":
        """The context as it stands in the database; an older one lacks what letters learned to say later.

        Raises KeyError when a part of it is missing.
        """
        read: LetterContext = _read(cls, stored)
        return read


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        held = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {name: inner for name, inner in held.items() if inner or name not in SELDOM}
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    """The value as its annotation means it: dates, decimals, enums, tuples, nested dataclasses."""
    if get_origin(kind) in (types.UnionType, Union):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if value is None else _read(inner, value)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        held = [each for each in fields(kind) if each.name in value or each.name not in LATER]
        return kind(**{each.name: _read(hints[each.name], value[each.name]) for each in held})
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return tuple(_read(inner[0], each) for each in value)
        return tuple(_read(one, each) for one, each in zip(inner, value, strict=True))
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum | Decimal):
        return kind(value)
    return value
