"""The outbox as staff sees it: the mails of a call, found by state and words, and one mail with what it is
about.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    TextClause,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import selectinload

from callflow.calls.models import Call
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.outbox import LETTER_FAILED, NOT_SENT, MailState, OutboxMail
from callflow.core.permissions import P
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.rules import visible_to
from callflow.letters.actions import About
from callflow.letters.models import Letter
from callflow.pilots.models import Pilot

SIZE = 50
STUCK = or_(
    OutboxMail.state.in_((MailState.uncertain, MailState.bounced, MailState.failed, MailState.held)),
    and_(OutboxMail.state == MailState.waiting, OutboxMail.last_answer == LETTER_FAILED),
)
"""What waits for somebody."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: one state (None: all), only what waits for somebody, words in address,
    subject or reference, which page.
    """

    state: MailState | None = None
    stuck: bool = False
    q: str = ""
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One mail of the list."""

    id: int
    notice: str
    recipient: str
    subject: str
    language: str
    state: MailState
    hold: bool
    created_at: datetime
    sent_at: datetime | None
    last_answer: str | None
    reference: str | None


@dataclass(frozen=True)
class Listing:
    """A page of the list; ``counts`` by state, and ``stuck``, are those of the whole call."""

    lines: Sequence[Line]
    counts: Mapping[MailState, int]
    stuck: int
    total: int
    page: int
    last: int


def visible(actor: Actor) -> ColumnElement[bool]:
    """The mails this person may manage: about a dossier they may, or about a whole call that is theirs.

    A mail about neither is a private one, a sign-in link perhaps: nobody sees it here.
    """
    about_dossier = Dossier.id.is_not(None) & visible_to(actor, P.mail_manage)
    whole = [
        grant
        for grant in actor.grants
        if grant.role in (Role.coordinator, Role.signatory) and grant.kind != "lot"
    ]
    if any(grant.kind == "all" for grant in whole):
        about_call = OutboxMail.call_id.is_not(None)
    else:
        about_call = OutboxMail.call_id.in_([grant.id for grant in whole])
    return or_(about_dossier, and_(OutboxMail.dossier_id.is_(None), about_call))


