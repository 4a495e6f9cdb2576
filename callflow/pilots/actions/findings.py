"""Methods tested and lessons learnt, and the calls that they went into."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from callflow.core import trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.pilots.models import Feed, Finding, Pilot
from callflow.pilots.states import CHOSEN, FINDING, FindingKind, Worked


@dataclass(frozen=True)
class Found:
    """A finding as somebody wrote it; only a method says how it did."""

    kind: FindingKind
    title: str
    body: str
    worked: Worked | None


def add_finding(actor: Actor, pilot: Pilot, found: Found, *, language: str) -> Finding:
    """Write down a method or a lesson while the pilot goes on."""
    require(actor, P.pilot_edit, pilot)
    _findable(pilot, found)
    made = Finding(pilot_id=pilot.id, language=language, version=1, **asdict(found))
    db.session.add(made)
    db.session.flush()  # the event names its id
    _write(pilot, actor, "finding_added", made)
    return made


def change_finding(actor: Actor, pilot: Pilot, finding: Finding, found: Found, *, version: int) -> None:
    """Other words. Raises Changed when somebody was before: both are shown."""
    require(actor, P.pilot_edit, pilot)
    if version != finding.version:
        raise Changed("finding_changed")
    _findable(pilot, found)
    for name, value in asdict(found).items():
        setattr(finding, name, value)
    finding.version += 1
    _write(pilot, actor, "finding_changed", finding)


def feed(actor: Actor, pilot: Pilot, finding: Finding, *, call_id: int, reference: str, how: str) -> Feed:
    """Note that a finding went into a call, which its staff page then shows."""
    require(actor, P.pilot_manage, pilot)
    if pilot.state not in CHOSEN:
        raise Refused("pilot_not_selected")
    known = select(Feed.id).where(Feed.finding_id == finding.id, Feed.call_id == call_id)
    if db.session.scalar(known) is not None:
        raise Refused("finding_fed_already", field="call")
    made = Feed(finding_id=finding.id, call_id=call_id, how=how)
    db.session.add(made)
    trail.record(
        pilot.trail, actor, "finding_fed", data={"finding": finding.id, "call": reference}, texts={"how": how}
    )
    return made


def _findable(pilot: Pilot, found: Found) -> None:
    if pilot.state not in FINDING:
        raise Refused("pilot_findings_fixed")
    if (found.kind is FindingKind.method) != (found.worked is not None):
        raise Refused("method_did_missing", field="worked")


def _write(pilot: Pilot, actor: Actor, action: str, finding: Finding) -> None:
    data = {"finding": finding.id, "kind": finding.kind.value, "worked": finding.worked}
    trail.record(pilot.trail, actor, action, data=data, texts={"title": finding.title})
