"""What is saved by itself while somebody types: an answer of a group, a score of a juror; the score page."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import count

from sqlalchemy import select, update

from benchmarks.figures import Figure
from benchmarks.server import Browser, beside_bare, gunicorn, hidden
from benchmarks.site import Site, site
from callflow.applications.models import Application
from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Assignment
from callflow.dossiers.states import State, Task
from callflow.jury import actions as jury
from callflow.people import queries as people
from callflow.people.models import User
from callflow.people.states import Right
from tests import factories

SIZES = (1_000, 10_000)


def figures() -> Iterator[Figure]:
    """For each size of call, from a server of its own."""
    for size in SIZES:
        with site(size) as place:
            judged, draft, member = _open_sheet(place), *_draft(place)
            with gunicorn("wsgi:app", place.environment) as port:
                juror = Browser(port, place.cookie(db.session.get_one(User, place.world.juror.id)))
                yield from _scoring(juror, judged, size)
                group = Browser(port, place.cookie(member))
                yield _answering(group, f"/applications/{draft}/form/project", size)


def _open_sheet(place: Site) -> str:
    """A dossier of the juror that is still to be scored, its sheet taken back."""
    waiting = (
        select(Application.reference)
        .join(Assignment, Assignment.dossier_id == Application.id)
        .where(
            Assignment.person_id == place.world.juror.id, Assignment.task == Task.juror,
            Application.state == State.screened,
        )
    )  # fmt: skip
    reference = str(db.session.scalars(waiting).first())
    with unit_of_work():
        who = people.actor(place.world.juror.id)
        jury.take_back(who, dossiers.for_step(reference, by=who, kind=Application))
    return reference


def _draft(place: Site) -> tuple[str, User]:
    """An application that somebody writes; the call is open for this one."""
    member = factories.person()
    group = factories.group({member: Right.submit})
    call = db.session.scalars(select(Call).where(Call.reference == place.world.call)).one()
    lot = db.session.scalars(select(Lot).where(Lot.call_id == call.id)).one()
    with unit_of_work():
        later = clock.now() + timedelta(days=9)
        db.session.execute(update(Call).where(Call.id == call.id).values(closes_at=later))
    made = factories.draft(lot, member, group)
    return made.reference, member


def _scoring(juror: Browser, ref: str, size: int) -> Iterator[Figure]:
    path = f"/jury/dossiers/{ref}"
    body = juror.get(path)
    shown, ratio = beside_bare(len(body), lambda: juror.get(path))
    yield Figure(f"score_page@{size}", shown, "ms", 25, ratio)
    typed = hidden(body)

    def save(number: int) -> Mapping[str, str]:
        return {**typed, "need": str(1 + number % 4), "need-reason": f"Gelezen, {number}"}

    def heard(said: bytes) -> None:
        typed["version"] = str(json.loads(said)["version"])

    yield _saved(juror, f"{path}/autosave", save, heard, f"autosave_score@{size}")


def _answering(group: Browser, path: str, size: int) -> Figure:
    typed = hidden(group.get(path))

    def save(number: int) -> Mapping[str, str]:
        kept = {name: typed[name] for name in ("csrf_token", "seen-f-title")}
        return {**kept, "f-title": f"'t Lichtpunt {number}"}

    def heard(said: bytes) -> None:
        typed["seen-f-title"] = str(json.loads(said)["seen"]["f-title"])

    return _saved(group, f"{path}/autosave", save, heard, f"autosave_answer@{size}")


def _saved(
    browser: Browser, path: str, save: Callable[[int], Mapping[str, str]], heard: Callable[[bytes], None],
    name: str,
) -> Figure:  # fmt: skip
    """One field after another, each with the version that the one before gave back."""
    numbers = count()

    def one() -> None:
        status, said = browser.sent(path, save(next(numbers)))
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {said[:300]!r}")
        heard(said)

    taken, ratio = beside_bare(300, one)
    return Figure(name, taken, "ms", 20, ratio)
