"""Every address says who may use it, reading never writes, and no address appears or vanishes unnoticed."""

import ast
import inspect
import textwrap
from typing import Any

from flask import Flask

from callflow.core.permissions import Permission
from tests.architecture import urls
from tests.conftest import Installation


def test_every_endpoint_says_who_may_use_it(app: Flask):
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not isinstance(getattr(view, "access", None), Permission)
        and getattr(view, "access", None) != "public"
    ]

    assert silent == []


def test_an_endpoint_that_says_nothing_answers_500(committed: Installation):
    committed.app.add_url_rule("/silent", "silent", lambda: "nobody said who may read this")

    response = committed.client().get("/silent")

    assert response.status_code == 500
    assert b"nobody said" not in response.data


def test_no_view_that_only_reads_opens_a_unit_of_work(app: Flask):
    writing = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" not in (rule.methods or set()) and _opens_unit_of_work(app.view_functions[rule.endpoint])
    ]

    assert writing == []


def test_the_list_of_addresses_is_the_acknowledged_one(app: Flask):
    assert urls.differing(urls.listed(app), urls.FILE) == [], "make urls accepts the change"


def _opens_unit_of_work(view: Any) -> bool:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(view)))
    return any(
        isinstance(node, ast.Name) and node.id == "unit_of_work" for node in ast.walk(ast.parse(source))
    )
