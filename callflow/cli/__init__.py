"""The flask commands, one module each; the commands and groups that a module defines are found unasked."""

import importlib
import pkgutil
from types import ModuleType

import click
from flask import Flask


def install(app: Flask) -> None:
    """Register the commands of every module of this package on this application."""
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        for command in commands(importlib.import_module(found.name)):
            app.cli.add_command(command)


def commands(module: ModuleType) -> list[click.Command]:
    """What a module adds to flask: its groups and single commands, not those inside a group it knows."""
    own = [
        each
        for each in vars(module).values()
        if isinstance(each, click.Command) and getattr(each.callback, "__module__", None) == module.__name__
    ]
    groups = [each for each in vars(module).values() if isinstance(each, click.Group)]
    inside = [inner for group in groups for inner in group.commands.values()]
    return [each for each in own if each not in inside]
