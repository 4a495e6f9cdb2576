"""What is written while somebody waits: one decision prepared, a hundred released together."""

import time
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import event, select

from benchmarks.figures import Figure
from benchmarks.server import EACH, TURNS, WARM, Browser, beside_bare, gunicorn, hidden
from benchmarks.site import Site, site
from callflow.applications.models import Application
from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.decisions import queries
from callflow.decisions.states import DecisionState
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.lifecycle import decision, process, values
from callflow.people import queries as people
from tests import factories

SIZE = 10_000
PREPARED = TURNS * (EACH + WARM)
RELEASED = 100
UNCOUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


def figures() -> Iterator[Figure]:
    """In a call of 10 000 applications."""
    with site(SIZE) as place:
        scored = list(
            db.session.scalars(
                select(Application.reference)
                .where(Application.state == State.scored)
                .order_by(Application.id)
            )
        )
        with gunicorn("wsgi:app", place.environment) as port:
            yield _prepared(place, Browser(port, place.cookie(place.world.coordinator)), scored[:PREPARED])
        yield _statements(place, scored[PREPARED])
        yield _released(place, scored[PREPARED + 1 : PREPARED + 1 + RELEASED])


def _prepared(place: Site, browser: Browser, refs: list[str]) -> Figure:
    sent = []
    for ref in refs:
        path = f"/coordinator/dossiers/{ref}/steps/select"
        form = {**hidden(browser.get(path)), "amount": "100", "coaching_days": "0", "motivation": ""}
        sent.append((path, form))

    def one() -> None:
        path, form = sent.pop()
        if (status := browser.post(path, form)) != 303:
            raise RuntimeError(f"{path} answered {status}")

    taken, ratio = beside_bare(300, one)
    return Figure("decision_prepared", taken, "ms", 40, ratio)


def _statements(place: Site, ref: str) -> Figure:
    seen = []

    def sent(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(UNCOUNTED):
            seen.append(statement)

    _select(place, [])
    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", sent)
    _select(place, [ref])
    event.remove(db.engine, "before_cursor_execute", sent)
    return Figure("decision_prepared_statements", len(seen), "statements", 12)


def _select(place: Site, refs: list[str]) -> None:
    for ref in refs:
        with unit_of_work():
            who = people.actor(place.world.coordinator.id)
            found = dossiers.for_step(ref, by=who, kind=Application, money=True)
            process.take(found, "select", actor=who, values=values.Selecting(Decimal(100), 0))


def _released(place: Site, refs: list[str]) -> Figure:
    _select(place, refs)
    call = db.session.scalars(select(Call).where(Call.reference == place.world.call)).one()
    lot = db.session.scalars(select(Lot).where(Lot.call_id == call.id)).one()
    signatory = factories.person((Role.signatory, "call", call.id))
    with unit_of_work():
        who = people.actor(place.world.coordinator.id)
        prepared = queries.of_lot(lot.id, by=who, states=[DecisionState.prepared], lock=True)
        decision.decide(who, lot, prepared, body="deputatie", decided_on=clock.today(), number="1")
    actor = people.actor(signatory.id)
    start = time.perf_counter()
    with unit_of_work():
        everything = queries.of_lot(lot.id, by=actor, lock=True)
        ready = [each for each in everything if each.state is DecisionState.decided][:RELEASED]
        decision.release(actor, ready, tied=decision.tied_in(everything))
    return Figure("released_100", (time.perf_counter() - start) * 1000, "ms", 500)
