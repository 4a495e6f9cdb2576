"""What a call knows of its jurors, told by themselves or by the coordinator; who is excused from it."""

from dataclasses import dataclass

from sqlalchemy import select

from callflow.calls.models import Call, Lot
from callflow.core import clock, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.jury.models import JurorProfile
from callflow.people import queries as people
from callflow.territory.models import Municipality

NAMES, NAME = 20, 120
"""Most names of bodies or people of a household, and the length of one."""


@dataclass(frozen=True)
class Known:
    """What a juror or the coordinator fills in."""

    languages: tuple[str, ...]
    municipality: str | None = None
    bodies: tuple[str, ...] = ()
    household: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()


def profile_of(call_id: int, person_id: int) -> JurorProfile | None:
    """The profile of a juror in a call."""
    mine = (JurorProfile.call_id == call_id, JurorProfile.person_id == person_id)
    return db.session.scalar(select(JurorProfile).where(*mine))


def keep_profile(actor: Actor, call: Call, *, person_id: int, known: Known, version: int) -> JurorProfile:
    """Keep what is known of a juror; ``version`` is the one that the page showed, 0 for none.

    Raises Refused for what the call does not have and for somebody who is no juror in it, Changed when it was
    changed meanwhile.
    """
    _may(actor, call, person_id)
    history = trail.locked(call.trail_id)
    _check(call, person_id, known)
    kept = profile_of(call.id, person_id) or _new(call.id, person_id)
    if kept.version != version:
        raise Changed("profile_changed")
    kept.languages, kept.municipality_code = sorted(set(known.languages)), known.municipality
    kept.bodies, kept.household = list(known.bodies), list(known.household)
    kept.lots = sorted(set(known.lots))
    kept.version, kept.changed_at = kept.version + 1, clock.now()
    trail.record(
        history, actor, "juror_profile_kept",
        data={"person_id": person_id, "languages": kept.languages, "municipality": kept.municipality_code},
    )  # fmt: skip
    return kept


def excuse_from_call(actor: Actor, call: Call, *, person_id: int, reason: str) -> JurorProfile:
    """Relieve a juror of everything that is not handed in, until called back; the caller takes tasks away."""
    require(actor, P.dossier_assign, call)
    history = trail.locked(call.trail_id)
    if not reason.strip():
        raise Refused("excuse_reason_missing", field="reason")
    kept = profile_of(call.id, person_id) or _new(call.id, person_id)
    if kept.excused_at is not None:
        raise Refused("already_excused")
    kept.excused_at, kept.excused_reason = clock.now(), reason.strip()[:500]
    kept.version += 1
    told = {"reason": kept.excused_reason}
    trail.record(history, actor, "juror_excused", data={"person_id": person_id}, texts=told)
    return kept


def call_back(actor: Actor, call: Call, *, person_id: int) -> JurorProfile:
    """An excused juror takes part again. Raises Refused for one who was not excused."""
    require(actor, P.dossier_assign, call)
    history = trail.locked(call.trail_id)
    kept = profile_of(call.id, person_id)
    if kept is None or kept.excused_at is None:
        raise Refused("not_excused")
    kept.excused_at, kept.excused_reason = None, ""
    kept.version += 1
    trail.record(history, actor, "juror_called_back", data={"person_id": person_id})
    return kept


def _may(actor: Actor, call: Call, person_id: int) -> None:
    """A juror speaks for themselves, the coordinator for all."""
    if actor.id == person_id:
        require(actor, P.jury_pile)
    else:
        require(actor, P.dossier_assign, call)


def _new(call_id: int, person_id: int) -> JurorProfile:
    made = JurorProfile(
        call_id=call_id, person_id=person_id, languages=[], bodies=[], household=[], lots=[], version=0,
        changed_at=clock.now(), excused_reason="",
    )  # fmt: skip
    db.session.add(made)
    return made


def _check(call: Call, person_id: int, known: Known) -> None:
    lots = {lot.key: lot for lot in db.session.scalars(select(Lot).where(Lot.call_id == call.id))}
    who = people.actor(person_id)
    if not any(who.covers(Role.juror, each) for each in (call, *lots.values())):
        raise Refused("lacks_role")
    if not known.languages:
        raise Refused("juror_reads_nothing", field="languages")
    if known.municipality is not None and db.session.get(Municipality, known.municipality) is None:
        raise Refused("place_unknown", field="municipality")
    if set(known.lots) - set(lots) or set(known.languages) - set(call.languages):
        raise Refused("no_such_choice", field="lots")
    for name, listed in (("bodies", known.bodies), ("household", known.household)):
        if len(listed) > NAMES or any(len(each) > NAME for each in listed):
            raise Refused("names_long", field=name, most=NAMES, limit=NAME)
