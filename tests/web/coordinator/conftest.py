"""What most tests of a coordinator's pages begin with: a call with its people, its coordinator signed in."""

import pytest

from tests.client import CheckedClient
from tests.rounds import Round


@pytest.fixture
def call(app) -> Round:
    return Round()


@pytest.fixture
def coordinator(client: CheckedClient, call: Round) -> CheckedClient:
    return client.sign_in(call.coordinator)
