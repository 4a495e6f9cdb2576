"""Pages that anybody can open: no barrier, no sideways scrolling, no script needed, in each language."""

import hashlib

import pytest

from tests.browser.conftest import AXE, Site, barriers, overflow


def test_the_checker_is_the_one_that_was_reviewed():
    wanted = (AXE.parent / "SHA256SUMS").read_text(encoding="utf-8").split()[0]

    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == wanted


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_open_pages_have_no_barriers_and_fit_their_window(site: Site, width: str):
    found = {}
    for language in ("nl", "fr", "en"):
        with site.visitor(language=language, width=width) as page:
            for path in ("/", "/sign-in", "/nothing-here"):
                page.goto(f"{path}?lang={language}")
                assert page.locator("html").get_attribute("lang") == language
                found[language, path] = [*barriers(page), overflow(page)]

    assert {where: what for where, what in found.items() if what != [0]} == {}


def test_the_first_page_can_be_walked_through_by_keyboard(site: Site):
    with site.visitor() as page:
        page.goto("/")
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.getAttribute('href') || ''")
        page.keyboard.press("Enter")

        assert first.startswith("#"), "the first stop skips to the content"
        page.wait_for_url(f"**/{first}")
