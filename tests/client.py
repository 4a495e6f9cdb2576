"""A test client that reads every page it fetches; a bad page or an uncommitted change fails the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from callflow.core.db import db
from tests import databases
from tests.page import read

_read: WeakKeyDictionary[TestResponse, BeautifulSoup] = WeakKeyDictionary()


class BadPage(AssertionError):
    """A page was served that no page may be like."""


class CheckedClient(FlaskClient):
    """The browser of one person. ``submit`` fetches a page, fills in its form and sends it."""

    reads = databases.chosen() == "sqlite"
    """Whether it looks for what is wrong with each page: the other half of the gate fetches the same ones."""

    def sign_in(self, user: Any) -> "CheckedClient":
        """Be this user from now on, without the sign-in pages."""
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"], session["_fresh"] = user.get_id(), True
        return self

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """A request in an application context of its own, as on a server; the test then sees its result."""
        _end_reading()
        with self.application.app_context(), _changes() as (unsaved, written):
            kwargs.setdefault("buffered", True)
            response = super().open(*args, **kwargs)
            left = [
                repr(each) for each in (*db.session.new, *db.session.dirty, *db.session.deleted)
            ] + unsaved
        where = f"{response.request.method} {response.request.path}"
        if left:
            raise BadPage(f"{where} left uncommitted changes: {left}")
        if written and response.request.method in ("GET", "HEAD"):
            raise BadPage(f"{where} is for reading and wrote: {written}")
        if self.reads and response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            soup, wrong = read(response.get_data(as_text=True))
            if wrong:
                raise BadPage(f"{where}: " + "; ".join(wrong))
            _read[response] = soup
        return response

    def status(self, path: str, method: str = "GET") -> int:
        """What the server answers, without a look at the page."""
        _end_reading()
        with self.application.app_context():
            return super().open(path, method=method, buffered=True).status_code

    def page(self, path: str, *, status: int = 200, **kwargs: Any) -> BeautifulSoup:
        """The parsed page at ``path``, which must answer with ``status``."""
        response = self.get(path, **kwargs)
        assert response.status_code == status, f"{path} answered {response.status}"
        return soup_of(response)

    def submit(
        self, path: str, values: dict[str, Any] | None = None, *, form: str = "main form", **kwargs: Any
    ) -> TestResponse:
        """Open ``path``, fill in the first form that the CSS selector ``form`` finds, and send it.

        ``values`` overrides what the page holds; None leaves that field out, a list sends it several times.
        """
        soup = self.page(path)
        found = soup.select_one(form)
        assert found is not None, f"{path} has no form {form!r}"
        data = form_values(found) | (values or {})
        target = str(found.get("action") or path)
        sent = {name: value for name, value in data.items() if value is not None}
        return self.open(target, method=str(found.get("method") or "get").upper(), data=sent, **kwargs)


def soup_of(response: TestResponse) -> BeautifulSoup:
    """The parsed page of an answer, which was read already when it was checked."""
    return _read.get(response) or BeautifulSoup(response.get_data(as_text=True), "html5lib")


def form_values(form: Tag) -> dict[str, Any]:
    """What a browser would send if the person only pressed the first button."""
    values: dict[str, Any] = {}
    for field in form.find_all(["input", "select", "textarea", "button"]):
        name = field.get("name")
        if name and not field.has_attr("disabled"):
            _add(values, str(name), _value(field, form))
    return values


def _value(field: Tag, form: Tag) -> str | None:
    kind = field.get("type")
    if field.name == "textarea":
        return field.get_text()
    if field.name == "select":
        chosen = field.find("option", selected=True) or field.find("option")
        return None if chosen is None else str(chosen.get("value", chosen.get_text(strip=True)))
    if kind in ("checkbox", "radio"):
        return str(field.get("value", "on")) if field.has_attr("checked") else None
    if field.name == "button" or kind == "submit":
        first = form.find(lambda tag: tag.name == "button" or tag.get("type") == "submit")
        return str(field.get("value", "")) if field is first else None
    return None if kind == "file" else str(field.get("value", ""))


def _add(values: dict[str, Any], name: str, value: str | None) -> None:
    if value is None:
        return
    values[name] = value if name not in values else [*_listed(values[name]), value]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _end_reading() -> None:
    """End what the test itself was reading: its savepoint would swallow what the request commits."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise AssertionError("the test asks for a page while it holds changes that it never committed")
    db.session.commit()


@contextmanager
def _changes() -> Iterator[tuple[list[str], list[str]]]:
    """What was written in the block: still uncommitted at its end, and in all; whichever session wrote it."""
    pending: list[str] = []
    written: list[str] = []

    def flushed(session: Session, _context: Any) -> None:
        pending.extend(repr(each) for each in (*session.new, *session.dirty, *session.deleted))

    def executed(state: Any) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            pending.append(str(state.statement))

    def committed(_session: Session) -> None:
        written.extend(pending)

    def ended(_session: Session, transaction: Any) -> None:
        if transaction.parent is None:
            pending.clear()

    factory = db.session.session_factory
    hooks = {
        "after_flush": flushed,
        "do_orm_execute": executed,
        "after_commit": committed,
        "after_transaction_end": ended,
    }
    for name, hook in hooks.items():
        event.listen(factory, name, hook)
    try:
        yield pending, written
    finally:
        for name, hook in hooks.items():
            event.remove(factory, name, hook)
