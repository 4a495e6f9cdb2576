"""Five dossiers of one call whose ways bend, and a pilot beside them, pressed on the pages from incomplete
to closed.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.core.jobs import identity
from callflow.core.storage import storage
from callflow.dossiers.models import Assignment, Dossier, Exclusion
from callflow.dossiers.states import State, Task
from callflow.letters.models import Letter
from callflow.lifecycle.timed import working
from callflow.people.models import User
from tests import factories as make
from tests.browser import bent
from tests.browser import journey_resident as resident
from tests.browser import journey_staff as staff
from tests.browser.carried import Carried
from tests.browser.companions import Companions
from tests.browser.conftest import Site, leads_on
from tests.browser.journey import Journey, moved_to_now, pdf_text
from tests.browser.test_journey import agreed_on, halfway, lacking, states
from tests.servers import Mailbox

BENT = {
    "sessions_needed: 2": "sessions_needed: 1",
    "scores_needed: 3": "scores_needed: 2\n  meeting: yes",
    "envelope: 60000": "envelope: 4500",
    "envelope: 40000": "envelope: 2500",
    "least: 2\n      lots: [flandre]": "least: 1\n      lots: [flandre]",
    "      amount: 15000": "      amount: 500",
    "choices: [mobility]": "choices: [meeting]",
    "maximum_amount: 10000": "maximum_amount: 2500",
}
"""What the demo call lacks for this: a meeting, and so little money that not everybody can be selected."""
TITLES = ("De lange tafel", "Le four commun", "Het zitbankje", "De verkochte zaal", "Te vaag")
FIGURES = ("4", "4", "3", "4", "1")


@pytest.fixture
def call(site: Site, tmp_path: Path) -> Call:
    """The demo call with a grant, changed so that it bends, as if it had opened five weeks ago."""
    text = moved_to_now("dorpen-aan-zet-2026.yaml")
    for old, new in BENT.items():
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "call.yaml"
    path.write_text(text, encoding="utf-8")
    done = site.installation.app.test_cli_runner().invoke(args=["call", "load", str(path)])
    assert done.exit_code == 0, done.output
    return db.session.scalars(db.select(Call)).one()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photograph of an attestation."""
    path = tmp_path / "attest.png"
    Image.new("RGB", (640, 480), "seagreen").save(path)
    return path


class Cast:
    """Everybody of the walk, and its dossiers: completed, French, reserve, revoked, not selected."""

    def __init__(self, call: Call, folder: Path) -> None:
        self.folder = folder
        self.call, self.office = call, staff.Staff.of(call, "nl")
        self.chair = make.person((Role.chair, "call", call.id), name="Rita Voorbeeld")
        more = (("Omer Voorbeeld", "nl"), ("Lucie Exemple", "fr"), ("Yves Exemple", "fr"))
        juror = (Role.juror, "call", call.id)
        self.jurors = [
            *self.office.jurors,
            *(make.person(juror, name=name, language=language) for name, language in more),
        ]
        flemish, french = (
            db.session.scalars(db.select(Lot).where(Lot.key == key)).one()
            for key in ("vlaanderen", "flandre")
        )
        self.near = Companions(call, flemish, self.office, "nl")
        self.far = Companions(call, french, self.office, "fr")
        of = (self.near, self.far, self.near, self.near, self.far)
        made = [
            each.submitted(answers=each.answers(title), language=each.language)
            for each, title in zip(of, TITLES, strict=True)
        ]
        self.completed, self.french, self.reserve, self.revoked, self.vague = (
            each.reference for each in made
        )
        self.sides = dict(zip((each.reference for each in made), of, strict=True))

    def dossier(self, reference: str) -> Dossier:
        return db.session.scalars(db.select(Dossier).where(Dossier.reference == reference)).one()

    def seated(self, reference: str) -> list[User]:
        """Who judges it now: those who stepped aside keep their seat, but see nothing of it."""
        db.session.rollback()
        aside = db.select(Exclusion.person_id).where(Exclusion.dossier_id == Dossier.id)
        found = (
            db.select(User).join(Assignment, Assignment.person_id == User.id)
            .join(Dossier, Dossier.id == Assignment.dossier_id).order_by(User.id)
            .where(
                Dossier.reference == reference, Assignment.task == Task.juror,
                User.id.not_in(aside.correlate(Dossier)),
            )
        )  # fmt: skip
        return list(db.session.scalars(found))


