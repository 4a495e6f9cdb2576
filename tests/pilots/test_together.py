"""Several partners at the same moment: one plan, one log, and nobody's words are lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Refused
from callflow.core.trail import check_all
from callflow.core.workflow import Blocked, NotOffered
from callflow.dossiers.states import State
from callflow.lifecycle import pilot as lifecycle
from callflow.lifecycle import values
from callflow.pilots import queries
from callflow.pilots.actions import agreements, planning
from callflow.pilots.states import EntryKind, Verdict
from tests import factories as make
from tests.pilots.trio import Trio

REFUSALS = (Changed, Refused, Blocked, NotOffered)


def at_once(installation, reference, deeds):
    """Each deed by its person, in a thread and a session of its own; what became of each."""
    ready = Barrier(len(deeds))

    def begin(deed):
        who, act = deed
        with installation.app.app_context():
            ready.wait()
            try:
                with unit_of_work():
                    act(who, queries.for_step(reference, by=who))
            except REFUSALS as refused:
                return type(refused).__name__
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        outcomes = Counter(pool.map(begin, deeds))
    db.session.rollback()  # what this session read before is no longer so
    return outcomes


def test_two_partners_changing_one_line_of_the_plan_leave_one_and_tell_the_other(committed):
    trio = Trio()
    pilot = trio.proposed()
    number = trio.plan(pilot).id
    people = [make.actor(each) for each in (trio.mayor, trio.guides[0], trio.guides[1])]
    db.session.rollback()

    def rewording(who):
        def act(actor, found):
            line = planning.Line(f"Woorden van {actor.name}", clock.today(), None)
            milestone = queries.milestone(found, number)
            planning.change_milestone(actor, found, milestone, line, version=1)

        return who, act

    outcomes = at_once(committed, pilot.reference, [rewording(who) for who in people])

    assert outcomes == {"done": 1, "Changed": 2}
    assert list(check_all()) == []


def test_everybody_logs_at_once_and_every_line_is_kept(committed):
    trio = Trio()
    pilot = trio.proposed()
    people = [make.actor(each) for each in (trio.mayor, trio.maire, *trio.guides, trio.coordinator)]
    db.session.rollback()

    def act(actor, found):
        planning.log(
            actor, found, kind=EntryKind.note, held_on=clock.today(), body=actor.name, language="nl"
        )  # fmt: skip

    outcomes = at_once(committed, pilot.reference, [(who, act) for who in people])

    by = make.actor(trio.mayor)
    assert outcomes == {"done": 6}
    assert {each.body for each in queries.log_of(queries.seen(pilot.reference, by=by))} == {
        who.name for who in people
    }


@pytest.mark.parametrize("rival", ["decline", "objection"])
def test_a_selection_and_what_speaks_against_it_are_never_both_true(committed, rival):
    trio = Trio()
    pilot = trio.upto(State.coached)
    for guide in trio.guides:
        trio.agree(pilot, guide)
    party_id = trio.party(pilot, trio.partners[0]).id
    guide, coordinator = make.actor(trio.guides[0]), make.actor(trio.coordinator)
    version = queries.seen(pilot.reference, by=guide).content_version
    db.session.rollback()

    def select(actor, found):
        lifecycle.take(found, "select", actor=actor)

    def decline(actor, found):
        lifecycle.take(found, "decline", actor=actor, values=values.Reason("Te laat"))

    def objection(actor, found):
        agreements.give_verdict(
            actor, found, party_id, verdict=Verdict.objected, reason="Toch niet", version=version
        )  # fmt: skip

    against = (coordinator, decline) if rival == "decline" else (guide, objection)
    outcomes = at_once(committed, pilot.reference, [(coordinator, select), against])

    assert outcomes["done"] == 1
    # verify, which runs after the test, finds no selected pilot with an objection
