"""The verdict on each point of the checklist, with its reason, and points to be looked at again."""

from collections.abc import Collection

from sqlalchemy import delete, select

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Dossier
from callflow.screening.models import Check, Verdict
from callflow.screening.rules import being_screened, needs_reason


def set_check(actor: Actor, dossier: Dossier, *, point: str, verdict: Verdict, reason: str = "") -> Check:
    """Write what was found on one point of the checklist; a later verdict replaces it, history keeps both.

    The dossier comes from queries.for_step. Raises Refused for a point that the call does not have, a failure
    without its reason, or a dossier whose screening is over.
    """
    require(actor, P.dossier_screen, dossier)
    if not being_screened(dossier):
        raise Refused("screening_over")
    if point not in {each["key"] for each in dossier.call.checklist}:
        raise Refused("point_unknown", point=point)
    if needs_reason(verdict) and not reason.strip():
        raise Refused("check_reason_missing", field=f"reason-{point}")
    check = db.session.scalar(select(Check).where(Check.dossier_id == dossier.id, Check.point == point))
    if check is None:
        check = Check(dossier_id=dossier.id, point=point)
        db.session.add(check)
    check.verdict, check.reason = verdict, reason.strip()
    check.checked_by, check.checked_at = actor.id, clock.now()  # type: ignore[assignment]  # who may do this has an id
    texts = {"reason": reason.strip()} if reason.strip() else None
    trail.record(
        dossier.trail, actor, "checked", data={"point": point, "verdict": verdict.value}, texts=texts
    )
    return check


def ask_again(dossier: Dossier, actor: Actor, points: Collection[str]) -> None:
    """Forget the verdicts on these points; part of the step that brings something new about them."""
    found = db.session.scalars(
        select(Check.point).where(Check.dossier_id == dossier.id, Check.point.in_(points))
    ).all()
    if not found:
        return
    db.session.execute(delete(Check).where(Check.dossier_id == dossier.id, Check.point.in_(found)))
    trail.record(dossier.trail, actor, "checks_reopened", data={"points": sorted(found)})
