"""A call with many dossiers, three score sheets each, their history and what stands beside them: rows as the
actions leave them.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, text

from benchmarks.beside import SALT, Beside, Deed, Team, Written, pilots
from callflow.applications.models import Answer, Application, Submission
from callflow.calls.models import Call, Criterion, Lot
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.core import clock, ids, mail_tally, trail
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.search import key_of
from callflow.core.trail import Event, EventText, Trail
from callflow.dossiers import tally
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.states import Kind, State, Task
from callflow.jury.models import Declaration, Score, Sheet
from callflow.messages.models import Mark, Message, Thread
from callflow.people.models import User
from tests import factories

PATHS = {
    State.scored: ("submit", "screen", "close_scoring"),
    State.screened: ("submit", "screen"),
    State.submitted: ("submit",),
}
AFTER = {"submit": State.submitted, "screen": State.screened, "close_scoring": State.scored}
WORDS = (
    "dorp",
    "plein",
    "zaal",
    "tuin",
    "kerk",
    "school",
    "fiets",
    "molen",
    "jeugd",
    "zorg",
    "markt",
    "brug",
)
BATCH = 2000
TABLES = (
    Trail, Event, EventText, Dossier, Application, Answer, Submission, Assignment, Sheet, Score, Session,
    session_dossier, Advice, Thread, Message, Mark, OutboxMail,
)  # fmt: skip
"""In the order in which they refer to each other."""


@dataclass(frozen=True)
class World:
    """What the measurements need to know of it."""

    call: str
    coordinator: User
    juror: User
    references: tuple[str, ...]
    scored: tuple[str, ...]
    coach: User
    pilots: tuple[str, ...]


def build(size: int, *, seed: int = 1) -> World:
    """A call with ``size`` applications: seven of ten scored, the others on their way there."""
    dice = random.Random(seed)
    call = factories.call(open_now=False, envelope="1000000000")
    coordinator = factories.person((Role.coordinator, "call", call.id))
    panel = max(30, size // 300)  # nobody reads more than a thousand
    jurors = [factories.person((Role.juror, "call", call.id)) for _ in range(panel)]
    groups = [factories.group() for _ in range(40)]
    with unit_of_work():
        signed = {"call_id": call.id, "signed_at": clock.now(), "text_sha256": "0" * 64}
        db.session.execute(insert(Declaration), [signed | {"person_id": juror.id} for juror in jurors])
    team, tried = Team.of(call, coordinator), pilots(call)
    rows = Rows(call, [juror.id for juror in jurors], [group.id for group in groups], team, dice)
    for start in range(0, size, BATCH):
        with unit_of_work():
            rows.write(range(start, min(start + BATCH, size)))
    for module in (mail_tally, tally):
        module.merge()  # as the worker does
    with unit_of_work():
        db.session.execute(text("ANALYZE"))
    made = tuple(rows.references), tuple(rows.scored)
    return World(call.reference, coordinator, jurors[0], *made, team.coaches[0], tuple(tried))


class Rows:
    """Makes the rows of the dossiers, with ids of its own so that whole batches go in at once."""

    def __init__(
        self, call: Call, jurors: list[int], groups: list[int], team: Team, dice: random.Random
    ) -> None:
        self.call_id, self.prefix, self.form = call.id, call.prefix, call.form
        self.lot_id = db.session.scalars(select(Lot.id).where(Lot.call_id == call.id)).one()
        self.criteria = db.session.scalars(select(Criterion.id).where(Criterion.call_id == call.id)).all()
        self.closed = call.closes_at
        self.jurors, self.groups, self.dice = jurors, groups, dice
        self.first = {kind: _next_id(kind) for kind in (Trail, Dossier, Sheet, Session, Thread, Message)}
        self.events = itertools.count(_next_id(Event))
        self.beside = Beside(team, self.first, self.criteria[0])
        self.references: list[str] = []
        self.scored: list[str] = []

    def write(self, numbers: range) -> None:
        """The dossiers with these numbers, in the current unit of work."""
        made: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in TABLES}
        for number in numbers:
            for kind, row in self.of(number):
                made[kind].append(row)
        for kind, rows in made.items():
            if rows:
                db.session.execute(insert(getattr(kind, "__table__", kind)), rows)

    def of(self, number: int) -> Iterator[Written]:
        """Every row of one dossier."""
        state = self.dice.choices(list(PATHS), (7, 2, 1))[0]
        dossier_id, trail_id = self.first[Dossier] + number, self.first[Trail] + number
        reference = f"{self.prefix}-{ids.letters(5)}{number}"
        self.references.append(reference)
        if state is State.scored:
            self.scored.append(reference)
        submitted = self.closed - timedelta(minutes=self.dice.randrange(60 * 24 * 30))
        history = list(self._history(number, trail_id, PATHS[state], submitted))
        last = [row for kind, row in history if kind is Event][-1]
        yield Trail, {"id": trail_id, "kind": "dossier", "sequence": last["sequence"], "head": last["hash"]}
        yield from history
        title = f"{self.dice.choice(WORDS).capitalize()} en {self.dice.choice(WORDS)} {number}"
        named = {"id": dossier_id, "trail_id": trail_id, "reference": reference, "title": title}
        found = {"title_key": title.casefold(), "search_key": key_of((title, reference))}
        yield Dossier, named | found | self._standing(state, submitted)
        yield Application, {"id": dossier_id, "form_version": 1}
        answers = {"title": title, "summary": " ".join(self.dice.choices(WORDS, k=60)), "amount": "4000.00"}
        for field, value in answers.items():
            yield Answer, {
                "application_id": dossier_id, "field": field, "value": value, "version": 1,
                "saved_at": submitted, "saved_by": self.jurors[0],
            }  # fmt: skip
        yield Submission, {
            "application_id": dossier_id, "number": 1, "title": title, "answers": answers, "form": self.form,
            "sha256": "0" * 64, "submitted_at": submitted, "submitted_by": self.jurors[0],
        }  # fmt: skip
        if state is not State.submitted:
            yield from self._scores(number, dossier_id, submitted)
        yield from self.beside.rows(number, dossier_id, self.call_id, submitted)

    def _standing(self, state: State, submitted: datetime) -> dict[str, Any]:
        total = Decimal(self.dice.randrange(300000, 990000)) / 10000 if state is State.scored else None
        return {
            "kind": Kind.application, "language": "nl", "call_id": self.call_id, "lot_id": self.lot_id,
            "group_id": self.dice.choice(self.groups), "municipality_code": None, "village": "",
            "state": state, "shown_state": state, "state_since": submitted, "version": 4,
            "content_version": 1,
            "created_at": submitted, "submitted_at": submitted, "requested": Decimal(4000),
            "handler_id": None, "scores_given": 0 if state is State.submitted else 3, "total_percent": total,
        }  # fmt: skip

    def _history(
        self, number: int, trail_id: int, triggers: tuple[str, ...], at: datetime
    ) -> Iterator[Written]:
        """The steps of its road, then what else was done: each event, and what was written with it."""
        previous, source = trail.GENESIS, State.draft
        steps = [Deed(self.jurors[0], "person", trigger) for trigger in triggers]
        for sequence, deed in enumerate([*steps, *self.beside.deeds(number)], start=1):
            dest = AFTER.get(deed.action)
            event = Event(
                id=next(self.events), trail_id=trail_id, sequence=sequence, at=at, actor_id=deed.by,
                actor_pseudonym=deed.pseudonym, action=deed.action, data=deed.data,
                source=str(source) if dest else None, dest=str(dest) if dest else None,
                text_digests={name: trail.text_digest(SALT, body) for name, body in deed.texts.items()},
                previous=previous,
            )  # fmt: skip
            event.hash = previous = trail._hash(event)  # noqa: SLF001 - a chain as record() would write it
            source = dest or source
            yield Event, {column.key: getattr(event, column.key) for column in Event.__table__.columns}
            for name, body in deed.texts.items():
                yield EventText, {"event_id": event.id, "name": name, "salt": SALT, "body": body}

    def _scores(self, number: int, dossier_id: int, at: datetime) -> Iterator[Written]:
        for turn, juror in enumerate(self.dice.sample(self.jurors, 3)):
            sheet_id = self.first[Sheet] + number * 3 + turn
            yield (
                Assignment,
                {
                    "dossier_id": dossier_id,
                    "person_id": juror,
                    "task": Task.juror,
                    "assigned_by": None,
                    "assigned_at": at,
                },
            )
            yield Sheet, {
                "id": sheet_id, "dossier_id": dossier_id, "juror_id": juror, "submission_number": 1,
                "version": 1, "abstained": False, "saved_at": at, "given_at": at,
            }  # fmt: skip
            for criterion in self.criteria:
                yield Score, {
                    "sheet_id": sheet_id, "criterion_id": criterion, "not_applicable": False,
                    "value": Decimal(self.dice.randrange(1, 6)), "reason": "Het dorp staat er samen achter.",
                }  # fmt: skip


def _next_id(kind: type[Any]) -> int:
    return (db.session.scalar(select(func.max(kind.id))) or 0) + 1
