"""Means that came back go to the next on the reserve list: prepared once, by the clock, under the locks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from callflow.calls.models import Lot
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event, EventText
from callflow.core.workflow import Blocked
from callflow.decisions import joint, queries, reserve
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.desk.reserve import reserve_lists
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle import values
from callflow.lifecycle.timed import working
from callflow.lifecycle.timed.offering import READY, UNDECIDED
from callflow.people.models import Grant
from tests import factories as make
from tests.rounds import Round

LONG = timedelta(days=200)
BEST = {"need": "5", "participation": "5"}
BY_RANK = [{"need": need, "participation": taking} for need, taking in ("44", "43", "33", "32", "22")]
HOME = "/coordinator?call={}"


def listed(ring: Round, *places: tuple[str, int, str], granted: str = "4000") -> list[make.Application]:
    """One project that was granted this much, and places on the reserve list: title, rank, amount asked; all
    told.
    """
    winner = make.take(
        ring.scored(BEST, answers={"title": "Kreeg steun", "amount": granted}), "select", ring.coordinator,
        values.Selecting(Decimal(granted), 0),
    )  # fmt: skip
    until = clock.today() + LONG
    found = [
        make.take(
            ring.scored(BY_RANK[rank - 1], answers={"title": title, "amount": amount}), "reserve",
            ring.coordinator,
            values.Reserving(rank, until),
        )
        for title, rank, amount in places
    ]  # fmt: skip
    ring.decide()
    ring.release()
    return [winner, *found]


def gives_up(ring: Round, dossier: make.Application) -> None:
    make.take(dossier, "withdraw", ring.resident, values.Reason("Wij stoppen."))


def worked() -> int:
    working.sweep()
    return sum(iter(lambda: working.drain("w1", lambda: False), 0))


def now(dossier: make.Application) -> make.Application:
    db.session.rollback()
    return db.session.get_one(make.Application, dossier.id)


def prepared_of(dossier: make.Application) -> Decision:
    return next(each for each in queries.all_of(dossier.id) if each.current)


def mails(notice: str) -> list[OutboxMail]:
    return list(db.session.scalars(db.select(OutboxMail).where(OutboxMail.notice == f"reminder_{notice}")))


def test_when_a_group_gives_up_the_next_is_offered_what_came_back_as_a_deed_of_the_clock(app):
    ring = Round(envelope="4000")
    winner, first, second = listed(ring, ("Eerste", 1, "3000"), ("Tweede", 2, "1000"))
    assert worked() == 0, "nothing came back yet"
    gives_up(ring, winner)

    with clock.fixed(clock.now()):
        worked()
        asked = clock.today() + values.ANSWERING

    offer = prepared_of(first)
    assert (now(first).state, now(first).shown_state) == (State.selected, State.reserve)
    assert (offer.state, offer.outcome, offer.origin) == (
        DecisionState.prepared, State.selected, State.reserve,
    )  # fmt: skip
    assert (offer.amount, offer.answer_by, offer.prepared_by) == (Decimal(3000), asked, None)
    event = db.session.scalars(
        db.select(Event).where(Event.trail_id == first.trail_id, Event.action == "promote")
    ).one()
    assert (event.actor_id, event.actor_pseudonym) == (None, "callflow")
    assert (event.data["from_rank"], event.data["freed_how"], Decimal(event.data["left"])) == (
        1, "withdrawn", 4000,
    )  # fmt: skip
    told = [each for each in mails(READY) if each.dossier_id == first.id]
    assert sorted(each.recipient_id for each in told) == sorted([ring.coordinator.id, ring.colleague.id])
    assert first.reference in told[0].body
    assert "plaats 1" in told[0].body
    # what is still free is enough for the second as well
    assert prepared_of(second).amount == Decimal(1000)


def test_who_asks_more_than_is_free_is_passed_over_and_the_history_says_why(app):
    ring = Round(envelope="4000")
    winner, big, small = listed(ring, ("Groot", 1, "4500"), ("Klein", 2, "3000"))
    gives_up(ring, winner)

    worked()

    assert now(big).state is State.reserve
    assert now(small).state is State.selected
    said = db.session.scalars(
        db.select(EventText.body)
        .join(Event, Event.id == EventText.event_id)
        .where(Event.trail_id == small.trail_id, EventText.name == "order")
    ).one()
    assert "4.000" in said
    assert "plaats 1" in said


def test_what_was_free_when_the_places_were_given_is_offered_by_people_only(app):
    ring = Round(envelope="9000")
    _, first = listed(ring, ("Eerste", 1, "3000"))

    assert worked() == 0
    assert now(first).state is State.reserve


def test_what_people_take_back_is_not_prepared_again_until_more_comes_back(app):
    ring = Round(envelope="8000")
    winner, first, second = listed(ring, ("Eerste", 1, "3000"), ("Tweede", 2, "3000"), granted="3500")
    other = make.take(
        ring.scored(BEST, answers={"amount": "4500"}), "select", ring.coordinator,
        values.Selecting(Decimal(4500), 0),
    )  # fmt: skip
    ring.decide(number="2027/32")
    ring.release()
    gives_up(ring, winner)
    worked()
    make.take(first, "restore_reserve", ring.coordinator)

    again = worked()
    held = (now(first).state, now(second).state)
    gives_up(ring, other)
    worked()

    assert again == 0
    assert held == (State.reserve, State.reserve)
    assert (now(first).state, now(second).state) == (State.selected, State.selected)
    assert len(mails(READY)) == 6


def test_equals_are_never_parted_by_the_clock_and_the_coordinators_are_told_once(app):
    ring = Round(envelope="4000")
    winner, one, two = listed(ring, ("Een", 1, "3000"), ("Twee", 1, "3000"))
    gives_up(ring, winner)

    assert worked() == 1
    assert worked() == 0

    assert (now(one).state, now(two).state) == (State.reserve, State.reserve)
    told = mails(UNDECIDED)
    assert sorted(each.recipient_id for each in told) == sorted([ring.coordinator.id, ring.colleague.id])
    assert mails(READY) == []


def test_what_a_guard_holds_back_is_told_to_people_and_stops_nobody(app):
    ring = Round(envelope="4000")
    with unit_of_work():
        db.session.get_one(make.Lot, ring.lot.id).minimum_amount = Decimal(2000)
    winner, small = listed(ring, ("Te klein", 1, "500"))
    gives_up(ring, winner)

    assert worked() == 1
    assert worked() == 0

    assert now(small).state is State.reserve
    assert len(mails(UNDECIDED)) == 2


def test_who_noted_the_decision_does_not_release_what_the_clock_prepared(app):
    ring = Round(envelope="4000")
    with unit_of_work():
        db.session.add(
            Grant(
                user_id=ring.coordinator.id, role=Role.signatory, scope_kind="call", scope_id=ring.call.id,
                granted_at=clock.now(),
            )
        )  # fmt: skip
    winner, first = listed(ring, ("Eerste", 1, "3000"))
    gives_up(ring, winner)
    worked()
    ring.decide(number="2027/33")

    with pytest.raises(Blocked) as refused:
        ring.release(by=ring.coordinator)
    db.session.rollback()
    ring.release()

    assert [reason.code for reason in refused.value.reasons] == ["same_recorder"]
    assert now(first).shown_state is State.selected


def test_a_revocation_and_an_offer_that_lapses_bring_means_back_as_well(app):
    ring = Round(envelope="4000")
    winner, first, second = listed(ring, ("Eerste", 1, "4000"), ("Tweede", 2, "4000"))
    tomorrow = clock.today() + timedelta(days=1)
    make.take(winner, "hear", ring.coordinator, values.Inviting("art. 9", "Ligt stil.", tomorrow))
    make.take(winner, "note_remarks", ring.coordinator, values.Reason("Klopt."))
    make.take(winner, "revoke", ring.coordinator, values.Revoking("art. 9", "Ligt stil.", None))
    prepared_only = worked()
    ring.decide(number="2027/40")
    ring.release()
    worked()
    after_revocation = now(first).state
    ring.decide(number="2027/41")
    ring.release()

    with clock.fixed(clock.now() + values.ANSWERING + timedelta(days=2)):
        worked()

    assert prepared_only == 0, "a revocation that nobody was told of frees nothing"
    assert after_revocation is State.selected
    assert (now(first).state, now(second).state) == (State.not_selected, State.selected)


def test_the_home_of_the_coordinator_shows_what_the_clock_prepared(app, client):
    ring = Round(envelope="4000")
    winner, first = listed(ring, ("Eerste", 1, "3000"))
    gives_up(ring, winner)
    worked()

    page = client.sign_in(ring.coordinator).page(HOME.format(ring.call.reference))

    section = page.select_one("[aria-labelledby=prepared]")
    assert "Eerste" in section.get_text(" ", strip=True)
    lot = client.page(section.select_one("a")["href"].partition("#")[0])
    assert "callflow" in lot.select_one("[aria-labelledby=prepared]").get_text(" ", strip=True)
    history = client.page(f"/coordinator/dossiers/{first.reference}").get_text(" ", strip=True)
    assert "Plaats 1 op de reservelijst" in history


def fired(app, kinds: tuple[str, ...]) -> int:
    """One worker's look at what is due of these kinds, in a session of its own; how many it did."""
    with app.app_context():
        try:
            waiting = [
                (kind, planned, row.subject_id)
                for kind, call, planned in working.due(clock.now())
                if kind.name in kinds
                for row in db.session.execute(kind.waiting(call, planned)).all()
            ]
            return sum(working.fire(*each) for each in waiting)
        finally:
            db.session.remove()


