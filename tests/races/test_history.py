"""Two people note something in the history of one call at one moment: one waits for the other."""

import pytest

from callflow.calls import queries as calls
from callflow.core import outbox, trail
from callflow.core.db import db, unit_of_work
from callflow.decisions.actions import boards
from callflow.decisions.board import Asked, Method
from callflow.desk import board
from callflow.desk.outbox import for_deed
from callflow.pilots.actions import proposals
from tests import factories as make
from tests.meanwhile import meanwhile
from tests.rounds import Round


def a_board(ring: Round) -> None:
    who = make.actor(ring.coordinator)
    live = board.live(who, ring.call.reference, lock=True)
    asked = Asked(Method.skip, 0, (), (), {})
    boards.keep_board(who, live.call, asked=asked, table=live.table, outcome={}, seen=0)


def a_promise(ring: Round) -> None:
    call = calls.whole(ring.call.reference, lock=True)
    proposals.promise(make.actor(ring.coordinator), call, None, promised=2, closes_on=None, version=0)


def a_mail(ring: Round) -> None:
    who = make.actor(ring.coordinator)
    number = db.session.scalar(db.select(outbox.OutboxMail.id))
    call, _mail = for_deed(who, number)
    trail.record(call.trail, who, "mail_held")


@pytest.mark.unverified  # a board whose outcome nobody worked out
@pytest.mark.parametrize("other", [a_board, a_promise, a_mail])
def test_what_is_noted_in_the_history_of_a_call_waits_for_what_is_noted_there_now(committed, other):
    ring = Round()
    with unit_of_work():
        outbox.queue(
            notice="reminder", language="nl", recipient="an@voorbeeld.example", subject="Denk eraan",
            body="Denk eraan.", call_id=ring.call.id,
        )  # fmt: skip
    who, trail_id = make.actor(ring.juror), ring.call.trail_id
    db.session.commit()

    def noted() -> None:
        with unit_of_work():
            other(ring)

    meanwhile(committed.app, lambda: trail.record(trail.locked(trail_id), who, "declared"), noted)

    db.session.rollback()
    mine = db.select(trail.Event.action).where(trail.Event.trail_id == trail_id)
    assert db.session.scalars(mine.order_by(trail.Event.sequence)).all()[-2] == "declared"
    assert list(trail.check_all()) == []
