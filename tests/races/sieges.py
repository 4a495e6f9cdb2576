"""What short and long tests share: kills at random moments, and cuts at each point of a passage."""

import random
from collections.abc import Iterable

from tests.conftest import Installation
from tests.races.bodies import NOTHING, Body, Told, told, whole
from tests.races.killing import LOST, Crew, killer, persistently, wait_until


def besiege(
    installation: Installation,
    team: Crew,
    body: Body,
    *,
    seed: int,
    decisions: int,
    kills: int,
    within: float,
) -> None:
    """Release some decisions; one cut falls into the release itself, the others come when they please."""
    dossiers = body.decides(decisions)
    form = body.button(installation, team.address)
    team.cut.write_text(f"release {random.Random(seed).randint(1, 12)}")
    with killer(team, seed, kills=kills - 1, within=within):
        answer = persistently(form)
        assert answer.status == 303, f"the release answered {answer.status}: {answer.words}"
    if team.cut.exists():
        team.cut.unlink()
    else:
        team.web_kills += 1
    found, wanted = told(dossiers), whole(decisions)
    assert found == wanted, f"{found}, not {wanted}"


def cut_releases(
    installation: Installation, team: Crew, body: Body, *, points: Iterable[int]
) -> dict[int, Told]:
    """Cut a release of two decisions at each of these points and send it again; what was torn, by point.

    Stops at the first point that a release does not have.
    """
    torn = {}
    for point in points:
        dossiers = body.decides(2)
        form = body.button(installation, team.address)
        team.cut.write_text(f"release {point}")
        try:
            form.send()
        except LOST:
            team.web_kills += 1
        found = told(dossiers)
        if found not in (NOTHING, whole(2)):
            torn[point] = found
        over = team.cut.exists()
        team.cut.unlink(missing_ok=True)
        persistently(form)
        if told(dossiers) != whole(2):
            torn[point] = told(dossiers)
        if over:
            break
    return torn


def cut_mails(installation: Installation, team: Crew, body: Body, *, points: Iterable[int]) -> None:
    """Cut the worker that sends at each of these points after it took a mail, and start another."""
    for point in points:
        body.decides(1)
        team.cut.write_text(f"mail {point}")
        persistently(body.button(installation, team.address))
        wait_until(lambda: not team.cut.exists(), f"a mail run reaches point {point}")
        wait_until(lambda: team.revive() > 0, "the worker dies")
