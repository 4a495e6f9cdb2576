"""How one letter reached the people it is for: addressees, the mails that told of it, what was noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.permissions import P
from callflow.desk import kept
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.letters import queries
from callflow.letters.models import Letter, Notification, SignedCopy
from callflow.letters.parts import mandatory
from callflow.people.models import Membership, User
from callflow.people.states import Right


@dataclass(frozen=True)
class Mailed:
    """A mail that told of the letter: to whom, how far it is, and when it left."""

    recipient: str
    state: MailState
    sent_at: datetime | None
    carried: bool


@dataclass(frozen=True)
class NotifiedPage:
    """A letter and how it reached people, with one page of its mails. ``first`` is the first day on which it
    reached somebody.
    """

    dossier: Dossier
    letter: Letter
    addressees: Sequence[str]
    mails: kept.Leaf[Mailed]
    noted: Sequence[tuple[Notification, str]]
    scans: Sequence[SignedCopy]

    @property
    def first(self) -> date | None:
        """The earliest day noted; mails are no proof by themselves and do not count here."""
        days = [each.notified_on for each, _ in self.noted if each.taken_back_at is None]
        return min(days, default=None)

    @property
    def appealable(self) -> bool:
        """Whether the letter says how to appeal, so that the day of its arrival counts."""
        return "appeal" in mandatory(self.letter.kind, self.dossier.lot.authority.law, money=False)


def notified_page(ref: str, code: str, *, by: Actor, page: int = 1) -> NotifiedPage:
    """The page of one letter, in six statements. Raises NotFound."""
    dossier: Dossier = dossiers.seen(ref, by=by, permission=P.scores_view)
    letter = queries.of(dossier, code)
    return NotifiedPage(
        dossier, letter, _addressees(dossier, letter), kept.leaf_of(_mails(letter), page), _noted(letter),
        queries.signed_copies_of(letter.id),
    )  # fmt: skip


def _addressees(dossier: Dossier, letter: Letter) -> list[str]:
    """The group as the letter names it, its contact, then each member who may submit."""
    to = letter.context["addressee"]
    members = db.session.scalars(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == dossier.group_id, Membership.right == Right.submit)
        .order_by(User.name)
    )
    return list(dict.fromkeys(name for name in (to["name"], to["attention"], *members) if name))


def _mails(letter: Letter) -> list[Mailed]:
    rows = db.session.execute(
        select(OutboxMail.recipient, OutboxMail.state, OutboxMail.sent_at, OutboxMail.attachment_name)
        .where(OutboxMail.awaits == f"letter:{letter.code}")
        .order_by(OutboxMail.id)
    )
    return [Mailed(row.recipient, row.state, row.sent_at, row.attachment_name is not None) for row in rows]


def _noted(letter: Letter) -> list[tuple[Notification, str]]:
    rows = db.session.execute(
        select(Notification, User.name)
        .join(User, User.id == Notification.recorded_by)
        .where(Notification.letter_id == letter.id)
        .order_by(Notification.notified_on, Notification.id)
    )
    return [(row[0], row[1]) for row in rows]
