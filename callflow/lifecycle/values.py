"""What a person says when taking a step: one frozen dataclass per step that takes anything."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

ANSWERING = timedelta(days=21)
"""How long a group has to answer an offer, where nobody says otherwise."""


@dataclass(frozen=True)
class Submitting:
    """``content_version`` is the version of the answers that the person saw on the check-your-answers
    page.
    """

    content_version: int


@dataclass(frozen=True)
class Asked:
    """One thing that is missing: a ``field`` of the form, or a ``paper`` by its name in the authority's
    language; why, and which point of the checklist it is about.
    """

    reason: str
    field: str = ""
    paper: str = ""
    point: str = ""


@dataclass(frozen=True)
class Returning:
    """What is asked for, until when, and whether a law or only the rules of the call asks for it."""

    asked: tuple[Asked, ...]
    due_at: datetime
    by_law: bool = False

    def told(self) -> tuple[dict[str, Any], dict[str, str]]:
        """For the trail: codes and the moment; what somebody wrote apart, so that it can be erased."""
        fields = [each.field for each in self.asked if each.field]
        papers = [each.paper for each in self.asked if each.paper]
        points = sorted({each.point for each in self.asked if each.point})
        due = self.due_at.isoformat()
        data = {
            "fields": fields,
            "papers": len(papers),
            "points": points,
            "due_at": due,
            "by_law": self.by_law,
        }
        return data, {
            f"reason-{number}": f"{each.paper}: {each.reason}" if each.paper else each.reason
            for number, each in enumerate(self.asked, start=1)
        }


@dataclass(frozen=True)
class Completing:
    """``content_version`` is that of the copy which the person checked; ``text`` what they say to it."""

    content_version: int
    text: str = ""


@dataclass(frozen=True)
class Presenting:
    """When and where a group presents its project to the jury, and what it should know beforehand."""

    held_at: datetime
    place: str
    text: str = ""


@dataclass(frozen=True)
class Presented:
    """Whether somebody of the group came, and what is to be remembered of it."""

    came: bool
    text: str = ""


@dataclass(frozen=True)
class InvitingToApply:
    """What the group should think of when it writes the whole application."""

    text: str = ""


@dataclass(frozen=True)
class TurningAway:
    """Why the group is not invited to write the whole application, in the authority's language."""

    motivation: str


@dataclass(frozen=True)
class Refusing:
    """The article of the rules that is not met, and the facts, in the authority's language."""

    article: str
    motivation: str


@dataclass(frozen=True)
class Settling:
    """What the jury agreed in its meeting: a total in percent, or None where the scores stand; why, and what
    was said.
    """

    agreed: Decimal | None
    motivation: str = ""
    remarks: str = ""


@dataclass(frozen=True)
class Remarking:
    """Words for the group about a report that is approved halfway."""

    remarks: str = ""


@dataclass(frozen=True)
class ScoringAgain:
    """Why the jury scores again, and whether on empty sheets or on those of the round before."""

    text: str
    fresh: bool = False


@dataclass(frozen=True)
class Selecting:
    """Euro granted (None where the lot gives no money), coaching days, and the words of the decision."""

    amount: Decimal | None
    coaching_days: int | None
    motivation: str = ""


@dataclass(frozen=True)
class Demand:
    """A condition: what must hold, the proof that is asked, and the day by which it is there."""

    text: str
    proof: str
    due_on: date


@dataclass(frozen=True)
class SelectingWithConditions:
    """Like Selecting; guidance and report open when all conditions are met."""

    amount: Decimal | None
    coaching_days: int | None
    conditions: tuple[Demand, ...]
    motivation: str = ""


@dataclass(frozen=True)
class Promoting:
    """An offer to a project on the reserve list, which it answers by a day; ``order`` says why it goes before
    others that stand as high or higher.
    """

    amount: Decimal | None
    coaching_days: int | None
    answer_by: date
    motivation: str = ""
    order: str = ""


@dataclass(frozen=True)
class Offering(Promoting):
    """An offer that the clock prepares when means came back: for which place, how they came free
    (decisions.states.Ending), and how much of them there is, in euro.
    """

    from_rank: int = 0
    freed_how: str = ""
    left: Decimal | None = None


@dataclass(frozen=True)
class Postponing:
    """Why it is not decided now, and until when; no day means a later round."""

    until: date | None
    motivation: str


@dataclass(frozen=True)
class Inviting:
    """What a revocation would rest on, and until when the group may comment, in the authority's language."""

    article: str
    facts: str
    comment_until: date


@dataclass(frozen=True)
class Revoking:
    """The law or article, the facts, and what of the money is to be paid back; in the authority's
    language.
    """

    article: str
    motivation: str
    repayment: Decimal | None


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
