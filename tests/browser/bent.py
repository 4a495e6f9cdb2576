"""The deeds of a dossier whose way bends: completed, judged by a panel that changes, met, promised with
conditions, offered from the reserve list, revoked.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from callflow.calls.models import Call
from callflow.core import clock
from callflow.people.models import User
from tests.browser.conftest import leads_on
from tests.browser.journey import Journey, choose, fill
from tests.browser.journey_staff import submit, takes_step

PATIENCE = 20
"""How often a page is looked at again while a worker is busy, half a second apart."""


def asks_for_more(journey: Journey, page: Page, reference: str, field: str) -> None:
    """One question goes back to the group, with the reason and the proposed day."""
    journey.open(page, f"/coordinator/dossiers/{reference}/completion")
    form = page.locator("main form")
    what = form.locator("[name='lines-0-what']")
    what.select_option(next(each for each in options(what) if field in each))
    fill(form, {"lines-0-reason": "Zeg ook wie de sleutel bewaart."})
    journey.look(page, "ask for completion")
    submit(page, "main form button.button[name=go]")
    assert page.url.endswith(f"/coordinator/dossiers/{reference}"), page.locator("main").inner_text()


def options(select: Any) -> list[str]:
    """The values of a list."""
    return [str(each) for each in select.evaluate("each => [...each.options].map(one => one.value)")]


def completes(journey: Journey, page: Page, reference: str, answer: tuple[str, str, str]) -> None:
    """The group reads what is asked, changes only that, and hands it in.

    ``answer`` is the section, the question and the words.
    """
    section, name, words = answer
    journey.open(page, f"/applications/{reference}")
    journey.look(page, "asked for more")
    journey.open(page, f"/applications/{reference}/completion/{section}")
    fill(page.locator("main form").first, {f"f-{name}": words})
    journey.look(page, "completion")
    leads_on(page.locator("main form button.button[name=go]").first)
    journey.open(page, f"/applications/{reference}/completion-check")
    journey.look(page, "check the completion")
    submit(page, "form[action$='/completion-check'] button.button")
    journey.look(page, "completed")


def meets_both(journey: Journey, page: Page, references: Sequence[str]) -> None:
    """One session with two groups at one table, and the coaching of both is closed."""
    journey.open(page, "/coach/sessions")
    form = page.locator("main form[action='/coach/sessions']")
    for reference in references:
        choose(form, "refs", reference)
    told = {"minutes": "120", "way": "on_site", "place": "Lo", "present": "Marleen, Zoé"}
    fill(form, {**told, "summary": "Samen gekeken wie wat kan lenen over de grens."})
    journey.look(page, "session with two groups")
    submit(page, "main form[action='/coach/sessions'] button.button")
    for reference in references:
        journey.open(page, f"/coach/dossiers/{reference}")
        assert "over de grens" in page.locator("main").inner_text()
        submit(page, "form[action$='/steps/finish_coaching'] button")


def assigns_by_solver(journey: Journey, page: Page, call: Call, *, per_dossier: int) -> None:
    """A proposal is worked out by the worker, read, and confirmed in one go."""
    path = f"/coordinator/calls/{call.reference}/jury"
    journey.open(page, path)
    journey.look(page, "jury and assignment")
    fill(page.locator(f"form[action='{path}']"), {
        "per_dossier": str(per_dossier), "min_load": "0", "max_load": "9", "readers": "1", "earlier": "keep",
    })  # fmt: skip
    submit(page, f"form[action='{path}'] button.button")
    for _ in range(PATIENCE):
        if page.locator("form[action$='/confirm']").count():
            break
        page.wait_for_timeout(500)
        journey.open(page, path)
    journey.look(page, "proposal of the solver")
    submit(page, "form[action$='/confirm'] button")
    journey.look(page, "assignment confirmed")


def declares(journey: Journey, page: Page, call: Call) -> None:
    journey.open(page, f"/jury/calls/{call.reference}/declaration")
    submit(page, "form[action$='/declaration'] button")


def stands_aside(journey: Journey, page: Page, reference: str, reason: str) -> None:
    """A conflict of interest, and from then on the dossier is no page of this juror."""
    journey.open(page, f"/jury/dossiers/{reference}")
    page.locator("details").filter(has=page.locator("form[action$='/aside']")).locator("summary").click()
    fill(page.locator("form[action$='/aside']"), {"reason": reason})
    submit(page, "form[action$='/aside'] button[value=conflict]")
    journey.look(page, "stood aside")
    answer = page.goto(f"/jury/dossiers/{reference}")
    assert answer is not None
    assert answer.status == 404


def excuses(journey: Journey, page: Page, call: Call, juror: User, reason: str) -> None:
    """One who fell ill is excused from the whole call."""
    path = f"/coordinator/calls/{call.reference}/jury/members/{juror.id}"
    journey.open(page, path)
    fill(page.locator(f"form[action='{path}/excuse']"), {"reason": reason})
    submit(page, f"form[action='{path}/excuse'] button[value=excuse]")
    journey.look(page, "juror excused")


def leaves_scores_out(journey: Journey, page: Page, reference: str, juror: User) -> None:
    """The scores that somebody gave before standing aside do not count."""
    journey.open(page, f"/coordinator/dossiers/{reference}")
    form = f"form[action$='/recusals/{juror.id}']"
    fill(page.locator(form), {"reason": "Zij is de tante van een van de indieners."})
    submit(page, f"{form} button[value=leave_out]")
    journey.look(page, "recusal decided")


def meets(journey: Journey, page: Page, call: Call, agreed: dict[str, tuple[str, str]]) -> bytes:
    """The jury meets on all that was scored; the minutes as PDF."""
    journey.open(page, f"/jury/meetings?call={call.reference}")
    fill(page.locator("main form"), {"place": "Dorpshuis", "quorum": "1"})
    journey.look(page, "new meeting")
    submit(page, "main form button.button")
    boxes = page.locator("input[name=present]")
    for box in boxes.all():
        box.check()
    submit(page, "form[action$='/presence'] button")
    journey.look(page, "meeting")
    for item in page.locator("ol.agenda > li").evaluate_all("all => all.map(each => each.id)"):
        reference = item.removeprefix("item-")
        form = f"form[action$='/items/{reference}']"
        page.locator(f"#{item} details summary").click()
        total, reason = agreed.get(reference, ("", ""))
        fill(page.locator(form), {"remarks": "Besproken.", "agreed": total, "motivation": reason})
        submit(page, f"{form} button.button")
    journey.look(page, "meeting, all settled")
    submit(page, "form[action$='/close'] button.button")
    journey.look(page, "meeting closed")
    with page.expect_download(timeout=60_000) as minutes:
        page.locator("main form[action$='/minutes'] button").first.click()
    return Path(minutes.value.path()).read_bytes()


def chooses_on_board(journey: Journey, page: Page, call: Call, until: str) -> None:
    """The solver proposes under the envelopes and the quotas; all its decisions are prepared."""
    path = f"/coordinator/calls/{call.reference}/board"
    journey.open(page, path)
    journey.look(page, "selection board")
    fill(page.locator(f"form[action='{path}']"), {"method": "best"})
    submit(page, f"form[action='{path}'] button.button")
    journey.look(page, "selection board, worked out")
    assert page.locator(f"form[action='{path}/prepare']").count(), told(page)
    fill(page.locator(f"form[action='{path}/prepare']"), {"valid_until": until})
    submit(page, f"form[action='{path}/prepare'] button.button")
    journey.look(page, "selection board, prepared")


def sets_conditions(journey: Journey, page: Page, reference: str) -> None:
    """What was prepared is taken back and prepared again with a condition."""
    takes_step(journey, page, reference, "reopen")
    due = (clock.today() + timedelta(days=30)).isoformat()
    asked = {"text": "De brandweer keurt de zaal goed.", "proof": "Attest van de brandweer", "due_on": due}
    takes_step(
        journey, page, reference, "select_with_conditions", amount="2000",
        **{f"conditions-0-{name}": value for name, value in asked.items()},
    )  # fmt: skip


def proves(journey: Journey, page: Page, reference: str, picture: Path) -> None:
    """The group sends the proof that is asked."""
    journey.open(page, f"/applications/{reference}/conditions")
    page.locator("main input[type=file]").first.set_input_files(picture)
    journey.look(page, "conditions of the group")
    submit(page, "form[action*='/conditions/'] button.button")
    journey.look(page, "proof sent")


def finds_met(journey: Journey, page: Page, reference: str) -> None:
    journey.open(page, f"/coordinator/dossiers/{reference}")
    journey.look(page, "proof to look at")
    submit(page, "form[action*='/conditions/'] button[value=met]")
    journey.look(page, "condition met")
    takes_step(journey, page, reference, "confirm")


def hears(journey: Journey, office: Page, home: Page, reference: str) -> None:
    """The group is asked for its comments, gives them, and the revocation is prepared."""
    until = (clock.today() + timedelta(days=14)).isoformat()
    facts = "Het lokaal is verkocht en er komt geen ander."
    takes_step(journey, office, reference, "hear", article="12", facts=facts, comment_until=until)
    journey.open(home, f"/applications/{reference}/hearing")
    fill(home.locator("form[action$='/hearing']"), {"text": "Wij zoeken nog altijd een andere plek."})
    journey.look(home, "hearing")
    submit(home, "form[action$='/hearing'] button.button")
    takes_step(journey, office, reference, "revoke", article="12", motivation=facts)


def decides_alone(journey: Journey, page: Page, call: Call, lot: str, number: str) -> None:
    """The body of one lot on what is prepared there."""
    journey.open(page, f"/coordinator/calls/{call.reference}/decisions/{lot}")
    assert page.locator("form#resolve").count(), page.locator("main").inner_text()
    fill(page.locator("form#resolve"), {"number": number, "decided_on": clock.today().isoformat()})
    submit(page, "form#resolve button.button")
    journey.look(page, f"decided in {lot}")


def accepts_offer(journey: Journey, page: Page, reference: str) -> None:
    journey.open(page, f"/applications/{reference}/offer")
    journey.look(page, "offer")
    submit(page, "form#accept button.button")
    journey.look(page, "offer accepted")


def told(page: Page) -> str:
    """What the page says, in one line."""
    return re.sub(r"\s+", " ", page.locator("main").inner_text())
