"""Every page that anybody comes to by links in the demo: no barrier, no scrolling sideways, no error."""

import pytest

from tests.browser import walk
from tests.browser.conftest import Site, barriers, overflow

ROLES = ("nobody", "coordinator", "coach", "juror", "signatory", "member-submit")


@pytest.fixture
def demo(site: Site) -> Site:
    """The running site with the demo calls, people and dossiers."""
    done = site.installation.app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
    return site


def test_nobody_meets_a_barrier_on_any_page_of_the_demo(demo: Site, deep: bool):
    people = walk.people()
    seen = [("nl", "wide"), ("fr", "phone")] if deep else [("nl", "phone")]
    found, visited = {}, set()
    for role in ROLES:
        addresses = walk.pages(demo.installation.app, people[role])
        visited |= addresses.keys()
        for language, width in seen:
            with demo.visitor(people[role], language=language, width=width) as page:
                for endpoint, address in addresses.items():
                    page.goto(address)
                    if wrong := [*barriers(page), *["wider than the window"] * bool(overflow(page))]:
                        found[role, endpoint, language, width] = wrong

    assert found == {}
    assert len(visited) > 20
