"""Records for tests, made by the same actions as the pages use; rows are inserted only where no action makes
them.
"""

import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from callflow.applications.models import Answer, Application
from callflow.calls.models import Call, Lot
from callflow.core import clock, ids, trail
from callflow.core.actor import Actor, Role
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.states import Kind, State, Task
from callflow.lifecycle import process, values
from callflow.people import queries as people
from callflow.people.models import Grant, Group, Membership, User
from callflow.people.states import Right
from tests.factories_call import (  # noqa: F401 - tests say make.call, make.lots
    CHECKLIST,
    FORM,
    REPORT_FORM,
    Law,
    authority,
    call,
    joint,
    lots,
    municipality,
    quota,
    twin,
)

MONEY = ("select", "select_with_conditions", "reserve", "promote", "lapse")
_count = itertools.count(1)


def person(
    *roles: tuple[Role, str, int], name: str | None = None, language: str = "nl", email: str | None = None
) -> User:
    """Somebody with an account and these roles: (role, scope kind, scope id)."""
    number = next(_count)
    with unit_of_work():
        user = User(
            pseudonym=f"person-{ids.hexadecimal(10)}",
            name=name or f"Persoon {number}",
            language=language,
            email=email or f"persoon{number}@voorbeeld.example",
            created_at=clock.now(),
            session_version=1,
            active=True,
        )
        db.session.add(user)
        db.session.flush()  # the grants refer to the person
        for role, kind, scope in roles:
            db.session.add(
                Grant(user_id=user.id, role=role, scope_kind=kind, scope_id=scope, granted_at=clock.now())
            )
    return user


def actor(user: User) -> Actor:
    """The actor that a request of this person would have."""
    return people.actor(user.id)


def group(members: Mapping[User, Right] | None = None, *, country: str = "BE", **changes: Any) -> Group:
    """A residents' group with these members."""
    number = next(_count)
    fields: dict[str, Any] = {
        "name": f"Bewonersgroep {number}",
        "legal_form": "feitelijke vereniging",
        "country": country,
        "language": "fr" if country == "FR" else "nl",
        "contact_name": "Marleen Voorbeeld",
        "contact_email": f"groep{number}@voorbeeld.example",
        "street": "Voorbeeldstraat 12",
        "postcode": "8647",
        "town": "Lo-Reninge",
        "created_at": clock.now(),
    }
    with unit_of_work():
        made = Group(**{**fields, **changes}, trail=trail.new_trail("group"))
        db.session.add(made)
        db.session.flush()  # members refer to the group
        for user, right in (members or {}).items():
            db.session.add(Membership(group_id=made.id, user_id=user.id, right=right, since=clock.now()))
    return made


ANSWERS: dict[str, Any] = {
    "title": "'t Lichtpunt",
    "summary": "Een kamer voor heel het dorp.",
    "amount": "4000.00",
}


def draft(
    lot: Lot, by: User, of: Group, *, answers: Mapping[str, Any] | None = None, language: str = "nl"
) -> Application:
    """An application that is ready to be submitted."""
    given = {**ANSWERS, **(answers or {})}
    made_call = db.session.get_one(Call, lot.call_id)
    with unit_of_work():
        made = Application(
            kind=Kind.application,
            reference=ids.reference(made_call.prefix),
            title=given["title"],
            title_key=given["title"].casefold(),
            language=language,
            call_id=lot.call_id,
            lot_id=lot.id,
            group_id=of.id,
            trail=trail.new_trail("dossier"),
            created_at=clock.now(),
            state_since=clock.now(),
            requested=Decimal(given["amount"]),
            form_version=1,
        )
        db.session.add(made)
        db.session.flush()  # answers refer to the application
        for field, value in given.items():
            db.session.add(
                Answer(
                    application_id=made.id,
                    field=field,
                    value=value,
                    version=1,
                    saved_at=clock.now(),
                    saved_by=by.id,
                )
            )
    return made


def take(dossier: Dossier, trigger: str, by: User, step_values: Any = None) -> Application:
    """One step, as a page takes it: with one reading of the clock. The dossier afterwards."""
    with clock.fixed(clock.now()), unit_of_work():
        loaded = dossiers.for_step(dossier.reference, by=actor(by), kind=Application, money=trigger in MONEY)
        process.take(loaded, trigger, actor=actor(by), values=step_values)
    return loaded


def submitted(lot: Lot, by: User, of: Group, **changes: Any) -> Application:
    """An application that was handed in."""
    made = draft(lot, by, of, **changes)
    return take(made, "submit", by, values.Submitting(made.content_version))


def assign(dossier: Dossier, who: User, task: Task) -> None:
    """Give somebody a task on a dossier."""
    with unit_of_work():
        db.session.add(
            Assignment(dossier_id=dossier.id, person_id=who.id, task=task, assigned_at=clock.now())
        )


def state_of(dossier: Dossier) -> State:
    """The state as it stands in the database now."""
    db.session.rollback()
    found = db.session.scalar(db.select(Dossier.state).where(Dossier.id == dossier.id))
    assert found is not None
    return found
