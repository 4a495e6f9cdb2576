"""The best selection among 500 projects under three envelopes and ten quotas, and a change on their board."""

import random
import statistics
import time
from collections.abc import Iterator

from flask.testing import FlaskClient

from benchmarks.figures import Figure
from benchmarks.server import hidden
from benchmarks.site import site
from callflow.decisions.portfolio import Candidate, Envelope, Quota, solve

PROJECTS = 500
TABLES = 15
SIDES = ("be", "fr")


def figures() -> Iterator[Figure]:
    """CPU time, the median of tables that differ: proved best, equals looked for, tie-breaks applied."""
    solve([], [])
    yield Figure("selection_500", statistics.median(_solved(seed) for seed in range(TABLES)), "ms", 300)
    yield _changed()


def _changed() -> Figure:
    """CPU time of the answer to a change by hand, on the board of as many scored projects."""
    with site(PROJECTS * 10 // 7) as place:
        client = place.app.test_client()
        for each in place.cookie(place.world.coordinator).split("; "):
            client.set_cookie(*each.split("=", 1))
        path = f"/coordinator/calls/{place.world.call}/board"
        form = {**hidden(client.get(path).data), "method": "stop", "minimum": ""}
        if (status := client.post(path, data=form).status_code) != 303:
            raise RuntimeError(f"{path} answered {status}")
        change = f"{path}/change?dossier={place.world.scored[0]}&choice=reserve"
        return Figure("board_change@500", statistics.median(_spent(client, change)), "ms", 30)


def _spent(client: FlaskClient, path: str) -> Iterator[float]:
    for number in range(40):
        begun = time.process_time()
        status = client.get(path).status_code
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        if number > 4:  # the first ones put statements and templates together
            yield (time.process_time() - begun) * 1000


def _solved(seed: int) -> float:
    rows, envelopes, quotas = table(random.Random(seed))
    begun = time.process_time()
    found = solve(rows, envelopes, quotas)
    spent = (time.process_time() - begun) * 1000
    if not (found.proved and found.settled):
        raise RuntimeError(f"table {seed} was not solved")
    return spent


def table(dice: random.Random) -> tuple[list[Candidate], list[Envelope], list[Quota]]:
    """Scores in hundredths of a percent, costs in steps of 250 euro, money for a quarter of the projects."""
    rows = [
        Candidate(
            str(number),
            dice.randint(6_000, 9_500),
            {dice.choice(SIDES): dice.randint(2, 40) * 25_000},
            (dice.randint(0, 20) * 25,),
            frozenset(str(key) for key in range(10) if dice.random() < 0.08),
        )
        for number in range(PROJECTS)
    ]
    asked = {side: sum(row.costs.get(side, 0) for row in rows) for side in SIDES}
    envelopes = [Envelope(side, whole // 5, "joint") for side, whole in asked.items()]
    joint = Envelope("joint", sum(asked.values()) // 20)
    return rows, [*envelopes, joint], [Quota(str(key), 12) for key in range(10)]