def listing(actor: Actor, call: CallLine, asked: Asked) -> Listing:
    """One page in two statements, three when words are looked for."""
    mine = [OutboxMail.call_id == call.id, visible(actor)]
    counted = _all_counts(actor, call.id, mine)
    found = [*mine, _words(asked.q)] if asked.q.strip() else mine
    fitting = _counts(found) if asked.q.strip() else counted
    total = sum(
        number
        for (state, stuck), number in fitting.items()
        if asked.state in (None, state) and (stuck or not asked.stuck)
    )
    last = max(1, -(-total // SIZE))
    page = min(max(asked.page, 1), last)
    if asked.state:
        found = [*found, OutboxMail.state == asked.state]
    if asked.stuck:
        found = [*found, STUCK]
    rows = db.session.execute(
        select(
            OutboxMail.id, OutboxMail.notice, OutboxMail.recipient, OutboxMail.subject, OutboxMail.language,
            OutboxMail.state, OutboxMail.hold, OutboxMail.created_at, OutboxMail.sent_at,
            OutboxMail.last_answer, Dossier.reference,
        )
        .outerjoin(Dossier, Dossier.id == OutboxMail.dossier_id)
        .where(*found, *((NOT_SENT,) if asked.stuck or asked.state not in (None, MailState.sent) else ()))
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
        .limit(SIZE)
        .offset((page - 1) * SIZE)
    ).all()  # fmt: skip
    counts = Counter[MailState]()
    for (state, _stuck), number in counted.items():
        counts[state] += number
    stuck = sum(number for (_state, is_stuck), number in counted.items() if is_stuck)
    return Listing([Line(*row) for row in rows], counts, stuck, total, page, last)


Counts = dict[tuple[MailState, bool], int]


def _counts(found: list[ColumnElement[bool]]) -> Counts:
    """How many, by state and by whether they wait for somebody."""
    return _added(db.session.execute(_grouped(*found)))


def _grouped(*found: ColumnElement[bool] | TextClause) -> Select[*tuple[Any, ...]]:
    stuck = case((STUCK, 1), else_=0)
    return (
        select(OutboxMail.state, stuck, func.count())
        .outerjoin(Dossier, Dossier.id == OutboxMail.dossier_id)
        .where(*found)
        .group_by(OutboxMail.state, stuck)
    )


def _added(rows: Iterable[Any]) -> Counts:
    found = Counter[tuple[MailState, bool]]()
    for state, stuck, number in rows:
        found[state, bool(stuck)] += number
    return found


def _all_counts(actor: Actor, call_id: int, mine: list[ColumnElement[bool]]) -> Counts:
    """The same of all mails of a call. Who works on the whole call sees what was sent but for a few: these
    are taken off what an index alone counts.
    """
    if actor.behind is not None or not _works_on(actor, call_id):
        return _counts(mine)
    sent = literal(MailState.sent, OutboxMail.state.type)
    of_call = OutboxMail.call_id == call_id
    unseen = OutboxMail.dossier_id.in_(_unseen(actor, call_id))
    return _added(
        db.session.execute(
            union_all(
                _grouped(NOT_SENT, *mine),
                select(sent, literal(0), func.count()).where(of_call),
                select(sent, literal(0), -func.count()).where(of_call, NOT_SENT),
                select(sent, literal(0), -func.count()).where(
                    of_call, OutboxMail.state == MailState.sent, unseen
                ),
            )
        )
    )


def _works_on(actor: Actor, call_id: int) -> bool:
    reached = (("all", 0), ("all", None), ("call", call_id))
    return any(
        each.role in (Role.coordinator, Role.signatory) and (each.kind, each.id) in reached
        for each in actor.grants
    )


def _unseen(actor: Actor, call_id: int) -> CompoundSelect[int]:
    """The dossiers of a call whose mails somebody who works on the whole of it does not see: what was not
    handed in, pilots, and what a conflict hides.
    """
    mine = (Exclusion.dossier_id == Dossier.id, Exclusion.person_id == actor.id)
    return union(
        select(Dossier.id).where(Dossier.call_id == call_id, Dossier.submitted_at.is_(None)),
        select(Pilot.id).where(Pilot.call_id == call_id),
        select(Dossier.id).join(Exclusion, and_(*mine)).where(Dossier.call_id == call_id),
    )


def _words(q: str) -> ColumnElement[bool]:
    low = q.strip().lower()
    return or_(
        func.lower(OutboxMail.recipient).contains(low, autoescape=True),
        func.lower(OutboxMail.subject).contains(low, autoescape=True),
        Dossier.reference.startswith(q.strip().upper(), autoescape=True),
    )


@dataclass(frozen=True)
class Opened:
    """One mail, its dossier's reference or none, and the letter it waits for or carries."""

    mail: OutboxMail
    reference: str | None
    letter: Letter | None


def opened(actor: Actor, mail_id: int) -> Opened:
    """A mail to look at. Raises NotFound."""
    row = db.session.execute(
        select(OutboxMail, Dossier.reference, Letter)
        .outerjoin(Dossier, Dossier.id == OutboxMail.dossier_id)
        .outerjoin(Letter, Letter.code == func.substr(OutboxMail.awaits, len("letter:") + 1))
        .where(OutboxMail.id == mail_id, OutboxMail.call_id.is_not(None), visible(actor))
    ).first()
    if row is None:
        raise NotFound
    return Opened(*row)


def for_deed(actor: Actor, mail_id: int) -> tuple[About, OutboxMail]:
    """A mail to act on, locked, after the record it is about. Raises NotFound."""
    reference = opened(actor, mail_id).reference
    if reference is not None:
        about: Any = dossiers.for_step(reference, by=actor)
    else:
        of_call = select(Call).join(OutboxMail, OutboxMail.call_id == Call.id).where(OutboxMail.id == mail_id)
        held = of_call.options(selectinload(Call.trail)).with_for_update(of=Call)
        about = db.session.scalars(held.execution_options(populate_existing=True)).one()
    mail = db.session.get_one(OutboxMail, mail_id, with_for_update=True, populate_existing=True)
    return about, mail
