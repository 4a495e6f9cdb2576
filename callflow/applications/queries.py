"""Reads of applications: the municipalities to choose from, files, and what was submitted."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Integer, Select, bindparam, func, select

from callflow.applications.models import Answer, Application, Attachment, Submission
from callflow.calls.models import Lot, LotMunicipality
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, Permission
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.territory.models import Municipality


def answers_to(application: Application, names: list[str]) -> dict[str, Answer]:
    """The answers to these fields, by field id."""
    rows = db.session.scalars(
        select(Answer).where(Answer.application_id == application.id, Answer.field.in_(names))
    )
    return {row.field: row for row in rows}


def places_of(call_id: int) -> Sequence[Municipality]:
    """The municipalities of every lot of a call, each once, by name."""
    listed = (
        select(LotMunicipality.code).join(Lot, Lot.id == LotMunicipality.lot_id).where(Lot.call_id == call_id)
    )
    return db.session.scalars(
        select(Municipality)
        .where(Municipality.code.in_(listed))
        .order_by(Municipality.name_nl, Municipality.code)
    ).all()


def file(
    reference: str, attachment_id: int, *, by: Actor, permission: Permission = P.dossier_view
) -> Attachment:
    """A file of a dossier that this person may see; one that was submitted stays, even when removed later.

    What waits in a completion that was not handed in is the group's own. Raises NotFound.
    """
    first = select(func.min(Submission.submitted_at)).where(Submission.application_id == Dossier.id)
    found = db.session.execute(
        select(Attachment, first.correlate(Dossier).scalar_subquery(), Dossier.group_id)
        .join(Dossier, Dossier.id == Attachment.dossier_id)
        .where(Attachment.id == attachment_id, Dossier.reference == reference, visible_to(by, permission))
    ).first()
    if found is None:
        raise NotFound
    attachment: Attachment = found[0]
    if attachment.pending and (attachment.removed_at or by.right_in(found[2]) is None):
        raise NotFound
    if attachment.removed_at and (found[1] is None or attachment.removed_at < found[1]):
        raise NotFound
    return attachment


def last_submission(application: Application) -> Submission | None:
    """What was handed in last; None for a draft."""
    return next(iter(submissions_of(application, most=1)), None)


def submissions_of(application: Application, *, most: int) -> Sequence[Submission]:
    """The versions that were handed in, the last first."""
    return db.session.scalars(_versions(), {"application": application.id, "most": most}).all()


@lru_cache(maxsize=1)
def _versions() -> Select[Submission]:
    """Kept: putting a statement together takes longer than carrying it out."""
    most = bindparam("most", type_=Integer)
    mine = Submission.application_id == bindparam("application")
    return select(Submission).where(mine).order_by(Submission.number.desc()).limit(most)