def test_two_lapses_at_once_and_money_for_one_make_one_offer(committed):
    with clock.fixed(clock.now() - timedelta(days=20)):
        ring = Round(envelope="4000")
        places = [(f"Plaats {rank}", rank, "2000" if rank < 3 else "3000") for rank in range(1, 6)]
        winner, *waiting = listed(ring, *places)
        gives_up(ring, winner)
        for dossier in waiting[:2]:
            offer = values.Promoting(Decimal(2000), 0, clock.today() + timedelta(days=5))
            make.take(dossier, "promote", ring.coordinator, offer)
        ring.decide(number="2027/50")
        ring.release()
    db.session.commit()
    kinds = ("offer_lapses", READY, UNDECIDED)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            list(pool.map(lambda _each: fired(committed.app, kinds), range(4)))

    db.session.rollback()
    promised = db.session.scalar(db.select(db.func.sum(Decision.amount)).where(joint.promises()))
    states = [now(dossier).state for dossier in waiting]
    assert states == [State.not_selected, State.not_selected, State.selected, State.reserve, State.reserve]
    assert promised == Decimal(3000)
    assert len(mails(READY)) == 2


def test_two_lots_that_share_money_get_it_once(committed):
    with clock.fixed(clock.now() - timedelta(days=20)):
        ring = Round(laws=(make.Law.be_public, make.Law.be_public), envelope="1")
        lots = make.lots(ring.call)
        make.joint(ring.call, "4000", *lots)
        waiting = []
        for lot in lots:
            ring.lot = lot
            winner, first = listed(ring, (f"Wacht in {lot.key}", 1, "3500"), granted="1500")
            waiting.append(first)
            gives_up(ring, winner)
    db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _each: fired(committed.app, (READY, UNDECIDED)), range(4)))

    db.session.rollback()
    assert sorted(now(dossier).state for dossier in waiting) == [State.reserve, State.selected]
    assert len(mails(READY)) == 2


