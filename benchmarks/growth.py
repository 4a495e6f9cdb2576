"""What a page of a call of ten thousand dossiers costs against the same page of a call of a thousand.

Compared is the processor time of one request, in a process of its own for each size, with everything warm
and nobody else asking. Two worlds are measured: a call that is being judged, where every address that can be
opened and answers HTML is asked for as each person of addresses.py, about records that stand alike at both
sizes; and the demonstration many times over, with dossiers in every state, where everybody walks along the
links of its first dossiers and of one in each state. The least of several times is taken, and what seems to
grow is measured again at both sizes in turns, page by page; what the worker keeps was worked out before.
Files and tables to download are no pages.

A page that has more to show takes longer for it: where a list of the smaller call does not fill its page of
fifty, the larger one may take as much more time as its page is longer; no page may be longer than LONGEST.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import demonstration
from benchmarks.addresses import Scene, scene
from benchmarks.figures import Figure
from benchmarks.server import ROOT
from benchmarks.site import site
from callflow.core import heap
from callflow.core.db import db
from callflow.desk import keeping

SIZES = (1_000, 10_000)
LIMIT = 1.3
TURNS, PAUSE = 8, 5
"""How often what seems to grow is measured again, and seconds between: another's work lasts a while."""
NO_NOISE = 3
"""Growth that nothing else that runs here explains: such a page is not measured again."""
LONGEST = 250
"""kB of HTML of a page, however large the call."""
Pages = dict[str, str]
Seen = dict[str, tuple[float, float]]
"""By page, ms of processor time and kB of HTML."""


def figures(only: str = "") -> Iterator[Figure]:
    """Each page that is over, then how many were measured, how much the worst grows and how long the longest
    is; ``only`` takes the pages with this in their name.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "demonstration"
        _in_a_process(home, "made")
        for world in ("judged", str(home)):
            yield from _world(world, only)


def _world(world: str, only: str) -> Iterator[Figure]:
    with ExitStack() as both:
        small, large = (Measuring(world, size, both) for size in SIZES)
        common = {name for name in small.names() if only in name} & set(large.names())
        if not common:
            return
        names = sorted(common)
        seen = [place.measure(names) for place in (small, large)]
        for turn in range(TURNS):
            over = [each for each in names if LIMIT < _growth(each, seen) < NO_NOISE]
            time.sleep(PAUSE if over and turn > 1 else 0)
            for name in over:
                for place, held in zip((small, large), seen, strict=True):
                    held[name] = min(held[name], place.measure([name])[name])
        grown = {name: _growth(name, seen) for name in names}
        for name in names:
            if grown[name] > LIMIT:
                yield Figure(f"growth:{name}", seen[1][name][0], "ms", LIMIT, grown[name])
        where = Path(world).name
        yield Figure(f"growth_worst:{where}", len(names), "pages", LIMIT, max(grown.values()))
        yield Figure(f"growth_longest:{where}", max(long for _, long in seen[1].values()), "kB", LONGEST)


def _growth(name: str, seen: Sequence[Seen]) -> float:
    (short, few), (long, many) = (each[name] for each in seen)
    return long / short / max(many / few, 1)


class Measuring:
    """A process with a site of one size; it is asked for names of pages and answers with their times."""

    def __init__(self, world: str, size: int, until: ExitStack) -> None:
        command = [sys.executable, "-m", "benchmarks.growth", world, str(size)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        until.enter_context(self.process)
        until.callback(self.process.terminate)

    def names(self) -> list[str]:
        """The pages that it has, when it is ready."""
        return list(self._answer())

    def measure(self, names: Sequence[str]) -> Seen:
        """What each takes now."""
        if self.process.stdin is None:
            raise RuntimeError("nobody listens")
        print(json.dumps(list(names)), file=self.process.stdin, flush=True)
        return {name: (took, long) for name, (took, long) in self._answer().items()}

    def _answer(self) -> Any:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError(f"the site could not be measured: {self.process.wait(10)}")
        return json.loads(line)


class Visitor:
    """Asks for pages in one thread, as a server would, without a server."""

    def __init__(self, app: Flask, cookies: Mapping[str, str]) -> None:
        self.app, self.cookies = app, cookies
        self.thread = ThreadPoolExecutor(1)

    def is_page(self, role: str, path: str) -> bool:
        """Whether this person is answered with HTML."""
        return self.shown(role, path)[0] == "text/html"

    def shown(self, role: str, path: str) -> tuple[str, str]:
        """The type of an answer that is none of an error, and what it holds."""
        status, kind, _, body = self._asked(role, path)
        return (kind.partition(";")[0], body) if status.startswith("200") else ("", "")

    def least(self, role: str, path: str) -> tuple[float, float]:
        """The least ms of several times and the kB; a page that takes long is not asked for as often, but
        three times, because a collection of garbage falls into one of them.
        """
        *_, took, body = self._asked(role, path)
        times = [took]
        while len(times) < 3 or (len(times) < 6 and sum(times) < 100):
            times.append(self._asked(role, path)[2])
        return min(times), len(body) / 1000

    def _asked(self, role: str, path: str) -> tuple[str, str, float, str]:
        return self.thread.submit(self._ask, role, path).result()

    def _ask(self, role: str, path: str) -> tuple[str, str, float, str]:
        where, _, query = path.partition("?")
        environ = EnvironBuilder(path=where, query_string=query).get_environ()
        environ["HTTP_COOKIE"] = self.cookies[role]
        begun = time.thread_time()
        body, status, headers = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
        whole = b"".join(body)
        took = (time.thread_time() - begun) * 1000
        kind = headers.get("Content-Type", "")
        return status, kind, took, whole.decode() if kind.startswith("text/html") else ""


def pages(around: Scene, visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Each page by role and rule, with the first of its addresses that is answered."""
    for rule, addresses in around.addresses(visitor.app):
        for role in visitor.cookies:
            found = next((each for each in addresses if visitor.is_page(role, each)), None)
            if found is not None:
                yield f"{role}:{rule}", found


