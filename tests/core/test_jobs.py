"""Workers: who holds a lease, whether that process is gone, and how a worker goes round its tasks."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from callflow.core import clock
from callflow.core.jobs import RESTS, Task, Worker, gone, identity

HERE = socket.gethostname()[:36]


def task(name: str, counts: list[int], heard: list[str]) -> Task:
    """A task that does so many things on each round, then nothing."""

    def drain(holder: str, stopping) -> int:
        heard.append(f"{name} drained")
        return counts.pop(0) if counts else 0

    def sweep() -> int:
        heard.append(f"{name} swept")
        return 0

    return Task(name, drain, sweep)


def test_this_process_is_not_gone():
    assert not gone(identity("w1"))


def test_a_process_that_ended_here_is_gone():
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )

    assert gone(f"w1@{HERE}:{int(ended.stdout)}:abc")


def test_another_process_under_the_same_number_is_not_this_one():
    assert gone(f"w1@{HERE}:{os.getpid()}:before")


@pytest.mark.parametrize(
    "holder", [None, "", "w1", "w1@elsewhere:1:abc", f"w1@{HERE}:x:abc", f"w1@{HERE}:1:abc"]
)
def test_what_cannot_be_known_from_here_is_left_to_its_lease(holder):
    assert not gone(holder)


def test_once_goes_round_until_nothing_is_due(app):
    heard: list[str] = []
    tasks = [task("letters", [2, 1], heard), task("mail", [0, 3], heard)]

    done = Worker("w1", tasks).run(once=True)

    assert done == {"letters": 3, "mail": 3}
    assert heard == [
        "letters swept", "mail swept", "letters drained", "mail drained", "letters drained", "mail drained",
        "letters drained", "mail drained",
    ]  # fmt: skip


def test_a_worker_told_to_stop_before_it_began_does_nothing(app):
    heard: list[str] = []
    worker = Worker("w1", [task("mail", [5], heard)])
    worker.stop()

    assert (worker.run(), heard) == ({}, [])


def test_what_goes_wrong_in_one_task_keeps_no_other_back(app, caplog):
    heard: list[str] = []

    def broken(_holder: str, _stopping) -> int:
        heard.append("timed drained")
        raise LookupError("a day that nobody can read")

    def unswept() -> int:
        raise LookupError("nor swept")

    tasks = [Task("timed", broken, unswept), task("mail", [2, 1], heard)]
    worker = Worker("w1", tasks, [unswept, lambda: heard.append("tidied")])

    assert worker.run(once=True) == {"timed": 0, "mail": 3}
    assert heard == [
        "mail swept", "tidied", "timed drained", "mail drained", "mail drained", "mail drained",
    ]  # fmt: skip
    assert worker.failed == {"sweep of timed", "chore", "timed"}
    assert caplog.text.count("w1: timed went wrong") == 1


def test_a_task_that_went_wrong_is_tried_again_after_a_rest(app):
    heard: list[str] = []
    wrong = [LookupError("once")]

    def drain(_holder: str, _stopping) -> int:
        heard.append("tried")
        if wrong:
            raise wrong.pop()
        return 0

    worker = Worker("w1", [Task("mail", drain, lambda: 0)])
    began = clock.now()
    for seconds in (0, RESTS - 1, RESTS):
        with clock.fixed(began + timedelta(seconds=seconds)):
            worker.run(once=True)

    assert heard == ["tried", "tried"]
