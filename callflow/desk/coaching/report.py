"""The report of coaching: of one project, and of a call; sessions, hours, advice and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.coaching import queries as coaching
from callflow.coaching.models import Advice, Waiver
from callflow.coaching.queries import Logged
from callflow.coaching.states import Follow
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import Permission
from callflow.desk.coaching.team import Line, Team, team
from callflow.desk.dossier import place_in_words
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier


@dataclass(frozen=True)
class Followed:
    """How much advice was followed up, was dropped, or is open."""

    done: int = 0
    dropped: int = 0
    open: int = 0

    def __add__(self, other: "Followed") -> "Followed":
        return Followed(self.done + other.done, self.dropped + other.dropped, self.open + other.open)

    @property
    def all(self) -> int:
        """All advice that was given."""
        return self.done + self.dropped + self.open


@dataclass(frozen=True)
class ProjectReport:
    """One project: oldest session first; ``minutes`` are its part of shared sessions. No notes for staff."""

    dossier: Application
    place: str
    log: Sequence[Logged]
    waivers: Sequence[tuple[Waiver, str]]
    minutes: Fraction
    advice: Followed


@dataclass(frozen=True)
class Row:
    """One project of a call."""

    line: Line
    advice: Followed
    waived: bool


@dataclass(frozen=True)
class CallReport:
    """A call: its projects that were coached, by lot in their order, with what each lot used."""

    team: Team
    lots: Sequence[tuple[Mapping[str, str], Sequence[Row]]]
    advice: Followed


def project_report(ref: str, *, by: Actor, permission: Permission) -> ProjectReport:
    """The report of a project for who may read it with this permission. Raises NotFound."""
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=permission)
    log = coaching.log_of(dossier)[::-1]
    return ProjectReport(
        dossier,
        place_in_words(dossier),
        log,
        coaching.waivers_of(dossier.id),
        coaching.minutes_by_dossier(dossier.call_id).get(dossier.id, Fraction(0)),
        _followed([given.advice.follow_up for logged in log for given in logged.given]),
    )


def call_report(actor: Actor, call: CallLine) -> CallReport:
    """The report of a call as far as this coordinator's reach goes; two statements more than its team."""
    found = team(actor, call)
    shown = [line for line in found.lines if line.coaches or line.sessions or line.used]
    advice = _advice_in(call.id)
    waived = set(
        db.session.scalars(
            select(Waiver.dossier_id)
            .join(Dossier, Dossier.id == Waiver.dossier_id)
            .where(Dossier.call_id == call.id)
        )
    )
    rows = [(line.lot_id, Row(line, _followed(advice.get(line.id, ())), line.id in waived)) for line in shown]
    lots = [
        (name, [row for lot, row in rows if lot == lot_id]) for lot_id, name in call.lots.items()
    ]  # fmt: skip
    return CallReport(found, lots, sum((row.advice for _lot, row in rows), Followed()))


def _advice_in(call_id: int) -> dict[int, list[Follow]]:
    rows = db.session.execute(
        select(Advice.dossier_id, Advice.follow_up)
        .join(Dossier, Dossier.id == Advice.dossier_id)
        .where(Dossier.call_id == call_id)
    )
    found: dict[int, list[Follow]] = {}
    for dossier_id, follow in rows:
        found.setdefault(dossier_id, []).append(follow)
    return found


def _followed(given: Sequence[Follow]) -> Followed:
    return Followed(
        *(sum(each is which for each in given) for which in (Follow.done, Follow.dropped, Follow.open))
    )
