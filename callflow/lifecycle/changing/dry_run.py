"""The dry run of a changed set-up on a running call: nothing is written, and the same call gives the same."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select

from callflow.agreements.models import ProjectAgreement
from callflow.agreements.states import AgreementState
from callflow.calls import changes, queries
from callflow.calls.bearing import Begun, refusal
from callflow.calls.changes import Place
from callflow.calls.models import Authority, Call, Lot
from callflow.calls.procedure import Procedure
from callflow.calls.setup import Setup
from callflow.coaching.models import Waiver, session_dossier
from callflow.coaching.states import Stretch
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.core.trail import canonical
from callflow.decisions.models import Decision, Promise
from callflow.dossiers.models import Dossier
from callflow.dossiers.queries import begun
from callflow.dossiers.states import Kind, State
from callflow.jury.models import Habits, Meeting, MeetingItem, Presentation, Sheet
from callflow.lifecycle.changing.effects import Effect, Figures, Terms, Turn, held_back, turns
from callflow.lifecycle.changing.ranks import Rubric, Standing, standings
from callflow.reports.models import Report
from callflow.screening.models import Check

BATCH = 1000


@dataclass(frozen=True)
class Change:
    """A place of the set-up that differs; ``refused`` says why it must stay as it is."""

    place: Place
    before: Any
    after: Any
    refused: str | None = None


@dataclass(frozen=True)
class Touched:
    """A dossier to which the change does something; ``version`` is the one that was looked at."""

    id: int
    reference: str
    title: str
    language: str
    lot_id: int
    state: State
    version: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class DryRun:
    """All that a set-up would do to a call. ``stuck`` are the states with dossiers that the new procedure no
    longer has; ``totals`` what those would score whose ranking changes; ``digest`` covers everything.
    """

    call: Call
    setup: Setup
    running: bool
    changes: Sequence[Change]
    rows: Sequence[Touched]
    stuck: Mapping[State, Turn]
    counts: Mapping[State, int]
    totals: Mapping[int, Decimal]
    digest: str

    @property
    def refused(self) -> list[Change]:
        """What the rules forbid."""
        return [change for change in self.changes if change.refused]

    @property
    def lost(self) -> list[State]:
        """States with dossiers that could go nowhere."""
        return [state for state, turn in self.stuck.items() if turn.to is None]

    @property
    def possible(self) -> bool:
        """Whether it can be confirmed at all."""
        return bool(self.changes) and not self.refused and not self.lost


def dry_run(actor: Actor, setup: Setup, *, call: Call | None = None) -> DryRun:
    """What this set-up would do to its call, ``call`` where it is loaded and locked already.

    Raises NotFound when there is no such call or it is out of reach.
    """
    call = call or queries.whole(setup.call["reference"])
    if call is None or not may(actor, P.call_change, call):
        raise NotFound
    running = begun(call.id)
    found = _changes(actor, call, setup, running=running)
    counts = _counts(call.id)
    before = Terms(Procedure.of(call.procedure), call.calendar)
    after = Terms(setup.procedure, setup.call["calendar"])
    by_state = turns(before, after)
    ranks = standings(call, Rubric.of_call(call), Rubric.of_setup(setup))
    rows = list(_rows(call.id, by_state, ranks, before, after))
    stuck = {state: turn for state, turn in by_state.items() if turn.stuck and counts.get(state)}
    totals = {each: standing.after.total for each, standing in ranks.items()}
    digest = _digest(call, setup, found, rows, counts)
    return DryRun(call, setup, running, found, rows, stuck, counts, totals, digest)


def _changes(actor: Actor, call: Call, setup: Setup, *, running: bool) -> list[Change]:
    known = list(
        db.session.scalars(
            select(Authority).where(Authority.key.in_(sorted(setup.authorities))).order_by(Authority.id)
        )
    )
    standing, wanted = changes.standing(call, known), changes.wanted(setup)
    places = list(changes.differences(standing, wanted))
    facts = _begun(actor, call, known) if places else Begun()
    found = []
    for place in places:
        was, will = changes.held_at(standing, place), changes.held_at(wanted, place)
        judged = running or place[0] == "authorities"
        found.append(Change(place, was, will, refusal(place, was, will, facts) if judged else None))
    return found


def _begun(actor: Actor, call: Call, known: Sequence[Authority]) -> Begun:
    """What has happened in the call: four statements."""
    mine = Dossier.call_id == call.id
    asked = {
        "scores": exists().where(Sheet.dossier_id == Dossier.id, mine),
        "checks": exists().where(Check.dossier_id == Dossier.id, mine),
        "habits": exists().where(Habits.call_id == call.id),
        "meeting": exists().where(Meeting.call_id == call.id, Meeting.closed_at.is_(None)),
        "presentations": exists().where(Presentation.dossier_id == Dossier.id, mine),
        "reports": exists().where(Report.dossier_id == Dossier.id, mine),
        "agreements": exists().where(
            ProjectAgreement.dossier_id == Dossier.id,
            mine,
            ProjectAgreement.state != AgreementState.prepared,
        ),
        "incomplete": exists().where(mine, Dossier.state == State.incomplete),
        "invited": exists().where(mine, Dossier.state == State.invited),
    }
    row = db.session.execute(select(*(query.label(name) for name, query in asked.items()))).one()
    decided = db.session.execute(
        select(Decision.outcome, Decision.origin)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(mine)
        .distinct()
    ).all()
    held: dict[str, Any] = {name: bool(getattr(row, name)) for name in asked}
    return Begun(
        **held,
        outcomes=frozenset(outcome.value for outcome, _ in decided),
        origins=frozenset(origin.value for _, origin in decided),
        **_promised(call),
        shared=_shared(actor, call, known),
    )


def _promised(call: Call) -> dict[str, Any]:
    """The money and the days that each lot has promised. Where lots share a joint envelope the money beyond
    their own is paid by that one.
    """
    rows = db.session.execute(
        select(Lot.key, func.sum(Promise.amount), func.sum(Promise.days))
        .join(Promise, Promise.lot_id == Lot.id)
        .where(Lot.call_id == call.id)
        .group_by(Lot.key)
    ).all()
    return {
        "committed": {key: amount or Decimal(0) for key, amount, _ in rows},
        "days": {key: days or 0 for key, _, days in rows},
    }


def _shared(actor: Actor, call: Call, known: Sequence[Authority]) -> frozenset[str]:
    """Authorities that decide in other calls too: only who sets up all calls may change them."""
    if may(actor, P.call_manage):
        return frozenset()
    ids = [each.id for each in known]
    others = select(Authority.key).join(Lot, Lot.authority_id == Authority.id)
    return frozenset(db.session.scalars(others.where(Authority.id.in_(ids), Lot.call_id != call.id)))


def _counts(call_id: int) -> dict[State, int]:
    rows = db.session.execute(
        select(Dossier.state, func.count())
        .where(Dossier.call_id == call_id, Dossier.kind == Kind.application)
        .group_by(Dossier.state)
    )
    return {row[0]: row[1] for row in rows}


def _rows(
    call_id: int,
    by_state: Mapping[State, Turn],
    ranks: Mapping[int, Standing],
    before: Terms,
    after: Terms,
) -> Iterator[Touched]:
    """Every dossier to which something happens, by state and reference: one statement, read in batches."""
    states = [state for state, turn in by_state.items() if turn.touches or (ranks and state is State.scored)]
    if not states:
        return
    rows = db.session.execute(
        _figures(), {"call": call_id, "states": states}, execution_options={"yield_per": BATCH}
    )
    for row in rows:
        turn = by_state[row.state]
        figures = Figures(
            {Stretch.coaching: row.coached, Stretch.guidance: row.guided},
            {Stretch.coaching: row.coaching_waived, Stretch.guidance: row.guidance_waived},
            row.scores, bool(row.met),
        )  # fmt: skip
        found = (
            *turn.effects,
            *held_back(turn, before.procedure, after.procedure, figures),
            *_ranked(ranks.get(row.id)),
        )
        if found:
            yield Touched(
                row.id, row.reference, row.title, row.language, row.lot_id, row.state, row.version, found
            )


def _ranked(standing: Standing | None) -> Iterator[Effect]:
    if standing is None:
        return
    was, will = standing.before, standing.after
    said = {
        "place_was": was.place,
        "place": will.place,
        "total_was": str(was.total),
        "total": str(will.total),
    }
    yield Effect("rescored" if was.place == will.place else "ranked", said)
    if was.enough != will.enough:
        yield Effect("enough_now" if will.enough else "too_little_now")


@lru_cache(maxsize=1)
def _figures() -> Select[*tuple[Any, ...]]:
    """Put together once: that costs more than carrying it out on few dossiers."""
    held, given = session_dossier.c, (Sheet.dossier_id == Dossier.id, Sheet.given_at.is_not(None))

    def count(*where: Any) -> Any:
        return select(func.count()).where(*where).correlate(Dossier).scalar_subquery()

    def sessions(stretch: Stretch) -> Any:
        return count(held.dossier_id == Dossier.id, held.stretch == stretch)

    def waived(stretch: Stretch) -> Any:
        return count(Waiver.dossier_id == Dossier.id, Waiver.stretch == stretch)

    return (
        select(
            Dossier.id, Dossier.reference, Dossier.title, Dossier.language, Dossier.lot_id, Dossier.state,
            Dossier.version,
            sessions(Stretch.coaching).label("coached"),
            sessions(Stretch.guidance).label("guided"),
            waived(Stretch.coaching).label("coaching_waived"),
            waived(Stretch.guidance).label("guidance_waived"),
            count(*given, ~Sheet.abstained).label("scores"),
            count(
                MeetingItem.dossier_id == Dossier.id, MeetingItem.stands, MeetingItem.settled_at.is_not(None)
            ).label("met"),
        )
        .where(
            Dossier.call_id == bindparam("call"), Dossier.kind == Kind.application,
            Dossier.state.in_(bindparam("states", expanding=True)),
        )
        .order_by(Dossier.state, Dossier.reference)
    )  # fmt: skip


def _digest(
    call: Call, setup: Setup, found: Sequence[Change], rows: Sequence[Touched], counts: Mapping[State, int]
) -> str:
    """Of the file, the call as it stands, and everything that the dry run says; not of who asked."""
    made = hashlib.sha256(canonical([call.setup_sha256, setup.digest, sorted(counts.items())]).encode())
    made.update(canonical([[each.place, each.before, each.after] for each in found]).encode())
    for row in rows:
        effects = [asdict(effect) for effect in row.effects]
        made.update(canonical([row.reference, row.state, row.version, effects]).encode())
    return made.hexdigest()


def summed(run: DryRun) -> Counter[str]:
    """How many dossiers each effect touches, by its code."""
    return Counter(code for row in run.rows for code in {effect.code for effect in row.effects})
