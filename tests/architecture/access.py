"""Who gets what at each address: one dossier, everybody who may be near it, and what each is answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from callflow.applications.actions import files
from callflow.applications.files import Examined
from callflow.applications.models import Attachment
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.permissions import P
from callflow.dossiers import queries
from callflow.dossiers.states import Task
from callflow.messages import actions as messages
from callflow.messages.models import MessageFile
from callflow.messages.states import Audience, Side
from callflow.people import queries as people
from callflow.people.actions import invitations
from callflow.people.models import User
from callflow.people.states import Right
from tests import factories as make
from tests.architecture import tree
from tests.client import CheckedClient
from tests.pilots.beside import beside
from tests.rounds import Round

FILE = tree.ROOT / "tests" / "architecture" / "access.txt"
FILE_FIELD = {
    "id": "papers", "kind": "file", "label": make.twin("Bijlage", "Annexe"), "help": {}, "required": False,
    "most": 1, "types": ["pdf"],
}  # fmt: skip


PLAN = "plan-lichtpunt.pdf"
COACHED = Procedure(coaching=Coaching.before, sessions_needed=1, scores_needed=1)


class Neighbourhood:
    """A screened dossier with a file; ``people`` are all who could want to see it, by what they are to it."""

    def __init__(self, procedure: Procedure = COACHED, **answers: str) -> None:
        papers = {"id": "papers", "title": make.twin("Stukken"), "help": {}, "fields": [FILE_FIELD]}
        around = Round(procedure, form=[*make.FORM, papers])
        self.round, elsewhere = around, Round()
        colleagues = [make.person((role, "call", around.call.id)) for role in (Role.coach, Role.juror)]
        self.people: dict[str, User | None] = {
            "nobody": None,
            "stranger": around.stranger,
            "submitter": around.resident,
            "editor": make.person(),
            "viewer": make.person(),
            "coach": around.coach,
            "coach_of_others": colleagues[0],
            "juror": around.juror,
            "juror_of_others": colleagues[1],
            "juror_aside": around.second,
            "chair": make.person((Role.chair, "call", around.call.id)),
            "coordinator": around.coordinator,
            "coordinator_elsewhere": elsewhere.coordinator,
            "signatory": around.signatory,
            "admin": make.person((Role.admin, "all", 0)),
            "guide": make.person(),
            "government": make.person(),
        }
        rights = {around.resident: Right.submit, self.people["editor"]: Right.edit}
        around.group = make.group({**rights, self.people["viewer"]: Right.view})
        self.dossier = around.screened(answers=answers)
        self._give_tasks(around)
        self.values = self._values(around)
        people_of_pilot = (self.people["government"], self.people["guide"])
        self.values_of_pilot = self.values | beside(around, *people_of_pilot)
        self.values_of_thread = self.values | {"number": db.session.scalars(select(MessageFile.id)).one()}

    def _give_tasks(self, around: Round) -> None:
        around.give(self.dossier, Task.coach, around.coach)
        for juror in (around.juror, around.second):
            around.declare(juror)
            around.give(self.dossier, Task.juror, juror)
        around.step_aside(self.dossier, around.second)

    def _values(self, around: Round) -> dict[str, Any]:
        """What stands at each place of an address."""
        who = make.actor(around.coordinator)
        with unit_of_work():
            dossier = queries.for_step(self.dossier.reference, by=who)
            examined = Examined(name=PLAN, media_type="application/pdf", content=b"%PDF-1.4 plan")
            attachment: Attachment = files.store(make.actor(around.resident), dossier, "papers", examined)
            number = attachment.id
            invitation = invitations.invite(
                make.actor(around.resident), people.group_for_change(around.group.id),
                email="nieuw@voorbeeld.test", right=Right.view, language="nl", link_to=str,
            )  # fmt: skip
            db.session.flush()  # for its id
            invited = invitation.id
        mails = select(OutboxMail.id).where(OutboxMail.dossier_id == self.dossier.id)
        # its own rows by their ids: on PostgreSQL numbers go on where earlier tests left them
        mail = db.session.scalars(mails.order_by(OutboxMail.id)).first()
        return {
            "ref": self.dossier.reference, "reference": around.call.reference, "lot": around.lot.key,
            "group_id": around.group.id, "user_id": around.resident.id, "invitation_id": invited,
            "number": number, "secret": "x" * 43, "section": "project",
            "trigger": "withdraw", "task": "coach", "done": "done",
            "meeting_id": 1, "item": self.dossier.reference, "mail_id": mail, "notification_id": 1,
            "deed": "hold", "role": "coach", "over": "call", "mark": "x", "name": "none.css",
            "code": "2345-6789", "ending": "csv", "kind": "member", "packed": "pdf",
            "view_id": 1, "tag_id": 1, "note_id": 1, "batch_id": 1, "wanted": 1, "sha256": "0" * 64,
            "key": self._written(around), "how": "answered", "sending_id": self._sent(around),
        }  # fmt: skip

    def _written(self, around: Round) -> str:
        """A thread that the group began, for the office and the coach."""
        who = make.actor(around.resident)
        with unit_of_work():
            dossier = queries.for_step(self.dossier.reference, by=who)
            return messages.open_thread(
                who, dossier, side=Side.group, subject="Vraag over 't Lichtpunt", audience=Audience.both,
                text="Mag 't Lichtpunt dat?", language="nl",
                files=[Examined(PLAN, "application/pdf", b"%PDF-1.4 a plan")],
            ).key  # fmt: skip

    def _sent(self, around: Round) -> int:
        """What was written to many, among them this dossier."""
        who = make.actor(around.coordinator)
        with unit_of_work():
            found = queries.for_many([self.dossier.reference], by=who, permission=P.message_office)
            words = {"subject": {"nl": "Nieuws"}, "text": {"nl": "Er is nieuws."}}
            return messages.write_to_many(who, found, call_id=around.call.id, **words).id


def to_read(app: Flask, around: Neighbourhood) -> dict[str, str]:
    """Every address that can be opened, by its rule."""
    return {
        rule.rule: path(app, rule, values_at(rule, around))
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if "GET" in (rule.methods or ())
    }


def table(app: Flask) -> dict[str, dict[str, int]]:
    """Every address with a method, and what each person is answered there; what it does is undone."""
    app.config["WTF_CSRF_ENABLED"] = False
    around = Neighbourhood()
    tickets = {who: ticket(app, user) for who, user in around.people.items()}
    try:
        found: dict[str, dict[str, int]] = {}
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            address = path(app, rule, values_at(rule, around))
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                asked = {who: _status(app, held, method, address) for who, held in tickets.items()}
                found[f"{method} {rule.rule}"] = asked
        return found
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


def values_at(rule: Rule, around: Neighbourhood) -> dict[str, Any]:
    """The addresses of pilots lead to a pilot of the same call, those of a thread to its own file."""
    if "/messages/<key>" in rule.rule:
        return around.values_of_thread
    return around.values_of_pilot if "/pilots" in rule.rule or "/partner" in rule.rule else around.values


def path(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    unknown = rule.arguments - values.keys()
    assert not unknown, f"say in {__name__} what stands at {unknown} in {rule.rule}"
    fixed = rule.defaults or {}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: fixed.get(name, values[name]) for name in rule.arguments})


def ticket(app: Flask, user: User | None) -> str | None:
    """The session cookie of somebody who signed in: signing in anew for each question takes a fifth more."""
    cookie = None if user is None else CheckedClient(app).sign_in(user).get_cookie("session")
    return cookie and cookie.value


def _status(app: Flask, ticket: str | None, method: str, path: str) -> int:
    with undone():
        client = CheckedClient(app)
        if ticket is not None:
            client.set_cookie("session", ticket)
        return client.status(path, method)


@contextmanager
def undone() -> Iterator[None]:
    db.session.commit()
    savepoint = db.engine.begin_nested()
    try:
        yield
    finally:
        db.session.commit()
        savepoint.rollback()
        db.session.expire_all()


def written(answers: dict[str, dict[str, int]]) -> str:
    """The table as a file: one line an address, in the order of the people."""
    people = list(next(iter(answers.values())))
    lines = [f"{' '.join(str(each[who]) for who in people)}  {where}" for where, each in answers.items()]
    return "\n".join(["# " + " ".join(people), *lines]) + "\n"
