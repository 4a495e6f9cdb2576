"""A score sheet in a browser: saved by itself while somebody thinks, never over what another window saved."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from callflow.calls.models import Criterion
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.jury.models import Score, Sheet
from callflow.jury.rules import Given
from tests.browser.conftest import Site, leads_on
from tests.rounds import Round


def saved(page: Page) -> None:
    expect(page.locator(".autosave b")).to_contain_text("Bewaard om")


def stored() -> dict[str, tuple[str | None, str]]:
    db.session.rollback()
    rows = db.session.execute(
        db.select(Criterion.key, Score.value, Score.reason).join(Score, Score.criterion_id == Criterion.id)
    )
    return {key: (None if value is None else str(value), reason) for key, value, reason in rows}


def test_scores_and_reasons_save_themselves_and_the_words_of_the_score_show(site: Site):
    call = Round()
    dossier = call.judged()
    with site.visitor(call.juror) as page:
        page.goto(f"/jury/dossiers/{dossier.reference}")
        page.locator("#need input[value='4']").check(force=True)
        level = page.locator("#need .level").inner_text()
        saved(page)
        page.locator("#need-reason").fill("Het dorp heeft geen ontmoetingsplek.")
        expect(page.locator("#sofar")).to_contain_text("80")
        page.locator("#need-reason").blur()
        expect(page.locator("form#sheet input[name=version]")).to_have_value("2")
        version = page.locator("form#sheet input[name=version]").input_value()
        page.reload()
        kept = page.locator("#need-reason").input_value()

    assert level == "4: 4"
    assert kept == "Het dorp heeft geen ontmoetingsplek."
    assert stored()["need"] == ("4.00", "Het dorp heeft geen ontmoetingsplek.")
    assert int(version) == db.session.scalars(db.select(Sheet.version)).one()


def test_a_second_window_is_told_and_covers_nothing(site: Site):
    call = Round()
    dossier = call.judged()
    with site.visitor(call.juror) as page:
        page.goto(f"/jury/dossiers/{dossier.reference}")
        call.save(dossier, call.juror, {"need": Given(None, True, "Elders getypt")})
        page.locator("#need-reason").fill("In het oude venster")
        expect(page.locator(".autosave")).to_contain_text("ander venster")

    assert stored()["need"] == (None, "Elders getypt")


def sheet_to_hand_in(page: Page, dossier: Dossier) -> None:
    """Both criteria scored with a reason; the last reason still has the focus, and is not saved yet."""
    page.goto(f"/jury/dossiers/{dossier.reference}")
    for key in ("need", "participation"):
        page.locator(f"#{key} input[value='3']").check(force=True)
        page.locator(f"#{key}-reason").fill(f"Reden voor {key}")


@contextmanager
def last_saving(page: Page) -> Iterator[None]:
    """What is done within sets it off; after it, the page has heard that all is saved."""
    with page.expect_response("**/autosave") as last:
        yield
    last.value.finished()
    page.wait_for_timeout(300)


def handed_in(dossier: Dossier) -> int:
    """How many jurors have handed in."""
    db.session.rollback()
    return db.session.get_one(Dossier, dossier.id).scores_given


def test_the_button_waits_for_what_is_being_saved_and_hands_in_once(site: Site):
    call = Round()
    dossier = call.judged()
    with site.visitor(call.juror) as page:
        sheet_to_hand_in(page, dossier)
        leads_on(page.locator("button[value=hand_in]"))

    assert handed_in(dossier) == 1


def test_the_button_hands_in_at_the_first_press_when_all_was_saved_before(site: Site):
    call = Round()
    dossier = call.judged()
    with site.visitor(call.juror) as page:
        sheet_to_hand_in(page, dossier)
        with last_saving(page):
            page.locator("#participation-reason").blur()
        leads_on(page.locator("button[value=hand_in]"))

    assert handed_in(dossier) == 1


def test_a_press_during_which_the_last_saving_ends_hands_in(site: Site):
    call = Round()
    dossier = call.judged()
    with site.visitor(call.juror) as page:
        sheet_to_hand_in(page, dossier)
        button = page.locator("button[value=hand_in]")
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        with last_saving(page):
            page.mouse.down()
        with page.expect_navigation():
            page.mouse.up()

    assert handed_in(dossier) == 1
