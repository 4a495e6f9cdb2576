"""One application of the reader's own group: for everybody else it does not exist."""

from callflow.applications.models import Application
from callflow.core.actor import Actor
from callflow.core.errors import NotFound
from callflow.core.workflow import Reason
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import process
from callflow.lifecycle.facts import gather

TRIGGERS = (
    "preapply", "submit", "complete", "revise", "accept_offer", "decline_offer", "report_interim", "report",
    "withdraw",
)  # fmt: skip
"""The steps that a group takes itself."""


def own(reference: str, actor: Actor) -> Application:
    """To read. Raises NotFound, also for staff who may see the dossier on their own pages."""
    return _of_group(dossiers.seen(reference, by=actor, kind=Application), actor)


def own_for_step(reference: str, actor: Actor) -> Application:
    """To change, locked."""
    return _of_group(dossiers.for_step(reference, by=actor, kind=Application), actor)


def _of_group(application: Application, actor: Actor) -> Application:
    if actor.right_in(application.group_id) is None:
        raise NotFound
    return application


def offers(
    application: Application, actor: Actor, *, unanswered: tuple[str, ...] | None = None
) -> dict[str, list[Reason]]:
    """The group's own steps, with what holds each back; ``unanswered`` where the page knows it already.

    While a decision is prepared the engine already offers what follows it. The group is offered only what
    also leaves from the state it knows: otherwise a button would betray the decision.
    """
    known = process.of(application).steps_from(application.shown_state)
    facts = None if unanswered is None else gather(application, unanswered=unanswered)
    found = process.offers(application, actor, facts=facts)
    return {
        trigger: found[trigger]
        for trigger in TRIGGERS
        if trigger in found and trigger in known and not _over(found[trigger])
    }


NEVER_AGAIN = frozenset({"already_released", "completion_late", "full_late", "no_offer", "offer_over"})


def _over(against: list[Reason]) -> bool:
    """A step that is not "not yet" but never again: nobody withdraws after a refusal, completes too late, or
    answers no offer.
    """
    return any(reason.code in NEVER_AGAIN for reason in against)
