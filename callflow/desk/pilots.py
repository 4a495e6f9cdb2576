"""What the working pages of pilots show: a partner's home, one pilot whole, and who may speak for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callflow.calls.models import Call, Lot, LotMunicipality
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.workflow import Reason
from callflow.desk.history import Happened, history
from callflow.dossiers.models import Party
from callflow.dossiers.rules import visible_to
from callflow.dossiers.states import Part, State
from callflow.lifecycle import pilot as lifecycle
from callflow.people import queries as people
from callflow.people.models import Group
from callflow.people.states import Right, at_least
from callflow.pilots import queries, rules
from callflow.pilots.models import Agreement, Entry, Finding, Milestone, Pilot, PilotReport, Track
from callflow.pilots.states import FINDING, OVER, Progress
from callflow.territory.models import Municipality

OPEN = (Progress.planned, Progress.begun)


@dataclass(frozen=True)
class Next:
    """What comes next in a pilot: a code, by when, and whether it is for the one who asks."""

    code: str
    mine: bool = False
    by: date | None = None
    about: str = ""


@dataclass(frozen=True)
class HomeLine:
    """A pilot on the home of somebody who carries it, with their parties in it."""

    pilot: Pilot
    parties: Sequence[Party]
    next: Next

    @property
    def over(self) -> bool:
        return self.pilot.state in OVER

    @property
    def late(self) -> bool:
        return rules.report_late(self.pilot)

    @property
    def report_ahead(self) -> bool:
        """Whether the day of the report matters now and the next thing does not say it."""
        due = self.pilot.report_due_on
        return due is not None and self.pilot.state in FINDING and self.next.code != "report"


@dataclass(frozen=True)
class Home:
    """Pilots of a person's organisations, and the tracks that take proposals from them."""

    lines: Sequence[HomeLine]
    tracks: Sequence[Track]
    groups: Sequence[Group]


def home(actor: Actor) -> Home:
    """The same few statements for one pilot or for thirty."""
    pilots = _carried(actor)
    ids = [each.id for each in pilots]
    agreements: dict[int, list[Agreement]] = {}
    for each in db.session.scalars(select(Agreement).where(Agreement.pilot_id.in_(ids))):
        agreements.setdefault(each.pilot_id, []).append(each)
    milestones: dict[int, list[Milestone]] = {}
    undone = select(Milestone).where(Milestone.pilot_id.in_(ids), Milestone.progress.in_(OPEN))
    for line in db.session.scalars(undone.order_by(Milestone.due_on, Milestone.id)):
        milestones.setdefault(line.pilot_id, []).append(line)
    tracks = _tracks()
    closing = {track.call_id: track.closes_on for track in tracks}
    lines = [
        HomeLine(
            each,
            rules.parties_of(actor, each),
            next_of(
                each,
                actor,
                agreements.get(each.id, []),
                milestones.get(each.id, []),
                closing.get(each.call_id),
            ),
        )
        for each in pilots
    ]
    lines.sort(key=lambda line: (not line.next.mine, line.next.by or date.max))
    groups = [each for each in people.groups_of(actor) if at_least(actor.right_in(each.id), Right.submit)]
    return Home(lines, [track for track in tracks if rules.takes_proposals(track)], groups)


def _carried(actor: Actor) -> Sequence[Pilot]:
    mine = select(Party.dossier_id).where(Party.group_id.in_([group_id for group_id, _ in actor.groups]))
    return db.session.scalars(
        select(Pilot)
        .where(Pilot.id.in_(mine), visible_to(actor, P.pilot_view))
        .options(joinedload(Pilot.call), selectinload(Pilot.parties).joinedload(Party.group))
        .order_by(Pilot.created_at.desc(), Pilot.id.desc())
    ).all()


def _tracks() -> Sequence[Track]:
    return db.session.scalars(
        select(Track).options(joinedload(Track.call)).order_by(Track.call_id.desc())
    ).all()


