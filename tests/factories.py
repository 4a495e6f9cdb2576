"""Records for tests, made by the same actions as the pages use; rows are inserted only where no action makes
them.
"""

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from callflow.applications.models import Answer, Application
from callflow.calls.models import Authority, Call, Criterion, Lot, LotMunicipality
from callflow.calls.procedure import Procedure
from callflow.calls.states import Courtesy, Law, Offer
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
from callflow.territory.models import Municipality

_count = itertools.count(1)
PLACES = {"BE": ("32030", "Lo-Reninge", "8647"), "FR": ("59309", "Hondschoote", "59122")}


def twin(nl: str, fr: str | None = None) -> dict[str, str]:
    """A staff text in both languages."""
    return {"nl": nl, "fr": fr or nl}


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


def municipality(country: str = "BE") -> Municipality:
    """One municipality on that side of the border."""
    code, name, postcode = PLACES[country]
    found = db.session.get(Municipality, code)
    if found:
        return found
    with unit_of_work():
        found = Municipality(
            code=code, country=country, name_nl=name, name_fr=name, postcodes=postcode, grouping="Westhoek"
        )
        db.session.add(found)
    return found


def authority(law: Law = Law.be_public, **changes: Any) -> Authority:
    """An authority under this law, its appeal text confirmed."""
    french = law is Law.fr_public
    number = next(_count)
    fields: dict[str, Any] = {
        "key": f"authority-{number}",
        "law": law,
        "language": "fr" if french else "nl",
        "country": "FR" if french else "BE",
        "name": twin("Streekbestuur Voorbeeld", "Communauté de communes Exemple"),
        "street": "1 rue de l'Exemple" if french else "Voorbeeldweg 1",
        "postcode": "59122" if french else "8600",
        "town": "Hondschoote" if french else "Diksmuide",
        "phone": "+32 50 00 00 10",
        "email": "info@streek.example",
        "body": twin("deputatie", "conseil communautaire"),
        "court": twin("Raad van State", "tribunal administratif de Lille"),
        "appeal": {},
        "appeal_confirmed_by": "juridische dienst (demo)",
        "appeal_confirmed_on": date(2026, 9, 1),
        "legal_basis": [
            twin("de wet van 29 juli 1991", "le code des relations entre le public et l'administration")
        ],
        "handler": {
            "first_name": "Lieve",
            "last_name": "Voorbeeld",
            "phone": "+32 50 00 00 11",
            "email": "lieve@streek.example",
            "capacity": twin("dossierbehandelaar", "chargée de dossier"),
        },
        "signatory": {
            "first_name": "An",
            "last_name": "Voorbeeld",
            "capacity": twin("voorzitter", "présidente"),
            "service": twin("dienst Streekontwikkeling", "service du développement local"),
        },
        "privacy": {
            "authority": twin("CNIL" if french else "VTC"),
            "dpo": "dpo@streek.example",
            "website": "https://toezicht.example",
        },
        "courtesy": Courtesy.never,
    }
    with unit_of_work():
        made = Authority(**{**fields, **changes})
        db.session.add(made)
    return made


FORM = [
    {
        "id": "project",
        "title": twin("Uw project", "Votre projet"),
        "help": {},
        "fields": [
            {
                "id": "title",
                "kind": "short_text",
                "label": twin("Titel", "Titre"),
                "help": {},
                "required": True,
                "max_length": 120,
                "role": "title",
            },
            {
                "id": "summary",
                "kind": "long_text",
                "label": twin("Samenvatting", "Résumé"),
                "help": {},
                "required": True,
                "max_length": 3000,
                "role": "summary",
            },
            {
                "id": "amount",
                "kind": "money",
                "label": twin("Gevraagde steun", "Soutien demandé"),
                "help": {},
                "required": True,
                "minimum": "1",
                "maximum": "5000",
                "role": "requested",
            },
        ],
    },
]
REPORT_FORM = [
    {
        "id": "result",
        "title": twin("Resultaat", "Résultat"),
        "help": {},
        "fields": [
            {
                "id": "realised",
                "kind": "long_text",
                "label": twin("Wat is gelukt", "Ce qui a été fait"),
                "help": {},
                "required": True,
                "max_length": 3000,
            }
        ],
    },
]
CHECKLIST = [{"key": "in_area", "text": twin("In het gebied", "Dans le territoire"), "article": "art. 3"}]


