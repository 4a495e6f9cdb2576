"""What holds of every dry run: its cost, its digest, and where it lets dossiers go."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.dossiers.states import State
from callflow.lifecycle import drawing, process
from callflow.lifecycle.changing.dry_run import dry_run
from callflow.lifecycle.changing.effects import KEPT, Terms, turns
from tests import factories as make
from tests.lifecycle.test_changing import run_of
from tests.rounds import Round
from tests.setups import setup_of


def test_the_dry_run_asks_as_many_statements_for_few_as_for_many(app, statements):
    call = Round()
    weights = {"criteria.need.weight": 50, "criteria.participation.weight": 50}
    changed = {**weights, "call.procedure.meeting": True}
    asked = []
    for number in (1, 2, 27):
        for _ in range(number):
            call.scored()
        setup = setup_of(call.call.reference, changed)
        actor = make.actor(call.coordinator)
        with statements() as seen:
            dry_run(actor, setup)
        asked.append(len(seen))

    assert asked == [asked[0]] * 3
    assert asked[0] <= 22


def test_the_digest_covers_what_is_shown_and_not_who_asks(app):
    call = Round()
    call.scored()
    changed = {"call.calendar.decision_on": "2099-01-01"}

    first, again = run_of(call, changed), run_of(call, changed, by=call.colleague)
    other = run_of(call, {"call.calendar.decision_on": "2099-01-02"})

    assert first.digest == again.digest
    assert first.digest != other.digest
    assert replace(first, digest="").rows == replace(again, digest="").rows


SWITCHED = st.builds(
    Procedure,
    coaching=st.sampled_from(Coaching),
    sessions_needed=st.integers(0, 2),
    scores_needed=st.integers(1, 3),
    **{name: st.booleans() for name in drawing.SWITCHES},
)


@given(before=SWITCHED, after=SWITCHED)
def test_no_change_sends_a_dossier_where_it_could_not_be(before, after):
    found = turns(Terms(before, {}), Terms(after, {}))
    had, has = (process.workflow(each).states for each in (before, after))

    for state, turn in found.items():
        assert state.name in had
        assert turn.stuck == (state.name not in has)
        if turn.to is not None:
            assert turn.stuck
            assert turn.to.name in has
            assert state not in KEPT
    assert found.keys() == {State[name] for name in had} - process.FINAL - {State.draft}
    if before == after:
        assert not any(turn.touches for turn in found.values())
