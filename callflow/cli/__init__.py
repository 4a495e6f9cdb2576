"""The flask commands, one module each."""

from flask import Flask


def install(app: Flask) -> None:
    """Register every command on this application."""
