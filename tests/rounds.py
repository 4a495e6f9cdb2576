"""One call with everybody it needs, who bring dossiers through it by the actions that the pages use."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.actions import Counsel, log_session
from callflow.coaching.models import Session
from callflow.coaching.rules import Told
from callflow.coaching.states import Way
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.decisions import queries as decisions
from callflow.decisions.states import DecisionState
from callflow.dossiers import queries
from callflow.dossiers.actions import assign
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Task
from callflow.jury import actions as jury
from callflow.jury.rules import Given
from callflow.lifecycle import decision, values
from callflow.people.models import User
from callflow.people.states import Right
from callflow.screening.actions import set_check
from callflow.screening.models import Verdict
from tests import factories as make

SCORES = {"need": "4", "participation": "3"}


class Round:
    """A call for money with its staff, two jurors and one group; each method is one deed."""

    def __init__(
        self, procedure: Procedure | None = None, *, laws: Sequence[make.Law] = (), **changes: Any
    ) -> None:
        self.call = make.call(*laws, procedure=procedure or Procedure(scores_needed=1), **changes)
        self.lot = make.lots(self.call)[0]
        scope = ("call", self.call.id)
        self.coordinator = make.person((Role.coordinator, *scope), name="Lieve Voorbeeld")
        self.colleague = make.person((Role.coordinator, *scope), name="Karim Voorbeeld")
        self.signatory = make.person((Role.signatory, *scope), name="An Voorbeeld")
        self.coach = make.person((Role.coach, *scope), name="Sofie Voorbeeld")
        self.juror = make.person((Role.juror, *scope), name="Pol Voorbeeld")
        self.second = make.person((Role.juror, *scope), name="Zoé Exemple", language="fr")
        self.resident = make.person(name="Marleen Voorbeeld")
        self.stranger = make.person(name="Niemand Voorbeeld")
        self.group = make.group({self.resident: Right.submit})

    def submitted(self, **changes: Any) -> Application:
        return make.submitted(self.lot, self.resident, self.group, **changes)

    def passed(self, dossier: Dossier, *, by: User | None = None) -> None:
        """Every point of the checklist found in order."""
        who = make.actor(by or self.coordinator)
        with unit_of_work():
            loaded = queries.for_step(dossier.reference, by=who)
            for point in loaded.call.checklist:
                set_check(who, loaded, point=point["key"], verdict=Verdict.passed)

    def screened(self, **changes: Any) -> Application:
        dossier = self.submitted(**changes)
        self.passed(dossier)
        return make.take(dossier, "screen", self.coordinator)

    def give(self, dossier: Dossier, task: Task, person: User) -> None:
        """A task, given by the coordinator."""
        who = make.actor(self.coordinator)
        with unit_of_work():
            assign(who, queries.for_step(dossier.reference, by=who), person_id=person.id, task=task)

    def declare(self, juror: User) -> None:
        with unit_of_work():
            jury.declare(
                make.actor(juror), db.session.get_one(make.Call, self.call.id), text="Ik ben onpartijdig."
            )

    def step_aside(self, dossier: Dossier, juror: User, reason: str = "Mijn zus is lid van de groep") -> None:
        who = make.actor(juror)
        with unit_of_work():
            jury.declare_conflict(who, queries.for_step(dossier.reference, by=who), reason=reason)

    def judged(self, **changes: Any) -> Application:
        """Screened, with the first juror on it, who signed the declaration."""
        dossier = self.screened(**changes)
        self.give(dossier, Task.juror, self.juror)
        self.declare(self.juror)
        return dossier

    def coach_them(
        self, *dossiers: Dossier, minutes: int = 90, advice: Sequence[Counsel] = (), **said: Any
    ) -> Session:
        who = make.actor(self.coach)
        told = {
            "way": Way.online,
            "language": "nl",
            "summary": "We bekeken de begroting.",
            "held_on": clock.today(),
        }
        with unit_of_work():
            loaded = [queries.for_step(dossier.reference, by=who) for dossier in dossiers]
            return log_session(who, loaded, Told(minutes=minutes, **{**told, **said}), advice=advice)

    def save(self, dossier: Dossier, juror: User, given: Mapping[str, Given], *, version: int = 0) -> int:
        """Scores saved on a sheet; its new version."""
        who = make.actor(juror)
        with unit_of_work():
            loaded = queries.for_step(dossier.reference, by=who)
            return jury.save_scores(who, loaded, version=version, given=given).version

    def score(self, dossier: Dossier, juror: User, scores: Mapping[str, str | None] = SCORES) -> None:
        """A whole sheet, saved and handed in; None is not applicable."""
        given = {
            key: Given(None if value is None else Decimal(value), value is None, f"Reden bij {key}: {value}")
            for key, value in scores.items()
        }
        version = self.save(dossier, juror, given)
        who = make.actor(juror)
        with unit_of_work():
            jury.hand_in(who, queries.for_step(dossier.reference, by=who), version=version)

    def scored(self, scores: Mapping[str, str | None] = SCORES, **changes: Any) -> Application:
        dossier = self.judged(**changes)
        self.score(dossier, self.juror, scores)
        return make.take(dossier, "close_scoring", self.coordinator)

    def prepared(self, amount: str = "4000", **changes: Any) -> Application:
        return make.take(
            self.scored(**changes), "select", self.coordinator, values.Selecting(Decimal(amount), 2)
        )

    def decide(self, *, number: str = "2027/31", on: date | None = None) -> None:
        """The body decides on all that is prepared in the lot."""
        who = make.actor(self.coordinator)
        with unit_of_work():
            found = decisions.of_lot(self.lot.id, by=who, states=[DecisionState.prepared], lock=True)
            lot = db.session.get_one(make.Lot, self.lot.id)
            decision.decide(who, lot, found, body="deputatie", decided_on=on or clock.today(), number=number)

    def release(self, *, by: User | None = None) -> None:
        """All that is decided in the lot goes out."""
        who = make.actor(by or self.signatory)
        with unit_of_work():
            everything = decisions.of_lot(self.lot.id, by=who, lock=True)
            ready = [each for each in everything if each.state is DecisionState.decided]
            decision.release(who, ready, tied=decision.tied_in(everything))

    def released(self, **changes: Any) -> Application:
        dossier = self.prepared(**changes)
        self.decide()
        self.release()
        return dossier


COACHED_BEFORE = Procedure(coaching=Coaching.before, sessions_needed=1, scores_needed=1)
