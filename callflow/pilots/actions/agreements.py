"""What each guiding partner says of a proposal."""

from sqlalchemy import select

from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.dossiers.states import Part, State
from callflow.people.states import Right
from callflow.pilots import rules
from callflow.pilots.models import Agreement, Pilot
from callflow.pilots.states import Verdict


def give_verdict(
    actor: Actor, pilot: Pilot, party_id: int, *, verdict: Verdict, reason: str, version: int
) -> Agreement:
    """Agree or object for one guiding partner; a later word takes the place of the earlier.

    ``version`` is that of the text and plan that the person read: nobody agrees with what changed meanwhile.
    """
    require(actor, P.pilot_agree, pilot)
    party = rules.named(rules.parties_of(actor, pilot, Right.submit), party_id)
    if party is None or party.part is not Part.guide:
        raise Refused("pilot_not_your_partner")
    if pilot.state is not State.coached:
        raise Refused("pilot_not_asked")
    if version != pilot.content_version:
        raise Changed("pilot_read_again")
    if verdict is Verdict.objected and not reason.strip():
        raise Refused("pilot_objection_without_reason", field="reason")
    given = db.session.scalar(select(Agreement).where(Agreement.party_id == party.id))
    if given is None:
        given = Agreement(pilot_id=pilot.id, party_id=party.id)
        db.session.add(given)
    given.verdict, given.reason, given.content_version = verdict, reason.strip(), version
    given.given_by, given.given_at = actor.id or 0, clock.now()
    trail.record(
        pilot.trail, actor, f"pilot_{verdict.value}", data={"party": party.id, "content_version": version},
        texts={"name": party.group.name, **({"reason": given.reason} if given.reason else {})},
    )  # fmt: skip
    return given