def test_every_bend_is_walked_by_whose_turn_it_is(site: Site, smtp: Mailbox, call: Call, picture: Path):
    journey, cast = Journey(site, smtp, "nl"), Cast(call, picture.parent)
    with (
        site.installation.run("flask", "worker"),
        journey.visitor(cast.office.coordinator) as office,
        journey.visitor(cast.near.resident, width="phone") as home,
    ):
        completing(journey, cast, office, home)
        coached(journey, cast)
        judged(journey, cast, office)
        decided(journey, cast, office)
        bending(journey, cast, office, home, picture)
        reporting(journey, cast, office, home, picture)
        told_what_the_law_asks(cast)
    assert journey.found == {}


def pdf_words(content: bytes, folder: Path) -> str:
    """What a PDF that was downloaded says."""
    path = folder / "read.pdf"
    path.write_bytes(content)
    return pdf_text(path)


def completing(journey: Journey, cast: Cast, office: Page, home: Page) -> None:
    """One comes incomplete and is completed; all are admitted."""
    section = cast.call.form[0]
    name = next(each["id"] for each in section["fields"] if each["kind"] == "long_text")
    bent.asks_for_more(journey, office, cast.completed, name)
    assert states()[cast.completed] is State.incomplete
    answer = (section["id"], name, "De bakker bewaart de sleutel.")
    bent.completes(journey, home, cast.completed, answer)
    staff.screens(journey, office, cast.completed)
    for reference, side in cast.sides.items():
        if reference != cast.completed:
            side.passed(cast.dossier(reference))
            make.take(cast.dossier(reference), "screen", side.coordinator)
        side.give(cast.dossier(reference), Task.coach, cast.office.coach)


def coached(journey: Journey, cast: Cast) -> None:
    """One session serves two dossiers, on either side of the border."""
    with journey.visitor(cast.office.coach, width="phone") as page:
        bent.meets_both(journey, page, (cast.completed, cast.french))
    for reference, side in cast.sides.items():
        if reference not in (cast.completed, cast.french):
            side.coach_them(cast.dossier(reference))
            make.take(cast.dossier(reference), "finish_coaching", side.coordinator)


def judged(journey: Journey, cast: Cast, office: Page) -> None:
    """Assigned by the solver; one steps aside at once, one after scoring, one falls ill; then they meet."""
    bent.assigns_by_solver(journey, office, cast.call, per_dossier=3)
    aside = cast.seated(cast.french)[0]
    ill = next(each for each in cast.seated(cast.revoked) if each.id != aside.id)
    for juror in cast.jurors:
        with journey.visitor(juror) as page:
            bent.declares(journey, page, cast.call)
            if juror.id == aside.id:
                bent.stands_aside(journey, page, cast.french, "Mijn zus is lid van de groep.")
    bent.excuses(journey, office, cast.call, ill, "Ligt in het ziekenhuis.")
    bent.assigns_by_solver(journey, office, cast.call, per_dossier=3)
    for (reference, side), figure in zip(cast.sides.items(), FIGURES, strict=True):
        for juror in cast.seated(reference):
            side.score(cast.dossier(reference), juror, dict.fromkeys(side.criteria(), figure))
    aunt = cast.seated(cast.reserve)[0]
    cast.near.step_aside(cast.dossier(cast.reserve), aunt)
    bent.leaves_scores_out(journey, office, cast.reserve, aunt)
    for reference in cast.sides:
        staff.takes_step(journey, office, reference, "close_scoring")
    with journey.visitor(cast.chair) as page:
        agreed = {cast.revoked: ("76", "De zaal is groter dan de punten zeggen.")}
        minutes = bent.meets(journey, page, cast.call, agreed)
    for words in ("Dorpshuis", aside.name, "De zaal is groter"):
        assert words in pdf_words(minutes, cast.folder), words


def decided(journey: Journey, cast: Cast, office: Page) -> None:
    """Chosen under two envelopes and the quotas, one with a condition; both bodies decide, all are told."""
    bent.chooses_on_board(journey, office, cast.call, (clock.today() + timedelta(days=180)).isoformat())
    assert states() == {
        cast.completed: State.selected, cast.french: State.selected, cast.revoked: State.selected,
        cast.reserve: State.reserve, cast.vague: State.not_selected,
    }  # fmt: skip
    bent.sets_conditions(journey, office, cast.completed)
    for lot, number in (("vlaanderen", "2026/114"), ("flandre", "2026-09-31")):
        bent.decides_alone(journey, office, cast.call, lot, number)
    releases(journey, cast, "vlaanderen", "flandre")


def releases(journey: Journey, cast: Cast, *lots: str) -> None:
    with journey.visitor(cast.office.signatory) as page:
        for lot in lots:
            staff.releases(journey, page, cast.call, lot)


