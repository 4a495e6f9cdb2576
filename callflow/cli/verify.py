"""flask verify: proves histories, rows and files, names each break, and prints the digest of what calls
came to.
"""

import sys

import click
from flask.cli import with_appcontext

from callflow.cli import words
from callflow.core.i18n import gettext
from callflow.lifecycle import verify as proof
from callflow.lifecycle.digest import digest


@click.command("verify")
@with_appcontext
def verify() -> None:
    """Check history, rows and files; name each break. Exit code 1 when there is one."""
    with words.terminal():
        count = 0
        for broken in proof.breaks():
            count += 1
            click.echo(words.broken(broken.code, broken.about, broken.detail))
        click.echo(f"digest {digest()}")
        if count:
            click.echo(gettext("%(count)d breaks found.", count=count), err=True)
            sys.exit(1)
        click.echo(gettext("Nothing is broken."))
