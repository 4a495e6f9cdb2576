"""Walks through the site as one person: every kind of page that links lead to, once."""

from collections import deque
from typing import Any
from urllib.parse import urldefrag, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from callflow.core.db import db
from callflow.people.models import Grant, Membership, User
from tests.client import CheckedClient, soup_of

NOT_PAGES = {"assets.asset", "account.sign_out"}
LONGEST = 400
"""Links followed at most: a site that never ends is a mistake of its own."""


def people() -> dict[str, User | None]:
    """One person for each role that somebody holds, the member of a group, and nobody."""
    found: dict[str, User | None] = {"nobody": None}
    for user, role in db.session.execute(select(User, Grant.role).join(Grant).order_by(User.id)):
        found.setdefault(str(role), user)
    rights = select(User, Membership.right).join(Membership).order_by(User.id)
    for user, right in db.session.execute(rights):
        found.setdefault(f"member-{right}", user)
    return found


def pages(app: Flask, user: Any, *, start: tuple[str, ...] = ("/",)) -> dict[str, str]:
    """One address for each endpoint that this person comes to by links; every page is checked on the way."""
    client = CheckedClient(app)
    if user is not None:
        client.sign_in(user)
    found: dict[str, str] = {}
    waiting, seen = deque(start), set(start)
    while waiting and len(seen) < LONGEST:
        path = waiting.popleft()
        endpoint = endpoint_of(app, path)
        if endpoint is None or endpoint in found or endpoint in NOT_PAGES:
            continue
        response = client.get(path, follow_redirects=True)
        assert response.status_code == 200, f"a link leads to {path}, which answers {response.status}"
        if response.mimetype != "text/html":
            continue
        found[endpoint_of(app, response.request.path) or endpoint] = path
        for link in links(soup_of(response), path):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return found


def links(soup: BeautifulSoup, path: str) -> list[str]:
    """The addresses on this site that a page links to, without the change of language."""
    found = []
    for tag in soup.find_all("a", href=True):
        link = urldefrag(str(tag["href"])).url
        if link.startswith("?"):
            link = urlsplit(path).path + link
        if link.startswith("/") and "lang=" not in link:
            found.append(link)
    return found


def endpoint_of(app: Flask, path: str) -> str | None:
    """The endpoint that answers a GET of this path; None where there is none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, "GET")[0])
    except HTTPException:
        return None
