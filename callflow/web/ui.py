"""Label, colour and shape of every state, and the words of every reason and error."""

from flask import Flask


def install(app: Flask) -> None:
    """Make them known to the templates."""
