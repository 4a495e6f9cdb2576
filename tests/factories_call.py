"""Authorities and calls for tests: rows, because these are smaller than any call from a set-up file."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

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
from callflow.calls.procedure import Procedure
from callflow.calls.states import Courtesy, Law, Offer
from callflow.core import clock, ids, trail
from callflow.core.db import db, unit_of_work
from callflow.territory.models import Municipality

_count = itertools.count(1)
PLACES = {"BE": ("32030", "Lo-Reninge", "8647"), "FR": ("59309", "Hondschoote", "59122")}


def twin(nl: str, fr: str | None = None) -> dict[str, str]:
    """A staff text in both languages."""
    return {"nl": nl, "fr": fr or nl}


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
    with unit_of_work():
        made = Authority(**{**_authority_fields(law), **_people_of_authority(law), **changes})
        db.session.add(made)
    return made


def _authority_fields(law: Law) -> dict[str, Any]:
    french = law is Law.fr_public
    return {
        "key": f"authority-{next(_count)}",
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
        "courtesy": Courtesy.never,
    }


def _people_of_authority(law: Law) -> dict[str, Any]:
    return {
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
            "authority": twin("CNIL" if law is Law.fr_public else "VTC"),
            "dpo": "dpo@streek.example",
            "website": "https://toezicht.example",
        },
    }


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
    laws = laws or (Law.be_public,)
    places = [municipality("FR" if law is Law.fr_public else "BE") for law in laws]
    authorities = [authority(law) for law in laws]
    fields = {**_call_fields(procedure or Procedure(), open_now=open_now), **changes}
    with unit_of_work():
        made = Call(**fields, trail=trail.new_trail("call"))
        db.session.add(made)
        db.session.flush()  # lots and criteria refer to the call
        for position, (each, place) in enumerate(zip(authorities, places, strict=True)):
            _lot(made, each, place, position, envelope)
        _criterion(made, "need", position=0, weight=60, title=twin("Nood", "Besoin"), minimum=Decimal(2))
        taking_part = twin("Betrokkenheid", "Participation")
        _criterion(made, "participation", position=1, weight=40, title=taking_part, minimum=None)
    return made


def _call_fields(procedure: Procedure, *, open_now: bool) -> dict[str, Any]:
    number, now = next(_count), clock.now()
    opens = now + timedelta(days=-30 if open_now else -90)
    return {
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
        "opens_at": opens,
        "closes_at": opens + timedelta(days=60),
        "calendar": {"decision_on": "2027-02-11", "report_due": "2028-01-31"},
        "procedure": procedure.as_stored(),
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


def _lot(made: Call, by: Authority, place: Municipality, position: int, envelope: str | None) -> None:
    lot = Lot(
        call_id=made.id,
        authority_id=by.id,
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


def _criterion(
    made: Call, key: str, *, position: int, weight: int, title: dict[str, str], minimum: Decimal | None
) -> None:
    db.session.add(
        Criterion(
            call_id=made.id,
            key=key,
            position=position,
            weight=weight,
            minimum=minimum,
            title=title,
            help={},
            levels=[twin(str(level)) for level in range(6)],
        )
    )


def lots(made: Call) -> list[Lot]:
    """The lots of a call in their order."""
    return list(db.session.scalars(db.select(Lot).where(Lot.call_id == made.id).order_by(Lot.position)))


def joint(made: Call, amount: str, *behind: Lot) -> JointEnvelope:
    """An envelope behind these lots, or all of the call."""
    with unit_of_work():
        envelope = JointEnvelope(
            call_id=made.id, key="joint", position=0, name=twin("Samen", "Commune"), amount=Decimal(amount)
        )
        db.session.add(envelope)
        db.session.flush()  # its lots refer to it
        for lot in behind or lots(made):
            db.session.add(JointLot(lot_id=lot.id, joint_id=envelope.id))
    return envelope


def quota(made: Call, key: str, least: int = 0, most: int | None = None, **among: Any) -> CallQuota:
    """At least, or at most, so many projects of some kind."""
    with unit_of_work():
        each = CallQuota(
            call_id=made.id,
            key=key,
            position=next(_count),
            name=twin(key),
            least=least,
            most=most,
            among=among,
        )
        db.session.add(each)
    return each
