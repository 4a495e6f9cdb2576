"""When a pilot may move on, and what of it may still change: pure questions on a Case or a record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.workflow import Case, Reason
from callflow.dossiers.models import Party
from callflow.dossiers.states import Part
from callflow.people.states import Right, at_least
from callflow.pilots.models import Pilot, PilotReport, Track
from callflow.pilots.states import FINDING, GUIDES_NEEDED

REPORT_TEXTS = ("tried", "with_whom", "lessons")
REPORT_NUMBERS = ("participants", "gatherings")


@dataclass(frozen=True)
class Facts:
    """Figures about one pilot: agreements are those with the text and plan as they stand."""

    governments: int
    guides: int
    milestones: int
    agreed: int
    objected: int
    coached: int
    methods: int
    unreported: tuple[str, ...]
    approved: bool


def enough_partners(case: Case) -> Reason | None:
    """At least one local government, and partners who guide it jointly."""
    if not case.facts.governments:
        return Reason("pilot_government_missing")
    missing = GUIDES_NEEDED - case.facts.guides
    return Reason("pilot_guides_missing", {"count": missing}) if missing > 0 else None


def text_complete(case: Case) -> Reason | None:
    """What, why and how are written."""
    record = case.record
    whole = all(each.strip() for each in (record.title, record.summary, record.reason, record.approach))
    return None if whole else Reason("pilot_text_missing")


def planned(case: Case) -> Reason | None:
    """The plan has a milestone."""
    return None if case.facts.milestones else Reason("pilot_plan_missing")


def report_day_known(case: Case) -> Reason | None:
    """Nobody is reminded of a day that nobody said."""
    return None if case.record.report_due_on else Reason("pilot_report_day_missing")


def coaching_logged(case: Case) -> Reason | None:
    """The partners talked it through with somebody who accompanies them, and wrote that down."""
    return None if case.facts.coached else Reason("pilot_coaching_missing")


def everybody_agrees(case: Case) -> Reason | None:
    """Each guiding partner agrees with the proposal as it stands."""
    missing = case.facts.guides - case.facts.agreed - case.facts.objected
    return Reason("pilot_agreements_missing", {"count": missing}) if missing > 0 else None


def nobody_objects(case: Case) -> Reason | None:
    """A partner who says no holds the selection back."""
    return Reason("pilot_objections", {"count": case.facts.objected}) if case.facts.objected else None


def report_written(case: Case) -> Reason | None:
    """What was tried, with whom, in numbers, and what was learnt."""
    missing = len(case.facts.unreported)
    return Reason("pilot_report_missing", {"count": missing}) if missing else None


def method_told(case: Case) -> Reason | None:
    """A pilot tests methods: at least one is written down, with how it did."""
    return None if case.facts.methods else Reason("pilot_method_missing")


def report_approved(case: Case) -> Reason | None:
    """Somebody of the staff read the report and found it in order."""
    return None if case.facts.approved else Reason("pilot_report_not_approved")


def reason_given(case: Case) -> Reason | None:
    """What stops or returns a pilot is explained to those who carry it."""
    return Reason("pilot_reason_missing") if case.values and not case.values.text.strip() else None


def unreported(report: PilotReport | None) -> tuple[str, ...]:
    """The fields of the report that still say nothing."""
    if report is None:
        return REPORT_TEXTS + REPORT_NUMBERS
    empty = [name for name in REPORT_TEXTS if not getattr(report, name).strip()]
    return (*empty, *(name for name in REPORT_NUMBERS if getattr(report, name) is None))


def report_late(pilot: Pilot, on: date | None = None) -> bool:
    """Whether the day of the report has passed and the report is not there."""
    due = pilot.report_due_on
    return due is not None and pilot.state in FINDING and due < (on or clock.today())


def parties_of(actor: Actor, pilot: Pilot, right: Right = Right.view) -> list[Party]:
    """The parties of this pilot for which somebody may act, those who guide it first."""
    mine = [each for each in pilot.parties if at_least(actor.right_in(each.group_id), right)]
    return sorted(mine, key=lambda each: (each.part is not Part.guide, each.id))


def takes_proposals(track: Track, on: date | None = None) -> bool:
    """Until and with its last day."""
    return track.closes_on is None or (on or clock.today()) <= track.closes_on


def named(parties: Iterable[Party], party_id: int | None) -> Party | None:
    """The party with this id, if it is one of these."""
    return next((each for each in parties if each.id == party_id), None)
