"""The demonstration as a site to measure on: made once, then copied and multiplied to a size."""

import os
import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from benchmarks import multiplied
from benchmarks.site import Site
from callflow.app import create_app
from callflow.core.db import db
from callflow.people.models import User
from config import Settings

EACH = 1
"""Addresses of one kind that are opened for one person; those of dossiers in other states are others."""
KIND = 6
"""Addresses of one kind in all."""
BEGUN = ("/", "/account", "/coordinator", "/coach", "/jury", "/partner", "/applications", "/pilots")


def environment(home: Path) -> dict[str, str]:
    """That of a site in this folder."""
    return {
        "CALLFLOW_ENV": "test",
        "CALLFLOW_HOME": str(home),
        "CALLFLOW_SECRET": "measuring",
        "DATABASE_URL": f"sqlite:///{home / 'bench.db'}",
    }


def made(home: Path) -> None:
    """The demonstration in this folder, small as it is."""
    app = create_app(Settings.from_env({**os.environ, **environment(home)}))
    with app.app_context():
        upgrade()
        told = app.test_cli_runner().invoke(args=["demo"])
        if told.exit_code:
            raise RuntimeError(told.output)
        db.session.remove()
        db.engine.dispose()  # the last to leave brings what was written into the file


@contextmanager
def opened(home: Path) -> Iterator[tuple[Site, dict[str, User]]]:
    """The site in this folder, inside its application context; the people of the demonstration by address."""
    app = create_app(Settings.from_env({**os.environ, **environment(home)}))
    with app.app_context():
        first = select(User).where(User.id < multiplied.FAR).order_by(User.id)
        yield Site(app, environment(home), None), {user.email: user for user in db.session.scalars(first)}


def copied(home: Path, size: int) -> Path:
    """The folder of a copy with about ``size`` applications, and the site in it."""
    mine = home.with_name(f"{home.name}-{size}")
    shutil.copytree(home, mine)
    with opened(mine):
        multiplied.multiply(size)
    return mine


def walked(
    app: Flask, people: list[str], asked: Callable[[str, str], tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Whom to show which page: every kind that is reached by links from where somebody begins. ``asked``
    gives the type of an answer and its body.
    """
    of_kind: Counter[str] = Counter()
    for who in people:
        mine: Counter[str] = Counter()
        seen, waiting = set(BEGUN), deque(BEGUN)
        while waiting:
            path = waiting.popleft()
            kind = _kind(app, path)
            if kind is None or mine[kind] >= EACH or of_kind[kind] >= KIND:
                continue
            told, body = asked(who, path)
            if told != "text/html":
                continue
            mine[kind] += 1
            of_kind[kind] += 1
            yield who, path
            for link in _links(path, body):
                if link not in seen and "lang=" not in link:
                    seen.add(link)
                    waiting.append(link)


def _kind(app: Flask, path: str) -> str | None:
    """The endpoint with what is asked of it."""
    where, _, query = path.partition("?")
    try:
        endpoint, _ = app.url_map.bind("localhost").match(where, method="GET")
    except HTTPException:
        return None
    return f"{endpoint} {sorted(each.partition('=')[0] for each in query.split('&'))}"


def _links(path: str, body: str) -> Iterator[str]:
    for found in re.findall(r'href="([^"#]+)', body):
        parts = urlsplit(urljoin(f"http://localhost{path}", found.replace("&amp;", "&")))
        if parts.netloc == "localhost" and not parts.path.startswith(("/assets", "/sign-")):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
