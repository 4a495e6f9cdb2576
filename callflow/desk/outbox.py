"""The outbox as staff sees it: the mails of a call, found by state and words, and one mail with what it is
about.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import selectinload

from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.mail_tally import FAILED, MailTally
from callflow.core.outbox import NOT_SENT, MailState, OutboxMail
from callflow.core.permissions import P
from callflow.desk.scope import STAFF, CallLine
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.rules import in_scope, staffed, visible_to
from callflow.letters.actions import About
from callflow.letters.models import Letter

SIZE = 50
STUCK_STATES = (MailState.uncertain, MailState.bounced, MailState.failed, MailState.held)
STUCK = or_(OutboxMail.state.in_(STUCK_STATES), FAILED)
"""What waits for somebody."""
_CALL: BindParameter[int] = bindparam("call")


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
    about_call = and_(OutboxMail.dossier_id.is_(None), _whole(actor, OutboxMail.call_id))
    return or_(about_dossier, about_call)


def _whole(actor: Actor, call_id: Any) -> ColumnElement[bool]:
    """The calls that are theirs as a whole."""
    whole = [grant for grant in actor.grants if grant.role in STAFF and grant.kind != "lot"]
    if any(grant.kind == "all" for grant in whole):
        return and_(call_id.is_not(None))
    return and_(call_id.in_([grant.id for grant in whole]))


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
    """How many, by state and by whether they wait for somebody: each is looked at."""
    grouped = _grouped(func.count()).outerjoin(Dossier, Dossier.id == OutboxMail.dossier_id).where(*found)
    return _added(db.session.execute(grouped))


def _grouped(number: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    return select(OutboxMail.state, FAILED.label("failed"), number).group_by(OutboxMail.state, FAILED)


def _added(rows: Iterable[Any]) -> Counts:
    found = Counter[tuple[MailState, bool]]()
    for state, failed, number in rows:
        found[state, bool(failed) or state in STUCK_STATES] += number
    return {key: number for key, number in found.items() if number}


def _all_counts(actor: Actor, call_id: int, mine: list[ColumnElement[bool]]) -> Counts:
    """The same of all mails of a call, from what is counted while they are written and leave."""
    if actor.behind is not None:
        return _counts(mine)
    return _added(db.session.execute(_told(actor), {"call": call_id}))


@lru_cache(maxsize=256)
def _told(actor: Actor) -> CompoundSelect[*tuple[Any, ...]]:
    """What a conflict hides is few, and taken off again. Kept for a person who goes from page to page."""
    of_dossiers = or_(*(in_scope(actor, role, MailTally) for role in STAFF))
    whole = _whole(actor, MailTally.call_id)
    told = (
        select(MailTally.state, MailTally.failed, func.sum(MailTally.number).label("number"))
        .where(
            MailTally.call_id == _CALL,
            or_(and_(MailTally.lot_id.is_not(None), of_dossiers), and_(MailTally.lot_id.is_(None), whole)),
        )
        .group_by(MailTally.state, MailTally.failed)
    )
    hidden = (
        _grouped(-func.count())
        .join(Dossier, Dossier.id == OutboxMail.dossier_id)
        .where(
            OutboxMail.call_id + 0 == _CALL,  # so that no index leads there but that of the dossier
            OutboxMail.dossier_id.in_(select(Exclusion.dossier_id).where(Exclusion.person_id == actor.id)),
            or_(*(staffed(actor, role) for role in STAFF)),
        )
    )
    return union_all(told, hidden)


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
        written = select(OutboxMail.call_id).where(OutboxMail.id == mail_id).scalar_subquery()
        calls.hold_history(Call.id == written)
        held = of_call.options(selectinload(Call.trail)).with_for_update(of=Call)
        about = db.session.scalars(held.execution_options(populate_existing=True)).one()
    mail = db.session.get_one(OutboxMail, mail_id, with_for_update=True, populate_existing=True)
    return about, mail
