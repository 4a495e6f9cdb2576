"""The dry run of a change as its page and its file show it: some lines of it, and all of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, false, func, select

from callflow.calls.changes import in_file
from callflow.calls.models import Call
from callflow.calls.queries import by_reference
from callflow.calls.setup import Setup
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.trail import Event
from callflow.dossiers.models import Dossier
from callflow.dossiers.rules import visible_to
from callflow.lifecycle.changing.dry_run import Change, DryRun, Touched, dry_run, summed
from callflow.lifecycle.changing.effects import Effect

LINES = 50
KEPT = 3
"""Dry runs that a process keeps."""
HEADINGS = ("reference", "title", "lot", "state", "effect", "before", "after", "reasons")
SECTIONS = ("procedure", "calendar", "rubric", "means", "words")
"""Under which heading a change is shown."""
OF_SECTION = {
    "procedure": ("call.procedure", "call.checklist"),
    "calendar": ("call.calendar", "call.opens_at", "call.closes_at"),
    "rubric": ("criteria", "call.threshold_percent", "call.tie_breaks", "call.scale_max"),
    "means": ("lots", "joints", "quotas"),
}


@dataclass(frozen=True)
class RunPage:
    """A page of a dry run; ``sums`` counts dossiers by effect, ``lots`` maps ids to names. So many as
    ``hidden`` are counted and not listed.
    """

    run: DryRun
    sections: Mapping[str, Sequence[Change]]
    sums: Mapping[str, int]
    lines: Sequence[Touched]
    total: int
    page: int
    last: int
    effect: str
    lots: Mapping[int, dict[str, str]]
    hidden: int


@dataclass(frozen=True)
class Seen:
    """A dry run, and those of its dossiers that this person may know something of: not in a conflict of
    interest, and not an administrator, who sees no dossier.
    """

    run: DryRun
    rows: Sequence[Touched]


_kept: dict[tuple[Any, ...], DryRun] = {}


def call_to_change(reference: str, *, by: Actor) -> Call:
    """The call, for who may change it. Raises NotFound."""
    call = by_reference(reference)
    if not may(by, P.call_change, call):
        raise NotFound
    return call


def run_of(actor: Actor, call: Call, setup: Setup, *, sha256: str, anew: bool = False) -> Seen:
    """The dry run of the file with that hash, kept while nothing is written: to turn a page of it costs
    no more for many dossiers than for few. Confirming never takes it from here; ``anew`` works it out again.
    """
    newest = reversed(list(_kept.items()))
    before = next((run for key, run in newest if key[:2] == (sha256, call.id)), None)
    listing = before is None or bool(before.rows)  # where nothing is listed, nothing has to be hidden
    written, hidden = _written_and_hidden(actor, call, listing=listing)
    key = (sha256, call.id, call.loaded_at, written, clock.today(), may(actor, P.call_manage))
    run = None if anew else _kept.get(key)
    if run is None:
        run = _kept[key] = dry_run(actor, setup, call=call)
    while len(_kept) > KEPT:
        _kept.pop(next(iter(_kept)), None)
    if run.rows and not listing:
        _, hidden = _written_and_hidden(actor, call, listing=True)
    shown = [row for row in run.rows if row.id not in hidden] if may(actor, P.dossier_view) else []
    return Seen(replace(run, call=call), shown)


def _written_and_hidden(actor: Actor, call: Call, *, listing: bool) -> tuple[int | None, set[int]]:
    """The last event and, to list dossiers, those of the call that this person may not see: one statement."""
    last = select(func.max(Event.id).label("id")).subquery()
    asked = listing and may(actor, P.dossier_view)
    unseen = and_(Dossier.call_id == call.id, ~visible_to(actor)) if asked else false()
    rows = db.session.execute(
        select(last.c.id, Dossier.id).select_from(last).outerjoin(Dossier, unseen)
    ).all()
    return rows[0][0], {dossier_id for _, dossier_id in rows if dossier_id is not None}


def page_of(seen: Seen, *, page: int, effect: str = "") -> RunPage:
    """``effect`` is a code: only dossiers that it touches."""
    run = seen.run
    chosen = [row for row in seen.rows if not effect or any(each.code == effect for each in row.effects)]
    last = max(1, -(-len(chosen) // LINES))
    number = min(page, last)
    return RunPage(
        run, _sections(run.changes), dict(sorted(summed(replace(run, rows=seen.rows)).items())),
        chosen[(number - 1) * LINES : number * LINES], len(chosen), number, last, effect,
        {lot.id: lot.name for lot in run.call.lots}, len(run.rows) - len(seen.rows),
    )  # fmt: skip


def _sections(changes: Sequence[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {name: [] for name in SECTIONS}
    for change in changes:
        found[_section(".".join(change.place))].append(change)
    return {name: held for name, held in found.items() if held}


def _section(key: str) -> str:
    return next(
        (
            name
            for name, starts in OF_SECTION.items()
            if any(key == start or key.startswith(f"{start}.") for start in starts)
        ),
        "words",
    )


def key_of(change: Change) -> str:
    """The place of a change as the set-up file names it."""
    return in_file(change.place)


def rows(seen: Seen, *, lots: Mapping[int, str]) -> Iterator[Sequence[str]]:
    """Headings, then a row for each thing that happens to a dossier; codes are the same in every language."""
    yield HEADINGS
    for row in seen.rows:
        for effect in row.effects:
            yield (
                row.reference, row.title, lots.get(row.lot_id, ""), row.state.value,
                effect.code, *_said(effect),
            )  # fmt: skip


BEFORE_AND_AFTER = {
    "moved": ("", "to"),
    "ranked": ("place_was", "place"),
    "rescored": ("total_was", "total"),
    "steps": ("lost", "gained"),
}


def _said(effect: Effect) -> tuple[str, str, str]:
    was, will = BEFORE_AND_AFTER.get(effect.code, ("was", "will"))
    given = effect.parameters
    reasons = " ".join(
        f"{code}:{parameters.get('count', '')}" for code, parameters in given.get("reasons", ())
    )
    return _plain(given.get(was)), _plain(given.get(will)), reasons


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
