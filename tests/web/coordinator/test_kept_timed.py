"""What a large call does by itself: kept by the worker once for all, and read as it is now."""

from datetime import UTC, datetime, timedelta

import pytest

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.firing import Firing
from callflow.core.snapshots import Snapshot
from callflow.desk import keeping, kept, timed
from callflow.people.states import Right
from tests import factories as make
from tests.kept import at_work, shown
from tests.lifecycle.test_timed import CALENDAR, CLOSES, OPENS
from tests.rounds import Round
from tests.web.jury.test_kept_panel import WORKED_OUT

PAGE = "/coordinator/timed"


@pytest.fixture
def year(app, monkeypatch):
    """A call of a year with a draft, and two applications that wait for their scores."""
    monkeypatch.setattr(keeping, "KINDS", (timed.KIND,))
    with clock.fixed(OPENS + timedelta(days=1)):
        made = Round(opens_at=OPENS, closes_at=CLOSES, calendar=CALENDAR)
        make.draft(made.lot, made.resident, made.group, answers={"title": "Een concept"})
        for _ in range(2):
            made.judged()
    return made


@pytest.fixture
def large(monkeypatch):
    """From two applications on."""
    monkeypatch.setattr(kept, "LIVE", 1)


def ahead(client) -> list[str]:
    return [each.get_text(" ", strip=True) for each in client.page(PAGE).select("[aria-labelledby=ahead] tr")]


def test_what_is_kept_says_what_would_be_worked_out_now(year, client, monkeypatch):
    client.sign_in(year.coordinator)
    with clock.fixed(OPENS + timedelta(days=3)):
        now = shown(client, PAGE)
        monkeypatch.setattr(kept, "LIVE", 1)
        assert WORKED_OUT in shown(client, PAGE)

        assert at_work() == 1, "everybody who may open it sees the same"
        assert shown(client, PAGE) == now.replace("De aantallen zijn die van nu; op de dag", "Op de dag")
    assert "Voor 1 dossier" in now


def test_what_is_over_or_done_since_is_to_come_no_more(year, client, large):
    client.sign_in(year.coordinator)
    with clock.fixed(OPENS + timedelta(days=3)):
        at_work()
        first = ahead(client)
    closing = datetime(2026, 12, 11, 8, tzinfo=UTC)
    with clock.fixed(closing + timedelta(minutes=1)):
        due = ahead(client)
        with unit_of_work():
            snapshot = db.session.scalars(db.select(Snapshot)).one()
            db.session.add(
                Firing(
                    kind="closing_soon", call_id=snapshot.call_id, edition="7d@2026-12-18", subject_id=1,
                    due_at=closing, fired_at=clock.now(),
                )
            )  # fmt: skip
        done = ahead(client)
    with clock.fixed(CLOSES + timedelta(minutes=1)):
        after = ahead(client)

    assert "11 december 2026, 9.00\u00a0uur" in " ".join(first)
    assert sum("Nu aan de beurt" in each for each in due) == 1
    assert len(done) == len(due) - 1
    assert not any("17 december 2026" in each for each in after)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_kept_page_takes_as_many_statements_for_one_as_for_thirty(year, client, statements, large, count):
    client.sign_in(year.coordinator)
    with clock.fixed(OPENS + timedelta(days=2)):
        for number in range(count):
            someone = make.person()
            group = make.group({someone: Right.submit})
            make.draft(year.lot, someone, group, answers={"title": f"Idee {number}"})
        at_work()

        with statements() as seen:
            page = client.page(PAGE)

    assert f"Voor {count + 1} dossiers" in page.get_text(" ", strip=True)
    assert len(seen) == 6, "\n".join(seen)


def test_it_is_put_together_again_in_a_quiet_night_too(year, client, large):
    with clock.fixed(OPENS + timedelta(days=3)):
        at_work()
        assert at_work() == 0
    with clock.fixed(OPENS + timedelta(days=3, minutes=9)):
        assert at_work() == 0
    with clock.fixed(OPENS + timedelta(days=3, minutes=11)):
        assert at_work() == 1
