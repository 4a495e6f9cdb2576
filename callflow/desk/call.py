"""One call as everybody may read it: what, who, how much, until when, by which criteria and rules."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from callflow.calls.models import Authority, Call, Criterion, Lot, LotMunicipality
from callflow.calls.procedure import Procedure
from callflow.calls.states import Offer
from callflow.core import clock
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.lifecycle.stages import stages_of
from callflow.territory.models import Municipality

Twin = dict[str, str]

DAYS_OF = {
    "inviting": "invitations_on",
    "screening": "completeness_until",
    "coaching": "coaching",
    "scoring": "jury_on",
    "deciding": "decision_on",
    "guiding": "guidance",
    "interim_report": "interim_due",
    "reporting": "report_due",
}
"""Where the calendar says when a stage ends, or from when until when it lasts."""


PLAIN = (
    "reference", "title", "summary", "description", "languages", "opens_at", "closes_at", "rules",
    "scale_max", "threshold_percent",
)  # fmt: skip
PAGE = (*(getattr(Call, name) for name in PLAIN), Call.calendar, Call.procedure, Call.texts, Call.tie_breaks)
LOT = (
    "key", "name", "theme", "envelope", "minimum_amount", "maximum_amount", "coaching_days",
    "coaching_days_each",
)  # fmt: skip
AUTHORITY = ("body", "street", "phone", "email")


@dataclass(frozen=True)
class StageLine:
    """A stage of the call: ``at`` is a moment or a day; a window has ``first`` and ``last`` instead."""

    name: str
    at: datetime | date | None = None
    first: date | None = None
    last: date | None = None

    @property
    def with_hour(self) -> bool:
        return isinstance(self.at, datetime)


@dataclass(frozen=True)
class Meeting:
    """An information meeting."""

    at: datetime
    place: Twin


@dataclass(frozen=True)
class LotLine:
    """A lot with who decides on it, what it gives and where; ``area`` holds official names, sorted."""

    key: str
    name: Twin
    theme: Twin
    gives_money: bool
    envelope: Decimal | None
    minimum_amount: Decimal | None
    maximum_amount: Decimal | None
    coaching_days: int | None
    coaching_days_each: int | None
    area: list[str]
    authority: Twin
    body: Twin
    street: str
    town: str
    phone: str
    email: str


@dataclass(frozen=True)
class CriterionLine:
    """A criterion as groups read it before they write."""

    title: Twin
    help: Twin
    weight: int
    minimum: Decimal | None
    levels: list[Twin]


@dataclass(frozen=True)
class CallPage:
    """What the public page of a call shows; texts are twins."""

    reference: str
    title: Twin
    summary: Twin
    description: Twin
    who: Twin
    readers: Twin
    languages: list[str]
    opens_at: datetime
    closes_at: datetime
    meetings: list[Meeting]
    stages: list[StageLine]
    rules: dict[str, Any]
    lots: list[LotLine]
    criteria: list[CriterionLine]
    tie_breaks: list[Twin]
    scale_max: int
    threshold_percent: Decimal
    scores_needed: int


@dataclass(frozen=True)
class CallHead:
    """What every request for a call's page reads; ``version`` changes with anything that the page shows."""

    reference: str
    title: Twin
    summary: Twin
    opens_at: datetime
    closes_at: datetime
    version: str

    @property
    def standing(self) -> str:
        """coming, open or closed, at this moment."""
        if clock.now() < self.opens_at:
            return "coming"
        return "open" if clock.now() < self.closes_at else "closed"


@dataclass(frozen=True)
class Dates:
    """What a calendar file of a call is made of; calendar and procedure as they are stored."""

    reference: str
    title: Twin
    opens_at: datetime
    closes_at: datetime
    calendar: dict[str, Any]
    procedure: dict[str, Any]
    loaded_at: datetime


def call_head(reference: str) -> CallHead:
    """The head of one call: one statement. Raises NotFound."""
    row = _columns(
        reference,
        Call.reference,
        Call.title,
        Call.summary,
        Call.opens_at,
        Call.closes_at,
        Call.id,
        Call.setup_sha256,
        Call.loaded_at,
    )
    version = f"{row.id} {row.setup_sha256} {row.loaded_at.isoformat()}"
    return CallHead(row.reference, row.title, row.summary, row.opens_at, row.closes_at, version)