def test_what_is_free_counts_what_the_joint_envelope_paid_for_the_other_side(app):
    ring = Round(laws=(make.Law.be_public, make.Law.be_public, make.Law.be_public), envelope="1000")
    one, other, alone = make.lots(ring.call)
    make.joint(ring.call, "6000", one, other)
    for lot, granted in ((one, "3000"), (other, "2500"), (alone, "400")):
        ring.lot = lot
        listed(ring, (f"Wacht in {lot.key}", 1, "5000"), granted=granted)

    lists = reserve_lists(make.actor(ring.coordinator), ring.call.id)

    assert [each.left for each in lists] == [Decimal(2500), Decimal(2500), Decimal(600)]


@pytest.mark.unverified  # what is free is set without the decisions that free it
def test_whom_the_clock_looks_for_is_whom_the_list_offers_to(app):
    """Whatever is free, asked at most, over, and equal."""
    ring = Round(envelope="100000")
    listed(
        ring, ("Eerste", 1, "5000"), ("Tweede", 2, "3000"), ("Even goed", 2, "2000"), ("Vierde", 4, "500"),
        ("Laatste", 5, "0"), granted="4000",
    )  # fmt: skip
    over = db.session.scalars(
        db.select(Decision).join(Decision.dossier).where(Dossier.title == "Tweede")
    ).one()
    lots = Lot.call_id == ring.call.id
    seen = set()
    frees, mosts = ("0", "499", "500", "2500", "3000", "9000"), (None, "2500")
    for free, most, (each, days), valid in product(frees, mosts, ((None, 1), (2, 1), (2, 2)), (-1, 0)):
        with unit_of_work():
            lot = db.session.get_one(Lot, ring.lot.id)
            lot.envelope = Decimal(4000) + Decimal(free)
            lot.maximum_amount, lot.coaching_days_each = most and Decimal(most), each
            lot.coaching_days = days
            db.session.get_one(Decision, over.id).valid_until = clock.today() + timedelta(days=valid)
        (whole,), (first,) = reserve.lists_of(lots), reserve.lists_of(lots, offers=True)
        assert list(first.offers) == list(first.places) == list(whole.offers)
        seen.add(tuple(place.title for place in first.offers))

    assert {("Eerste",), ("Even goed", "Tweede"), ("Even goed",), ("Vierde",), ("Laatste",), ()} <= seen
