"""The ranking of a lot: what is taken of its budget is what all promises take, also of projects under way."""

from decimal import Decimal

from callflow.decisions.selection import Rule
from callflow.desk.ranking import ranking
from callflow.lifecycle import values
from tests import factories as make
from tests.agreements.agreed import Agreeing


def test_a_project_that_goes_on_keeps_its_part_of_the_budget_and_its_place(app, client):
    call = Agreeing(envelope="9000")
    going = call.agreed()
    later = call.scored({"need": "2", "participation": "3"})
    make.take(later, "select", call.coordinator, values.Selecting(Decimal(3000), 1))

    found = ranking(make.actor(call.coordinator), call.call.reference, call.lot.key, rule=Rule.skip)
    page = client.sign_in(call.coordinator).page(
        f"/coordinator/calls/{call.call.reference}/ranking/{call.lot.key}"
    )

    assert [(line.reference, line.place) for line in found.lines] == [
        (going.reference, 1), (later.reference, 2),
    ]  # fmt: skip
    assert (found.taken, found.days_taken) == (Decimal(7000), 3)
    assert [each.get_text() for each in page.select("td[data-label=Score]")] == ["72,00", "48,00"]
    assert "7.000 euro van 9.000 euro voorbereid of beslist; er blijft 2.000 euro." in page.get_text(
        " ", strip=True
    ).replace("\u00a0", " ")
