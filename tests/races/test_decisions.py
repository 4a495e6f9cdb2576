"""Fifty at once, by people at their screens: one decision stands, the envelope holds, the others are told."""

import itertools
from collections import Counter

from callflow.applications.models import Application
from callflow.core import i18n, trail
from callflow.core.db import db
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from callflow.web.words import say
from tests.races.visitors import Answer, Visitor, at_once, each_prepares
from tests.rounds import Round

MANY = 50
PAGE_OF = {
    409: [("dossier_changed", {}), ("not_offered", {"state": "selected"})],
    422: [("envelope_exceeded", {"left": "0"})],
}
"""What the refusals of these races say, by status: codes and parameters."""


def path_of(reference: str, trigger: str) -> str:
    return f"/coordinator/dossiers/{reference}/steps/{trigger}"


def selecting(browser: Visitor, reference: str, amount: str):
    path = path_of(reference, "select")
    return browser.fill_in(path, f"form[action$='{path}']", amount=amount, coaching_days="0")


def declining(browser: Visitor, reference: str):
    path = path_of(reference, "decline")
    return browser.fill_in(path, f"form[action$='{path}']")


def browsers(installation, address: str, *people):
    """As many browsers as wanted, of these people in turn."""
    for person in itertools.cycle(people):
        yield Visitor.signed_in(installation, address, person)


def untold(answer: Answer) -> bool:
    """Whether a refusal lacks its sentence, in the language of the person."""
    with i18n.speaking("nl"):
        sentences = [say(code, parameters) for code, parameters in PAGE_OF.get(answer.status, [])]
    return not any(" ".join(sentence.split()) in answer.words for sentence in sentences)


def test_fifty_contrary_decisions_on_one_dossier_leave_one(committed):
    panel = Round()
    dossier = panel.scored()
    reference, identity = dossier.reference, dossier.id
    db.session.rollback()

    with committed.web(processes=2) as address:
        people = list(
            itertools.islice(browsers(committed, address, panel.coordinator, panel.colleague), MANY)
        )
        selects = [lambda who=who: selecting(who, reference, "4000") for who in people[::2]]
        declines = [lambda who=who: declining(who, reference) for who in people[1::2]]
        forms = each_prepares([*selects, *declines])
        answers = at_once([form.send for form in forms])

    winners = [answer for answer in answers if answer.status == 303]
    losers = [answer for answer in answers if answer.status != 303]
    db.session.rollback()
    decisions = db.session.scalars(db.select(Decision)).all()
    state = db.session.scalar(db.select(Dossier.state).where(Dossier.id == identity))
    assert Counter(answer.status for answer in answers) == {303: 1, 409: MANY - 1}
    assert [answer.words for answer in losers if untold(answer)] == []
    assert [(each.dossier_id, each.outcome) for each in decisions] == [(identity, state)]
    assert state is (State.selected if answers.index(winners[0]) < len(selects) else State.not_selected)
    panel.decide()
    panel.release()
    letters = db.session.scalars(db.select(Letter).where(Letter.dossier_id == identity)).all()
    assert [letter.kind.value for letter in letters if letter.kind.value in set(State)] == [state.value]


def test_an_envelope_for_ten_takes_ten_of_fifty_never_eleven(committed):
    panel = Round(envelope="10000")
    references = [panel.scored().reference for _ in range(MANY)]
    db.session.rollback()

    with committed.web(processes=2) as address:
        people = browsers(committed, address, panel.coordinator, panel.colleague)
        forms = each_prepares(
            [
                lambda who=who, ref=ref: selecting(who, ref, "1000")
                for who, ref in zip(people, references, strict=False)
            ]
        )
        answers = at_once([form.send for form in forms])

    db.session.rollback()
    given = db.session.scalars(db.select(Decision.amount)).all()
    selected = db.session.scalars(
        db.select(Application.reference).where(Application.state == State.selected)
    ).all()
    won = [ref for ref, answer in zip(references, answers, strict=True) if answer.status == 303]
    assert Counter(answer.status for answer in answers) == {303: 10, 422: MANY - 10}
    assert [answer.words for answer in answers if answer.status == 422 and untold(answer)] == []
    assert sorted(won) == sorted(selected)
    assert sum(given) == 10_000
    assert list(trail.check_all()) == []


def test_a_form_sent_twice_at_once_does_one_thing_and_leads_to_one_place(committed):
    panel = Round()
    dossier = panel.scored()
    reference, identity = dossier.reference, dossier.id
    db.session.rollback()

    with committed.web(processes=2) as address:
        browser = Visitor.signed_in(committed, address, panel.coordinator)
        form = selecting(browser, reference, "4000")
        answers = at_once([form.send] * 8)
        later = form.send()

    db.session.rollback()
    places = {(answer.status, answer.location) for answer in [*answers, later]}
    assert len(places) == 1, places
    assert places.pop()[0] == 303
    assert db.session.scalars(db.select(Decision.dossier_id)).all() == [identity]
    assert Counter(
        db.session.scalars(
            db.select(trail.Event.action).where(
                trail.Event.trail_id == db.session.get_one(Dossier, identity).trail_id,
                trail.Event.action == "select",
            )
        )
    ) == {"select": 1}
