"""What a coach can take on in a call, told by the coach or by the coordinator."""

from collections.abc import Sequence

from sqlalchemy import select

from callflow.calls.models import Call, Lot, LotMunicipality
from callflow.coaching import queries
from callflow.coaching.models import CoachProfile
from callflow.coaching.rules import CoachOf
from callflow.core import clock, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.people import queries as people


def keep_profile(
    actor: Actor,
    whose: CoachOf,
    *,
    languages: Sequence[str],
    area: Sequence[str],
    days: int | None,
    most: int | None,
    version: int,
) -> CoachProfile:
    """Keep the profile of a coach of this call; ``version`` is the one the page showed, 0 for none.

    Raises Refused for a language or municipality that the call does not have and for somebody who is no
    coach in it, Changed when it was changed meanwhile.
    """
    require(actor, P.coaching_profile, whose)
    history = trail.locked(select(Call.trail_id).where(Call.id == whose.call_id).scalar_subquery())
    if not people.actor(whose.person_id).covers(Role.coach, whose):
        raise Refused("lacks_role")
    if not languages:
        raise Refused("coach_speaks_nothing", field="languages")
    if set(area) - _codes(whose.call_id):
        raise Refused("place_unknown", field="area")
    found = queries.profile_of(whose.call_id, whose.person_id)
    if (found.version if found else 0) != version:
        raise Changed("profile_changed")
    kept = found or CoachProfile(call_id=whose.call_id, person_id=whose.person_id, version=0)
    kept.languages, kept.area = sorted(set(languages)), sorted(set(area))
    kept.days, kept.most, kept.changed_at = days, most, clock.now()
    kept.version += 1
    db.session.add(kept)
    trail.record(
        history, actor, "coach_profile_kept",
        data={
            "person_id": whose.person_id, "languages": kept.languages, "area": len(kept.area), "days": days,
            "most": most,
        },
    )  # fmt: skip
    return kept


def _codes(call_id: int) -> set[str]:
    listed = select(LotMunicipality.code).join(Lot, Lot.id == LotMunicipality.lot_id)
    return set(db.session.scalars(listed.where(Lot.call_id == call_id)))