def next_of(
    pilot: Pilot,
    actor: Actor,
    agreements: Sequence[Agreement],
    milestones: Sequence[Milestone],
    closes_on: date | None,
) -> Next:
    """What must be done now, by whom: first what waits for the organisation of whoever asks."""
    mine, acting = rules.parties_of(actor, pilot), rules.parties_of(actor, pilot, Right.submit)
    if pilot.state is State.proposed:
        return Next("hand_in", bool(acting), closes_on)
    if pilot.state is State.coached:
        return _agreeing(pilot, acting, agreements)
    if pilot.state in FINDING and pilot.report_due_on is None:
        return Next("report_day", bool(rules.parties_of(actor, pilot, Right.edit)))
    if pilot.state is State.running:
        return _running(pilot, mine, milestones)
    codes = {State.submitted: "screening", State.screened: "coaching", State.reported: "approval"}
    if pilot.state in codes:
        return Next(codes[pilot.state], pilot.state is State.screened and bool(mine))
    return Next("start", bool(acting)) if pilot.state is State.selected else Next("over")


def _agreeing(pilot: Pilot, acting: Sequence[Party], agreements: Sequence[Agreement]) -> Next:
    said = {each.party_id for each in agreements if each.content_version == pilot.content_version}
    for party in acting:
        if party.part is Part.guide and party.id not in said:
            return Next("agree", mine=True, about=party.group.name)
    waiting = [each for each in pilot.parties if each.part is Part.guide and each.id not in said]
    guides = any(each.part is Part.guide for each in acting)
    return Next("agreements") if waiting else Next("select", guides)


def _running(pilot: Pilot, mine: Sequence[Party], milestones: Sequence[Milestone]) -> Next:
    report = Next("report", bool(mine), pilot.report_due_on)
    if rules.report_late(pilot):
        return report
    own = {party.id for party in mine}
    for each in milestones:
        if each.party_id in own:
            return Next("milestone", mine=True, by=each.due_on, about=each.title)
    if milestones:
        return Next("milestone", by=milestones[0].due_on, about=milestones[0].title)
    return report


@dataclass(frozen=True)
class Page:
    """One pilot with all that its page shows; ``speaks_for`` are parties for which the reader may agree."""

    pilot: Pilot
    plan: Sequence[Milestone]
    log: Sequence[Entry]
    agreements: Mapping[int, Agreement]
    findings: Sequence[Finding]
    report: PilotReport | None
    events: Sequence[Happened]
    offers: Mapping[str, list[Reason]]
    next: Next
    speaks_for: frozenset[int]

    @property
    def late(self) -> bool:
        return rules.report_late(self.pilot)


def page(ref: str, actor: Actor) -> Page:
    """The page of one pilot, in a fixed number of statements. Raises NotFound."""
    pilot = queries.seen(ref, by=actor)
    plan, agreements = queries.plan_of(pilot), queries.agreements_of(pilot)
    undone = [each for each in plan if each.progress in OPEN]
    track = queries.track_of(pilot.call_id)
    acting = rules.parties_of(actor, pilot, Right.submit)
    return Page(
        pilot, plan, queries.log_of(pilot), agreements, queries.findings_of(pilot),
        queries.report_of(pilot), history(pilot), lifecycle.offers(pilot, actor),
        next_of(pilot, actor, list(agreements.values()), undone, track.closes_on if track else None),
        frozenset(each.id for each in acting if each.part is Part.guide),
    )  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """A call in which a pilot can be proposed: its lots, and the municipalities of all of them."""

    track: Track
    lots: Sequence[Lot]
    places: Sequence[Municipality]


def ground(reference: str) -> Ground | None:
    """Where a proposal would stand; None where the call has no pilots."""
    track = db.session.scalar(
        select(Track).join(Call).where(Call.reference == reference).options(joinedload(Track.call))
    )
    if track is None:
        return None
    lots = select(Lot).where(Lot.call_id == track.call_id).options(joinedload(Lot.authority))
    return Ground(track, db.session.scalars(lots.order_by(Lot.position)).all(), places(track.call_id))


def places(call_id: int) -> list[Municipality]:
    """The municipalities of all lots of a call, by country and name."""
    codes = select(LotMunicipality.code).join(Lot, Lot.id == LotMunicipality.lot_id)
    found = select(Municipality).where(Municipality.code.in_(codes.where(Lot.call_id == call_id)))
    return sorted(db.session.scalars(found), key=lambda each: (each.country, each.name))


def tracks_open() -> list[Track]:
    """The tracks that take proposals today."""
    return [each for each in _tracks() if rules.takes_proposals(each, clock.today())]
