"""The assignment of jurors for 500 dossiers and 30 jurors: the greatest total, and the whole rule."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.server import ROOT
from callflow.jury.assignment import Demand, Pair, Task, assign

DOSSIERS, JURORS, EACH = 500, 30, 3


def figures() -> Iterator[Figure]:
    """CPU time of one process, the best of three: the machine may be busy, the work is the same."""
    task = _task()
    runs = [_stages(task) for _ in range(3)]
    yield Figure("assignment_500x30_optimum", min(run[0] for run in runs), "ms", 700)
    yield Figure("assignment_500x30_fair", min(run[1] for run in runs), "ms", 4000)
    yield Figure("assignment_solver_in_web", _solver_in_web(), "modules", 0)


def _task() -> Task:
    """One in twenty pairs has a conflict; two languages, of which each dossier needs one who reads it."""
    dice = random.Random(1)
    reads = {f"j{juror:02}": dice.choice(("nl", "fr", "nl fr")) for juror in range(JURORS)}
    pairs, demands = [], []
    for number in range(DOSSIERS):
        dossier, language = f"d{number:03}", dice.choice(("nl", "fr"))
        readers = frozenset(juror for juror, spoken in reads.items() if language in spoken)
        demands.append(Demand("language", dossier, readers))
        for juror in reads:
            affinity = (30 if juror in readers else 0) + 5 * dice.randint(0, 10) + dice.randint(0, 9)
            pairs.append(Pair(juror, dossier, affinity, dice.random() < 0.05))
    return Task(pairs, EACH, 45, 52, demands=demands)


def _stages(task: Task) -> tuple[float, float]:
    """Milliseconds of CPU until the greatest total stands, and until all is done."""
    begun = time.process_time()
    reached: dict[str, float] = {}
    assign(task, progress=lambda stage: reached.update({stage: time.process_time()}))
    return (reached["smallest"] - begun) * 1000, (time.process_time() - begun) * 1000


def _solver_in_web() -> int:
    """How many modules of the solver a web process has loaded once it is ready to answer."""
    asked = "import sys, wsgi; print(sum(name in sys.modules for name in ('highspy', 'numpy')))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])
