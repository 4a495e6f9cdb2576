"""Letters that are not made yet are few: what asks for them begins there, whatever the statistics say."""

import pytest

from callflow.core.db import db
from callflow.desk import papers, releases
from callflow.letters import making
from callflow.letters.models import Letter
from tests import factories as make
from tests.plans import as_of_ten_thousand, looked_at
from tests.rounds import Round

WORKER = "w1@elsewhere:1:abc"


@pytest.fixture
def call(app):
    return Round()


def all_made():
    """Their index is empty, as the database has seen among ten thousand others."""
    while works := making.claim(WORKER):
        for work in works:
            making.note(work, WORKER, lambda: b"%PDF-1.7")
    assert db.session.scalars(db.select(Letter).where(Letter.pdf_sha256.is_(None))).all() == []
    as_of_ten_thousand()


@pytest.mark.once
def test_the_letters_of_decisions_that_are_not_made_are_found_in_their_own_index(call):
    for _ in range(3):
        call.released(amount="300")
    all_made()

    of_lots = looked_at(papers.unmade(make.actor(call.coordinator)).params(lots=[call.lot.id]))
    of_lot = looked_at(releases.unmade(call.lot.id))

    for looked in (of_lots, of_lot):
        assert any("ix_letter_unmade" in each for each in looked)
        assert [each for each in looked if each.startswith("SCAN") and "ix_letter_unmade" not in each] == []
