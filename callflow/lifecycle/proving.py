"""What the coordinator finds of a condition, and the mail to the group when something is lacking: its page
promised that we write when we have looked.
"""

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.decisions import actions
from callflow.decisions.models import Condition
from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.telling import tell, writers_of


def judge(actor: Actor, dossier: Dossier, condition: Condition, *, met: bool, remark: str) -> None:
    """Note the finding, and write to the members who write where the condition is not met. That all are met
    is told by letter, when it is confirmed. Raises as decisions.actions.judge does.
    """
    actions.judge(actor, dossier, condition, met=met, remark=remark)
    if met:
        return
    until = condition.due_on if condition.due_on >= clock.today() else None
    tell(
        writers_of(dossier), "condition_lacking", f"/applications/{dossier.reference}/conditions",
        call=dossier.call, dossier=dossier, by_itself=False, what=condition.text, why=condition.remark,
        day=until,
    )  # fmt: skip
