"""Migrated databases for tests: one template a process, and copies of it that a test may spoil."""

import os
import shutil
from itertools import count
from pathlib import Path
from typing import Protocol

import flask_migrate
from sqlalchemy import text

from callflow.app import create_app
from callflow.core.db import db
from config import Settings
from tests.postgres import Cluster


class Databases(Protocol):
    """Where copies of the migrated template come from."""

    def copy(self) -> str: ...

    def empty(self) -> str: ...

    def discard(self, url: str) -> None: ...

    def stop(self) -> None: ...


def chosen() -> str:
    """sqlite or postgresql: which of the two this run is about."""
    return os.environ.get("CALLFLOW_TEST_DB", "sqlite")


def start(folder: Path) -> Databases:
    """The databases of this process; ``folder`` is the tests' own and is removed by pytest."""
    return PostgresDatabases(folder) if chosen() == "postgresql" else SqliteFiles(folder)


def environment(url: str, home: Path, *, smtp_port: int = 1) -> dict[str, str]:
    """The variables of a throw-away installation; also what a process started by a test is given."""
    return {
        "CALLFLOW_ENV": "test",
        "CALLFLOW_SECRET": "a secret of the tests",
        "CALLFLOW_HOME": str(home),
        "CALLFLOW_BASE_URL": "http://callflow.test",
        "DATABASE_URL": url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
    } | {name: value for name in ("CALLFLOW_SHARED",) if (value := os.environ.get(name))}


def migrate(url: str, home: Path) -> None:
    """Bring the database at ``url`` to the newest migration and let go of it."""
    app = create_app(Settings.from_env(environment(url, home)))
    with app.app_context():
        flask_migrate.upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()


class SqliteFiles:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._template = self._path(self.empty())
        migrate(self._url(self._template), folder / "home")

    def copy(self) -> str:
        url = self.empty()
        shutil.copyfile(self._template, self._path(url))
        return url

    def empty(self) -> str:
        return self._url(self.folder / f"{next(self._numbers)}.sqlite")

    def discard(self, url: str) -> None:
        for path in self.folder.glob(f"{self._path(url).name}*"):
            path.unlink()

    def stop(self) -> None:
        """Nothing runs."""

    @staticmethod
    def _url(path: Path) -> str:
        return f"sqlite:///{path}"

    @staticmethod
    def _path(url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))


class PostgresDatabases:
    """Databases of an own cluster, each made from one migrated template."""

    def __init__(self, folder: Path) -> None:
        self.cluster = Cluster()
        self._numbers = count(1)
        try:
            migrate(self.cluster.create("template_callflow"), folder / "home")
        except BaseException:
            self.cluster.stop()
            raise

    def copy(self) -> str:
        return self.cluster.create(f"test_{next(self._numbers)}", template="template_callflow")

    def empty(self) -> str:
        return self.cluster.create(f"test_{next(self._numbers)}")

    def discard(self, url: str) -> None:
        self.cluster.drop(url.split("@/")[1].split("?", maxsplit=1)[0])

    def stop(self) -> None:
        self.cluster.stop()