def bending(journey: Journey, cast: Cast, office: Page, home: Page, picture: Path) -> None:
    """A condition is met; one is revoked after its hearing; the money goes to the first of the reserve."""
    bent.proves(journey, home, cast.completed, picture)
    bent.finds_met(journey, office, cast.completed)
    bent.hears(journey, office, home, cast.revoked)
    bent.decides_alone(journey, office, cast.call, "vlaanderen", "2026/140")
    releases(journey, cast, "vlaanderen")
    offered_by_itself(journey, office, cast.reserve)
    bent.decides_alone(journey, office, cast.call, "vlaanderen", "2026/141")
    releases(journey, cast, "vlaanderen")
    bent.accepts_offer(journey, home, cast.reserve)


def offered_by_itself(journey: Journey, office: Page, reference: str) -> None:
    """The clock prepares the offer as soon as it looks, here or in the worker; the coordinator reads it at
    home.
    """
    db.session.rollback()  # what this process read before is of before the revocation
    working.sweep()
    while working.drain(identity("test"), lambda: False):
        pass
    db.session.rollback()
    journey.open(office, "/coordinator")
    journey.look(office, "an offer prepared by itself")
    leads_on(office.locator(f"[aria-labelledby=prepared] a[href$='/dossiers/{reference}']"))


def reporting(journey: Journey, cast: Cast, office: Page, home: Page, picture: Path) -> None:
    """The three that go through conclude an agreement, report halfway and at the end, and are closed; one of
    them in French.
    """
    french = Journey(journey.site, journey.mailbox, "fr", journey.found)
    with french.visitor(cast.far.resident) as page:
        for reference in (cast.completed, cast.reserve, cast.french):
            speaks, group = (french, page) if reference == cast.french else (journey, home)
            agreed_on(speaks, group, cast.office, reference)
            halfway(speaks, group, cast.office, reference, call=cast.call, picture=picture)
            resident.reports(speaks, group, reference, cast.call.report_form, picture)
    for reference in (cast.completed, cast.reserve, cast.french):
        staff.takes_step(journey, office, reference, "close", approved_costs="2000")
    assert states() == {
        **dict.fromkeys((cast.completed, cast.reserve, cast.french), State.closed),
        cast.revoked: State.revoked, cast.vague: State.not_selected,
    }  # fmt: skip


SAID = {
    "selected_with_conditions": ("attest van de brandweer", "raad van state"),
    "conditions_met": ("brandweer",),
    "selected": ("tribunal administratif", "conseil communautaire"),
    "revoked": ("het lokaal is verkocht", "raad van state"),
    "reserve": ("reservelijst", "raad van state"),
    "not_selected": ("est pas retenu", "tribunal administratif"),
}


def letters() -> Sequence[Any]:
    """Every letter: of which dossier, which kind, and its PDF once a worker made it."""
    db.session.rollback()
    wanted = db.select(Dossier.reference, Letter.kind, Letter.pdf_sha256).join(Dossier)
    return db.session.execute(wanted.order_by(Letter.id)).all()


def told_what_the_law_asks(cast: Cast) -> None:
    """Every letter is there as PDF; each decision holds its reasons and the appeal of its authority."""
    written = letters()
    for _ in range(bent.PATIENCE):
        if all(row.pdf_sha256 for row in written):
            break
        sleep(0.5)
        written = letters()
    assert [row for row in written if row.pdf_sha256 is None] == []
    owner = {
        "selected_with_conditions": cast.completed, "conditions_met": cast.completed,
        "selected": cast.french, "revoked": cast.revoked, "reserve": cast.reserve,
        "not_selected": cast.vague,
    }  # fmt: skip
    for kind, words in SAID.items():
        found = [row for row in written if (row.reference, row.kind.value) == (owner[kind], kind)]
        assert len(found) == 1, kind
        text = pdf_words(storage().get(found[0].pdf_sha256), cast.folder)
        assert lacking(words, text) == [], kind


def test_three_partners_carry_a_pilot_to_its_end(site: Site, smtp: Mailbox, call: Call):
    """Two local governments and three partners, from the proposal to the closed pilot."""
    journey, office = Journey(site, smtp, "nl"), staff.Staff.of(call, "nl")
    with journey.visitor(office.coordinator) as page:
        pilot = Carried(journey, call, page)
        pilot.proposed()
        pilot.guided()
        pilot.agreed()
        pilot.told()
    assert states() == {pilot.reference: State.closed}
    assert journey.found == {}
