"""Two coordinators on one selection board at one moment: one is first, the others are told."""

from collections import Counter

from sqlalchemy import func, select

from callflow.core import trail
from callflow.core.db import db
from callflow.decisions.models import Board, Decision
from tests import factories as make
from tests.races.visitors import Visitor, at_once, each_prepares
from tests.rounds import Round

EACH = 8


def test_a_board_that_many_work_out_change_and_prepare_at_once_is_done_once(committed):
    panel = Round(envelope="4000")
    make.joint(panel.call, "3000")
    for title in ("Eerste", "Tweede", "Derde"):
        panel.scored(answers={"title": title, "amount": "3000.00"})
    path = f"/coordinator/calls/{panel.call.reference}/board"
    reference = panel.scored(answers={"title": "Vierde", "amount": "500.00"}).reference
    change = f"{path}/change?dossier={reference}&choice=reserve"
    db.session.rollback()

    with committed.web(processes=2) as address:
        people = [
            Visitor.signed_in(committed, address, who)
            for _ in range(EACH // 2)
            for who in (panel.coordinator, panel.colleague)
        ]
        answers = []
        for page, form, given in (
            (path, "form[method=post][action$='board']", {"method": "skip"}),
            (change, "form[method=post][action$='change']", {"reason": "Samen beslist"}),
            (path, "form[action$='prepare']", {"valid_until": "2090-01-01"}),
        ):
            forms = each_prepares([lambda each=each: each.fill_in(page, form, **given) for each in people])  # noqa: B023 - carried out before the next turn
            answers.append(Counter(answer.status for answer in at_once([form.send for form in forms])))

    db.session.rollback()
    assert answers == [{303: 1, 409: EACH - 1}] * 3
    assert db.session.scalar(select(func.count(Board.id))) == 1
    assert db.session.scalar(select(func.count(Decision.id))) == 1
    assert list(trail.check_all()) == []
