"""Who is told by a reminder, and how: a mail in each person's language, noted on the dossier it is about."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, or_, select

from callflow.calls.models import Call, Lot
from callflow.core import mailing, outbox, trail
from callflow.core.actor import CLOCK, Role
from callflow.core.db import db
from callflow.dossiers.models import Dossier, Exclusion
from callflow.people.models import Grant, Membership, User
from callflow.people.states import Right

WRITERS = (Right.edit, Right.submit)


def writers_of(dossier: Dossier) -> list[User]:
    """The members of its group who may write or submit."""
    mine = (Membership.group_id == dossier.group_id, Membership.right.in_(WRITERS), User.active)
    query = select(User).join(Membership, Membership.user_id == User.id).where(*mine).order_by(User.id)
    return list(db.session.scalars(query))


def staff_of(call: Call, *, lot_id: int | None = None, about: Dossier | None = None) -> list[User]:
    """The coordinators of a call, or of this lot of it; without who stands aside from the dossier that it is
    ``about``: for them it does not exist.
    """
    lots = select(Lot.id).where(Lot.call_id == call.id)
    lot = Grant.scope_id == lot_id if lot_id else Grant.scope_id.in_(lots)
    scope = or_(
        and_(Grant.scope_kind == "call", Grant.scope_id == call.id), and_(Grant.scope_kind == "lot", lot)
    )
    holders = select(Grant.user_id).where(Grant.role == Role.coordinator, scope)
    aside = select(Exclusion.person_id).where(Exclusion.dossier_id == (about.id if about else None))
    query = select(User).where(User.active, User.id.in_(holders), User.id.not_in(aside))
    return list(db.session.scalars(query.order_by(User.id)))


def responsible_for(call: Call, dossier: Dossier) -> list[User]:
    """The case handler of a dossier, else the coordinators of its lot."""
    handler = db.session.get(User, dossier.handler_id) if dossier.handler_id else None
    return [handler] if handler and handler.active else staff_of(call, lot_id=dossier.lot_id, about=dossier)


def tell(
    people: Iterable[User],
    kind: str,
    path: str,
    *,
    call: Call,
    dossier: Dossier | None = None,
    by_itself: bool = True,
    **said: Any,
) -> None:
    """Queue the mail of this kind to each of these people; ``path`` is the page that it leads to. Whatever
    does not come ``by_itself`` follows a step, which is what history shows.
    """
    told = []
    for person in people:
        about = {"title": dossier.title, "reference": dossier.reference} if dossier is not None else {}
        words = mailing.compose(
            "reminder", person.language, kind=kind, name=person.name, call=call.title,
            page=mailing.address(path), **about, **said,
        )  # fmt: skip
        outbox.queue(
            notice=f"reminder_{kind}" if by_itself else kind, language=person.language,
            recipient=person.email, recipient_id=person.id, subject=words.subject, body=words.body,
            html=words.html,
            call_id=call.id, dossier_id=dossier.id if dossier is not None else None,
        )  # fmt: skip
        told.append(person.id)
    if dossier is not None and told and by_itself:
        trail.record(dossier.trail, CLOCK, "reminded", data={"kind": kind, "people": told})