def _keep() -> None:
    """Work out what the worker keeps, as it would have by now."""
    keeper = keeping.Keeper()
    while keeper.drain("measuring", lambda: False):
        pass
    db.session.rollback()  # whoever looks on holds nothing open


def serve_judged(size: int) -> None:
    """A call that is being judged."""
    with site(size) as place:
        around = scene(place)
        cookies = {role: place.cookie(who) for role, who in around.people.items()}
        visitor = Visitor(place.app, {"nobody": "lang=nl", **cookies})
        _keep()
        _answer(visitor, dict(pages(around, visitor)))


def copy_demonstration(home: Path, size: int) -> None:
    """The demonstration that was made in this folder, many times over beside it."""
    with demonstration.opened(demonstration.copied(home, size)):
        _keep()


def serve_demonstration(home: Path, size: int) -> None:
    """A copy of it, in a process that is as fresh as one that serves a site."""
    _in_a_process(home, f"copied-{size}")
    with demonstration.opened(home.with_name(f"{home.name}-{size}")) as (place, people):
        visitor = Visitor(place.app, {who: place.cookie(user) for who, user in people.items()})
        walk = demonstration.walked(place.app, list(people), visitor.shown)
        _answer(visitor, {f"{who}:{path}": path for who, path in walk})


def _answer(visitor: Visitor, found: Pages) -> None:
    """Name the pages, then answer each line of names with their times."""
    print(json.dumps(list(found)), flush=True)
    for line in sys.stdin:
        asked = {name: visitor.least(name.partition(":")[0], found[name]) for name in json.loads(line)}
        print(json.dumps(asked), flush=True)


def _in_a_process(home: Path, what: str) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.growth", str(home), what], cwd=ROOT, check=True)


if __name__ == "__main__":
    heap.settle()
    if sys.argv[2] == "made":
        demonstration.made(Path(sys.argv[1]))
    elif sys.argv[2].startswith("copied-"):
        copy_demonstration(Path(sys.argv[1]), int(sys.argv[2].removeprefix("copied-")))
    elif sys.argv[1] == "judged":
        serve_judged(int(sys.argv[2]))
    else:
        serve_demonstration(Path(sys.argv[1]), int(sys.argv[2]))
