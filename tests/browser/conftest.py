"""A real browser on a real server: what a test sees is what a person sees."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, sync_playwright

from tests.client import CheckedClient
from tests.conftest import Installation

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = """rules => axe.run({runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})
    .then(found => found.violations)"""
"""What passed is not handed over: a page of it takes four times as long as looking for what is wrong."""
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu"]
WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}


@dataclass
class Site:
    """The site of a throw-away installation under a real server, and the browser that visits it."""

    installation: Installation
    address: str
    browser: Browser
    errors: list[str] = field(default_factory=list)

    @contextmanager
    def visitor(
        self, user: Any = None, *, language: str = "nl", width: str = "wide", **options: Any
    ) -> Iterator[Page]:
        """A browser window of this person (of nobody without one), on a screen of ``wide`` or ``phone``."""
        across, down = WIDTHS[width]
        context = self.browser.new_context(
            base_url=self.address, locale=language, viewport={"width": across, "height": down}, **options
        )
        context.set_default_timeout(15_000)
        if user is not None:
            cookies = {"session": self._ticket(user), "lang": language}
            context.add_cookies(
                [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
            )
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", self._look_at)
        yield page
        context.close()

    def _ticket(self, user: Any) -> str:
        """The session cookie of somebody who signed in."""
        client: CheckedClient = self.installation.client().sign_in(user)
        cookie = client.get_cookie("session")
        assert cookie is not None
        return str(cookie.value)

    def _look_at(self, response: Response) -> None:
        """A missing style sheet, font or picture; what a page itself answers is for the test to say."""
        if response.status >= 400 and response.request.resource_type not in ("document", "fetch", "xhr"):
            self.errors.append(f"{response.status} {response.url}")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.errors.append(message.text)


def program() -> str | None:
    """The one that CHROMIUM names, or Debian's: the one without windows, or else the whole."""
    found = (shutil.which(name) for name in ("chromium-headless-shell", "chromium"))
    return os.environ.get("CHROMIUM") or next(filter(None, found), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    found = program()
    if not found:
        pytest.skip("not run: no Chromium (sh run.sh test installs it on Debian; elsewhere set CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(committed: Installation, chromium: Browser) -> Iterator[Site]:
    """A running site; a message on the console or a violation of its content policy fails the test."""
    with committed.web(processes=2) as address:
        running = Site(committed, address, chromium)
        yield running
    assert running.errors == []


def leads_on(element: Locator) -> None:
    """Press what leads to another page, and wait until that page is there: a click waits for its address."""
    with element.page.expect_navigation():
        element.click()


def barriers(page: Page) -> list[str]:
    """What axe finds on a page that would keep somebody out: the rule, how often, and where first."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate(ASKED, RULES)
    return [
        f"{rule['id']} ({len(rule['nodes'])}): {first['target']} {first['failureSummary']}"
        for rule in found
        for first in rule["nodes"][:1]
    ]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window: 0 when nobody has to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
