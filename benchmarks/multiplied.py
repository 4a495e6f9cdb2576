"""The demonstration, many times over: every dossier in every state with all that hangs on it, so that pages
of all states are measured in a large call as they look in a small one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Table, UniqueConstraint, func, insert, select, text

from callflow.core import mail_tally
from callflow.core.db import db, unit_of_work
from callflow.decisions import promised
from callflow.dossiers import tally
from callflow.dossiers.models import Assignment, Dossier
from callflow.dossiers.states import Kind, Task

FAR = 1_000_000
"""Between the ids of one copy and of the next."""
LOAD = 10
"""Copies that the same coaches and jurors see: where there are more dossiers there are more of them."""
ALONE = {"membership", "invitation", "firing", "look", "grant", "jury_meeting_item"}
"""What a copy does not take along: the people of a group, whose groups stay as many as they are, and what was
on the agenda of a meeting.
"""
Rows = dict[str, list[dict[str, Any]]]


def multiply(size: int) -> int:
    """Copy the applications of every call until there are about ``size``; how many there are then."""
    first = db.session.scalar(
        select(func.count()).select_from(Dossier).where(Dossier.kind == Kind.application)
    )
    held = Copied()
    copies = max(size // (first or 1), 1)
    for number in range(1, copies):
        with unit_of_work():
            for table, rows in held.copy(number):
                db.session.execute(insert(table), rows)
    mail_tally.merge()
    tally.merge()
    promised.merge()
    with unit_of_work():
        db.session.execute(text("ANALYZE"))
    return copies * (first or 0)


class Copied:
    """All rows that hang on an application, found by following the keys of the tables."""

    def __init__(self) -> None:
        self.tables = {table.name: table for table in db.metadata.sorted_tables}
        self.rows: Rows = {name: [] for name in self.tables}
        self.ids: dict[str, set[int]] = {name: set() for name in self.tables}
        self.staff = set(
            db.session.scalars(
                select(Assignment.person_id).where(Assignment.task.in_([Task.coach, Task.juror]))
            )
        )
        self._parents()
        for table in db.metadata.sorted_tables:
            self._take(table)
        self._people()
        db.session.rollback()

    def _parents(self) -> None:
        """What a dossier, a session or a thread needs before it: their trails, groups and sessions."""
        dossier = self.tables["dossier"]
        for row in db.session.execute(select(dossier).where(dossier.c.kind == Kind.application)).mappings():
            self.ids["dossier"].add(row["id"])
            self.ids["trail"].add(row["trail_id"])
            self.ids["group"].add(row["group_id"])
        session, group = self.tables["session_dossier"], self.tables["group"]
        mine = session.c.dossier_id.in_(self.ids["dossier"])
        self.ids["coaching_session"] |= set(db.session.scalars(select(session.c.session_id).where(mine)))
        trails = select(group.c.trail_id).where(group.c.id.in_(self.ids["group"]))
        self.ids["trail"] |= set(db.session.scalars(trails))

    def _take(self, table: Table) -> None:
        """The rows of a table that are one of these, or refer to one of them."""
        if table.name in ALONE:
            return
        given = frozenset(self.ids[table.name])
        for row in db.session.execute(select(table)).mappings():
            own = row.get("id") in given if given else self._refers(table, row)
            if own:
                self.rows[table.name].append(dict(row))
                if isinstance(row.get("id"), int):
                    self.ids[table.name].add(row["id"])

    def _refers(self, table: Table, row: Mapping[Any, Any]) -> bool:
        return any(row[name] in self.ids[to] for name, to in self._keys(table) if to != "user")

    def _keys(self, table: Table) -> Iterator[tuple[str, str]]:
        """The columns that hold an id of another table, and which."""
        for column in table.columns:
            for key in column.foreign_keys:
                yield column.name, key.target_fullname.partition(".")[0]
        if table.name == "outbox_mail":
            yield "dossier_id", "dossier"

    def _people(self) -> None:
        """Coaches and jurors, who are copied more seldom, with what they are in each call."""
        self.crew: Rows = {}
        for name in ("user", "grant", "declaration", "juror_profile", "coach_profile"):
            table = self.tables[name]
            column = "id" if name == "user" else "user_id" if name == "grant" else "person_id"
            mine = table.c[column].in_(self.staff)
            self.crew[name] = [dict(row) for row in db.session.execute(select(table).where(mine)).mappings()]
            self.rows[name] = []

    def copy(self, number: int) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
        """The rows of one copy by table, those first that others refer to."""
        fresh_crew = number % LOAD == 0
        for table in db.metadata.sorted_tables:
            rows = self.rows[table.name]
            if fresh_crew and table.name in self.crew:
                rows = self.crew[table.name]
            if rows:
                yield table, [self._shifted(table, row, number) for row in rows]

    def _shifted(self, table: Table, row: dict[str, Any], number: int) -> dict[str, Any]:
        person = number // LOAD * FAR
        crew = table.name in self.crew
        own = person if crew else number * FAR
        made, moved = dict(row), set()
        for name, to in self._keys(table):
            if to == "user" and made[name] in self.staff:
                made[name] += person
                moved.add(name)
            elif to != "user" and made[name] in self.ids[to] and not crew:
                made[name] += number * FAR
                moved.add(name)
        if isinstance(made.get("id"), int) and "id" not in moved:
            made["id"] += own
        for columns in _unique(table):
            if not moved & set(columns) and "id" not in columns:
                name = columns[-1]
                made[name] = f"{made[name]}{number}" if isinstance(made[name], str) else made[name] + number
        if made.get("awaits"):  # the letter of the copy
            made["awaits"] += str(number)
        return made


def _unique(table: Table) -> Iterator[list[str]]:
    for each in table.constraints:
        if isinstance(each, UniqueConstraint):
            yield [column.name for column in each.columns]
    for column in table.columns:
        if column.unique:
            yield [column.name]
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns]
