"""A decision: prepared with its reasons, hidden until release, decided by the body, released by another."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from callflow.calls.models import Criterion
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Refused
from callflow.core.workflow import Blocked
from callflow.decisions import queries
from callflow.decisions.actions import deciding
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.dossiers.states import State, Task
from callflow.jury.models import Score, Sheet
from callflow.lifecycle import decision, values
from callflow.people.states import Right
from callflow.screening.models import Check, Verdict
from tests import factories as make

pytestmark = pytest.mark.unverified


class Panel:
    """A call with a coordinator, a signatory and one juror, and what they do."""

    def __init__(self, laws=(), **changes):
        self.call = make.call(*laws, **changes)
        self.lots = make.lots(self.call)
        self.lot = self.lots[0]
        self.coordinator = make.person((Role.coordinator, "call", self.call.id), name="Lieve")
        self.signatory = make.person((Role.signatory, "call", self.call.id), name="An")
        self.juror = make.person((Role.juror, "call", self.call.id))
        self.resident = make.person()
        self.group = make.group({self.resident: Right.submit})

    def scored(self, *, need=4, participation=4):
        dossier = make.submitted(self.lot, self.resident, self.group)
        with unit_of_work():
            db.session.add(
                Check(
                    dossier_id=dossier.id,
                    point="in_area",
                    verdict=Verdict.passed,
                    checked_by=self.coordinator.id,
                    checked_at=clock.now(),
                )
            )
        make.take(dossier, "screen", self.coordinator)
        make.assign(dossier, self.juror, Task.juror)
        self.score(dossier, {"need": need, "participation": participation})
        return make.take(dossier, "close_scoring", self.coordinator)

    def score(self, dossier, given):
        with unit_of_work():
            sheet = Sheet(
                dossier_id=dossier.id,
                juror_id=self.juror.id,
                submission_number=1,
                saved_at=clock.now(),
                given_at=clock.now(),
                abstained=False,
            )
            db.session.add(sheet)
            db.session.flush()  # the scores refer to the sheet
            for criterion in db.session.scalars(
                db.select(Criterion).where(Criterion.call_id == self.call.id)
            ):
                value = given[criterion.key]
                db.session.add(
                    Score(
                        sheet_id=sheet.id,
                        criterion_id=criterion.id,
                        value=Decimal(value),
                        reason=f"Punt {value}",
                    )
                )

    def select(self, dossier, amount="4000"):
        return make.take(dossier, "select", self.coordinator, values.Selecting(Decimal(amount), 2))

    def decide(self):
        with unit_of_work():
            who = make.actor(self.coordinator)
            found = queries.of_lot(self.lot.id, by=who, states=[DecisionState.prepared], lock=True)
            lot = db.session.get_one(make.Lot, self.lot.id)
            decision.decide(who, lot, found, body="deputatie", decided_on=clock.today(), number="2027/31")

    def release(self, by):
        with unit_of_work():
            who = make.actor(by)
            everything = queries.of_lot(self.lot.id, by=who, lock=True)
            ready = [each for each in everything if each.state is DecisionState.decided]
            decision.release(who, ready, tied=decision.tied_in(everything))


@pytest.fixture
def panel(app):
    return Panel()


def stored(dossier):
    found = queries.of_dossier(dossier.id)
    assert found is not None
    return found


def test_a_prepared_decision_holds_the_reasons_and_shows_nothing(panel):
    dossier = panel.select(panel.scored())

    assert (dossier.state, dossier.shown_state) == (State.selected, State.scored)
    assert dossier.total_percent == Decimal("80.0000")
    assert [(line["key"], line["mean"], line["text"]) for line in stored(dossier).reasons] == [
        ("need", "4.00", "Punt 4"),
        ("participation", "4.00", "Punt 4"),
    ]


EVERYBODY = [f"Woorden {place}" for place in range(4)]


def sheets_of(panel, dossier, jurors, words):
    """A sheet of each juror in this order, with the same words on every criterion."""
    with unit_of_work():
        db.session.execute(db.delete(Score))
        db.session.execute(db.delete(Sheet))
        keys = db.session.scalars(db.select(Criterion.id).where(Criterion.call_id == panel.call.id)).all()
        for juror in jurors:
            sheet = Sheet(
                dossier_id=dossier.id, juror_id=juror.id, submission_number=1, saved_at=clock.now(),
                given_at=clock.now(), abstained=False,
            )  # fmt: skip
            db.session.add(sheet)
            db.session.flush()  # the scores refer to the sheet
            db.session.add_all(
                Score(sheet_id=sheet.id, criterion_id=each, value=Decimal(4), reason=words[juror.id])
                for each in keys
            )


def test_the_order_of_reasons_does_not_show_who_wrote_them(panel):
    jurors = [make.person((Role.juror, "call", panel.call.id)) for _ in range(4)]
    words = {each.id: f"Woorden {place}." for place, each in enumerate(jurors)}
    firsts = set()
    for _ in range(6):
        dossier = make.submitted(panel.lot, panel.resident, panel.group)
        sheets_of(panel, dossier, jurors, words)
        said = [each["text"] for each in deciding.reasons(dossier)]
        sheets_of(panel, dossier, jurors[::-1], words)

        assert [each["text"] for each in deciding.reasons(dossier)] == said
        assert all(sorted(each.rstrip(".").split(". ")) == EVERYBODY for each in said)
        firsts |= {each.split(".")[0] for each in said}

    assert len(firsts) > 1, "nobody always comes first"


def test_the_envelope_counts_what_is_prepared(panel):
    for _ in range(2):
        panel.select(panel.scored(), "4000")

    with pytest.raises(Blocked) as refused:
        panel.select(panel.scored(), "2000.01")

    assert [(reason.code, reason.parameters) for reason in refused.value.reasons] == [
        ("envelope_exceeded", {"left": "2000.00"})
    ]


def test_money_comes_back_when_a_prepared_decision_is_reopened(panel):
    first = panel.select(panel.scored(), "5000")
    panel.select(panel.scored(), "5000")
    make.take(first, "reopen", panel.coordinator)

    dossier = panel.select(panel.scored(), "5000")

    assert make.state_of(first) is State.scored
    assert dossier.state is State.selected


def test_release_tells_the_applicant_and_keeps_the_two_apart(panel):
    dossier = panel.select(panel.scored())
    panel.decide()

    panel.release(panel.signatory)

    found = stored(dossier)
    assert (found.state, found.released_by, found.resolution.number) == (
        DecisionState.released,
        panel.signatory.id,
        "2027/31",
    )
    assert db.session.get_one(make.Dossier, dossier.id).shown_state is State.selected


def test_who_prepared_it_does_not_release_it(app):
    panel = Panel()
    both = make.person((Role.coordinator, "call", panel.call.id), (Role.signatory, "call", panel.call.id))
    panel.coordinator = both
    panel.select(panel.scored())
    panel.decide()

    with pytest.raises(Blocked) as refused:
        panel.release(both)

    assert [reason.code for reason in refused.value.reasons] == ["same_person"]


def test_an_unbroken_tie_with_unequal_outcomes_blocks_the_release(panel):
    first, second = panel.scored(), panel.scored()
    panel.select(first)
    make.take(second, "reserve", panel.coordinator, values.Reserving(1, clock.today() + timedelta(days=90)))
    panel.decide()

    with pytest.raises(Blocked) as refused:
        panel.release(panel.signatory)

    assert [reason.code for reason in refused.value.reasons] == ["tie_undecided"]


def test_a_published_tie_break_decides(app):
    panel = Panel(tie_breaks=["need"])
    first, second = panel.scored(need=5, participation=2), panel.scored(need=3, participation=5)
    panel.select(first)
    make.take(second, "reserve", panel.coordinator, values.Reserving(1, clock.today() + timedelta(days=90)))
    panel.decide()

    panel.release(panel.signatory)

    assert stored(first).state is stored(second).state is DecisionState.released
    assert first.total_percent == second.total_percent


def test_the_body_does_not_decide_in_the_future(panel):
    panel.select(panel.scored())
    who = make.actor(panel.coordinator)

    with pytest.raises(Refused) as refused, unit_of_work():
        found = queries.of_lot(panel.lot.id, by=who, lock=True)
        lot = db.session.get_one(make.Lot, panel.lot.id)
        decision.decide(who, lot, found, body="deputatie", decided_on=date(2999, 1, 1), number="1")

    assert refused.value.field == "decided_on"


def test_an_applicant_may_withdraw_until_told_whatever_is_prepared(panel):
    dossier = panel.select(panel.scored())
    panel.decide()

    make.take(dossier, "withdraw", panel.resident, values.Reason("Wij stoppen"))

    assert db.session.scalars(db.select(Decision)).all() == []
    assert make.state_of(dossier) is State.withdrawn
