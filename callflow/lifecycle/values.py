"""What a person says when taking a step: one frozen dataclass per step that takes anything."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Submitting:
    """``content_version`` is the version of the answers that the person saw on the check-your-answers
    page.
    """

    content_version: int


@dataclass(frozen=True)
class Refusing:
    """The article of the rules that is not met, and the facts, in the authority's language."""

    article: str
    motivation: str


@dataclass(frozen=True)
class Selecting:
    """Euro granted (None where the lot gives no money), coaching days, and the words of the decision."""

    amount: Decimal | None
    coaching_days: int | None
    motivation: str = ""


@dataclass(frozen=True)
class Reserving:
    """Place on the reserve list and the day until which it holds."""

    rank: int
    valid_until: date
    motivation: str = ""


@dataclass(frozen=True)
class Declining:
    """Why the project is not selected, beside the reasons per criterion."""

    motivation: str = ""


@dataclass(frozen=True)
class Reason:
    """A plain reason: why a dossier is withdrawn, a stage closed, a decision reopened."""

    text: str = ""


@dataclass(frozen=True)
class Approving:
    """Costs that are approved, in euro, and remarks for the group."""

    approved_costs: Decimal | None
    remarks: str = ""
