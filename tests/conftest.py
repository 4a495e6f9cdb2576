"""What tests ask for: an application whose changes are undone, one that commits, mail, counters."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event

from callflow.app import create_app
from callflow.core import db as core_db
from callflow.core import heap, storage
from callflow.core.db import db
from callflow.lifecycle import verify as proof
from callflow.lifecycle.checking import Break
from config import Settings
from tests import databases, servers
from tests.client import CheckedClient
from tests.databases import Databases

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
CHANGING = ("INSERT", "UPDATE", "DELETE")
ABSENT = "not run: shared data absent"
DEEP = os.environ.get("CALLFLOW_TEST_DEPTH") == "deep"
DATABASE_FIXTURES = {"app", "client", "committed", "fresh_databases"}

# the gate repeats the same examples, so that it is red for a reason; make deep looks for new ones
hypothesis.settings.register_profile("gate", max_examples=30, derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("deep", max_examples=500, deadline=None, database=None)
hypothesis.settings.load_profile("deep" if DEEP else "gate")


@dataclass
class Installation:
    """A throw-away installation whose changes are committed: for workers, kills, races and browsers."""

    app: Flask
    environment: dict[str, str]
    folder: Path

    def client(self) -> CheckedClient:
        return CheckedClient(self.app)

    def web(self, *, processes: int = 2) -> AbstractContextManager[str]:
        """Its site on a real server; the address."""
        return servers.web_server(self.environment, self.folder / "web.log", processes=processes)

    def run(self, *command: str) -> AbstractContextManager[servers.Program]:
        """A program of the virtual environment working on this installation: ``run("flask", "worker")``."""
        return servers.running(list(command), self.environment, self.folder / f"{command[-1]}.log")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database gives the same answer on both, and as many statements are sent to one as to
    the other: such tests run in the SQLite half, with those that are marked ``once``.
    """
    if databases.chosen() == "sqlite":
        return

    def asks_both(item: pytest.Item) -> bool:
        wanted = set(getattr(item, "fixturenames", ()))
        once = "statements" in wanted or item.get_closest_marker("once") is not None
        return bool(DATABASE_FIXTURES & wanted) and not once

    on_both = [item for item in items if asks_both(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(on_both)])
    items[:] = on_both


def pytest_collection_finish() -> None:
    """Everything is imported by now. Without this a fifth of the time goes into looking at it again."""
    heap.settle()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where the shared data is present, no test may be skipped for lack of it."""
    report = yield
    if report.skipped and "shared" in str(report.longrepr) and _shared_folder():
        report.outcome, report.longrepr = (
            "failed",
            f"skipped although the shared data is there: {report.longrepr}",
        )
    return report


@pytest.fixture(scope="session")
def fresh_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Migrated databases, as many as wanted."""
    made = databases.start(tmp_path_factory.mktemp("databases"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def smtp_port() -> int:
    return servers.free_port()


@pytest.fixture
def smtp(smtp_port: int) -> Iterator[servers.Mailbox]:
    """A real SMTP server where the application sends its mail; ``smtp.messages`` is what arrived."""
    with servers.mail_server(smtp_port) as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def _application(
    fresh_databases: Databases, tmp_path_factory: pytest.TempPathFactory, smtp_port: int
) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("home")
    variables = databases.environment(fresh_databases.copy(), home, smtp_port=smtp_port)
    app = create_app(Settings.from_env(variables))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core_db, "KEPT", 20_000)
        yield app
    with app.app_context():
        db.engine.dispose()
    assert core_db.changed_in_place() == [], "what some test changed although others read it too"


@pytest.fixture
def app(_application: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, inside its context and inside one transaction that is undone afterwards."""
    with _application.app_context(), db.engine.connect() as connection, _joined(connection):
        with _writing() as written:
            yield _application
        broken = _verified(request) if written else []
    assert broken == [], "what flask verify finds after this test"


@contextmanager
def _writing() -> Iterator[list[str]]:
    """Collects the first statement that changes anything: where there is none, nothing can have broken."""
    written: list[str] = []

    def note(_connection, _cursor, statement: str, _parameters, _context, _many) -> None:
        if not written and statement.lstrip()[:6].upper() in CHANGING:
            written.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _verified(request: pytest.FixtureRequest) -> list[Break]:
    """What a sound installation has none of; not asked of tests that write rows by hand."""
    db.session.remove()
    return [] if request.node.get_closest_marker("unverified") else list(proof.breaks())


@contextmanager
def _joined(connection: Connection) -> Iterator[None]:
    """Every session works inside this connection's transaction: its commits are savepoints."""
    factory, engine = db.session.session_factory, db.engine
    connection.begin()
    db.engines[None] = connection
    factory.configure(join_transaction_mode="create_savepoint")
    try:
        yield
    finally:
        db.session.remove()
        factory.configure(join_transaction_mode="conditional_savepoint")
        db.engines[None] = engine
        connection.rollback()


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A browser that is nobody yet."""
    return CheckedClient(app)


@pytest.fixture
def committed(
    fresh_databases: Databases, tmp_path: Path, smtp_port: int, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    """A database and an application of this test's own, inside its context; what it commits stays."""
    url = fresh_databases.copy()
    variables = databases.environment(url, tmp_path / "home", smtp_port=smtp_port)
    kept = storage._storage
    app = create_app(Settings.from_env(variables))
    with app.app_context():
        yield Installation(app, variables, tmp_path)
        broken = _verified(request)
        db.session.remove()
        db.engine.dispose()
    storage._storage = kept
    fresh_databases.discard(url)
    assert broken == [], "what flask verify finds after this test"


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """``with statements() as seen: ...`` collects the SQL sent meanwhile, transaction control left out."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement: str, _parameters, _context, _many) -> None:
            if not statement.lstrip().upper().startswith(NOT_COUNTED):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def deep() -> bool:
    """Whether this run has time for all hostile strings and many seeds; the gate takes a seeded sample."""
    return DEEP


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """``shared("data/ideas/x.csv")``: that file of the shared data, or the test is counted as not run."""

    def find(name: str) -> Path:
        folder = _shared_folder()
        if folder is None:
            pytest.skip(ABSENT)
        path = folder / name
        assert path.exists(), f"the shared data holds no {name}"
        return path

    return find


def _shared_folder() -> Path | None:
    return Settings.from_env(os.environ | {"CALLFLOW_ENV": "test", "CALLFLOW_SECRET": "none"}).shared
