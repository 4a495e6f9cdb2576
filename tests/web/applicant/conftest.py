"""The village of the application tests, with a browser for each of its people."""

from collections.abc import Callable

import pytest
from flask import Flask

from callflow.people.models import User
from tests.applications.conftest import village
from tests.client import CheckedClient

__all__ = ["village"]

Browser = Callable[..., CheckedClient]


@pytest.fixture
def browser(app: Flask) -> Browser:
    """``browser(user, "fr")``: signed in, in that language."""

    def opened(user: User, language: str = "nl") -> CheckedClient:
        made = CheckedClient(app).sign_in(user)
        made.set_cookie("lang", language)
        return made

    return opened
