"""A call whose form has every kind of field, and a group with three members."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from callflow.applications import actions
from callflow.applications.models import Application
from callflow.calls.models import Call, Lot
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.people.models import Group, User
from callflow.people.states import Right
from tests import factories
from tests.factories import actor, twin


def field(name: str, kind: str, nl: str, fr: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "label": twin(nl, fr), **more}


WHOLE_FORM: list[dict[str, Any]] = [
    {
        "id": "project",
        "title": twin("Uw project", "Votre projet"),
        "fields": [
            field(
                "title", "short_text", "Titel", "Titre", required=True, max_length=120, role="title",
                help=twin("Hoe noemt u het?", "Comment l’appelez-vous\u202f?"),
            ),
            field(
                "summary", "long_text", "Samenvatting", "Résumé", required=True, max_length=3000,
                role="summary",
            ),
            field("place", "municipality", "Gemeente", "Commune", required=True, role="municipality"),
            field("begin", "date", "Begin", "Début", minimum="2027-01-01", maximum="2028-12-31"),
            field("people", "number", "Trekkers", "Porteurs", minimum="1", maximum="500"),
            field(
                "kind", "choice", "Soort", "Genre",
                choices=[
                    {"id": "meeting", "label": twin("Ontmoeting", "Rencontre")},
                    {"id": "mobility", "label": twin("Vervoer", "Mobilité")},
                ],
            ),
        ],
    },
    {
        "id": "money",
        "title": twin("Begroting", "Budget"),
        "help": twin("Een raming is goed.", "Une estimation suffit."),
        "fields": [
            field("amount", "money", "Gevraagde steun", "Soutien demandé", required=True, role="amount"),
            field(
                "budget", "budget", "Begroting", "Budget prévisionnel", required=True,
                costs=[{"id": "works", "label": twin("Werken", "Travaux")}],
                income=[{"id": "grant", "label": twin("Steun", "Soutien")}],
            ),
            field("letter", "file", "Intentieverklaring", "Lettre d’intention", files=2),
        ],
    },
]  # fmt: skip
BUDGET = {
    "costs": [{"kind": "works", "label": "Verf", "amount": "4.000"}],
    "income": [{"kind": "grant", "label": "Oproep", "amount": "4.000"}],
}
RIGHT_ANSWERS: dict[str, Any] = {
    "title": "'t Lichtpunt",
    "summary": "Een kamer voor heel het dorp.",
    "place": "Lo-Reninge",
    "amount": "4.000",
    "budget": BUDGET,
}


@dataclass
class Village:
    """A group of three with a call that is open."""

    call: Call
    lot: Lot
    group: Group
    els: User
    """may submit"""
    piet: User
    """may edit"""
    rita: User
    """may view"""

    def started(self, by: User | None = None) -> Application:
        with unit_of_work():
            return actions.start(
                actor(by or self.els), db.session.merge(self.call), db.session.merge(self.lot),
                group=self.group, language="nl",
            )  # fmt: skip

    def save(self, application: Application, typed: Any, by: User | None = None, **more: Any) -> Any:
        person = actor(by or self.els)
        with unit_of_work():
            loaded = dossiers.for_step(application.reference, by=person, kind=Application)
            return actions.save_answers(person, loaded, typed, **more)

    def ready(self) -> Application:
        application = self.started()
        self.save(application, RIGHT_ANSWERS)
        return application


@pytest.fixture
def village(app: Flask) -> Village:
    return settled()


def settled() -> Village:
    """The same for tests with a database of their own."""
    call = factories.call(form=WHOLE_FORM)
    els, piet, rita = (factories.person(name=name) for name in ("Els Maes", "Piet Claeys", "Rita Bossaert"))
    group = factories.group({els: Right.submit, piet: Right.edit, rita: Right.view})
    return Village(call, factories.lots(call)[0], group, els, piet, rita)
