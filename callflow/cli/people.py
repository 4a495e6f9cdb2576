"""flask people: makes accounts and gives roles from the terminal, the first administrator among them."""

import sys
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from callflow.calls import queries as calls
from callflow.cli import words
from callflow.core.actor import OPERATOR, Role
from callflow.core.db import unit_of_work
from callflow.core.errors import DomainError, NotFound
from callflow.core.i18n import LANGUAGES, gettext
from callflow.core.twin import said
from callflow.people import queries
from callflow.people.actions import roles
from callflow.web.words import role_words, say

GIVEN = [role.value for role in Role if role not in (Role.person, Role.member)]
OPTIONS = (
    click.option("--call", "reference", help="The call; without it the role is for everything."),
    click.option("--lot", "lot_key", help="The key of a lot of that call."),
)


def _over(command: Any) -> Any:
    for option in OPTIONS:
        command = option(command)
    return command


@click.group("people")
def people() -> None:
    """Accounts and roles."""


@people.command("give")
@click.argument("email")
@click.argument("role", type=click.Choice(GIVEN))
@click.option("--name", default="", help="For an address that has no account yet: it is made.")
@click.option("--language", type=click.Choice(LANGUAGES), default="nl", show_default=True)
@_over
@with_appcontext
def give(
    *, email: str, role: str, name: str, language: str, reference: str | None, lot_key: str | None
) -> None:
    """Give somebody a role, and tell them by mail."""
    with words.terminal():
        try:
            address = validate_email(email, check_deliverability=False).normalized
            with unit_of_work():
                over, where = _reach(reference, lot_key)
                user = roles.appoint(
                    OPERATOR, address, name=name, language=language, role=Role(role), over=over, where=where
                )
                told = gettext("%(name)s is now: %(role)s.", name=user.name, role=role_words(role).lower())
        except EmailNotValidError:
            _stop(gettext("“%(email)s” is no mail address.", email=email))
        except DomainError as refused:
            _stop(say(refused.code, refused.parameters))
        click.echo(told)


@people.command("take")
@click.argument("email")
@click.argument("role", type=click.Choice(GIVEN))
@_over
@with_appcontext
def take(email: str, role: str, reference: str | None, lot_key: str | None) -> None:
    """Take a role away again."""
    with words.terminal():
        try:
            with unit_of_work():
                over, _where = _reach(reference, lot_key)
                known = queries.by_email(email)
                if known is None:
                    raise NotFound("no_such_user")
                user = queries.user_for_change(known.id)
                roles.revoke_role(OPERATOR, user, Role(role), over=over)
                told = gettext(
                    "%(name)s is no longer: %(role)s.", name=user.name, role=role_words(role).lower()
                )
        except DomainError as refused:
            _stop(say(refused.code, refused.parameters))
        click.echo(told)


def _reach(reference: str | None, lot_key: str | None) -> tuple[Any, str]:
    """What the role is over, and its name. Raises NotFound."""
    if reference is None:
        return None, "callflow"
    call = calls.by_reference(reference)
    if lot_key is None:
        return call, said(call.title, "nl")
    lot = next((each for each in call.lots if each.key == lot_key), None)
    if lot is None:
        raise NotFound
    return lot, said(lot.name, "nl")


def _stop(words_said: str) -> None:
    click.echo(words_said, err=True)
    sys.exit(1)
