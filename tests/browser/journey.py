"""One dossier from the first page to the last, in a browser: who acts, and what each page is held to."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from playwright.sync_api import Locator, Page

from callflow.core import clock, i18n
from config import ROOT
from tests import servers
from tests.browser.conftest import Site, barriers, leads_on, overflow

DAYS = re.compile(r"\b20\d\d-\d\d-\d\d\b")
EXAMPLES = ROOT / "callflow" / "calls" / "examples"
SINCE = 35
"""Days since which the call of a journey is open: whole weeks, so that its days stay working days."""


def moved_to_now(name: str) -> str:
    """An example call as if it had opened five weeks ago: each day in it moved by as many weeks."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    opened = re.search(r"opens: (20\d\d-\d\d-\d\d)", text)
    assert opened is not None
    weeks = (clock.today() - timedelta(days=SINCE) - date.fromisoformat(opened[1])).days // 7
    return DAYS.sub(lambda day: str(date.fromisoformat(day[0]) + timedelta(weeks=weeks)), text)


@dataclass
class Journey:
    """In one language. ``found`` collects what axe, the window and the language of each page had to say."""

    site: Site
    mailbox: servers.Mailbox
    language: str
    found: dict[str, list[Any]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def said(self, text: str, **parameters: Any) -> str:
        """A sentence of the interface in the language of this journey."""
        with i18n.speaking(self.language):
            return str(i18n.gettext(text, **parameters))

    @contextmanager
    def visitor(self, user: Any = None, *, width: str = "wide") -> Iterator[Page]:
        """A window of this person in the language of the journey."""
        with self.site.visitor(user, language=self.language, width=width) as page:
            page.on("response", self._heard)
            yield page

    def open(self, page: Page, path: str) -> None:
        """Go to an address that must have a page for this person."""
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"

    def look(self, page: Page, name: str) -> None:
        """Everything that every page must be: in its language, without barriers, no wider than its window."""
        spoken = page.locator("html").get_attribute("lang")
        wrong: list[Any] = [*barriers(page), *([sideways] if (sideways := overflow(page)) else [])]
        wrong += [] if spoken == self.language else [f"speaks {spoken}"]
        self.seen.append(name)
        if wrong:
            self.found[f"{name} {page.url.removeprefix(self.site.address)}"] = wrong

    def press(self, page: Page, words: str, **parameters: Any) -> None:
        """Press the button that says this, in the language of the journey, and wait for its page."""
        button = page.locator("main").get_by_role("button", name=self.said(words, **parameters), exact=True)
        leads_on(button.first)

    def link_in_mail(self, address: str) -> str:
        """The path of the sign-in link in the newest mail to this address."""
        part = self.mailbox.wait_for(address).get_body(("plain",))
        assert part is not None
        base = re.escape(current_app.config["SETTINGS"].base_url)
        found = re.search(base + r"(\S+)", part.get_content())
        assert found is not None, part.get_content()
        return found[1]

    def _heard(self, response: Any) -> None:
        if response.status >= 500:
            self.found[response.url] = [response.status]


def choose(form: Locator, name: str, value: str) -> None:
    """Tick the radio button or box of this name that stands for the value."""
    form.locator(f"input[name='{name}'][value='{value}']").check()


def fill(form: Locator, values: dict[str, str]) -> None:
    """Type these values into the fields of these names, whichever kind they are."""
    for name, value in values.items():
        found = form.locator(f"[name='{name}']")
        kind = found.first.evaluate("each => each.tagName + ' ' + (each.type || '')")
        if kind.startswith("SELECT"):
            found.select_option(value)
        elif kind.endswith(("radio", "checkbox")):
            choose(form, name, value)
        else:
            found.fill(value)


def pdf_text(path: Path) -> str:
    """What a PDF says, with every run of spaces as one."""
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True)
    return " ".join(done.stdout.split())
