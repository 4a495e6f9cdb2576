"""How one letter reached the people it is for: addressees, the mails that told of it, what was noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
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
class Scan:
    """A scan of the signed letter, who kept it and who struck it. ``given``: it is what the group reads."""

    copy: SignedCopy
    by: str
    struck_by: str | None
    given: bool


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
    scans: Sequence[Scan]

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
        _scans(letter),
    )  # fmt: skip


@dataclass(frozen=True)
class ScanPage:
    """One scan that somebody may strike, and the one before it that the group would then be given, if any."""

    dossier: Dossier
    letter: Letter
    scan: Scan
    before: SignedCopy | None


def scan_page(ref: str, code: str, number: int, *, by: Actor) -> ScanPage:
    """The page on which a scan is struck. Raises NotFound, also where the letter has no such scan."""
    dossier: Dossier = dossiers.seen(ref, by=by, permission=P.scores_view)
    letter = queries.of(dossier, code)
    scans = _scans(letter)
    scan = next((each for each in scans if each.copy.number == number), None)
    if scan is None:
        raise NotFound
    standing = (each.copy for each in scans if each.copy.taken_back_at is None)
    return ScanPage(dossier, letter, scan, next((each for each in standing if each.number < number), None))


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


def _scans(letter: Letter) -> list[Scan]:
    """The newest first."""
    adder, striker = aliased(User), aliased(User)
    rows = db.session.execute(
        select(SignedCopy, adder.name, striker.name)
        .join(adder, adder.id == SignedCopy.added_by)
        .outerjoin(striker, striker.id == SignedCopy.taken_back_by)
        .where(SignedCopy.letter_id == letter.id)
        .order_by(SignedCopy.number.desc())
    ).all()
    given = next((row[0].number for row in rows if row[0].taken_back_at is None), None)
    return [Scan(row[0], row[1], row[2], row[0].number == given) for row in rows]
