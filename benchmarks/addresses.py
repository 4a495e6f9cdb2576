"""Who opens which address of a measured site: people by what they are to its dossiers, and what stands at
each place of an address, so that records which stand alike are opened at any size.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from benchmarks.site import Site
from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.coaching.models import session_dossier
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Dossier, Party
from callflow.dossiers.states import Part, State, Task
from callflow.lifecycle import pilot, process
from callflow.messages import actions as messages
from callflow.messages.models import Message, Thread
from callflow.people import queries as people
from callflow.people.models import Group, Membership, User
from callflow.people.states import Right
from callflow.pilots.models import Finding, Milestone
from tests import factories

SENT = 50
"""Dossiers that something was written to at once: a page of them."""
NUMBERED = {"plan": Milestone.id, "findings": Finding.id, "agreements": Party.id}
"""What the number behind these words is the id of."""


@dataclass(frozen=True)
class Scene:
    """People by role; what may stand at each place of an address, and instead in addresses of pilots."""

    people: dict[str, User]
    places: dict[str, Sequence[Any]]
    pilots: Sequence[str]

    def addresses(self, app: Flask) -> Iterator[tuple[str, list[str]]]:
        """Every rule that can be opened, a step at a time, with the addresses that may be such a page."""
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if "GET" not in (rule.methods or ()):
                continue
            steps = self._steps(rule) if "trigger" in rule.arguments else [""]
            for step in steps:
                yield _name(rule, step), list(self._filled(app, rule, step))

    def _steps(self, rule: Rule) -> Sequence[str]:
        of = pilot.workflow() if "/pilots" in rule.rule else process.workflow(Procedure())
        return list(of.events)

    def _filled(self, app: Flask, rule: Rule, step: str) -> Iterator[str]:
        fixed = {key: [value] for key, value in (rule.defaults or {}).items()}
        places = {**self.places, "trigger": [step], **fixed}
        if "/pilots/<ref>" in rule.rule:
            places["ref"] = self.pilots
        for word in NUMBERED.keys() & set(rule.rule.split("/")):
            places["number"] = places[word]
        names = sorted(rule.arguments)
        if set(names) <= places.keys():
            with app.test_request_context():
                for chosen in itertools.product(*(places[name] for name in names)):
                    yield app.url_for(rule.endpoint, **dict(zip(names, chosen, strict=True)))


def _name(rule: Rule, step: str) -> str:
    """The rule without the kinds of its places: no spaces, and a step by its name."""
    plain = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule)
    return plain.replace("<trigger>", step)


def scene(place: Site) -> Scene:
    """Everybody near one scored dossier, with a coach, a session and a thread that waits, in the middle of
    the call; its group has one more that is judged, one that was handed in, and one that it writes.
    """
    call = db.session.scalars(select(Call).where(Call.reference == place.world.call)).one()
    lot = db.session.scalars(select(Lot).where(Lot.call_id == call.id)).one()
    dossier, thread = _middle(place.world.coach.id)
    member, others = _group(dossier, lot)
    scope = ("call", call.id)
    known = {
        "coordinator": place.world.coordinator, "coach": place.world.coach, "juror": _juror(dossier.id),
        "member": member, "partner": _partner(place.world.pilots),
        "signatory": factories.person((Role.signatory, *scope)),
        "chair": factories.person((Role.chair, *scope)),
        "admin": factories.person((Role.admin, "all", 0)),
    }  # fmt: skip
    places = {
        "reference": [call.reference], "lot": [lot.key], "ref": [dossier.reference, *others],
        "key": [thread.key], "section": ["project"], "sending_id": [_sending(place, call.id)],
        "group_id": [dossier.group_id], "user_id": [known[who].id for who in ("coach", "juror", "member")],
        "mail_id": _ids(select(OutboxMail.id).where(OutboxMail.dossier_id == dossier.id)),
        "number": [
            *_ids(select(session_dossier.c.session_id).where(session_dossier.c.dossier_id == dossier.id)),
            *_ids(select(Message.id).where(Message.thread_id == thread.id)),
        ],
        **{word: _ids(select(column)) for word, column in NUMBERED.items()},
    }  # fmt: skip
    return Scene(known, places, place.world.pilots)


def _ids(query: Any) -> list[int]:
    return list(db.session.scalars(query))


def _middle(coach_id: int) -> tuple[Dossier, Thread]:
    """Half of those that stand like it are before this one."""
    coached = select(Assignment.dossier_id).where(
        Assignment.person_id == coach_id, Assignment.task == Task.coach
    )
    query = (
        select(Dossier, Thread)
        .join(Thread, Thread.dossier_id == Dossier.id)
        .where(Dossier.state == State.scored, Dossier.id.in_(coached), Thread.waits_since.is_not(None))
        .order_by(Dossier.id)
    )
    found = db.session.execute(query).all()
    return found[len(found) // 2].tuple()


def _juror(dossier_id: int) -> User:
    mine = (Assignment.dossier_id == dossier_id, Assignment.task == Task.juror)
    query = select(User).join(Assignment, Assignment.person_id == User.id).where(*mine)
    return db.session.scalars(query.order_by(User.id).limit(1)).one()


def _group(dossier: Dossier, lot: Lot) -> tuple[User, list[str]]:
    """A group of its own for the dossier and some others, however large the call is: who hands in for it."""
    member = factories.person()
    group = factories.group({member: Right.submit})
    others = []
    for state in (State.screened, State.submitted):
        query = select(Dossier).where(Dossier.state == state, Dossier.lot_id == lot.id).order_by(Dossier.id)
        others.append(db.session.scalars(query.offset(7).limit(1)).one())
    with unit_of_work():
        mine = Dossier.id.in_([each.id for each in (dossier, *others)])
        db.session.execute(update(Dossier).where(mine).values(group_id=group.id))
    draft = factories.draft(lot, member, group)
    return member, [each.reference for each in (*others, draft)]


def _partner(pilots: Sequence[str]) -> User:
    """Somebody who submits for a partner that guides these pilots."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Group, Group.id == Membership.group_id)
        .join(Party, Party.group_id == Group.id)
        .join(Dossier, Dossier.id == Party.dossier_id)
        .where(Dossier.reference.in_(pilots), Party.part == Part.guide, Membership.right == Right.submit)
    )
    return db.session.scalars(query.order_by(User.id).limit(1)).one()


def _sending(place: Site, call_id: int) -> int:
    """Something written to as many groups at any size."""
    refs = list(place.world.references[:SENT])
    actor = people.actor(place.world.coordinator.id)
    words = {"nl": "Kom naar de infoavond."}
    with unit_of_work():
        found = dossiers.for_many(refs, by=actor, permission=P.message_office)
        return messages.write_to_many(actor, found, call_id=call_id, subject=words, text=words).id
