"""Pages of a call with a thousand and with ten thousand dossiers, each against as many bare bytes."""

import gzip
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup
from flask import Flask

from benchmarks.figures import Figure
from benchmarks.server import Client, Server, ratio
from benchmarks.world import World
from callflow.people.models import User
from tests.client import CheckedClient, form_values

TIMES = 60
DECISIONS = 40
MEGABYTES = 150


@dataclass
class Visit:
    """A server on one world, and its people with their cookies."""

    app: Flask
    server: Server
    bare: Client
    world: World

    def as_(self, user: User | None) -> Client:
        """The browser of somebody who signed in; of nobody without one."""
        if user is None:
            return self.server.client()
        cookie = CheckedClient(self.app).sign_in(user).get_cookie("session")
        if cookie is None:
            raise SystemExit("nobody could sign in")
        return self.server.client(f"session={cookie.value}; lang=nl")

    def page(self, name: str, path: str, user: User | None, limit: float) -> Figure:
        value, times, _ = ratio(self.as_(user), self.bare, path, times=TIMES)
        return Figure(name, value, "ms", limit, times)


def all_of(visit: Visit, size: int) -> Iterator[Figure]:
    """Every figure that can be had from this server; ``size`` is how many dossiers its call has."""
    world, coordinator, juror = visit.world, visit.world.coordinator, visit.world.juror
    listing = f"/coordinator/dossiers?call={world.call}"
    last = size // 50 + 1
    dossier = f"/coordinator/dossiers/{world.references[size // 2]}"
    yield visit.page(f"public_call_page@{size}", f"/calls/{world.call}", None, 15)
    yield visit.page(f"list_first_page@{size}", listing, coordinator, 25)
    yield visit.page(f"list_by_score_last_page@{size}", f"{listing}&sort=-total&page={last}", coordinator, 25)
    yield visit.page(f"list_by_title@{size}", f"{listing}&sort=title", coordinator, 25)
    yield visit.page(f"list_search@{size}", f"{listing}&q=molen", coordinator, 40)
    yield visit.page(f"dossier_with_history@{size}", dossier, coordinator, 30)
    yield visit.page(f"juror_pile@{size}", "/jury", juror, 25)
    yield _decision(visit, size)
    yield from _table(visit, size)
    list_bytes = len(visit.as_(coordinator).get(listing)[1])
    yield Figure(f"list_html@{size}", list_bytes / 1000, "kB", 60)
    yield Figure(f"web_process@{size}", visit.server.memory(), "MB", MEGABYTES)


def _decision(visit: Visit, size: int) -> Figure:
    """One decision prepared: permission, guards, event, decision, one durable commit."""
    client, spent = visit.as_(visit.world.coordinator), []
    for reference in visit.world.scored[:DECISIONS]:
        path = f"/coordinator/dossiers/{reference}/steps/select"
        soup = BeautifulSoup(client.get(path)[1], "html5lib")
        form = next(each for each in soup.find_all("form") if str(each.get("action", "")).endswith("/select"))
        data = form_values(form) | {"amount": "100", "coaching_days": "0"}
        spent.append(client.send("POST", path, urlencode(data), status=303)[0])
    page = statistics.median(spent)
    bare, _ = visit.bare.median("/300", times=TIMES)
    return Figure(f"decision_prepared@{size}", page, "ms", 40, page / bare)


def _table(visit: Visit, size: int) -> Iterator[Figure]:
    """The whole call as CSV: until the first byte, and until the last."""
    client = visit.as_(visit.world.coordinator)
    firsts, wholes = [], []
    for _ in range(3):
        started = time.perf_counter()
        client.connection.request(
            "GET", f"/coordinator/dossiers.csv?call={visit.world.call}", headers={"Cookie": client.cookie}
        )
        response = client.connection.getresponse()
        response.read(1)
        firsts.append((time.perf_counter() - started) * 1000)
        rows = response.read().count(b"\n")
        wholes.append((time.perf_counter() - started) * 1000)
        if response.status != 200 or rows < size:
            raise SystemExit(f"the CSV answered {response.status} with {rows} lines")
    yield Figure(f"csv_first_byte@{size}", statistics.median(firsts), "ms", 50)
    yield Figure(f"csv_whole@{size}", statistics.median(wholes), "ms", 300 * max(size, 10_000) / 10_000)


def first_visit(client: Client) -> Figure:
    """What a phone fetches for its first page, in all: texts compressed, fonts and pictures as they are."""
    waiting, weights = ["/"], {}
    while waiting:
        path = waiting.pop()
        content = client.get(path)[1]
        text = not re.search(r"\.(woff2|png|webp|ico)$", path)
        weights[path] = len(gzip.compress(content, 9)) if text else len(content)
        waiting += [each for each in _needed(path, content) if each not in weights and each not in waiting]
    return Figure("first_visit", sum(weights.values()) / 1000, "kB", 150)


def _needed(path: str, content: bytes) -> list[str]:
    """What a browser fetches because of this file: style sheets, scripts, fonts, pictures."""
    if path.endswith(".css"):
        found = re.findall(r"url\([\"']?([^\"')]+)", content.decode())
    elif path == "/":
        found = re.findall(r"(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)=\"([^\"]+)\"", content.decode())
    else:
        found = []
    return [urljoin(path, each) for each in found if not each.startswith(("data:", "http", "#"))]
