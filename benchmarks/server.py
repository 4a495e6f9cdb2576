"""Production servers for measuring: the site itself, and a bare WSGI answer of as many bytes, both under
gunicorn gthread.
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
BARE = "benchmarks.bare:app"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def gunicorn(target: str, environment: Mapping[str, str]) -> Iterator[int]:
    """The WSGI object ``target`` under two processes of four threads; its port."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "4",
        "--keep-alive", "30", "--bind", f"127.0.0.1:{port}", "--log-level", "error",
        "--preload", "--no-control-socket", target,
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")


@dataclass
class Browser:
    """One client on one kept connection, with the cookie of somebody who signed in."""

    port: int
    cookie: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> bytes:
        """The body of a page that must answer 200."""
        self.connection.request("GET", path, headers={"Cookie": self.cookie, "Accept-Language": "nl"})
        answer = self.connection.getresponse()
        body = answer.read()
        self._keep(answer)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        """The session as the server renewed it: the proof against forged requests lies in it."""
        for given in answer.headers.get_all("Set-Cookie") or ():
            if given.startswith("session="):
                self.cookie = re.sub(r"session=[^;]*", given.split(";", 1)[0], self.cookie)

    def post(self, path: str, values: Mapping[str, Any]) -> int:
        """The status of a form that was sent."""
        return self.sent(path, values)[0]

    def sent(self, path: str, values: Mapping[str, Any]) -> tuple[int, bytes]:
        """The status and the body of what answers a form."""
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", path, urlencode(values, doseq=True), headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def hidden(body: bytes) -> dict[str, str]:
    """The hidden fields of the first form of a page that has a token."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', body.decode())
    pairs = ((re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)) for each in found)
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def median_ms(call: Callable[[], Any], *, times: int, warm: int = 5) -> float:
    """Median milliseconds of a call."""
    for _ in range(warm):
        call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


TURNS, EACH, WARM = 6, 10, 2
"""A call that is measured beside bare ones is made TURNS * (EACH + WARM) times."""


def beside_bare(size: int, call: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of a call, and how many bare requests of as many bytes fit in it.

    In turns, a few of each: what else the machine does weighs on both alike, and a busy moment on one turn.
    """
    with gunicorn(BARE, {"BARE_BYTES": str(size)}) as port:
        bare = Browser(port)
        median_ms(lambda: bare.get("/"), times=30)
        turns = []
        for _ in range(TURNS):
            before = median_ms(lambda: bare.get("/"), times=60)
            taken = median_ms(call, times=EACH, warm=WARM)
            after = median_ms(lambda: bare.get("/"), times=60)
            turns.append((taken, taken * 2 / (before + after)))
    return statistics.median(ms for ms, _ in turns), statistics.median(ratio for _, ratio in turns)
