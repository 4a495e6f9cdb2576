"""The fixtures themselves: changes are undone or kept as promised; a bad page or forgotten change is seen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from smtplib import SMTP, SMTPRecipientsRefused

import pytest
from flask import Flask
from sqlalchemy import func, select

from callflow.core.db import db, unit_of_work
from callflow.core.trail import GENESIS, Trail
from tests.architecture import tree
from tests.client import BadPage, CheckedClient
from tests.conftest import Installation
from tests.page import complaints
from tests.servers import Mailbox

PAGE = '<!doctype html><html lang="nl"><title>T</title><main><h1>T</h1>{}</main></html>'


def trail(kind: str) -> Trail:
    return Trail(kind=kind, sequence=0, head=GENESIS)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Trail)) or 0


def lose(kind: str) -> None:
    with unit_of_work():
        db.session.add(trail(kind))
        db.session.flush()
        raise RuntimeError


def serve(
    app: Flask, view: Callable[[], str], *, methods: tuple[str, ...] = ("GET", "POST")
) -> CheckedClient:
    view.access = "public"  # type: ignore[attr-defined]  # as gate.public marks it
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/probe", "probe", view, methods=methods)
    return CheckedClient(app)


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_a_test_commits_is_undone_afterwards(app: Flask, attempt: int):
    before = count()
    with unit_of_work():
        db.session.add(trail("kept"))
    with pytest.raises(RuntimeError):
        lose("lost")

    assert (before, count()) == (0, 1)


def test_a_test_and_its_requests_see_each_others_changes(committed: Installation):
    def view() -> str:
        with unit_of_work():
            db.session.add(trail("request"))
        return PAGE.format("")

    client = serve(committed.app, view)
    with unit_of_work():
        db.session.add(trail("test"))
    assert count() == 1
    client.post("/probe")

    assert count() == 2


def test_a_request_that_leaves_a_change_uncommitted_fails_the_test(committed: Installation):
    def view() -> str:
        db.session.add(trail("forgotten"))
        db.session.flush()
        return PAGE.format("")

    with pytest.raises(BadPage, match="uncommitted"):
        serve(committed.app, view).post("/probe")


def test_reading_that_writes_fails_the_test(committed: Installation):
    def view() -> str:
        with unit_of_work():
            db.session.add(trail("written"))
        return PAGE.format("")

    with pytest.raises(BadPage, match="reading"):
        serve(committed.app, view).get("/probe")


@pytest.mark.parametrize(
    "content, complaint",
    [
        ("<h1>second</h1>", "has 2 h1"),
        ("<h3>too deep</h3>", "goes from h1 to h3"),
        ('<p id="a"></p><p id="a"></p>', "repeats the id a"),
        ('<input name="n">', "has no label for input n"),
        ('<label for="gone">L</label>', "label refers to #gone, which is not there"),
        ('<p style="color: red">', "p has an inline style"),
        ("<script>1</script>", "has an inline script"),
        ('<p onclick="f()">', "p has onclick"),
        ('<img src="x.png">', "image x.png has no alt"),
        ("<p></div>", "does not parse: end-tag-too-early at line 1 {'name': 'div'}"),
    ],
)
def test_a_bad_page_is_seen(content: str, complaint: str):
    assert complaint in complaints(PAGE.format(content))


def test_a_good_page_passes():
    assert complaints(PAGE.format('<label for="n">N</label><input id="n" name="n"><h2>x</h2>')) == []


def test_statements_are_counted_without_transaction_control(
    app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
):
    with statements() as seen, unit_of_work():
        db.session.add(trail("one"))
        count()

    assert [each.split()[0] for each in seen] == ["INSERT", "SELECT"]


def test_mail_arrives_or_is_refused(smtp: Mailbox):
    smtp.answers["nobody@example.org"] = "550 no such person"
    with SMTP("127.0.0.1", smtp.port) as connection:
        connection.sendmail(
            "a@example.org", "b@example.org", "To: b@example.org\r\nSubject: Besluit\r\n\r\nja\r\n"
        )
        with pytest.raises(SMTPRecipientsRefused):
            connection.sendmail("a@example.org", "nobody@example.org", "To: nobody@example.org\r\n\r\n")

    assert [message["Subject"] for message in smtp.to("b@example.org")] == ["Besluit"]


def test_what_a_throw_away_installation_commits_reaches_another_process(committed: Installation):
    with unit_of_work():
        db.session.add(trail("seen from outside"))
    with committed.run("flask", "db", "current") as program:
        program.process.wait(30)

    head = (tree.ROOT / "migrations" / ".current-head").read_text(encoding="utf-8").strip()
    assert head in program.output()
    assert count() == 1
