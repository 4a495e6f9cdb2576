"""Power cuts while decisions are released and mails leave: a short seeded run; tests/deep has the long."""

import random

import pytest

from tests.races import bodies
from tests.races.killing import crew, persistently, quiet, reckoning, verified, wait_until
from tests.races.sieges import besiege, cut_mails, cut_releases


def test_four_kills_during_a_release_lose_and_double_nothing(committed, smtp):
    body = bodies.Body()
    smtp.delay = 0.03

    with crew(committed) as team:
        besiege(committed, team, body, seed=20260921, decisions=6, kills=4, within=2.5)
        wait_until(quiet, "all letters made and all mails sent")

    proof = verified(committed)
    assert reckoning(smtp, team) == {}
    assert team.web_kills + team.worker_kills >= 3
    assert proof.returncode == 0, proof.stdout + proof.stderr


@pytest.mark.parametrize("seed", [1])
def test_a_release_cut_between_its_statements_is_whole_or_nothing(committed, smtp, seed):
    drawn = random.Random(seed)

    with crew(committed, workers=0) as team:
        torn = cut_releases(committed, team, bodies.Body(), points=sorted(drawn.sample(range(1, 16), 3)))

    assert torn == {}
    assert team.web_kills > 0


def test_a_mail_run_cut_between_its_statements_sends_nothing_twice(committed, smtp):
    with crew(committed, workers=1) as team:
        cut_mails(committed, team, bodies.Body(), points=[2, 3])
        wait_until(quiet, "all mails sent or shown as uncertain")

    assert reckoning(smtp, team) == {}
    assert team.worker_kills == 2


def test_a_form_sent_to_a_web_process_that_dies_is_answered_by_the_next(committed, smtp):
    body = bodies.Body()
    dossiers = body.decides(1)

    with crew(committed, workers=0) as team:
        form = body.button(committed, team.address)
        team.cut.write_text("release 2")
        answer = persistently(form)

    assert (answer.status, bodies.told(dossiers)) == (303, bodies.whole(1))
