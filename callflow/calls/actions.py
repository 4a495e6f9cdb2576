"""Writes of calls: a checked set-up becomes records, or the records are brought in line with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from callflow.calls import changes, queries
from callflow.calls.changes import Place
from callflow.calls.models import (
    Authority,
    Call,
    CallQuota,
    Criterion,
    JointEnvelope,
    JointLot,
    Lot,
    LotMunicipality,
)
from callflow.calls.reading import Finding
from callflow.calls.setup import Setup
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db, in_turn
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.people.models import Grant


@dataclass(frozen=True)
class Loaded:
    """What a load came to: created, changed or unchanged, and the places that changed."""

    call: Call
    outcome: str
    places: tuple[str, ...] = ()


def load(
    actor: Actor, setup: Setup, *, in_use: Callable[[int], bool], warnings: Iterable[Finding] = ()
) -> Loaded:
    """Store a set-up; the same one a second time changes nothing.

    ``in_use`` answers, for the id of a call, whether groups have begun to write: then only explanations
    may change.
    Raises Refused: call_in_use, authority_in_use, appeal_changed, lot_has_roles.
    """
    require(actor, P.call_manage)
    in_turn("calls")  # a new call and a new authority have no row yet that two loads could wait at
    call = queries.whole(setup.call["reference"], lock=True)
    known = queries.authorities(setup.authorities)
    wanted = changes.wanted(setup)
    places = list(changes.differences(changes.standing(call, known), wanted))
    if call is not None and not places:
        return Loaded(call, "unchanged")
    _refuse_promised(call, known, places, in_use)
    _refuse_unconfirmed(known, places)
    call, outcome = _stored(call, known, wanted, setup, places)
    said = tuple(changes.in_file(place) for place in places) if outcome == "changed" else ()
    trail.record(call.trail, actor, f"call_{outcome}", data=_told(setup, said, warnings))
    return Loaded(call, outcome, said)


def change(
    actor: Actor,
    call: Call,
    setup: Setup,
    *,
    why: str,
    about: Mapping[str, Any],
    warnings: Iterable[Finding] = (),
) -> Loaded:
    """Bring a running call, which is whole and locked, in line with a set-up whose dry run was confirmed.

    Whoever calls this has judged every place (calls/bearing.py) and says ``about`` the dry run what the
    history keeps. Raises Refused: appeal_changed, lot_has_roles.
    """
    require(actor, P.call_change, call)
    known = queries.authorities(setup.authorities)
    wanted = changes.wanted(setup)
    places = list(changes.differences(changes.standing(call, known), wanted))
    _refuse_unconfirmed(known, places)
    call, outcome = _stored(call, known, wanted, setup, places)
    said = tuple(changes.in_file(place) for place in places)
    told = {**_told(setup, said, warnings), **about}
    trail.record(call.trail, actor, "call_changed", data=told, texts={"why": why} if why else None)
    return Loaded(call, outcome, said)


def _stored(
    call: Call | None, known: list[Authority], wanted: dict[str, Any], setup: Setup, places: list[Place]
) -> tuple[Call, str]:
    """The records in line with the set-up, and what that came to."""
    authorities = _authorities(known, wanted["authorities"])
    _touch(known, places)
    outcome = "changed" if call else "created"
    call = _call(call, setup)
    db.session.flush()  # lots and criteria refer to the call's id
    _unshare(call)
    _lots(call, setup.lots, authorities)
    _share(call, setup.joints)
    _quotas(call, setup.quotas)
    _criteria(call, setup.criteria)
    return call, outcome


def _told(setup: Setup, places: Iterable[str], warnings: Iterable[Finding]) -> dict[str, Any]:
    return {
        "digest": setup.digest,
        "places": list(places),
        "warnings": [{"code": each.code, "parameters": each.parameters} for each in warnings],
    }


def _refuse_promised(
    call: Call | None, known: list[Authority], places: list[Place], in_use: Callable[[int], bool]
) -> None:
    """What groups read when they began stays as it was; so do the law and body of their authority."""
    own = [place for place in places if not changes.harmless(place)]
    if call is not None and own and in_use(call.id):
        raise Refused("call_in_use", keys=_keys(own))
    of_known = {each.key for each in known}
    legal = [place for place in own if place[0] == "authorities" and place[1] in of_known]
    touched = {place[1] for place in legal}
    others = queries.calls_of(each.id for each in known if each.key in touched)
    if legal and any(in_use(other) for other in others):
        raise Refused("authority_in_use", keys=_keys(legal))


def _keys(places: list[Place]) -> str:
    return ", ".join(sorted({".".join(changes.in_file(place).split(".")[:4]) for place in places}))


def _refuse_unconfirmed(known: list[Authority], places: list[Place]) -> None:
    """A new appeal text needs a new confirmation: who confirmed the old one did not read it."""
    changed = {(place[1], place[2]) for place in places if place[0] == "authorities" and len(place) > 2}
    for each in known:
        renewed = (each.key, "appeal_confirmed_on") in changed
        if (each.key, "appeal") in changed and not renewed and each.appeal_confirmed_on:
            raise Refused("appeal_changed", authority=each.key)


def _authorities(known: list[Authority], wanted: dict[str, dict[str, Any]]) -> dict[str, Authority]:
    rows = {each.key: each for each in known}
    for key, values in wanted.items():
        if key not in rows:
            rows[key] = Authority(key=key)
            db.session.add(rows[key])
        _set(rows[key], values)
    return rows


def _touch(known: list[Authority], places: list[Place]) -> None:
    """Other calls of a changed authority show it too: what is kept of their pages is out of date."""
    changed = {place[1] for place in places if place[0] == "authorities"}
    ids = queries.calls_of(each.id for each in known if each.key in changed)
    if ids:
        db.session.execute(update(Call).where(Call.id.in_(ids)).values(loaded_at=clock.now()))


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _call(call: Call | None, setup: Setup) -> Call:
    values = {name: setup.call[name] for name in changes.CALL}
    if call is None:
        call = Call(
            reference=setup.call["reference"],
            trail=trail.new_trail("call"),
            procedure_version=1,
            form_version=1,
        )
        db.session.add(call)
    else:
        call.form_version += int(call.form != values["form"])
        call.procedure_version += int(call.procedure != values["procedure"])
    _set(call, {**values, "setup_sha256": setup.digest, "loaded_at": clock.now()})
    return call


def _lots(call: Call, wanted: list[dict[str, Any]], authorities: dict[str, Authority]) -> None:
    rows = {lot.key: lot for lot in db.session.scalars(select(Lot).where(Lot.call_id == call.id))}
    for gone in rows.keys() - {each["key"] for each in wanted}:
        _remove_lot(rows[gone])
    for each in wanted:
        values = {name: each[name] for name in changes.LOT}
        row = rows.get(each["key"])
        if row is None:
            row = Lot(call_id=call.id, key=each["key"], authority=authorities[each["authority"]], **values)
            db.session.add(row)
            db.session.flush()  # its area refers to its id
        else:
            _set(row, {**values, "authority_id": authorities[each["authority"]].id})
        _area(row, set(each["area"]))


def _remove_lot(lot: Lot) -> None:
    """A lot that somebody holds a role for stays: a new lot could get its id, and the role with it."""
    held = select(Grant.id).where(Grant.scope_kind == "lot", Grant.scope_id == lot.id).limit(1)
    if db.session.scalar(held) is not None:
        raise Refused("lot_has_roles", lot=lot.key)
    db.session.execute(delete(LotMunicipality).where(LotMunicipality.lot_id == lot.id))
    db.session.execute(delete(Lot).where(Lot.id == lot.id))


def _area(lot: Lot, wanted: set[str]) -> None:
    held = set(db.session.scalars(select(LotMunicipality.code).where(LotMunicipality.lot_id == lot.id)))
    gone = LotMunicipality.code.in_(held - wanted)
    db.session.execute(delete(LotMunicipality).where(LotMunicipality.lot_id == lot.id, gone))
    db.session.add_all(LotMunicipality(lot_id=lot.id, code=code) for code in sorted(wanted - held))


def _unshare(call: Call) -> None:
    """Let go of what lots share, so that one of them can go."""
    mine = select(JointEnvelope.id).where(JointEnvelope.call_id == call.id)
    db.session.execute(delete(JointLot).where(JointLot.joint_id.in_(mine)))


def _share(call: Call, wanted: list[dict[str, Any]]) -> None:
    lots = {lot.key: lot for lot in db.session.scalars(select(Lot).where(Lot.call_id == call.id))}
    held = select(JointEnvelope).where(JointEnvelope.call_id == call.id)
    rows = {each.key: each for each in db.session.scalars(held)}
    for gone in rows.keys() - {each["key"] for each in wanted}:
        db.session.delete(rows[gone])
    for each in wanted:
        row = rows.get(each["key"]) or JointEnvelope(call_id=call.id, key=each["key"])
        _set(row, {name: each[name] for name in changes.JOINT})
        db.session.add(row)
        db.session.flush()  # its lots refer to its id
        db.session.add_all(JointLot(lot_id=lots[key].id, joint_id=row.id) for key in each["lots"])
    for lot in lots.values():
        db.session.expire(lot, ["joint"])


def _quotas(call: Call, wanted: list[dict[str, Any]]) -> None:
    rows = {q.key: q for q in db.session.scalars(select(CallQuota).where(CallQuota.call_id == call.id))}
    for gone in rows.keys() - {each["key"] for each in wanted}:
        db.session.delete(rows[gone])
    for each in wanted:
        row = rows.get(each["key"]) or CallQuota(call_id=call.id, key=each["key"])
        _set(row, {name: each[name] for name in changes.QUOTA})
        db.session.add(row)


def _criteria(call: Call, wanted: list[dict[str, Any]]) -> None:
    rows = {
        each.key: each for each in db.session.scalars(select(Criterion).where(Criterion.call_id == call.id))
    }
    for gone in rows.keys() - {each["key"] for each in wanted}:
        db.session.delete(rows[gone])
    for each in wanted:
        values = {name: each[name] for name in changes.CRITERION}
        if each["key"] in rows:
            _set(rows[each["key"]], values)
        else:
            db.session.add(Criterion(call_id=call.id, key=each["key"], **values))
