"""What the text of a project agreement holds, frozen: terms, who is paid, who accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Twin = Mapping[str, str]


@dataclass(frozen=True)
class Article:
    """One article of an agreement, in the words of the call."""

    title: Twin
    text: Twin


@dataclass(frozen=True)
class PaidTo:
    """Who receives the money: a code for what they are to the group, and the end of the account number."""

    name: str
    relation: str
    account: str


@dataclass(frozen=True)
class Agreed:
    """The terms of a project agreement. It runs from ``starts`` to ``report_due``; ``terms`` are agreed with
    this group alone.
    """

    amount: Decimal | None
    days: int | None
    starts: date
    interim_due: date | None
    report_due: date | None
    accept_by: date
    signatures: int
    payee: PaidTo | None
    payment: Twin
    obligations: tuple[Twin, ...]
    articles: tuple[Article, ...]
    terms: str


@dataclass(frozen=True)
class Signature:
    """A member who accepted for the group, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Signed:
    """Which text was accepted, by the number of its letter and its digest, and by whom."""

    number: int
    written_on: date
    digest: str
    by: tuple[Signature, ...]