def call_page(reference: str) -> CallPage:
    """The page of one call: four statements. Raises NotFound."""
    row = _columns(reference, Call.id, *PAGE)
    criteria, titles = _criteria(row.id)
    said = row.texts.get("page", {})
    procedure = Procedure.of(row.procedure)
    plain = {name: getattr(row, name) for name in PLAIN}
    return CallPage(
        **plain,
        who=said.get("who", {}),
        readers=said.get("readers", {}),
        meetings=meetings(row.calendar),
        stages=stage_lines(procedure, row.calendar, row.closes_at),
        lots=_lots(row.id),
        criteria=criteria,
        tie_breaks=[titles[key] for key in row.tie_breaks],
        scores_needed=procedure.scores_needed,
    )


def empty_form(reference: str) -> Any:
    """The form of a call without answers, to print and prepare. Raises NotFound."""
    return _columns(
        reference, Call.reference, Call.title, Call.closes_at, Call.form, Call.texts, Call.calendar
    )


def dates(reference: str) -> Dates:
    """The days of one call. Raises NotFound."""
    return Dates(
        *_columns(
            reference,
            Call.reference,
            Call.title,
            Call.opens_at,
            Call.closes_at,
            Call.calendar,
            Call.procedure,
            Call.loaded_at,
        )
    )


def meetings(calendar: dict[str, Any]) -> list[Meeting]:
    """The information meetings of a stored calendar."""
    return [Meeting(datetime.fromisoformat(each["at"]), each["place"]) for each in calendar.get("info", ())]


def stage_lines(procedure: Procedure, calendar: dict[str, Any], closes_at: datetime) -> list[StageLine]:
    """The stages of a call in their order, each with its day or window."""
    return [_stage(stage.name, calendar, closes_at) for stage in stages_of(procedure)]


def _stage(name: str, calendar: dict[str, Any], closes_at: datetime) -> StageLine:
    if name in ("preapplying", "applying"):
        full = calendar.get("full_until") if name == "applying" else None
        return StageLine(name, at=datetime.fromisoformat(full) if full else closes_at)
    said = calendar.get(DAYS_OF.get(name, ""))
    if isinstance(said, dict):
        first, last = (date.fromisoformat(said[end]) for end in ("from", "until"))
        return StageLine(name, first=first, last=last)
    if said is None:
        return StageLine(name)
    return StageLine(name, at=datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said))


def _columns(reference: str, *columns: Any) -> Any:
    row = db.session.execute(select(*columns).where(Call.reference == reference)).first()
    if row is None:
        raise NotFound
    return row


def _criteria(call_id: int) -> tuple[list[CriterionLine], dict[str, Twin]]:
    rows = db.session.execute(
        select(
            Criterion.key,
            Criterion.title,
            Criterion.help,
            Criterion.weight,
            Criterion.minimum,
            Criterion.levels,
        )
        .where(Criterion.call_id == call_id)
        .order_by(Criterion.position)
    ).all()
    lines = [CriterionLine(row.title, row.help, row.weight, row.minimum, row.levels) for row in rows]
    return lines, {row.key: row.title for row in rows}


def _lots(call_id: int) -> list[LotLine]:
    said = [getattr(Lot, name) for name in LOT] + [getattr(Authority, name) for name in AUTHORITY]
    more = (Lot.id, Lot.offer, Authority.name.label("authority"), Authority.postcode, Authority.town)
    rows = db.session.execute(
        select(*said, *more)
        .join(Authority, Authority.id == Lot.authority_id)
        .where(Lot.call_id == call_id)
        .order_by(Lot.position)
    ).all()
    found = areas(call_id)
    return [
        LotLine(
            **{name: getattr(row, name) for name in (*LOT, *AUTHORITY)},
            gives_money=row.offer is not Offer.coaching,
            area=sorted(found.get(row.id, [])),
            authority=row.authority,
            town=f"{row.postcode} {row.town}",
        )
        for row in rows
    ]


def areas(call_id: int) -> dict[int, list[str]]:
    """The official names of the municipalities of each lot, by the lot's id, in no order."""
    found: dict[int, list[str]] = {}
    for lot_id, country, name_nl, name_fr in db.session.execute(
        select(LotMunicipality.lot_id, Municipality.country, Municipality.name_nl, Municipality.name_fr)
        .join(Municipality, Municipality.code == LotMunicipality.code)
        .join(Lot, Lot.id == LotMunicipality.lot_id)
        .where(Lot.call_id == call_id)
    ):
        found.setdefault(lot_id, []).append(name_nl if country == "BE" else name_fr)
    return found
