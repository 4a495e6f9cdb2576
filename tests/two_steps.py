"""A call in two steps: groups hand in a short form first, and who is invited answers the other questions."""

import copy
from datetime import datetime, time, timedelta
from typing import Any

from callflow.applications.actions import save_answers
from callflow.applications.models import Application, Submission
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.dossiers import queries
from callflow.dossiers.models import Dossier
from callflow.lifecycle import values
from tests import factories as make
from tests.rounds import Round

PROCEDURE = Procedure(preapplication=True, scores_needed=1)
PLAN = {
    "id": "plan",
    "title": make.twin("Uw plan", "Votre plan"),
    "help": {},
    "fields": [
        {
            "id": "steps",
            "kind": "long_text",
            "label": make.twin("Stappen", "Étapes"),
            "help": {},
            "required": True,
            "max_length": 3000,
        }
    ],
}
SHORT = ("title", "summary")
REASON = "Het idee hoort bij een andere oproep: het gaat niet over dorpen."


def form() -> list[dict[str, Any]]:
    """The form of the factories with a part more; title and summary are the short form."""
    sections = [*copy.deepcopy(make.FORM), copy.deepcopy(PLAN)]
    for section in sections:
        for field in section["fields"]:
            if field["id"] in SHORT:
                field["short"] = True
    return sections


class TwoSteps(Round):
    """The call closes in thirty days, and whole applications are taken until thirty days later, at noon."""

    def __init__(self, procedure: Procedure = PROCEDURE, **changes: Any) -> None:
        day = clock.today() + timedelta(days=60)
        self.until = clock.at(day, time(12))
        calendar = {
            "decision_on": (day + timedelta(days=60)).isoformat(),
            "invitations_on": (day - timedelta(days=20)).isoformat(),
            "full_until": self.until.isoformat(),
            "report_due": "2028-01-31",
        }
        super().__init__(procedure, **{"calendar": calendar, "form": form(), **changes})

    def begun(self, **changes: Any) -> Application:
        """A draft whose short form is answered."""
        return make.draft(self.lot, self.resident, self.group, **changes)

    def preapplied(self, **changes: Any) -> Application:
        draft = self.begun(**changes)
        return make.take(draft, "preapply", self.resident, values.Submitting(draft.content_version))

    def invited(self, text: str = "", **changes: Any) -> Application:
        return make.take(self.preapplied(**changes), "invite", self.coordinator, values.InvitingToApply(text))

    def write(self, dossier: Dossier, **typed: Any) -> Application:
        """Answers typed by the group."""
        who = make.actor(self.resident)
        with unit_of_work():
            loaded = queries.for_step(dossier.reference, by=who, kind=Application)
            save_answers(who, loaded, typed)
        return loaded

    def hand_in(self, dossier: Dossier) -> Application:
        """The whole application as it stands."""
        db.session.rollback()
        loaded = db.session.get_one(Application, dossier.id)
        return make.take(loaded, "submit", self.resident, values.Submitting(loaded.content_version))

    def whole(self, **changes: Any) -> Application:
        """Invited, written and handed in."""
        dossier = self.invited(**changes)
        self.write(dossier, steps="Eerst de buren, dan de zaal.")
        return self.hand_in(dossier)

    def turned_away(self, **changes: Any) -> Application:
        """Proposed, which nobody outside knows."""
        return make.take(
            self.preapplied(**changes), "turn_away", self.coordinator, values.TurningAway(REASON)
        )

    def extend(self, until: datetime) -> None:
        """More time in the calendar of the call."""
        with unit_of_work():
            call = db.session.get_one(Call, self.call.id)
            call.calendar = {**call.calendar, "full_until": until.isoformat()}


def versions(dossier: Dossier) -> list[Submission]:
    """What was handed in, the first first."""
    db.session.rollback()
    query = db.select(Submission).where(Submission.application_id == dossier.id)
    return list(db.session.scalars(query.order_by(Submission.number)))


def mails(dossier: Dossier, notice: str) -> list[OutboxMail]:
    """Of this kind, about this dossier."""
    query = db.select(OutboxMail).where(OutboxMail.dossier_id == dossier.id, OutboxMail.notice == notice)
    return list(db.session.scalars(query.order_by(OutboxMail.id)))
