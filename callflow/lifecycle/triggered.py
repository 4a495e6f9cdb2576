"""What the database's triggers count and keep in order, against what is there."""

from sqlalchemy import String, and_, cast, func, literal, null, or_, select, union_all

from callflow.calls.models import Call, Lot
from callflow.core.mail_tally import FAILED, MailTally
from callflow.core.outbox import OutboxMail
from callflow.decisions import joint
from callflow.decisions.models import Decision, Promise
from callflow.dossiers.models import Assignment, Dossier, PileItem, Tally
from callflow.dossiers.states import Kind, Task
from callflow.filing.models import Tagged
from callflow.jury.models import Sheet
from callflow.lifecycle.checking import Checks, Query

check = Checks()


@check
def tally_differs() -> Query:
    """What is counted while it happens is what is there, by call, state, lot and handler, and by tag."""
    names = ("call_id", "state", "lot_id", "handler_id")
    handed_in = (Dossier.kind == Kind.application, Dossier.submitted_at.is_not(None))
    columns = [getattr(Dossier, name) for name in names]
    there = select(*columns, null().label("tag_id"), literal(-1).label("number")).where(*handed_in)
    carried = select(*columns, Tagged.tag_id, literal(-1)).where(*handed_in)
    carried = carried.join(Tagged, Tagged.dossier_id == Dossier.id)
    told = select(*(getattr(Tally, name) for name in names), Tally.tag_id, Tally.number)
    both = union_all(told, there, carried).subquery()
    cell = [both.c[name] for name in (*names, "tag_id")]
    off = func.sum(both.c.number)
    differs = select(Call.reference, off).join(both, both.c.call_id == Call.id)
    return differs.group_by(Call.reference, *cell).having(off != 0)


@check
def mail_tally_differs() -> Query:
    """What is counted while mails are written and leave is what is there, by call, lot, state and failure."""
    counted = or_(
        OutboxMail.dossier_id.is_(None),
        and_(Dossier.kind == Kind.application, Dossier.submitted_at.is_not(None)),
    )
    there = (
        select(
            OutboxMail.call_id, Dossier.lot_id, cast(OutboxMail.state, String), FAILED,
            literal(-1).label("number"),
        )
        .outerjoin(Dossier, Dossier.id == OutboxMail.dossier_id)
        .where(OutboxMail.call_id.is_not(None), counted)
    )  # fmt: skip
    told = select(
        MailTally.call_id, MailTally.lot_id, cast(MailTally.state, String).label("state"), MailTally.failed,
        MailTally.number,
    )  # fmt: skip
    both = union_all(told, there).subquery()
    off = func.sum(both.c.number)
    differs = select(Call.reference, off).join(both, both.c.call_id == Call.id)
    cell = (both.c.lot_id, both.c.state, both.c.failed)
    return differs.group_by(Call.reference, *cell).having(off != 0)


@check
def promise_differs() -> Query:
    """What is summed up while decisions are made is what they hold, by lot."""
    money, days = (-func.coalesce(each, 0) for each in (Decision.amount, Decision.coaching_days))
    there = select(Decision.lot_id, money.label("amount"), days.label("days")).where(joint.promises())
    both = union_all(select(Promise.lot_id, Promise.amount, Promise.days), there).subquery()
    off = or_(func.sum(both.c.amount) != 0, func.sum(both.c.days) != 0)
    differs = select(Call.reference, Lot.key).join(Lot, Lot.call_id == Call.id)
    differs = differs.join(both, both.c.lot_id == Lot.id).group_by(Call.reference, Lot.key)
    return differs.having(off)


@check
def pile_differs() -> Query:
    """What lies on the piles of jurors is what is assigned to them, as it stands now."""
    sheet = and_(Sheet.dossier_id == Dossier.id, Sheet.juror_id == Assignment.person_id)
    there = (
        select(
            Dossier.id.label("dossier_id"), Assignment.person_id, Dossier.call_id, Dossier.lot_id,
            cast(Dossier.state, String).label("state"), Dossier.title_key,
            Sheet.given_at.is_not(None).label("given"), literal(-1).label("number"),
        )
        .join(Assignment, Assignment.dossier_id == Dossier.id)
        .outerjoin(Sheet, sheet)
        .where(Assignment.task == Task.juror)
    )  # fmt: skip
    told = select(
        PileItem.dossier_id, PileItem.person_id, PileItem.call_id, PileItem.lot_id,
        cast(PileItem.state, String), PileItem.title_key, PileItem.given, literal(1),
    )  # fmt: skip
    both = union_all(there, told).subquery()
    lines = [column for column in both.c if column.name != "number"]
    off = select(both.c.dossier_id, both.c.person_id).group_by(*lines).having(func.sum(both.c.number) != 0)
    wrong = off.subquery()
    differs = select(Dossier.reference, wrong.c.person_id).join(wrong, wrong.c.dossier_id == Dossier.id)
    return differs.distinct().order_by(Dossier.reference, wrong.c.person_id)
