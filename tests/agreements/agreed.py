"""A call with agreements: its round, and the deeds that lead to one, as the pages do them."""

from datetime import timedelta
from typing import Any

from callflow.agreements import actions, queries
from callflow.agreements.models import ProjectAgreement
from callflow.agreements.states import Relation
from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.lifecycle import agreeing
from callflow.people.models import User
from callflow.people.states import Right
from tests import factories as make
from tests.rounds import Round

IBAN, OTHER = "BE68 5390 0754 7034", "FR14 2004 1010 0505 0001 3M02 606"
WITH_AGREEMENT = Procedure(scores_needed=1, agreement=True)
TEXTS = {
    "opening": make.twin("Over “{title}” van {group}."),
    "closing": {},
    "obligations": [],
    "articles": [
        {
            "title": make.twin("Steun"),
            "text": make.twin("{amount} gaat naar {payee}, vóór {due}."),
            "lots": [],
        },
        {"title": make.twin("Elders"), "text": make.twin("Niet voor dit lot."), "lots": ["ander"]},
    ],
}


class Agreeing(Round):
    """A round whose group has two members who may submit, and one who may only look."""

    def __init__(self, procedure: Procedure = WITH_AGREEMENT, **changes: Any) -> None:
        super().__init__(procedure, **changes)
        self.partner = make.person(name="Wim Voorbeeld", language="fr")
        self.watcher = make.person(name="Kijk Voorbeeld")
        members = {self.resident: Right.submit, self.partner: Right.submit, self.watcher: Right.view}
        self.group = make.group(members)
        with unit_of_work():
            call = db.session.get_one(make.Call, self.call.id)
            call.texts = {**call.texts, "letters": {**call.texts.get("letters", {}), "agreement": TEXTS}}

    def payee(
        self, dossier: Dossier, *, by: User | None = None, iban: str = IBAN, name: str = "Dorpshuis vzw"
    ):
        who = make.actor(by or self.resident)
        with unit_of_work():
            loaded = dossiers.for_step(dossier.reference, by=who, kind=Application)
            actions.name_payee(who, loaded, name=name, relation=Relation.association, iban=iban)

    def prepare(
        self, dossier: Dossier, *, days: int = 14, version: int | None = None, terms: str = ""
    ) -> None:
        who = make.actor(self.coordinator)
        with unit_of_work():
            loaded = dossiers.for_step(dossier.reference, by=who, kind=Application)
            needed = Procedure.of(loaded.call.procedure).signatures
            actions.prepare(
                who, loaded, due_on=clock.today() + timedelta(days=days), terms=terms, signatures=needed,
                version=version,
            )  # fmt: skip

    def take(self, dossier: Dossier, trigger: str, *, by: User | None = None, why: str | None = None) -> None:
        who = make.actor(by or self.coordinator)
        version = self.agreement(dossier).version
        with unit_of_work():
            loaded = dossiers.for_step(dossier.reference, by=who, kind=Application)
            agreeing.take(who, loaded, trigger, version=version, why=why)

    def offered(self, dossier: Dossier | None = None, **said: Any) -> Dossier:
        """A released dossier whose agreement waits for its group."""
        found = dossier or self.released()
        self.payee(found)
        self.prepare(found, **said)
        self.take(found, "offer")
        return found

    def accept(self, dossier: Dossier, by: User, *, sha256: str | None = None) -> bool:
        digest = sha256 or self.digest(dossier)
        who = make.actor(by)
        with unit_of_work():
            loaded = dossiers.for_step(dossier.reference, by=who, kind=Application)
            return agreeing.accept(who, loaded, sha256=digest)

    def agreed(self, **said: Any) -> Dossier:
        """A dossier whose agreement is concluded by its first member."""
        dossier = self.offered(**said)
        assert self.accept(dossier, self.resident)
        return dossier

    def agreement(self, dossier: Dossier) -> ProjectAgreement:
        db.session.expire_all()
        found = queries.agreement_of(dossier)
        assert found is not None
        return found

    def digest(self, dossier: Dossier) -> str:
        letter = queries.letter_of(self.agreement(dossier))
        assert letter is not None
        return letter.context_sha256
