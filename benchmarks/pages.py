"""Pages of a call with a thousand and with ten thousand dossiers, each against as many bare bytes."""

import gzip
import http.client
import re
import statistics
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urljoin

import psutil

from benchmarks.figures import Figure
from benchmarks.server import Browser, beside_bare, gunicorn, median_ms
from benchmarks.site import Site, site
from callflow.core.db import db
from callflow.people.models import User

SIZES = (1_000, 10_000)


def figures() -> Iterator[Figure]:
    """For each size of call, from a server of its own."""
    for size in SIZES:
        with site(size) as place:
            begun = time.perf_counter()
            with gunicorn("wsgi:app", place.environment) as port:
                Browser(port).get("/")
                yield Figure(f"start_to_first_answer@{size}", time.perf_counter() - begun, "s", 2)
                if size == SIZES[0]:
                    yield _first_visit(Browser(port))
                yield from _pages(place, port, size)
                yield Figure(f"web_process@{size}", _memory(), "MB", 150)


def _pages(place: Site, port: int, size: int) -> Iterator[Figure]:
    world = place.world
    coordinator = Browser(port, place.cookie(world.coordinator))
    listing = f"/coordinator/dossiers?call={world.call}"
    last = f"{listing}&sort=-total&page={size // 50}"
    dossier = f"/coordinator/dossiers/{world.references[size // 2]}"
    juror = Browser(port, place.cookie(db.session.get_one(User, world.juror.id)))
    measured = (
        ("public_call_page", Browser(port), f"/calls/{world.call}", 15),
        ("list_first_page", coordinator, listing, 25),
        ("list_by_score_last_page", coordinator, last, 25),
        ("list_by_title", coordinator, f"{listing}&sort=title", 25),
        ("list_search", coordinator, f"{listing}&q=molen", 40),
        ("dossier_with_history", coordinator, dossier, 30),
        ("juror_pile", juror, "/jury", 25),
    )
    for name, browser, path, limit in measured:
        value, ratio = beside_bare(len(browser.get(path)), partial(browser.get, path))
        yield Figure(f"{name}@{size}", value, "ms", limit, ratio)
    yield Figure(f"list_html@{size}", len(coordinator.get(listing)) / 1000, "kB", 60)
    yield from _table(coordinator, f"/coordinator/dossiers.csv?call={world.call}", size)
    book = f"/coordinator/dossiers.xlsx?call={world.call}"
    whole = median_ms(lambda: coordinator.get(book), times=3, warm=1)
    yield Figure(f"xlsx_whole@{size}", whole, "ms", 1500)


def _table(browser: Browser, path: str, size: int) -> Iterator[Figure]:
    """The whole call as CSV: until the first byte, and until the last."""
    firsts, wholes = [], []
    for _ in range(3):
        begun = time.perf_counter()
        browser.connection.request("GET", path, headers={"Cookie": browser.cookie})
        answer: http.client.HTTPResponse = browser.connection.getresponse()
        answer.read(1)
        firsts.append((time.perf_counter() - begun) * 1000)
        rows = answer.read().count(b"\n")
        wholes.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200 or rows < size:
            raise RuntimeError(f"{path} answered {answer.status} with {rows} lines")
    yield Figure(f"csv_first_byte@{size}", statistics.median(firsts), "ms", 50)
    yield Figure(f"csv_whole@{size}", statistics.median(wholes), "ms", 300)


def _first_visit(browser: Browser) -> Figure:
    """What a phone fetches for its first page, in all: texts compressed, fonts and pictures as they are."""
    waiting, weights = ["/"], {}
    while waiting:
        path = waiting.pop()
        content = browser.get(path)
        text = not re.search(r"\.(woff2|png|webp|ico)$", path)
        weights[path] = len(gzip.compress(content, 9)) if text else len(content)
        waiting += [each for each in _needed(path, content) if each not in weights and each not in waiting]
    return Figure("first_visit", sum(weights.values()) / 1000, "kB", 150)


def _needed(path: str, content: bytes) -> list[str]:
    """What a browser fetches because of this file: style sheets, scripts, fonts, pictures."""
    found: list[str] = []
    if path.endswith(".css"):
        found = re.findall(r"(?:url\(|@import )[\"']?([^\"')]+)", content.decode())
    elif path == "/":
        found = re.findall(r"(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)=\"([^\"]+)\"", content.decode())
    return [urljoin(path, each) for each in found if not each.startswith(("data:", "http", "#"))]


def _memory() -> float:
    """Resident megabytes of the largest process that was started from here."""
    return max(child.memory_info().rss for child in psutil.Process().children(recursive=True)) / 1024 / 1024
