"""The flask commands, one module each."""

from flask import Flask

from callflow.cli.selection import selection
from callflow.cli.serve import serve

COMMANDS = (serve, selection)


def install(app: Flask) -> None:
    """Register every command on this application."""
    for command in COMMANDS:
        app.cli.add_command(command)
