"""A call with a pilot that two local governments and three guiding partners carry across the border."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.core import clock
from callflow.core.actor import Actor, Role
from callflow.core.db import db, unit_of_work
from callflow.dossiers.models import Party
from callflow.dossiers.states import Part, State
from callflow.lifecycle import pilot as lifecycle
from callflow.lifecycle import values
from callflow.people.models import User
from callflow.people.states import Right
from callflow.pilots import queries
from callflow.pilots.actions import agreements, findings, parties, planning, proposals, reporting
from callflow.pilots.models import Pilot
from callflow.pilots.states import EntryKind, FindingKind, Verdict, Worked
from tests import factories as make

SAID = proposals.Proposal(
    title="De kerk op woensdag",
    summary="Een leegstaande kerk wordt één dag per week een dorpspunt.",
    reason="Er is geen plek meer om elkaar te ontmoeten.",
    approach="Drie maanden proberen, elke week tellen wie komt.",
)
REPORT = reporting.Said(
    tried="Twaalf woensdagen een open kerk.", with_whom="Bewoners, school en kerkfabriek.",
    lessons="Een vaste dag werkt, een vast uur niet.", participants=140, gatherings=12, costs=None,
)  # fmt: skip
METHOD = findings.Found(FindingKind.method, "Koffietafel", "Elke week één vraag op tafel.", Worked.well)
LESSON = findings.Found(FindingKind.lesson, "Begin klein", "Eén dag per week is genoeg.", None)
STEPS = ("submit", "screen", "finish_coaching", "select", "start", "report", "close")


class Trio:
    """Everybody around one pilot; each method is one deed, ``upto`` the way to a state."""

    def __init__(self, call: Call | None = None, **changes: Any) -> None:
        self.call = call or make.call(make.Law.be_public, make.Law.fr_public, **changes)
        lots = make.lots(self.call)
        self.lot, self.other_lot = lots[0], lots[-1]
        scope = ("call", self.call.id)
        self.coordinator = make.person((Role.coordinator, *scope), name="Lieve Voorbeeld")
        self.signatory = make.person((Role.signatory, *scope), name="An Voorbeeld")
        self.mayor = make.person(name="Bart Burgemeester")
        self.maire = make.person(name="Hélène Maire", language="fr")
        self.guides = [make.person(name=f"Gids {name}") for name in ("Een", "Twee", "Drie")]
        self.clerk, self.reader = make.person(name="Klerk"), make.person(name="Lezer")
        self.stranger = make.person(name="Niemand")
        self.village = make.group(
            {self.mayor: Right.submit, self.clerk: Right.edit}, name="Gemeente Voorbeeld"
        )
        self.town = make.group({self.maire: Right.submit}, country="FR", name="Commune d'Exemple")
        self.partners = [
            make.group({guide: Right.submit}, name=f"Partner {number}")
            for number, guide in enumerate(self.guides)
        ]
        with unit_of_work():
            db.session.add(make.Membership(
                group_id=self.partners[0].id, user_id=self.reader.id, right=Right.view, since=clock.now()
            ))  # fmt: skip
        self.promise(4)

    def promise(self, promised: int) -> None:
        who = make.actor(self.coordinator)
        with unit_of_work():
            call = calls.by_reference(self.call.reference)
            track = queries.track_of(call.id, lock=True)
            version = track.version if track else 0
            proposals.promise(who, call, track, promised=promised, closes_on=None, version=version)

    def proposed(self, said: proposals.Proposal = SAID, *, lot: Any = None) -> Pilot:
        """By the mayor, then joined by the town and the three partners."""
        who = make.actor(self.mayor)
        with unit_of_work():
            chosen = db.session.get_one(make.Lot, (lot or self.lot).id)
            track = queries.track_of(self.call.id)
            assert track is not None
            carrier = proposals.Carrier(self.village.id, Part.government, "32030")
            pilot = proposals.propose(who, track, chosen, said, language="nl", carrier=carrier)
        self.join(pilot, self.town, Part.government, "59309")
        for group in self.partners:
            self.join(pilot, group, Part.guide)
        return pilot

    def do(self, pilot: Pilot, by: User, deed: Callable[[Actor, Pilot], Any]) -> Any:
        """One deed on the locked pilot, as a page does it."""
        who = make.actor(by)
        with clock.fixed(clock.now()), unit_of_work():
            return deed(who, queries.for_step(pilot.reference, by=who))

    def join(self, pilot: Pilot, group: Any, part: Part, place: str | None = None) -> Party:
        said = parties.Organisation(group.contact_email, "", "", "BE", "nl")
        return self.do(
            pilot, self.coordinator,
            lambda who, found: parties.join(who, found, said, part=part, municipality_code=place),
        )  # fmt: skip

    def plan(self, pilot: Pilot, title: str = "Startvergadering", *, by: User | None = None) -> Any:
        line = planning.Line(
            title, clock.today() + timedelta(days=30), self.party(pilot, self.partners[0]).id
        )
        return self.do(
            pilot, by or self.mayor, lambda who, found: planning.add_milestone(who, found, line)
        )  # fmt: skip

    def report_by(
        self, pilot: Pilot, day: date | None = None, *, by: User | None = None, reason: str = ""
    ) -> None:
        """By which day it reports: two months from now where nobody says otherwise."""
        due = day or clock.today() + timedelta(days=60)
        self.do(
            pilot, by or self.mayor,
            lambda who, found: planning.set_report_day(
                who, found, due, reason=reason, version=found.content_version
            ),
        )  # fmt: skip

    def party(self, pilot: Pilot, group: Any) -> Party:
        return db.session.scalars(
            db.select(Party).where(Party.dossier_id == pilot.id, Party.group_id == group.id)
        ).one()

    def write_down(
        self, pilot: Pilot, *, by: User | None = None, kind: EntryKind = EntryKind.coaching
    ) -> Any:
        return self.do(
            pilot, by or self.guides[0],
            lambda who, found: planning.log(
                who, found, kind=kind, held_on=clock.today(), body="We zaten samen.", language="nl"
            ),
        )  # fmt: skip

    def agree(self, pilot: Pilot, guide: User, verdict: Verdict = Verdict.agreed, reason: str = "") -> Any:
        group = self.partners[self.guides.index(guide)]
        party_id = self.party(pilot, group).id
        return self.do(
            pilot, guide,
            lambda who, found: agreements.give_verdict(
                who, found, party_id, verdict=verdict, reason=reason, version=found.content_version
            ),
        )  # fmt: skip

    def find(self, pilot: Pilot, found: findings.Found = METHOD) -> Any:
        return self.do(
            pilot, self.clerk,
            lambda who, seen: findings.add_finding(who, seen, found, language="nl"),
        )  # fmt: skip

    def write_report(self, pilot: Pilot, said: reporting.Said = REPORT) -> Any:
        return self.do(
            pilot, self.maire,
            lambda who, found: reporting.save_report(who, found, said, version=0, language="fr"),
        )  # fmt: skip

    def finish(self, pilot: Pilot) -> None:
        self.find(pilot)
        self.find(pilot, LESSON)
        self.write_report(pilot)

    def approve(self, pilot: Pilot) -> None:
        self.do(
            pilot, self.coordinator, lambda who, found: reporting.approve_report(who, found, version=1)
        )  # fmt: skip

    def take(self, pilot: Pilot, trigger: str, by: User, why: str | None = None) -> None:
        said = None if why is None else values.Reason(why)
        self.do(
            pilot, by, lambda who, found: lifecycle.take(found, trigger, actor=who, values=said)
        )  # fmt: skip

    def upto(self, state: State, pilot: Pilot | None = None) -> Pilot:
        """A pilot brought to this state by everybody whose turn it is."""
        pilot = pilot or self.proposed()
        for trigger, before, by in (
            ("submit", lambda: self.plan(pilot), self.mayor),
            ("screen", None, self.coordinator),
            ("finish_coaching", lambda: self.write_down(pilot), self.coordinator),
            ("select", lambda: [self.agree(pilot, guide) for guide in self.guides], self.guides[2]),
            ("start", lambda: self.report_by(pilot), self.maire),
            ("report", lambda: self.finish(pilot), self.mayor),
            ("close", lambda: self.approve(pilot), self.coordinator),
        ):  # fmt: skip
            now = make.state_of(pilot)
            if now is state:
                break
            if trigger not in lifecycle.workflow().steps_from(now):
                continue
            if before is not None:
                before()
            self.take(pilot, trigger, by)
        assert make.state_of(pilot) is state
        return pilot
