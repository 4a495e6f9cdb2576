"""A call in two steps on a telephone: nobody is kept out and nobody scrolls sideways."""

from tests.browser.conftest import Site, barriers, overflow
from tests.two_steps import TwoSteps


def test_the_pages_of_a_short_form_fit_a_telephone(site: Site):
    call = TwoSteps()
    draft, short, invited = (
        dossier.reference for dossier in (call.begun(), call.preapplied(), call.invited())
    )
    of_group = [f"/applications/{draft}/form", f"/applications/{short}", f"/applications/{invited}"]
    of_office = [
        "/coordinator", f"/coordinator/dossiers/{short}", f"/coordinator/dossiers/{short}/steps/invite",
        f"/coordinator/dossiers/{short}/steps/turn_away",
    ]  # fmt: skip
    found = {}

    for who, language, paths in ((call.resident, "nl", of_group), (call.coordinator, "fr", of_office)):
        with site.visitor(who, language=language, width="phone") as page:
            for path in paths:
                page.goto(path)
                found[language, path] = [*barriers(page), overflow(page)]

    assert {where: what for where, what in found.items() if what != [0]} == {}
    assert len(found) == 7
