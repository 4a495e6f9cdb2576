"""The pilots of the demonstration, each carried into its state by those whose turn it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from callflow.applications.queries import places_of
from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.cli.playing import troupe
from callflow.cli.playing.cast import account
from callflow.cli.playing.troupe import Troupe
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db, unit_of_work
from callflow.dossiers.states import Part, State
from callflow.lifecycle import pilot as lifecycle
from callflow.lifecycle import values
from callflow.people import queries as people
from callflow.people.actions.groups import Details, create_group
from callflow.pilots import queries
from callflow.pilots.actions import agreements, findings, parties, planning, proposals, reporting
from callflow.pilots.models import Pilot
from callflow.pilots.states import EntryKind, FindingKind, Progress, Verdict, Worked

ROAD = ("proposed", "submitted", "screened", "coached", "selected", "running", "reported", "closed")
LEAD = timedelta(days=30)
WRITING_DAYS = 20
"""Between the last milestone and the report."""


@dataclass(frozen=True)
class Carrier:
    """An organisation of the play: who acts for it, and what it says of itself."""

    actor: Actor
    group_id: int
    said: dict[str, Any]


class Pilots:
    """The stage of the pilots: one call, its coordinator, and the organisations by their key."""

    def __init__(self, company: Troupe, now: datetime) -> None:
        told = troupe.texts()["pilots"]
        self.call = calls.by_reference(told["call"])
        self.reference, self.call_id = self.call.reference, self.call.id
        self.coordinator, self.now = company.coordinators["nl"], now
        self.opens = self.call.opens_at
        self.places = {each.name: each.code for each in places_of(self.call_id)}
        self.lots = {
            each.code: lot.id for lot in self.call.lots for each in lot.area
        }  # fmt: skip
        with unit_of_work():
            self.carriers = {key: self._carrier(said) for key, said in troupe.texts()["partners"].items()}

    def _carrier(self, said: dict[str, Any]) -> Carrier:
        contact, language = said["contact"], said["language"]
        first = people.actor(account(contact["name"], contact["email"], language).id)
        details = Details(
            name=said["name"], legal_form="", country="FR" if language == "fr" else "BE", language=language,
            contact_name=contact["name"], contact_email=contact["email"], contact_phone=None, street="",
            postcode="", town="",
        )  # fmt: skip
        group_id = create_group(first, details).id
        db.session.flush()  # the actor is read with its membership
        return Carrier(people.actor(first.id or 0), group_id, said)

    def promise(self, promised: int) -> None:
        """What the call promises, said when it opens."""
        with clock.fixed(self.opens), unit_of_work():
            call: Call = calls.by_reference(self.reference)
            proposals.promise(self.coordinator, call, None, promised=promised, closes_on=None, version=0)

    def play(self, told: dict[str, Any], number: int) -> None:
        """One pilot, from its proposal as far as the story goes."""
        until = ROAD.index("selected" if told["until"] == State.stopped else told["until"])
        end = max(self.now - timedelta(days=1), self.opens + LEAD)
        moments = [self.opens + (end - self.opens) * (step + 1) / 10 for step in range(len(ROAD))]
        hours = timedelta(minutes=7 * number)
        with clock.fixed(moments[0] + hours):
            scene = Scene(self, told, self._propose(told))
        for step in range(1, until + 1):
            with clock.fixed(moments[step] + hours):
                scene.reach(ROAD[step])
        if until >= ROAD.index("coached"):
            with clock.fixed(moments[until] + hours + timedelta(hours=2)):
                scene.afterwards()

    def _propose(self, told: dict[str, Any]) -> str:
        by = self.carriers[told["by"]]
        said = proposals.Proposal(told["title"], told["summary"], told["reason"], told["approach"])
        place = self.places[by.said["place"]]
        with unit_of_work():
            track, call = queries.track_of(self.call_id), calls.by_reference(self.reference)
            lot = next(each for each in call.lots if each.id == self.lots[place])
            if track is None:
                raise AssertionError("the promise comes first")
            carrier = proposals.Carrier(by.group_id, Part.government, place)
            pilot = proposals.propose(
                by.actor, track, lot, said, language=by.said["language"], carrier=carrier
            )  # fmt: skip
            return pilot.reference


class Scene:
    """One pilot on its way; each deed in a unit of work of its own, as on a page."""

    def __init__(self, stage: Pilots, told: dict[str, Any], reference: str) -> None:
        self.stage, self.told, self.reference = stage, told, reference
        self.mayor = stage.carriers[told["by"]].actor
        for key in told["partners"]:
            self._join(stage.carriers[key])
        for day, owner, title in told.get("plan", ()):
            self._plan(day, owner, title)
        if told.get("plan"):
            self._report_by(max(day for day, *_ in told["plan"]) + WRITING_DAYS)

    def do(self, who: Actor, deed: Callable[[Pilot], Any]) -> Any:
        """One deed of one person on the locked pilot."""
        with unit_of_work():
            return deed(queries.for_step(self.reference, by=who))

    def take(self, trigger: str, who: Actor) -> None:
        """One step of its procedure."""
        self.do(who, lambda pilot: lifecycle.take(pilot, trigger, actor=who))

    def _join(self, carrier: Carrier) -> None:
        who, said = self.stage.coordinator, carrier.said
        organisation = parties.Organisation(said["contact"]["email"], "", "", "BE", said["language"])
        place = self.stage.places[said["place"]] if "place" in said else None
        self.do(who, lambda pilot: parties.join(
            who, pilot, organisation, part=Part(said["part"]), municipality_code=place
        ))  # fmt: skip

    def _plan(self, day: int, owner: str, title: str) -> None:
        due = (self.stage.opens + timedelta(days=day)).date()

        def deed(pilot: Pilot) -> None:
            line = planning.Line(title, due, self._party(pilot, owner))
            planning.add_milestone(self.mayor, pilot, line)

        self.do(self.mayor, deed)

    def _report_by(self, day: int) -> None:
        due = (self.stage.opens + timedelta(days=day)).date()
        self.do(self.mayor, lambda pilot: planning.set_report_day(
            self.mayor, pilot, due, reason="", version=pilot.content_version
        ))  # fmt: skip

    def _party(self, pilot: Pilot, key: str) -> int:
        group_id = self.stage.carriers[key].group_id
        return next(each.id for each in pilot.parties if each.group_id == group_id)

    def reach(self, state: str) -> None:
        """What brings the pilot into this state, and what comes with it."""
        who, guide = self.stage.coordinator, self.stage.carriers[self.told["partners"][-1]].actor
        acts: dict[str, tuple[str, Actor, Callable[[], None] | None]] = {
            "submitted": ("submit", self.mayor, None),
            "screened": ("screen", who, None),
            "coached": ("finish_coaching", who, lambda: self._log(0)),
            "selected": ("select", guide, self._agree),
            "running": ("start", self.mayor, None),
            "reported": ("report", self.mayor, self._report),
            "closed": ("close", who, self._approve),
        }
        trigger, actor, before = acts[state]
        if before is not None:
            before()
        self.take(trigger, actor)

    def _log(self, number: int) -> None:
        kind, email, body = self.told["log"][number]
        carrier = next(
            each for each in self.stage.carriers.values() if each.said["contact"]["email"] == email
        )  # fmt: skip
        who = carrier.actor
        self.do(who, lambda pilot: planning.log(
            who, pilot, kind=EntryKind(kind), held_on=clock.today(), body=body,
            language=carrier.said["language"],
        ))  # fmt: skip

    def _agree(self, keys: Any = None) -> None:
        for key in keys or [each for each in self.told["partners"] if self._guides(each)]:
            who = self.stage.carriers[key].actor

            def deed(pilot: Pilot, who: Actor = who, key: str = key) -> None:
                agreements.give_verdict(
                    who, pilot, self._party(pilot, key), verdict=Verdict.agreed, reason="",
                    version=pilot.content_version,
                )  # fmt: skip

            self.do(who, deed)

    def _guides(self, key: str) -> bool:
        return bool(self.stage.carriers[key].said["part"] == Part.guide)

    def _report(self) -> None:
        said = self.told["report"]
        self._findings()
        self._milestones(len(self.told["plan"]))
        for number in range(1, len(self.told["log"])):
            self._log(number)
        report = reporting.Said(**{**said, "costs": Decimal(said["costs"])})
        language = self.stage.carriers[self.told["by"]].said["language"]
        self.do(self.mayor, lambda pilot: reporting.save_report(
            self.mayor, pilot, report, version=0, language=language
        ))  # fmt: skip

    def _findings(self) -> None:
        language = self.stage.carriers[self.told["by"]].said["language"]
        for kind, worked, title, body in self.told.get("findings", ()):
            found = findings.Found(FindingKind(kind), title, body, Worked(worked) if worked else None)

            def deed(pilot: Pilot, found: findings.Found = found) -> None:
                findings.add_finding(self.mayor, pilot, found, language=language)

            self.do(self.mayor, deed)

    def _milestones(self, done: int) -> None:
        """The first ``done`` lines of the plan are there, the next one is begun."""

        def deed(pilot: Pilot) -> None:
            for number, line in enumerate(queries.plan_of(pilot)[: done + 1]):
                progress = Progress.done if number < done else Progress.begun
                changed = planning.Line(line.title, line.due_on, line.party_id, progress)
                planning.change_milestone(self.mayor, pilot, line, changed, version=line.version)

        self.do(self.mayor, deed)

    def _approve(self) -> None:
        who = self.stage.coordinator
        self.do(who, lambda pilot: reporting.approve_report(who, pilot, version=1))

    def afterwards(self) -> None:
        """What goes on in the state where the story stops."""
        who = self.stage.coordinator
        if self.told["until"] == State.coached:
            self._agree(self.told["agreed"])
        if self.told["until"] == State.running:
            self._findings()
            self._milestones(1)
            self._log(1)
        if "stopped" in self.told:
            why = values.Reason(self.told["stopped"])
            self.do(who, lambda pilot: lifecycle.take(pilot, "stop", actor=who, values=why))
        if "feeds" in self.told:

            def feed(pilot: Pilot) -> None:
                first = queries.findings_of(pilot)[0]
                findings.feed(
                    who, pilot, first, call_id=self.stage.call_id, reference=self.stage.reference,
                    how=self.told["feeds"],
                )  # fmt: skip

            self.do(who, feed)


def play(company: Troupe, now: datetime) -> int:
    """All pilots of the demonstration; how many."""
    told = troupe.texts()["pilots"]
    stage = Pilots(company, now)
    stage.promise(told["promised"])
    for number, each in enumerate(told["each"]):
        stage.play(each, number)
    return len(told["each"])
