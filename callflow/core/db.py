"""The database: engine hooks, the declarative base, column types and the one unit of work that commits."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Insert,
    MetaData,
    String,
    Table,
    Text,
    event,
    func,
    insert,
    select,
    type_coerce,
)
from sqlalchemy import cast as cast_as
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

logging.getLogger("transitions").setLevel(logging.WARNING)

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table; its constraints get names from NAMES, so that a refusal can be turned into a sentence."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Hour(FunctionElement[str]):
    """The hour of a moment in UTC as text. Days of Brussels begin on a whole hour, so what is counted by hour
    can be counted by day, whatever the database knows of summer time; ``begun`` reads it.
    """

    type = String()
    inherit_cache = True

    @staticmethod
    def begun(hour: str) -> datetime:
        return datetime.fromisoformat(f"{hour}:00+00:00")


@compiles(Hour)
def _hour(element: Hour, compiler: SQLCompiler, **more: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **more)} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"


@compiles(Hour, "sqlite")
def _hour_in_text(element: Hour, compiler: SQLCompiler, **more: Any) -> str:
    return f"substr({compiler.process(element.clauses, **more)}, 1, 13)"


class Fixed(TypeDecorator[Decimal]):
    """A decimal number with ``places`` digits after the point, kept as a whole number: exact and sortable on
    both databases.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


_parsed: dict[str, Any] = {}
KEPT = 512


class Shared(TypeDecorator[Any]):
    """JSON that seldom changes and is read with every dossier, as the form of its call: what was read before
    is not parsed again, so nobody may change it in place. It comes as text, which no driver parses first.
    """

    impl = JSON
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return type_coerce(cast_as(column, Text), self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _known


def _known(text: str | None) -> Any:
    if text is None:
        return None
    found = _parsed.get(text, _parsed)  # the cache itself stands for what it does not hold
    if found is _parsed:
        found = json.loads(text)
        if len(_parsed) >= KEPT:  # another thread may empty it at any moment: nothing is read from it again
            _parsed.clear()
        _parsed[text] = found
    return found


def changed_in_place() -> list[str]:
    """The beginnings of what was shared and is no longer what was read: a mistake of whoever changed it."""
    return [text[:80] for text, value in _parsed.items() if json.loads(text) != value]


def money() -> TypeEngine[Decimal]:
    """Column type for euros with cents."""
    return Fixed(2)


def stored(kind: type[PythonEnum], name: str) -> Enum:
    """Column type for an enum: text with a named CHECK, so that a downgrade can shrink it."""
    return Enum(kind, name=name, native_enum=False, create_constraint=True, length=40)


class Claim(Protocol):
    """What a form token looks like from here (core/once.py)."""

    def claim(self) -> None: ...


def on_sqlite() -> bool:
    """Whether the embedded database is in use; with search.py the only place that may ask."""
    return db.engine.dialect.name == "sqlite"


@event.listens_for(Engine, "connect")
def _connected(connection: Any, _record: Any) -> None:
    """On SQLite: explicit transactions (the driver's own lose updates silently), WAL, foreign keys, and six
    MB of pages at hand for each connection, so that a pile of a thousand dossiers is not read from the file.
    """
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None
    chosen = "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"
    for pragma in (*chosen, "cache_size=-6000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begun(connection: Any) -> None:
    """A unit of work takes SQLite's write lock at once; a read transaction that writes later would fail or
    lose updates.
    """
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def unit_of_work(token: Claim | None = None) -> Iterator[None]:
    """One change of the database: all of it or nothing. The only place that commits.

    ``token`` is claimed first; a form that was sent before raises Repeated with the first outcome.
    """
    db.session.rollback()
    db.session.connection(execution_options={"immediate": True})
    try:
        if token is not None:
            token.claim()
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def in_turn(subject: str) -> None:
    """Wait until no other running unit of work said the same: for what has no row yet that could be locked.

    Units of work of SQLite wait for each other in any case.
    """
    if not on_sqlite():
        key = int.from_bytes(sha256(subject.encode()).digest()[:8], signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def into(kind: type[Base]) -> Insert:
    """Insert many rows at one stroke, without an object for each."""
    return insert(cast("Table", kind.__table__))


@contextmanager
def savepoint() -> Iterator[None]:
    """One record of a bulk step: it fails alone."""
    with db.session.begin_nested():
        yield


def look_again() -> None:
    """Have the embedded database count anew what its plans are made by, a thousand rows of each index at
    most; after growth it chooses wrongly without. PostgreSQL does it by itself.
    """
    if on_sqlite():
        with unit_of_work():
            for statement in ("PRAGMA analysis_limit=1000", "ANALYZE"):
                db.session.connection().exec_driver_sql(statement)
