"""The demonstration as a site to measure on: made once, then copied and multiplied to a size."""

import os
import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
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
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Kind
from callflow.people.models import User
from config import Settings

EACH = 1
"""Addresses of one kind that are opened for one person; those of dossiers in other states are others."""
KIND, IN_STATE = 6, 2
"""Addresses of one kind in all, and of one kind about dossiers in one state of one call."""
BEGUN = ("/", "/account", "/coordinator", "/coach", "/jury", "/partner", "/applications", "/pilots")
OF_DOSSIER = ("/coordinator/dossiers", "/coach/dossiers", "/jury/dossiers", "/applications")


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
    """Whom to show which page: every kind that is reached by links from where somebody begins, or from a
    dossier in each state. ``asked`` gives the type of an answer and its body.
    """
    stands, of_kind = _states(), Counter[str]()
    first = dict(reversed([(state, ref) for ref, state in stands.items()]))
    begun = [*BEGUN, *(f"{where}/{ref}" for ref in first.values() for where in OF_DOSSIER)]
    for who in people:
        mine: Counter[str] = Counter()
        seen, waiting = set(begun), deque(begun)
        while waiting:
            path = waiting.popleft()
            kind, most = _kind(app, path, stands)
            if mine[kind] >= EACH or of_kind[kind] >= most:
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


def _states() -> dict[str, str]:
    """The call and the state of each application that was there before the copies."""
    rows = db.session.execute(
        select(Dossier.reference, Dossier.call_id, Dossier.state)
        .where(Dossier.id < multiplied.FAR, Dossier.kind == Kind.application)
        .order_by(Dossier.id)
    ).all()
    db.session.rollback()  # whoever looks on holds nothing open
    return {row.reference: f"{row.state} of {row.call_id}" for row in rows}


def _kind(app: Flask, path: str, stands: Mapping[str, str]) -> tuple[str, int]:
    """The endpoint with what is asked of it and the state of the dossier, and how many are shown of it."""
    where, _, query = path.partition("?")
    try:
        endpoint, values = app.url_map.bind("localhost").match(where, method="GET")
    except HTTPException:
        return "", 0
    state = stands.get(values.get("ref", ""), "")
    asked = sorted(each.partition("=")[0] for each in query.split("&"))
    return f"{endpoint} {asked} {state}", IN_STATE if state else KIND


def _links(path: str, body: str) -> Iterator[str]:
    for found in re.findall(r'href="([^"#]+)', body):
        parts = urlsplit(urljoin(f"http://localhost{path}", found.replace("&amp;", "&")))
        if parts.netloc == "localhost" and not parts.path.startswith(("/assets", "/sign-")):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
