"""The whole set-up of a call for those who run it: all that the file said, as stored, and its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.calls import queries
from callflow.calls.models import Authority, Call
from callflow.calls.procedure import Procedure
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.trail import Event, EventText
from callflow.desk.call import StageLine, areas, stage_lines
from callflow.lifecycle.diagram import Diagram, diagram
from callflow.people.models import User

EVENTS_SHOWN = 20


@dataclass(frozen=True)
class Loading:
    """One version of the set-up: by whom, which keys changed, what was worth a look; for a change of a
    running call also why, and how many dossiers it touched.
    """

    at: datetime
    action: str
    who: str
    places: list[str]
    warnings: list[Mapping[str, Any]]
    why: str = ""
    file: str | None = None
    dossiers: int | None = None


@dataclass(frozen=True)
class SetupPage:
    """A call with all of its records; ``areas`` maps the id of a lot to official names."""

    call: Call
    stages: list[StageLine]
    procedure: Procedure
    diagram: Diagram
    authorities: list[Authority]
    areas: dict[int, list[str]]
    loadings: list[Loading]

    @property
    def warnings(self) -> list[Mapping[str, Any]]:
        """What the present set-up made worth a look."""
        versions = (each for each in self.loadings if each.action in ("call_created", "call_changed"))
        newest = next(versions, None)
        return newest.warnings if newest else []


def setup_page(reference: str, *, seen_by: Actor) -> SetupPage:
    """The set-up of one call, for who runs it or one of its lots: six statements. Raises NotFound."""
    call = queries.whole(reference)
    if call is None or not any(may(seen_by, P.call_view, record) for record in (call, *call.lots)):
        raise NotFound
    procedure = Procedure.of(call.procedure)
    return SetupPage(
        call=call,
        stages=stage_lines(procedure, call.calendar, call.closes_at),
        procedure=procedure,
        diagram=diagram(procedure),
        authorities=list({lot.authority.id: lot.authority for lot in call.lots}.values()),
        areas={lot_id: sorted(names) for lot_id, names in areas(call.id).items()},
        loadings=_loadings(call.trail_id),
    )


def _loadings(trail_id: int) -> list[Loading]:
    rows = db.session.execute(
        select(Event.at, Event.action, Event.data, Event.actor_pseudonym, User.name, EventText.body)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(EventText, (EventText.event_id == Event.id) & (EventText.name == "why"))
        .where(Event.trail_id == trail_id)
        .order_by(Event.sequence.desc())
        .limit(EVENTS_SHOWN)
    )
    return [
        Loading(
            row.at,
            row.action,
            row.name or row.actor_pseudonym,
            list(row.data.get("places", ())),
            list(row.data.get("warnings", ())),
            row.body or "",
            row.data.get("file"),
            row.data.get("dossiers") if row.action == "call_changed" else None,
        )
        for row in rows
    ]
