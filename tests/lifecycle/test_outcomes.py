"""Outcomes that bend: conditions, reserve list, postponing, giving up, revoking; their money and letters."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.workflow import Blocked, NotOffered
from callflow.decisions import actions, queries
from callflow.decisions.states import DecisionState, Ending, Fulfilment
from callflow.dossiers import queries as dossiers
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.lifecycle import values
from tests import factories as make
from tests.rounds import Round

HIGHER = {"need": "5", "participation": "5"}
SOON, LATER = timedelta(days=20), timedelta(days=60)


@pytest.fixture
def ring(app):
    return Round(envelope="5000")


def day(after: timedelta):
    return clock.today() + after


def reasons(refused: pytest.ExceptionInfo[Blocked]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def letters_of(dossier) -> list[str]:
    query = db.select(Letter.kind).where(Letter.dossier_id == dossier.id).order_by(Letter.number)
    return [kind.value for kind in db.session.scalars(query)]


def told(ring: Round) -> None:
    ring.decide()
    ring.release()


def conditional(ring: Round, amount: str = "4000"):
    demands = (
        values.Demand("Het lokaal is veilig.", "Attest van de brandweer", day(SOON)),
        values.Demand("De gemeente gaat akkoord.", "Brief van het college", day(LATER)),
    )
    given = values.SelectingWithConditions(Decimal(amount), 2, demands)
    return make.take(ring.scored(), "select_with_conditions", ring.coordinator, given)


def found(ring: Round, dossier, place: int, *, met: bool, remark: str = "") -> None:
    """What the coordinator finds of the condition in this place."""
    who = make.actor(ring.coordinator)
    with unit_of_work():
        loaded = dossiers.for_step(dossier.reference, by=who)
        current = queries.of_dossier(dossier.id)
        actions.judge(who, loaded, current.conditions[place], met=met, remark=remark)


def reserved(ring: Round, rank: int = 1, **changes):
    given = values.Reserving(rank, day(LATER))
    return make.take(ring.scored(**changes), "reserve", ring.coordinator, given)


def offer(amount: str = "4000", order: str = "") -> values.Promoting:
    return values.Promoting(Decimal(amount), 2, day(SOON), "", order)


def test_conditions_keep_the_money_and_open_the_project_only_when_all_are_met(ring):
    dossier = conditional(ring, "4000")
    told(ring)
    with pytest.raises(Blocked) as envelope:
        ring.prepared("4000")
    found(ring, dossier, 0, met=True)
    found(ring, dossier, 1, met=False, remark="De brief is niet getekend.")
    with pytest.raises(Blocked) as unmet:
        make.take(dossier, "confirm", ring.coordinator)

    found(ring, dossier, 1, met=True)
    make.take(dossier, "confirm", ring.coordinator)

    assert (reasons(envelope), reasons(unmet)) == (["envelope_exceeded"], ["conditions_open"])
    assert make.state_of(dossier) is State.selected
    assert letters_of(dossier)[1:] == ["selected_with_conditions", "conditions_met"]


def test_a_condition_whose_day_has_passed_changes_nothing_by_itself(ring):
    dossier = conditional(ring)
    told(ring)

    with clock.fixed(clock.now() + LATER + SOON):
        found(ring, dossier, 0, met=False, remark="Niets ontvangen.")

    current = queries.of_dossier(dossier.id)
    assert [each.fulfilment for each in current.conditions] == [Fulfilment.unmet, Fulfilment.open]
    assert make.state_of(dossier) is State.selected_with_conditions


def test_a_place_on_the_reserve_list_becomes_an_offer_that_is_decided_anew(ring):
    winner, dossier = ring.prepared("5000", scores=HIGHER), reserved(ring)
    told(ring)
    with pytest.raises(Blocked) as full:
        make.take(dossier, "promote", ring.coordinator, offer())

    make.take(winner, "withdraw", ring.resident, values.Reason("Wij verhuizen."))
    make.take(dossier, "promote", ring.coordinator, offer())
    hidden = db.session.get_one(make.Dossier, dossier.id).shown_state
    told(ring)
    make.take(dossier, "accept_offer", ring.resident)

    assert reasons(full) == ["envelope_exceeded"]
    assert hidden is State.reserve
    history = [(each.number, each.outcome, each.ended_how) for each in queries.all_of(dossier.id)]
    assert history == [(2, State.selected, None), (1, State.reserve, Ending.followed)]
    assert letters_of(dossier)[1:] == ["reserve", "selected"]
    assert letters_of(winner)[1:] == ["selected", "withdrawal_confirmed"]


def test_an_offer_taken_back_leaves_the_place_as_it_was(ring):
    dossier = reserved(ring)
    told(ring)
    make.take(dossier, "promote", ring.coordinator, offer())
    with pytest.raises(Blocked) as wrong:
        make.take(dossier, "reopen", ring.coordinator)

    make.take(dossier, "restore_reserve", ring.coordinator)

    assert reasons(wrong) == ["prepared_elsewhere"]
    assert make.state_of(dossier) is State.reserve
    assert queries.of_dossier(dossier.id).number == 1
    make.take(dossier, "promote", ring.coordinator, offer())


def test_nobody_is_passed_over_on_the_list_without_a_reason(ring):
    first, second = reserved(ring, 1), reserved(ring, 1)
    told(ring)

    with pytest.raises(Blocked) as silent:
        make.take(second, "promote", ring.coordinator, offer())
    make.take(second, "promote", ring.coordinator, offer(order="Vraagt minder dan er over is."))

    assert reasons(silent) == ["order_reason_missing"]
    assert make.state_of(first) is State.reserve


def test_an_offer_is_declined_or_lapses_and_its_money_is_free_again(ring):
    one, two = reserved(ring, 1, scores=HIGHER), reserved(ring, 2)
    told(ring)
    make.take(one, "promote", ring.coordinator, offer("5000"))
    told(ring)
    make.take(one, "decline_offer", ring.resident, values.Reason(""))
    make.take(two, "promote", ring.coordinator, offer("5000"))
    told(ring)
    with pytest.raises(Blocked) as early:
        make.take(two, "lapse", ring.coordinator)

    with clock.fixed(clock.now() + SOON + timedelta(days=1)):
        with pytest.raises(Blocked) as late:
            make.take(two, "accept_offer", ring.resident)
        make.take(two, "lapse", ring.coordinator)

    assert (reasons(early), reasons(late)) == (["offer_waits"], ["offer_over"])
    assert (make.state_of(one), make.state_of(two)) == (State.withdrawn, State.not_selected)
    assert letters_of(two)[1:] == ["reserve", "selected", "lapsed"]
    ring.prepared("5000")


def test_a_place_lapses_after_its_day_and_not_before(ring):
    dossier = reserved(ring)
    told(ring)
    with pytest.raises(Blocked) as early:
        make.take(dossier, "lapse", ring.coordinator)

    with clock.fixed(clock.now() + LATER + timedelta(days=1)):
        with pytest.raises(Blocked) as late:
            make.take(dossier, "promote", ring.coordinator, values.Promoting(Decimal(1), 0, day(SOON)))
        make.take(dossier, "lapse", ring.coordinator)

    assert (reasons(early), reasons(late)) == (["place_holds"], ["place_over"])
    assert db.session.get_one(make.Dossier, dossier.id).shown_state is State.not_selected


def test_what_was_put_off_is_decided_anew(ring):
    given = values.Postponing(day(SOON), "Het advies van de dienst Erfgoed ontbreekt.")
    dossier = make.take(ring.scored(), "postpone", ring.coordinator, given)
    told(ring)
    make.take(dossier, "resume", ring.coordinator)

    make.take(dossier, "select", ring.coordinator, values.Selecting(Decimal(4000), 2))
    told(ring)

    assert letters_of(dossier)[1:] == ["postponed", "selected"]
    assert [each.ended_how for each in queries.all_of(dossier.id)] == [None, Ending.resumed]


def test_nobody_loses_a_grant_unheard(ring):
    dossier = ring.released()
    ground = values.Revoking("art. 12", "Het project begon niet.", Decimal(1500))
    with pytest.raises(Blocked) as unheard:
        make.take(dossier, "revoke", ring.coordinator, ground)
    invited = values.Inviting("art. 12", "Het project begon niet.", day(SOON))
    make.take(dossier, "hear", ring.coordinator, invited)
    with pytest.raises(Blocked) as waiting:
        make.take(dossier, "revoke", ring.coordinator, ground)
    with pytest.raises(Blocked) as leaving:
        make.take(dossier, "withdraw", ring.resident, values.Reason(""))
    who = make.actor(ring.resident)
    with unit_of_work():
        actions.remark(who, dossiers.for_step(dossier.reference, by=who), text="De zaal was gesloten.")

    make.take(dossier, "revoke", ring.coordinator, ground)
    with pytest.raises(Blocked):
        ring.prepared("4000")
    told(ring)

    assert [reasons(each) for each in (unheard, waiting, leaving)] == [
        ["hearing_missing"], ["hearing_runs"], ["hearing_open"],
    ]  # fmt: skip
    assert letters_of(dossier)[1:] == ["selected", "hearing", "revoked"]
    last = db.session.scalars(db.select(Letter).where(Letter.kind == "revoked")).one()
    assert last.context["revocation"]["remarks"] == "De zaal was gesloten."
    assert last.context["revocation"]["repayment"] == "1500.00"
    ring.prepared("4000")


def test_what_a_group_says_after_the_body_decided_is_weighed_before_it_is_told(ring):
    dossier = ring.released()
    make.take(dossier, "hear", ring.coordinator, values.Inviting("art. 12", "Niet begonnen.", day(SOON)))
    ground = values.Revoking("art. 12", "Niet begonnen.", None)
    with clock.fixed(clock.now() + SOON + timedelta(days=1)):
        make.take(dossier, "revoke", ring.coordinator, ground)
        ring.decide()
    with clock.fixed(clock.now() + SOON + timedelta(days=2)):
        who = make.actor(ring.resident)
        with unit_of_work():
            actions.remark(who, dossiers.for_step(dossier.reference, by=who), text="Wij begonnen op 1 mei.")
        with pytest.raises(Blocked) as unread:
            ring.release()
        make.take(dossier, "restore_selected", ring.coordinator)
        make.take(dossier, "revoke", ring.coordinator, ground)
        told(ring)

    assert reasons(unread) == ["comments_unread"]
    assert make.state_of(dossier) is State.revoked


def test_a_revocation_is_taken_back_to_the_state_it_came_from(ring):
    dossier = ring.released()
    make.take(dossier, "hear", ring.coordinator, values.Inviting("art. 12", "Feiten.", day(SOON)))
    with clock.fixed(clock.now() + SOON + timedelta(days=1)):
        make.take(dossier, "revoke", ring.coordinator, values.Revoking("art. 12", "Feiten.", None))
        with pytest.raises(Blocked) as open_still:
            make.take(dossier, "withdraw", ring.resident, values.Reason(""))
        make.take(dossier, "restore_selected", ring.coordinator)
    make.take(dossier, "drop_hearing", ring.coordinator, values.Reason("Toch begonnen."))

    assert reasons(open_still) == ["hearing_open"]
    assert queries.of_dossier(dossier.id).state is DecisionState.released
    make.take(dossier, "withdraw", ring.resident, values.Reason(""))


def test_a_refusal_that_was_told_is_not_withdrawn_from(ring):
    dossier = make.take(ring.scored(), "decline", ring.coordinator, values.Declining())
    told(ring)

    with pytest.raises(Blocked) as refused:
        make.take(dossier, "withdraw", ring.resident, values.Reason(""))
    with pytest.raises(NotOffered):
        make.take(dossier, "promote", ring.coordinator, offer())

    assert reasons(refused) == ["already_released"]


BENT = {
    "reserve": lambda: values.Reserving(1, day(SOON)),
    "postpone": lambda: values.Postponing(day(SOON), "Het advies van de dienst Erfgoed ontbreekt."),
    "select_with_conditions": lambda: values.SelectingWithConditions(
        Decimal(4000), 2, (values.Demand("Het lokaal is veilig.", "Attest van de brandweer", day(SOON)),)
    ),
}


@pytest.mark.parametrize("trigger", BENT)
def test_what_names_a_day_that_has_come_is_not_told_but_decided_anew(ring, trigger):
    dossier = make.take(ring.scored(), trigger, ring.coordinator, BENT[trigger]())
    ring.decide()
    with pytest.raises(Blocked) as undone:
        make.take(dossier, "reopen", ring.coordinator)

    with clock.fixed(clock.now() + SOON):
        with pytest.raises(Blocked) as late:
            ring.release()
        make.take(dossier, "reopen", ring.coordinator)
        make.take(dossier, trigger, ring.coordinator, BENT[trigger]())
        told(ring)

    assert (reasons(undone), reasons(late)) == (["already_decided"], ["letter_day_over"])
    assert len(letters_of(dossier)) == 2


def test_an_offer_that_can_no_longer_be_answered_is_not_told_before_it_has_a_later_day(ring):
    dossier = reserved(ring)
    told(ring)
    make.take(dossier, "promote", ring.coordinator, offer())
    ring.decide()

    with clock.fixed(clock.now() + SOON):
        with pytest.raises(Blocked) as late:
            ring.release()
        answer_by(ring, dossier, clock.today() + timedelta(days=14))
        ring.release()
        make.take(dossier, "accept_offer", ring.resident)

    assert reasons(late) == ["answer_day_over"]


def answer_by(ring: Round, dossier, on) -> None:
    who = make.actor(ring.coordinator)
    with unit_of_work():
        loaded = dossiers.for_step(dossier.reference, by=who)
        current = queries.of_dossier(dossier.id)
        actions.revise(who, loaded, current, texts={}, motivation=current.motivation, answer_by=on)
