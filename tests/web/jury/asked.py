"""What somebody is answered at any address, as plain text whatever it comes as, beside what they would be
answered were the dossier not there.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import bindparam, func, literal, select, union_all
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import carries
from callflow.core.trail import Trail
from callflow.dossiers.models import Dossier
from callflow.people.models import User
from tests import factories as make
from tests.architecture import access
from tests.client import form_values
from tests.letters.reading import words_of
from tests.rounds import Round

FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
OWN = re.compile(r'<input[^>]*type="hidden"[^>]*>|<meta[^>]*>')
"""What differs from one answer to the next."""
SOUGHT, UNKNOWN = "Lichtpunt", "Nergenshuis"
WORDS = "Lang genoeg om te lezen"


@dataclass(frozen=True)
class Answer:
    """``words`` is everything that a reader can see, headers and the inside of files included."""

    status: int
    words: str
    html: str = ""
    leads_to: str = ""


def read(response: TestResponse) -> Answer:
    head = " ".join(filter(None, (response.location, response.headers.get("Content-Disposition"))))
    if response.mimetype == "text/html":
        page = response.get_data(as_text=True)
        words = f"{head} {OWN.sub('', page)}"
        return Answer(response.status_code, words, page, response.location or "")
    return Answer(response.status_code, f"{head} {_text(response.mimetype, response.data)}")


def _text(kind: str, content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(f"{each} {_text('', packed.read(each))}" for each in packed.namelist())
    if content.startswith(b"%PDF") and b"/Pages" in content:
        return words_of(content)
    return content.decode(errors="replace")


SCORES = {
    "version": "0", "need": "4", "need-reason": WORDS, "participation": "3", "participation-reason": WORDS,
}  # fmt: skip
BY_HAND: dict[str, dict[str, Any]] = {
    "jury.save": {**SCORES, "do": "hand_in"},
    "jury.autosave": SCORES,
    "jury.stand_aside": {"version": "0", "do": "conflict", "reason": WORDS},
    "jury.open_meeting": {"held_on": "2026-12-01", "place": "Ieper", "quorum": "1"},
    "coordinator.take_steps": {"all": "", "person_id": "", "tag_id": ""},
}
"""What is on no page that was opened, or reaches further when it is sent otherwise."""
OF_STAFF = ("/jury", "/coordinator", "/coach")


class World(Protocol):
    """What there is around a dossier that is hidden from somebody, and another that is not."""

    around: access.Neighbourhood
    round: Round
    hidden: Dossier
    beside: Dossier


class Site:
    """The site as people find it around a dossier: at addresses that lead to it, and at the same addresses
    with ``nowhere`` in them. ``forms`` are those that its pages send, by endpoint.
    """

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        self.forms: dict[str, dict[str, Any]] = {}
        self._tickets: dict[int, str | None] = {}
        self.ref = world.hidden.reference
        self.no_ref = f"{self.ref.split('-')[0]}-{'Z' * len(self.ref.split('-')[1])}"
        numbers = ("number", "mail_id", "note_id", "group_id", "invitation_id", "user_id", "notification_id")
        self._nowhere = dict.fromkeys(numbers, NOBODYS) | {
            "ref": self.no_ref, "item": self.no_ref, "key": "z" * 12,
        }  # fmt: skip

    def path(self, rule: Rule, *, there: bool = True) -> str:
        values = access.values_at(rule, self.world.around)
        if "/extracts/" in rule.rule:
            values = {**values, "number": values.get("resolution", 1)}
        if "/jury/members/" in rule.rule:
            values = {**values, "user_id": self.world.round.second.id}  # a juror who told of a conflict
        leads_to_it = not any(part in rule.rule for part in ELSEWHERE)
        return access.path(self.app, rule, values if there or not leads_to_it else values | self._nowhere)

    def ask(self, user: User, method: str, path: str, data: Any = None) -> Answer:
        if user.id not in self._tickets:
            self._tickets[user.id] = access.ticket(self.app, user)
        client = self.app.test_client()
        client.set_cookie("session", self._tickets[user.id] or "")
        with self.app.app_context():
            return read(client.open(path, method=method, data=data, buffered=True))

    def search(self, *, there: bool = True) -> str:
        """Arguments that ask a list for the dossier, by its title and by its reference."""
        word, ref = (SOUGHT, self.ref) if there else (UNKNOWN, self.no_ref)
        call = self.world.round.call.reference
        return f"?call={call}&q={word}&ref={ref}&dossier={ref}&state=scored&view=all"

    def neutral(self, words: str, path: str, user: User) -> str:
        """Without what was asked for, and who asked."""
        for each in (path, html.escape(path), user.name, self.ref, self.no_ref, SOUGHT, UNKNOWN):
            words = words.replace(each, "…")
        return words

    def learn(self, user: User, *, at: str = "") -> Iterator[Answer]:
        """What somebody is answered who may see it; the forms of each page are kept."""
        who = make.actor(user)
        for rule in self.rules:
            if "GET" in (rule.methods or ()) and at in rule.rule and self.opens(rule, who):
                path = self.path(rule)
                answer = self.ask(user, "GET", path)
                self._keep_forms(answer.html, path)
                yield answer

    def closed(self, rule: Rule) -> bool:
        """Whether it is for some only."""
        return bool(self.app.view_functions[rule.endpoint].access != "public")

    def opens(self, rule: Rule, who: Actor) -> bool:
        """Whether the gate lets this person through to the view, which looks at the record itself."""
        wanted = self.app.view_functions[rule.endpoint].access
        return bool(wanted == "public" or carries(who, wanted))

    def _keep_forms(self, page: str, path: str) -> None:
        known = self.app.url_map.bind("localhost")
        for found in FORM.findall(page):
            form = BeautifulSoup(found, "html.parser").form
            target = str(form.get("action") or path).split("?")[0].split("#")[0]
            endpoint, _values = known.match(target, method="POST")
            if endpoint not in self.forms:
                self.forms[endpoint] = {
                    name: value if name in ("token", "version") or str(value).strip() else WORDS
                    for name, value in form_values(form).items()
                }

    def form(self, rule: Rule, *, there: bool) -> dict[str, Any]:
        """What the page of this address would send, with the dossier and another one ticked in it."""
        form = {**self.forms.get(rule.endpoint, {}), **BY_HAND.get(rule.endpoint, {})}
        if rule.rule.startswith(OF_STAFF):
            form["ref"] = [self.ref, self.world.beside.reference]
        return form if there else {name: self._elsewhere(value) for name, value in form.items()}

    def _elsewhere(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._elsewhere(each) for each in value]
        return value.replace(self.ref, self.no_ref) if isinstance(value, str) else value


NOBODYS = 2_147_480_000
"""The number of no record."""
ELSEWHERE = ("/pilots", "/partner", "/extracts/", "/coordinator/people/", "/jury/members/")
"""What stands at places of these addresses is another record: a pilot, minutes, a person."""


def rows(dossier_id: int) -> dict[str, tuple[int, ...]]:
    """How many rows each table holds, in all and of this dossier, and where it and its history stand."""
    found = {name: (whole, own) for name, whole, own in db.session.execute(_counted(), {"id": dossier_id})}
    state = select(Dossier.version, Dossier.content_version, Trail.sequence)
    mine = state.join(Trail, Trail.id == Dossier.trail_id).where(Dossier.id == dossier_id)
    return found | {"": tuple(db.session.execute(mine).one())}


@lru_cache(maxsize=1)
def _counted() -> Any:
    this: Any = bindparam("id")
    parts = []
    for table in db.metadata.sorted_tables:
        column = table.c.get("dossier_id", table.c.get("application_id"))
        own = literal(0) if column is None else func.count().filter(column == this)
        parts.append(select(literal(table.name), func.count(), own).select_from(table))
    return union_all(*parts)
