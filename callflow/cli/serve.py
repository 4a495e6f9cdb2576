"""flask serve: web server and worker, started with one command and watched until it ends."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

import click

RESTART_AFTER = 2.0
"""Seconds before a worker that died is started again: long enough not to spin on a broken database."""
PATIENCE = 15.0
"""Seconds that a process gets to finish what it is doing."""


@dataclass
class Crew:
    """The processes of one installation: the web server, whose end ends all, and workers, started again."""

    web: list[str]
    workers: list[list[str]]
    running: "dict[int, subprocess.Popen[bytes]]" = field(default_factory=dict)
    stopping: bool = False

    def work(self) -> int:
        """Start all, watch them, and give the exit code of the web server."""
        server = subprocess.Popen(self.web)
        for number in range(len(self.workers)):
            self.start(number)
        while server.poll() is None and not self.stopping:
            time.sleep(0.2)
            self.replace_the_dead()
        self.end([server, *self.running.values()])
        return 0 if self.stopping else server.returncode or 0

    def start(self, number: int) -> None:
        self.running[number] = subprocess.Popen(self.workers[number])

    def replace_the_dead(self) -> None:
        dead = [number for number, process in self.running.items() if process.poll() is not None]
        for number in dead:
            code = self.running[number].returncode
            click.echo(f"worker {number + 1} ended with {code}, starting it again", err=True)
            time.sleep(RESTART_AFTER)
            self.start(number)

    def end(self, processes: "list[subprocess.Popen[bytes]]") -> None:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True


@click.command("serve")
@click.option(
    "--bind", envvar="CALLFLOW_BIND", default="127.0.0.1:8000", show_default=True, help="Where to listen."
)
@click.option("--web", default=2, show_default=True, help="Web processes of four threads.")
@click.option("--workers", default=1, show_default=True, help="Processes for letters and mail.")
def serve(bind: str, web: int, workers: int) -> None:
    """Start web server and worker, and keep them running until Ctrl-C."""
    server = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class=gthread",
        "--threads=4",
        "--preload",  # read once and shared by the processes: a start takes half, and so does the memory
        "--no-control-socket",  # it would lie in the home of whoever starts this
        "--log-level=warning",
    ]
    crew = Crew(
        web=[*server, f"--workers={web}", f"--bind={bind}", "wsgi:app"],
        workers=[[sys.executable, "-m", "flask", "worker"] for _ in range(workers)],
    )
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, crew.stop)
    click.echo(
        f"callflow answers at http://{bind}/ ({web} web processes, {workers} worker). Ctrl-C stops it."
    )
    sys.exit(crew.work())
