"""Other groups' dossiers in the same lot, brought as far as scored by the actions behind the pages."""

from typing import Any

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.calls.models import Call, Criterion, Lot, LotMunicipality
from callflow.core.db import db
from callflow.dossiers.states import Task
from callflow.jury.models import Declaration
from callflow.people.states import Right
from tests import factories as make
from tests.browser.journey_staff import Staff
from tests.rounds import Round

AMOUNT = "2000.00"


class Companions(Round):
    """The staff of a journey at work on dossiers that nobody watches."""

    def __init__(self, call: Call, lot: Lot, staff: Staff, language: str) -> None:
        self.call, self.lot, self.language = call, lot, language
        self.coordinator, self.coach, self.staff = staff.coordinator, staff.coach, staff
        self.resident = make.person(name="Jan Exemple", language=language)
        country = "BE" if language == "nl" else "FR"
        self.group = make.group({self.resident: Right.submit}, country=country)

    def scored_by_all(self, title: str, figure: str) -> Application:
        """A dossier to which every juror gave this figure for every criterion."""
        dossier = self.screened(answers=self.answers(title), language=self.language)
        self.give(dossier, Task.coach, self.coach)
        for _session in range(2):
            self.coach_them(dossier)
        make.take(dossier, "finish_coaching", self.coordinator)
        for juror in self.staff.jurors:
            self.give(dossier, Task.juror, juror)
            self.declare_once(juror)
            self.score(dossier, juror, dict.fromkeys(self.criteria(), figure))
        return make.take(dossier, "close_scoring", self.coordinator)

    def declare_once(self, juror: Any) -> None:
        signed = select(Declaration.id).where(Declaration.person_id == juror.id)
        if db.session.scalar(signed) is None:
            self.declare(juror)

    def criteria(self) -> list[str]:
        return list(db.session.scalars(select(Criterion.key).where(Criterion.call_id == self.call.id)))

    def answers(self, title: str) -> dict[str, Any]:
        """An answer as it is stored to every question of the call's form."""
        fields = [each for section in self.call.form for each in section["fields"]]
        row = {"kind": "", "label": title, "amount": AMOUNT}
        budget = {"costs": [row], "income": [row], "total": AMOUNT}
        code = db.session.scalar(select(LotMunicipality.code).where(LotMunicipality.lot_id == self.lot.id))
        kinds: dict[str, Any] = {"budget": budget, "municipality": code, "money": AMOUNT, "number": "12"}

        def value(each: dict[str, Any]) -> Any:
            if each["kind"] == "choice":
                return each["choices"][0]["id"]
            return each["minimum"] if each["kind"] == "date" else kinds.get(each["kind"], title)

        return {each["id"]: value(each) for each in fields if each["kind"] != "file"}
