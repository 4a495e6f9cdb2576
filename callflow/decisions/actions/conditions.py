"""Writes of conditions: the group proves them, the coordinator finds them met or not."""

from callflow.applications.files import Examined
from callflow.applications.models import Attachment
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.core.storage import storage
from callflow.decisions.models import Condition
from callflow.decisions.rules import refuse_unless_conditional
from callflow.decisions.states import Fulfilment
from callflow.dossiers.models import Dossier

MOST_PROOFS = 10


def add_proof(
    actor: Actor, dossier: Dossier, condition: Condition, file: Examined, *, kept: int
) -> Attachment:
    """Keep a proof of a condition of this dossier, which has ``kept`` of them; one that was found lacking is
    to be looked at again. Raises Refused: conditions_over, condition_met_already, too_many_files.
    """
    require(actor, P.report_edit, dossier)
    refuse_unless_conditional(dossier)
    if condition.fulfilment is Fulfilment.met:
        raise Refused("condition_met_already")
    if kept >= MOST_PROOFS:
        raise Refused("too_many_files", count=MOST_PROOFS)
    proof = Attachment(
        dossier_id=dossier.id,
        in_report=False,
        field=condition.field,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=storage().put(file.content),
        added_by=actor.id,
        added_at=clock.now(),
    )
    db.session.add(proof)
    condition.fulfilment, condition.judged_by, condition.judged_at = Fulfilment.open, None, None
    trail.record(
        dossier.trail, actor, "proof_added", data={"condition": condition.position, "sha256": proof.sha256}
    )
    return proof


def judge(actor: Actor, dossier: Dossier, condition: Condition, *, met: bool, remark: str) -> None:
    """What the coordinator finds of a condition; the group reads the remark, which is needed where it is not
    met. Raises Refused: conditions_over, condition_remark_missing.
    """
    require(actor, P.dossier_decide, dossier)
    refuse_unless_conditional(dossier)
    if not met and not remark.strip():
        raise Refused("condition_remark_missing", field=f"remark-{condition.id}")
    condition.fulfilment = Fulfilment.met if met else Fulfilment.unmet
    condition.remark, condition.judged_by, condition.judged_at = remark.strip(), actor.id, clock.now()
    trail.record(
        dossier.trail,
        actor,
        "condition_judged",
        data={"condition": condition.position, "met": met},
        texts={"remark": condition.remark} if condition.remark else None,
    )