def call(
    *laws: Law,
    procedure: Procedure | None = None,
    open_now: bool = True,
    envelope: str | None = "10000",
    **changes: Any,
) -> Call:
    """A call with one lot per law (a Flemish one when none is named), two criteria and a short form."""
    number, now = next(_count), clock.now()
    shift = timedelta(days=-30 if open_now else -90)
    places = [municipality("FR" if law is Law.fr_public else "BE") for law in laws or (Law.be_public,)]
    authorities = [authority(law) for law in laws or (Law.be_public,)]
    fields: dict[str, Any] = {
        "reference": f"TEST{number}",
        "prefix": f"T{number}",
        "title": twin("Dorpen aan zet", "Villages en projet"),
        "summary": twin("Voor dorpsideeën", "Pour les idées des villages"),
        "description": twin("Een oproep", "Un appel"),
        "languages": ["nl", "fr"],
        "rules": {
            "title": twin("Reglement", "Règlement"),
            "version": "1",
            "date": "2026-09-01",
            "articles": [{"number": "3", "title": twin("Gebied", "Territoire")}],
        },
        "opens_at": now + shift,
        "closes_at": now + shift + timedelta(days=60),
        "calendar": {"decision_on": "2027-02-11", "report_due": "2028-01-31"},
        "procedure": (procedure or Procedure()).as_stored(),
        "form": FORM,
        "report_form": REPORT_FORM,
        "checklist": CHECKLIST,
        "texts": {
            "letters": {},
            "mails": {},
            "page": {"who": twin("Dorpelingen", "Les habitants"), "readers": twin("De jury", "Le jury")},
        },
        "scale_max": 5,
        "threshold_percent": Decimal(60),
        "tie_breaks": [],
        "setup_sha256": ids.hexadecimal(64),
        "loaded_at": now,
        "procedure_version": 1,
        "form_version": 1,
    }
    with unit_of_work():
        made = Call(**{**fields, **changes}, trail=trail.new_trail("call"))
        db.session.add(made)
        db.session.flush()  # lots and criteria refer to the call
        for position, (each, place) in enumerate(zip(authorities, places, strict=True)):
            lot = Lot(
                call_id=made.id,
                authority_id=each.id,
                key=f"lot{position}",
                position=position,
                name=twin(f"Perceel {position + 1}", f"Lot {position + 1}"),
                theme=twin("Leefbaarheid", "Qualité de vie"),
                offer=Offer.both if envelope else Offer.coaching,
                envelope=None if envelope is None else Decimal(envelope),
                maximum_amount=Decimal(5000) if envelope else None,
                coaching_days=20,
                coaching_days_each=2,
            )
            db.session.add(lot)
            db.session.flush()  # the area refers to the lot
            db.session.add(LotMunicipality(lot_id=lot.id, code=place.code))
        for position, (key, weight) in enumerate((("need", 60), ("participation", 40))):
            db.session.add(
                Criterion(
                    call_id=made.id,
                    key=key,
                    position=position,
                    weight=weight,
                    minimum=Decimal(2) if key == "need" else None,
                    title=twin(
                        {"need": "Nood", "participation": "Betrokkenheid"}[key],
                        {"need": "Besoin", "participation": "Participation"}[key],
                    ),
                    help={},
                    levels=[twin(str(level)) for level in range(6)],
                )
            )
    return made


def lots(made: Call) -> list[Lot]:
    """The lots of a call in their order."""
    return list(db.session.scalars(db.select(Lot).where(Lot.call_id == made.id).order_by(Lot.position)))


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
        loaded = dossiers.for_step(
            dossier.reference, by=actor(by), kind=Application, money=trigger in ("select", "reserve")
        )
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
