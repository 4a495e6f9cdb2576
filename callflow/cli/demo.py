"""flask demo: three demo calls with people and dossiers in every state, and how to sign in."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from callflow.calls import actions, queries
from callflow.calls.models import Call
from callflow.calls.setup import parse
from callflow.cli import words
from callflow.cli.playing import bending, filing, juried, letters, pilots, staging, troupe, twofold
from callflow.cli.playing.examples import example
from callflow.cli.playing.stage import Stage
from callflow.core import clock, heap, mailing, outbox
from callflow.core.actor import OPERATOR
from callflow.core.db import db, unit_of_work
from callflow.core.i18n import gettext
from callflow.core.outbox import MailState, OutboxMail
from callflow.dossiers.models import Dossier
from callflow.dossiers.queries import begun
from callflow.dossiers.states import Kind
from callflow.people import passwords, signing
from callflow.people import queries as people
from callflow.territory.actions import load_municipalities

PASSWORD = "twee dorpen, een grens"  # noqa: S105 - everybody may know it: the demonstration is no real call

HELD_BACK = (MailState.waiting, MailState.queued)


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing where a call is set up already.")
@with_appcontext
def demo(if_empty: bool) -> None:
    """Load the demo calls, people and dossiers in every state, and print how to sign in.

    A second time nothing is made again: it says what is there and prints fresh links.
    """
    with words.terminal():
        if if_empty and db.session.scalar(select(Call.id).limit(1)) is not None:
            click.echo(gettext("There is a call already: the demonstration is left out."))
            return
        if current_app.config["SETTINGS"].production:
            raise words.Refusal(gettext("The demonstration has no place in production."))
        if _is_there():
            click.echo(gettext("The demonstration is there already."))
        else:
            _make()
        _tell()
        _sign_ins()


def _is_there() -> bool:
    """Passwords are given last: an account that has one stands in a whole demonstration."""
    last = people.by_email(troupe.accounts()[-1]["email"])
    if last is not None and last.password_hash is None:
        raise words.Refusal(
            gettext("A demonstration was begun and not finished: start from an empty database.")
        )
    return last is not None


def _make() -> None:
    """Calls, people, dossiers, passwords: each step with a bar."""
    heap.settle()
    password_hash = passwords.hashed(PASSWORD)
    references = list(troupe.texts()["calls"])
    now = clock.now()
    for reference in references:
        _load(reference, example(reference, clock.local(now).date()))
    loaded = [queries.by_reference(reference) for reference in references]
    with unit_of_work(), clock.fixed(min(call.opens_at for call in loaded)):
        company = troupe.gather([queries.by_reference(reference) for reference in references])
    for reference in references:
        scenes = troupe.texts()["calls"][reference]
        click.echo(gettext("%(call)s: %(count)d dossiers", call=reference, count=len(scenes)))
        stage = Stage(reference, company, scenes, now)
        if stage.procedure.preapplication:
            twofold.play(stage)
        else:
            staging.play(stage)
        bending.bend(stage)
        filing.file_away(stage)
        juried.go_on(stage)
    click.echo(gettext("%(count)d pilots", count=pilots.play(company, now)))
    _hold_mails()
    if lacking := letters.can_be_made():
        click.echo(lacking, err=True)
    else:
        letters.make()
    with unit_of_work():
        for each in troupe.accounts():
            troupe.give_password(each["email"], password_hash)


def _hold_mails() -> None:
    """Nothing is sent to people who do not exist, until somebody releases it on the page of the outbox."""
    with unit_of_work():
        for mail in db.session.scalars(
            select(OutboxMail).where(OutboxMail.state.in_(HELD_BACK)).with_for_update()
        ):
            outbox.hold(mail)


def _load(reference: str, file: str) -> None:
    reading = parse(file.encode())
    if reading.setup is None:
        raise AssertionError(f"{reference} is not in order")
    with unit_of_work():
        load_municipalities(OPERATOR)
        actions.load(OPERATOR, reading.setup, in_use=begun, warnings=reading.warnings)


def _tell() -> None:
    """What is there: the calls, with how many dossiers in which state."""
    for reference in troupe.texts()["calls"]:
        call = queries.by_reference(reference)
        rows = db.session.execute(
            select(Dossier.state, func.count())
            .where(Dossier.call_id == call.id, Dossier.kind == Kind.application)
            .group_by(Dossier.state)
        )
        said = ", ".join(sorted(f"{words.state(state)} {count}" for state, count in rows))
        click.echo(f"{reference}: {said}")


def _sign_ins() -> None:
    """A table: who, as what, with which address, and a link that is good once, for two hours."""
    rows = []
    with unit_of_work():
        for each in troupe.accounts():
            user = people.by_email(each["email"])
            if user is not None:
                link = mailing.address(f"/sign-in/link/{signing.link_for(user)}")
                rows.append((words.role(each["role"]), each["name"], each["email"], link))
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    click.echo(gettext("Password of everybody: %(password)s", password=PASSWORD))
    for row in rows:
        click.echo(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        )
