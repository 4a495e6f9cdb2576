"""An installation whose processes are killed while decisions and mails go out, and the reckoning."""

import contextlib
import http.client
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from callflow.core.db import db
from callflow.core.outbox import MailState, OutboxMail
from callflow.core.storage import storage
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.letters.models import Letter
from callflow.letters.states import LetterState
from tests import servers
from tests.conftest import Installation
from tests.races.visitors import Answer, Prepared

WORKERS = 2
PATIENCE = 60
DONE = (MailState.sent, MailState.uncertain)
LOST = (http.client.HTTPException, OSError)


@dataclass
class Crew:
    """Two web processes and two workers on one installation; whoever is killed comes back, as under serve."""

    address: str
    server: servers.Program
    environment: dict[str, str]
    folder: Path
    workers: list[servers.Program] = field(default_factory=list)
    worker_kills: int = 0
    web_kills: int = 0

    def start_worker(self, number: int) -> servers.Program:
        return servers.start(["flask", "worker"], self.environment, self.folder / f"worker-{number}.log")

    def kill_worker(self, number: int) -> None:
        """kill -9, and another one in its place."""
        self.workers[number].kill()
        self.worker_kills += 1
        self.workers[number] = self.start_worker(number)

    def kill_web(self, which: int) -> None:
        """kill -9 of one web process; the program above it starts another."""
        processes = self.server.children()
        with contextlib.suppress(ProcessLookupError):
            os.kill(processes[which % len(processes)], signal.SIGKILL)
            self.web_kills += 1

    def revive(self) -> int:
        """Start again the workers that a failpoint ended; how many there were."""
        dead = [number for number, each in enumerate(self.workers) if each.process.poll() is not None]
        for number in dead:
            assert self.workers[number].process.returncode == -signal.SIGKILL, self.workers[number].output()
            self.worker_kills += 1
            self.workers[number] = self.start_worker(number)
        return len(dead)

    @property
    def cut(self) -> Path:
        """The file that orders a cut at a failpoint."""
        return Path(self.environment["CALLFLOW_FAILPOINT"])


@contextmanager
def crew(installation: Installation, *, workers: int = WORKERS) -> Iterator[Crew]:
    """That crew at work, for the length of the block; none of it may have stopped by itself."""
    environment = installation.environment | {"CALLFLOW_FAILPOINT": str(installation.folder / "cut")}
    log = installation.folder / "web.log"
    with servers.web_program(environment, log, processes=2) as (address, server):
        made = Crew(address, server, environment, installation.folder)
        try:
            made.workers += [made.start_worker(number) for number in range(workers)]
            yield made
            for worker in made.workers:
                assert worker.process.poll() is None, f"a worker stopped by itself:\n{worker.output()}"
        finally:
            for worker in made.workers:
                worker.kill()


def persistently(form: Prepared) -> Answer:
    """Send a form as a person does whose connection breaks: the same page once more, until it is answered."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return form.send()
        except LOST:
            assert time.monotonic() < deadline, "no web process answers any more"
            time.sleep(0.1)


def quiet() -> bool:
    """Whether nothing is left to do for any worker."""
    db.session.rollback()
    letters = db.session.scalars(
        select(Letter.id).where(Letter.state != LetterState.rendered).limit(1)
    ).first()
    mails = db.session.scalars(select(OutboxMail.id).where(OutboxMail.state.not_in(DONE)).limit(1)).first()
    db.session.rollback()
    return letters is None and mails is None


def wait_until(true: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
    """Look again and again, or fail saying what never came."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"never came: {what}; now {standing()}"
        time.sleep(0.1)


def standing() -> dict[str, int]:
    """How many letters and mails are in which state, for the message of a failed test."""
    db.session.rollback()
    letters = Counter(f"letter {state}" for state in db.session.scalars(select(Letter.state)))
    mails = Counter(f"mail {state}" for state in db.session.scalars(select(OutboxMail.state)))
    return dict(letters + mails)


@contextmanager
def killer(crew: Crew, seed: int, *, kills: int, within: float) -> Iterator[None]:
    """While the block runs, kill so many of its processes, drawn by ``seed``, within these seconds."""
    drawn = random.Random(seed)
    moments = sorted(drawn.uniform(0, within) for _ in range(kills))
    victims = [drawn.choice(["worker 0", "worker 1", "web 0", "web 1"]) for _ in range(kills)]
    victims[0] = f"web {drawn.randrange(2)}"

    def kill_all() -> None:
        started = time.monotonic()
        for moment, victim in zip(moments, victims, strict=True):
            time.sleep(max(0.0, started + moment - time.monotonic()))
            kind, number = victim.split()
            (crew.kill_worker if kind == "worker" else crew.kill_web)(int(number))

    thread = threading.Thread(target=kill_all)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def reckoning(mailbox: servers.Mailbox, crew: Crew) -> dict[str, object]:
    """Everything that is not as it must be after the dust has settled; empty when all is well."""
    db.session.rollback()
    wrong: dict[str, object] = {}
    released = db.session.execute(
        select(Decision.dossier_id, Decision.outcome).where(Decision.state == DecisionState.released)
    ).all()
    letters = db.session.scalars(select(Letter)).all()
    written = Counter((each.dossier_id, each.kind.value) for each in letters)
    wrong["not one letter each"] = [
        row for row in released if written[row.dossier_id, row.outcome.value] != 1
    ]
    wrong["letters twice"] = [key for key, times in written.items() if times > 1]
    wrong["letters without their PDF"] = [
        each.id for each in letters if each.pdf_sha256 is None or not storage().get(each.pdf_sha256)
    ]
    wrong |= _mails(mailbox, crew)
    return {name: found for name, found in wrong.items() if found}


def _mails(mailbox: servers.Mailbox, crew: Crew) -> dict[str, object]:
    arrived = Counter(str(message["Message-ID"]).strip() for message in mailbox.messages)
    rows = db.session.execute(select(OutboxMail.message_id, OutboxMail.state)).all()
    known = {row.message_id for row in rows}
    uncertain = [row for row in rows if row.state is MailState.uncertain]
    return {
        "mails twice": [name for name, times in arrived.items() if times > 1],
        "mails of no row": sorted(set(arrived) - known),
        "mails that did not arrive": [
            row for row in rows if row.state is not MailState.uncertain and arrived[row.message_id] != 1
        ],
        "mails not done": [row for row in rows if row.state not in DONE],
        "more uncertain than killed": uncertain if len(uncertain) > crew.worker_kills else [],
    }


def verified(installation: Installation) -> "subprocess.CompletedProcess[str]":
    """What `flask verify` says about the installation."""
    return subprocess.run(
        [servers.BINARIES / "flask", "verify"], cwd=servers.ROOT, env=os.environ | installation.environment,
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
