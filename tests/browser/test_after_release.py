"""What is there after a release, and the pages of pilots: no barrier, no sideways scrolling, by keyboard."""

from datetime import timedelta
from decimal import Decimal

from playwright.sync_api import Page, expect

from callflow.core import clock
from callflow.core.jobs import identity
from callflow.dossiers.states import State, Task
from callflow.letters import making
from callflow.lifecycle import batches, values
from tests import factories as make
from tests.applications.test_files import PDF
from tests.browser.conftest import Site, barriers, leads_on, overflow
from tests.drawn import draws
from tests.pilots.trio import Trio
from tests.rounds import COACHED_BEFORE, Round
from tests.web.applicant.test_own_scores import SHOWN, path_of, told, twice_scored


def walked(page: Page, *paths: str) -> dict[str, list[object]]:
    """By address what keeps somebody out; nothing where all is well."""
    found: dict[str, list[object]] = {}
    for path in paths:
        page.goto(path)
        problems = [*barriers(page), overflow(page)]
        if problems != [0]:
            found[path] = problems
    return found


def tabbed_to(page: Page, selector: str, *, most: int = 60) -> bool:
    """Whether the Tab key reaches this element from the top of the page."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return True
    return False


def wrote(page: Page, path: str, name: str, **said: str) -> str:
    """A message with a file is written on this page; the address that it leads to."""
    page.goto(path)
    for field, words in {"text": "Zie bijlage.", **said}.items():
        page.fill(f"main [name={field}]", words)
    page.set_input_files(
        "main input[type=file]", {"name": name, "mimeType": "application/pdf", "buffer": PDF}
    )
    leads_on(page.locator("main form:has(textarea[name=text]) button"))
    expect(page.locator("main")).to_contain_text(name)
    return page.url


def test_a_group_reads_its_scores_and_asks_about_them_without_barriers(site: Site):
    call = Round(SHOWN)
    dossier = told(call, twice_scored(call))

    with site.visitor(call.resident, language="fr", width="phone") as page:
        found = walked(page, path_of(dossier))
        page.goto(f"/applications/{dossier.reference}")
        reached = tabbed_to(page, f"a[href='{path_of(dossier)}']")
        asked = wrote(page, f"/applications/{dossier.reference}/messages", "plan.pdf", subject="La salle")
        found |= walked(page, asked)
    with site.visitor(call.coordinator) as page:
        theirs = f"/coordinator/dossiers/{dossier.reference}/messages/{asked.rpartition('/')[2]}"
        page.goto(theirs)
        with page.expect_download() as sent:
            page.get_by_role("link", name="plan.pdf").click()
        wrote(page, theirs, "antwoord.pdf")
        page.goto(theirs)
        erasing = page.locator("a[href*='/erase/']").first.get_attribute("href") or ""
        found |= walked(page, theirs, erasing)

    assert (found, reached, sent.value.suggested_filename) == ({}, True, "plan.pdf")


def test_the_letter_before_its_release_is_read_on_a_telephone(site: Site):
    call = Round()
    demand = values.Demand(
        "De zaal is veilig.", "Attest van de brandweer", clock.today() + timedelta(days=30)
    )
    dossier = make.take(
        call.scored(), "select_with_conditions", call.coordinator,
        values.SelectingWithConditions(Decimal(4000), 2, (demand,)),
    )  # fmt: skip
    call.decide()

    with site.visitor(call.signatory, language="fr", width="phone") as page:
        found = walked(page, f"/coordinator/dossiers/{dossier.reference}/letter")
        hidden = page.locator(".letter-sheet").evaluate("sheet => sheet.scrollWidth - sheet.clientWidth")
        reason = page.locator("[data-part=reasons] tbody td").last.evaluate("cell => cell.clientWidth")

    assert (found, hidden) == ({}, 0)
    assert reason > 250, "a reason has the width of the sheet"


def test_the_letters_of_a_release_are_put_together_and_fetched_by_keyboard(site: Site):
    call = Round()
    call.released()
    while making.drain(identity("test"), lambda: False):
        pass
    path = f"/coordinator/calls/{call.call.reference}/decisions/{call.lot.key}/letters"

    with site.visitor(call.coordinator) as page:
        before = walked(page, path)
        assert tabbed_to(page, "main form button")
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_have_attribute("data-progress", "")
        waiting = [*barriers(page), overflow(page)]
        assert batches.drain(identity("test"), lambda: False) == 1
        expect(page.locator("main a[href$='.pdf']")).to_be_visible(timeout=10_000)
        after = walked(page, path)
        page.goto(path)
        reached = tabbed_to(page, "main a[href$='.zip']")

    assert (before, waiting, after, reached) == ({}, [0], {}, True)


def test_a_document_that_takes_a_while_opens_by_itself_and_can_be_opened_again(site: Site):
    call = Round(COACHED_BEFORE)
    dossier = call.screened()
    call.give(dossier, Task.coach, call.coach)
    call.coach_them(dossier, minutes=90)
    path = f"/coordinator/dossiers/{dossier.reference}"

    with site.visitor(call.coordinator, language="fr", width="phone") as page:
        page.goto(path)
        leads_on(page.locator("form[action$='coaching.pdf'] button"))
        waiting = [*barriers(page), overflow(page)]
        with page.expect_download() as first:
            assert draws() == 1
        expect(page.locator("[role=status]")).to_have_text("Le document est prêt.")
        with page.expect_download() as second:
            page.get_by_role("link", name="Ouvrir le document").click()

    assert waiting == [0]
    names = [each.value.suggested_filename for each in (first, second)]
    assert names == [f"{dossier.reference}-coaching.pdf"] * 2


def test_the_pages_of_a_pilot_have_no_barriers(site: Site):
    trio = Trio()
    pilot = trio.upto(State.running)
    own = f"/partner/pilots/{pilot.reference}"

    with site.visitor(trio.mayor, width="phone") as page:
        found = walked(
            page, "/partner", own, f"{own}/report", f"{own}/findings/new", f"{own}/plan/report-day", "/pilots"
        )
    with site.visitor(trio.coordinator, language="fr") as page:
        found |= walked(page, "/coordinator/pilots")

    assert found == {}


def test_a_line_of_a_pilots_log_is_written_by_keyboard_alone(site: Site):
    trio = Trio()
    pilot = trio.upto(State.running)

    with site.visitor(trio.mayor) as page:
        page.goto(f"/partner/pilots/{pilot.reference}")
        assert tabbed_to(page, "details:has(textarea[name=body]) > summary", most=120)
        page.keyboard.press("Enter")
        for _ in range(9):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name === 'body'"):
                break
        page.keyboard.type("De deur ging open om negen uur.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("De deur ging open om negen uur.")
        where = page.url

    assert where.endswith("#log")
