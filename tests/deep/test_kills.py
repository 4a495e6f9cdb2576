"""Twenty seeded kills while decisions are released and mails leave, and a cut at each point of both ways."""

import pytest

from tests.races.bodies import Body
from tests.races.killing import crew, quiet, reckoning, verified, wait_until
from tests.races.sieges import besiege, cut_mails, cut_releases

EVERY = range(1, 200)
MAIL_POINTS = range(1, 7)
"""A mail is taken in two statements and noted in two or three, as the database has it, commits counted."""


@pytest.mark.parametrize("seed", [11, 2027])
def test_twenty_kills_lose_and_double_nothing(committed, smtp, seed):
    body = Body()
    smtp.delay = 0.03

    with crew(committed) as team:
        for part in range(5):
            besiege(committed, team, body, seed=seed * 10 + part, decisions=8, kills=4, within=3)
        wait_until(quiet, "all letters made and all mails sent", patience=120)

    proof = verified(committed)
    assert reckoning(smtp, team) == {}
    assert team.web_kills + team.worker_kills >= 18
    assert proof.returncode == 0, proof.stdout + proof.stderr


def test_a_release_is_whole_or_nothing_wherever_it_is_cut(committed, smtp):
    with crew(committed, workers=0) as team:
        torn = cut_releases(committed, team, Body(), points=EVERY)

    assert torn == {}
    assert 5 < team.web_kills < len(EVERY)


def test_a_mail_run_sends_nothing_twice_wherever_it_is_cut(committed, smtp):
    with crew(committed, workers=1) as team:
        cut_mails(committed, team, Body(), points=MAIL_POINTS)
        wait_until(quiet, "all mails sent or shown as uncertain")

    assert reckoning(smtp, team) == {}
    assert team.worker_kills == len(MAIL_POINTS)
