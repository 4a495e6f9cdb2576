"""Real servers that tests start: an SMTP server to look into, a web server of several processes, a worker."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parent.parent
BINARIES = ROOT / ".venv" / "bin"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """What arrived. ``answers`` gives a recipient another answer than 250, ``delay`` (seconds) slows all."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.delay:
            time.sleep(self.delay)  # noqa: ASYNC251 - the server is to be slow for everybody
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for(self, address: str, *, more_than: int = 0, patience: float = 20) -> EmailMessage:
        """The newest mail to this address, as soon as there are more than so many."""
        deadline = time.monotonic() + patience
        while len(found := self.to(address)) <= more_than:
            assert time.monotonic() < deadline, f"no mail to {address} in {patience} s"
            time.sleep(0.05)
        return found[-1]


@contextmanager
def mail_server(port: int) -> Iterator[Mailbox]:
    """An SMTP server on that port for the length of the block."""
    mailbox = Mailbox(port)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Program:
    """A process that a test started; ``kill`` is what a power cut does."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait()

    def stop(self, *, patience: float = 15) -> int:
        """Ask it to end and give its exit code."""
        _signal_group(self.process, signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop in {patience} s:\n{self.output()}") from None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> list[int]:
        """The processes it started itself: the web processes under gunicorn's."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def start(command: list[str], environment: Mapping[str, str], log: Path) -> Program:
    """Start a program of the virtual environment in a process group of its own."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [BINARIES / command[0], *command[1:]],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Program(process, log)


@contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[Program]:
    """That program for the length of the block."""
    program = start(command, environment, log)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.kill()


@contextmanager
def web_server(
    environment: Mapping[str, str], log: Path, *, processes: int = 2, threads: int = 4
) -> Iterator[str]:
    """The site under gunicorn as in production, with several processes; its address."""
    with web_program(environment, log, processes=processes, threads=threads) as (address, _program):
        yield address


@contextmanager
def web_program(
    environment: Mapping[str, str], log: Path, *, processes: int = 2, threads: int = 4
) -> Iterator[tuple[str, Program]]:
    """The same, for who also wants to kill a web process: the address and the program that started them."""
    address = f"127.0.0.1:{free_port()}"
    options = [
        "--worker-class=gthread",
        f"--workers={processes}",
        f"--threads={threads}",
        f"--bind={address}",
        "--preload",
        "--no-control-socket",
    ]
    with running(["gunicorn", *options, "wsgi:app"], environment, log) as program:
        wait_for(f"http://{address}/", program)
        yield f"http://{address}", program
        program.stop()


def wait_for(url: str, program: Program, *, patience: float = 30) -> None:
    """Until that address answers anything at all; fails with the program's output."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and program.process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer:\n{program.output()}")


def _signal_group(process: "subprocess.Popen[bytes]", sign: signal.Signals) -> None:
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return
