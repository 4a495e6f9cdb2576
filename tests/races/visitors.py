"""Browsers without a screen, as many as a race needs: each with its own cookies, all let go at one moment."""

import http.client
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup

from callflow.people.models import User
from tests.client import form_values
from tests.conftest import Installation

PATIENCE = 120


@dataclass(frozen=True)
class Answer:
    """What a server said. ``location`` is the path that a redirect leads to."""

    status: int
    location: str | None
    body: str

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html5lib")

    @property
    def summary(self) -> str:
        """The words of the error summary of the page, as one line; empty when it has none."""
        found = self.soup.select_one("[role=alert], .errors, .error-summary")
        return " ".join(found.get_text(" ").split()) if found else ""

    @property
    def words(self) -> str:
        """All the words of the page as one line."""
        main = self.soup.select_one("main")
        return " ".join((main or self.soup).get_text(" ").split())


@dataclass(frozen=True)
class Prepared:
    """A form filled in and not yet sent."""

    visitor: "Visitor"
    path: str
    fields: Mapping[str, Any]

    def send(self) -> Answer:
        return self.visitor.post(self.path, self.fields)


@dataclass
class Visitor:
    """One browser of one person; its cookies are its own, as on a second device of the same person."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, installation: Installation, address: str, user: User) -> "Visitor":
        """A browser in which this person has signed in."""
        cookie = installation.client().sign_in(user).get_cookie("session")
        assert cookie is not None
        return cls(address, {"session": str(cookie.value)})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, Any]) -> Answer:
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def fill_in(self, path: str, form: str, /, **values: Any) -> Prepared:
        """Open the page, take the form that the CSS selector finds as it stands, put these values into it.

        A name that the form does not have is a mistake of the test.
        """
        answer = self.get(path)
        assert answer.status == 200, f"{path} answered {answer.status}: {answer.words[:300]}"
        found = answer.soup.select_one(form)
        assert found is not None, (
            f"{path} has no form {form!r}: {[f.get('action') for f in answer.soup('form')]}"
        )
        outside = answer.soup.find_all(attrs={"form": found["id"]}) if found.has_attr("id") else []
        names = {
            str(each.get("name")) for each in [*found.find_all(["input", "select", "textarea"]), *outside]
        }
        assert set(values) <= names, (
            f"{form} of {path} has no {sorted(set(values) - names)}, only {sorted(names)}"
        )
        for each in outside:
            if each.get("type") != "checkbox" or each.has_attr("checked"):
                values.setdefault(str(each["name"]), []).append(str(each["value"]))
        target = urlsplit(urljoin(f"http://x{path}", str(found.get("action") or path)))
        return Prepared(self, target._replace(scheme="", netloc="").geturl(), form_values(found) | values)

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.address + path}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        place = response.headers.get("Location")
        return Answer(
            response.status, urlsplit(place)._replace(scheme="", netloc="").geturl() if place else None, text
        )


def at_once(deeds: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do all of them at the same moment, each in a thread of its own; their answers in the same order."""
    gate = threading.Barrier(len(deeds))

    def do(deed: Callable[[], Answer]) -> Answer:
        gate.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def each_prepares(deeds: Sequence[Callable[[], Prepared]]) -> list[Prepared]:
    """Open pages a few at a time, so that a race begins with forms that are all as old as one another."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda deed: deed(), deeds))
