"""What is left in a lot is told to nobody from whom a conflict hides one of the projects that draw on it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callflow.core import clock
from callflow.core.db import db, unit_of_work
from callflow.core.workflow import Blocked
from callflow.desk import kept
from callflow.dossiers.models import Exclusion
from callflow.lifecycle import values
from tests import factories as make
from tests.client import CheckedClient
from tests.kept import at_work
from tests.rounds import Round

FAIR = {"need": "3", "participation": "3"}
LARGE = pytest.mark.parametrize("large", [False, True])


class Means:
    """Two lots that share money; in one a project was granted some of it, in the other one waits."""

    def __init__(self, hidden_in: int) -> None:
        self.ring = ring = Round(laws=(make.Law.be_public, make.Law.be_public), envelope="1000")
        self.lots = make.lots(ring.call)
        make.joint(ring.call, "9000", *self.lots)
        until = clock.today() + timedelta(days=60)
        self.granted = []
        for lot in self.lots:
            ring.lot = lot
            self.granted.append(ring.prepared("2000", answers={"title": f"Kreeg {lot.key}"}))
            scored = ring.scored(FAIR, answers={"title": f"Wacht {lot.key}", "amount": "3000"})
            waits = make.take(scored, "reserve", ring.coordinator, values.Reserving(1, until))
            ring.decide(number=f"2027/{lot.key}")
            ring.release()
        self.waits, self.path = waits, f"/coordinator/calls/{ring.call.reference}/decisions/{lot.key}"
        hides = {"dossier_id": self.granted[hidden_in].id, "person_id": ring.colleague.id}
        with unit_of_work():
            db.session.add(Exclusion(**hides, since=clock.now(), reason="Mijn zus is lid"))


@LARGE
@pytest.mark.parametrize("hidden_in", [0, 1])
def test_the_reserve_list_says_what_is_free_to_who_may_see_all_that_draws_on_it(
    app, monkeypatch, large, hidden_in
):
    means = Means(hidden_in)
    if large:
        monkeypatch.setattr(kept, "LIVE", 1)
        at_work()
    people = (means.ring.coordinator, means.ring.colleague)
    whole, partly = (CheckedClient(app).sign_in(each) for each in people)

    told, untold = (client.page(means.path).main.get_text(" ") for client in (whole, partly))
    home, home_partly = (client.page("/coordinator").main.get_text(" ") for client in (whole, partly))

    assert "7.000 euro van het budget is vrij" in told.replace("\xa0", " ")
    assert "7.000 euro is vrij" in home.replace("\xa0", " ")
    for text in (untold, home_partly):
        assert "is vrij" not in text
        assert "7.000" not in text
    assert "Een collega zonder belangenconflict ziet wat vrij is" in untold
    assert means.waits.title in untold


@pytest.mark.parametrize("hidden_in", [0, 1])
def test_a_refusal_says_what_is_left_to_who_may_see_all_that_draws_on_it(app, hidden_in):
    means = Means(hidden_in)
    offer = values.Promoting(Decimal(8000), 0, clock.today() + timedelta(days=20))

    refused = {}
    for person in (means.ring.coordinator, means.ring.colleague):
        with pytest.raises(Blocked) as blocked:
            make.take(means.waits, "promote", person, offer)
        refused[person.name] = [(each.code, each.parameters) for each in blocked.value.reasons]

    above = ("amount_above_maximum", {"maximum": "5000.00"})
    assert list(refused.values()) == [
        [above, ("envelope_exceeded", {"left": "7000.00"})], [above, ("envelope_exceeded_unsaid", {})],
    ]  # fmt: skip
