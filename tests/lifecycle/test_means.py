"""Where the means of a lot went, as the letters of those who got none tell it: only what is so."""

from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from callflow.core.db import db
from callflow.letters import render
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.lifecycle import values
from tests import factories as make
from tests.rounds import Round

HIGH, MIDDLE, LOW = ({"need": "4", "participation": each} for each in ("4", "3.5", "3"))
HIGHER = "De middelen van dit lot gingen naar projecten die hoger gerangschikt zijn."
NOT_ENOUGH = "De middelen van dit lot volstaan niet voor alle projecten die de drempel halen."
FIT = "Naast de score telde ook wat een project vraagt: dat moest passen binnen wat er nog overbleef."
UNTIL = date(2030, 1, 31)


@pytest.fixture
def ring(app):
    return Round()


def told(ring: Round, dossier) -> tuple[str, str]:
    """What the decision letter of a project keeps of the means, and all that it says."""
    letter = db.session.scalars(
        db.select(Letter).where(Letter.dossier_id == dossier.id).order_by(Letter.number.desc()).limit(1)
    ).one()
    context = LetterContext.of(letter.context)
    return context.scores.means, " ".join(
        BeautifulSoup(render.as_html(context), "html5lib").get_text(" ").split()
    )


def reserved(ring: Round, scores, rank: int = 1):
    dossier = ring.scored(scores)
    return make.take(dossier, "reserve", ring.coordinator, values.Reserving(rank, UNTIL))


def chosen(ring: Round, scores):
    dossier = ring.scored(scores)
    return make.take(dossier, "select", ring.coordinator, values.Selecting(Decimal(4000), 2))


def release(ring: Round) -> None:
    ring.decide()
    ring.release()


@pytest.mark.parametrize("trigger", ["reserve", "decline"])
def test_means_that_went_to_higher_places_are_said_to_have_gone_there(ring, trigger):
    chosen(ring, HIGH)
    other = ring.scored(LOW)
    given = values.Reserving(1, UNTIL) if trigger == "reserve" else values.Declining()
    make.take(other, trigger, ring.coordinator, given)

    release(ring)

    code, words = told(ring, other)
    assert (code, HIGHER in words, NOT_ENOUGH in words) == ("", True, False)


def test_a_project_passed_over_for_a_lower_one_is_not_told_that_all_rank_higher(ring):
    other = reserved(ring, MIDDLE)
    chosen(ring, LOW)

    release(ring)

    code, words = told(ring, other)
    assert (code, HIGHER in words, NOT_ENOUGH in words, FIT in words) == ("fit", False, True, True)


def test_where_the_call_wants_numbers_of_projects_they_are_named_too(ring):
    make.quota(ring.call, "side", 1)
    other = reserved(ring, MIDDLE)
    chosen(ring, LOW)

    release(ring)

    code, words = told(ring, other)
    assert (code, HIGHER in words, "hoeveel projecten van elke soort" in words) == ("numbers", False, True)


def test_nobody_is_told_of_higher_places_where_nothing_was_given(ring):
    other = reserved(ring, HIGH)

    release(ring)

    code, words = told(ring, other)
    assert (code, HIGHER in words, NOT_ENOUGH in words, FIT in words) == ("kept", False, True, False)


def test_the_statement_is_spared_where_every_letter_gives_support(ring, statements):
    chosen(ring, HIGH)
    ring.decide()

    with statements() as seen:
        ring.release()

    assert not [each for each in seen if "min(dossier.total_percent)" in each]


def test_letters_written_before_say_what_they_said(ring):
    other = reserved(ring, HIGH)
    release(ring)
    stored = db.session.scalars(db.select(Letter.context).where(Letter.dossier_id == other.id)).all()[-1]
    old = {**stored, "scores": {key: kept for key, kept in stored["scores"].items() if key != "means"}}

    context = LetterContext.of(old)

    assert context.as_stored() == old
