"""Several members at the same moment: nothing that anybody typed is lost, and history stays whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from callflow.applications import actions, answers
from callflow.applications.models import Application
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed
from callflow.core.trail import check_all
from callflow.dossiers import queries as dossiers
from callflow.people.models import User
from tests.applications.conftest import settled
from tests.conftest import Installation
from tests.factories import actor

ROUNDS = 12
Save = Callable[[dict[str, object], dict[str, int]], dict[str, int]]


def at_once(installation: Installation, *works: Callable[[], int]) -> list[int]:
    """Each in a thread with a context of its own, all starting at the same moment."""
    ready = Barrier(len(works))

    def begin(work: Callable[[], int]) -> int:
        with installation.app.app_context():
            ready.wait()
            return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def saving(reference: str, person: User) -> Save:
    """A way for this person to save answers, reading nothing but what the action reads."""
    who = actor(person)

    def save(typed: dict[str, object], versions: dict[str, int]) -> dict[str, int]:
        with unit_of_work():
            loaded = dossiers.for_step(reference, by=who, kind=Application)
            return actions.save_answers(who, loaded, typed, versions=versions).versions

    return save


def test_two_members_saving_different_answers_lose_nothing(committed: Installation):
    village = settled()
    reference = village.ready().reference
    people = {"title": saving(reference, village.els), "summary": saving(reference, village.piet)}
    db.session.rollback()

    def typing(field: str) -> Callable[[], int]:
        def work() -> int:
            version = 1
            for number in range(ROUNDS):
                version = people[field]({field: f"{field} {number}"}, {field: version})[field]
            return version

        return work

    assert at_once(committed, typing("title"), typing("summary")) == [ROUNDS + 1] * 2

    db.session.rollback()
    application = db.session.scalars(db.select(Application)).one()
    kept = answers.given_to(application)
    assert (kept["title"].value, kept["summary"].value) == (f"title {ROUNDS - 1}", f"summary {ROUNDS - 1}")
    assert application.title == f"title {ROUNDS - 1}"
    assert application.content_version == 2 + 2 * ROUNDS
    assert list(check_all()) == []


def test_of_members_saving_the_same_answer_one_is_first_and_the_others_are_told(committed: Installation):
    village = settled()
    reference = village.ready().reference
    members = [saving(reference, who) for who in (village.els, village.piet, village.els, village.piet)]
    db.session.rollback()
    told: list[object] = []

    def typing(number: int, save: Save) -> Callable[[], int]:
        def work() -> int:
            try:
                save({"summary": f"tekst {number}"}, {"summary": 1})
            except Changed as changed:
                told.append(changed.parameters["theirs"]["summary"])
                return 0
            return 1

        return work

    won = at_once(committed, *(typing(number, save) for number, save in enumerate(members)))

    db.session.rollback()
    application = db.session.scalars(db.select(Application)).one()
    kept = answers.given_to(application)["summary"]
    assert sum(won) == 1
    assert kept.value == f"tekst {won.index(1)}"
    assert told == [kept.value] * 3
    assert kept.version == 2
