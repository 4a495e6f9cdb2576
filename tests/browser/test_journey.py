"""One dossier from a resident's first mail to the closed report, once under each law and in each language."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from callflow.calls.models import Call, Lot
from callflow.core import clock
from callflow.core.db import db
from callflow.core.storage import storage
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.letters.models import Letter
from tests.browser import journey_resident as resident
from tests.browser import journey_staff as staff
from tests.browser.companions import Companions
from tests.browser.conftest import Site
from tests.browser.journey import Journey, moved_to_now, pdf_text
from tests.servers import Mailbox

REFERENCE = "dorpen-aan-zet-2026"


@dataclass(frozen=True)
class Side:
    """One side of the border: who applies, in which lot, and words that its letters cannot do without."""

    who: resident.Resident
    lot: str
    selected: tuple[str, ...]
    reserve: tuple[str, ...]
    not_selected: tuple[str, ...]

    @property
    def language(self) -> str:
        return self.who.group["language"]


FLEMISH = Side(
    resident.DUTCH,
    "vlaanderen",
    (
        "is geselecteerd",
        "4.500,50 euro",
        "wet van 29 juli 1991",
        "Raad van State",
        "Griet Voorbeeld",
        "deputatie",
    ),
    ("plaats 1 van de reservelijst", "Raad van State"),
    ("is niet geselecteerd", "Raad van State"),
)
FRENCH = Side(
    resident.FRENCH,
    "flandre",
    ("est retenu", "4 500,50 €", "tribunal administratif de Lille", "Paul Exemple", "conseil communautaire"),
    ("place 1 de la liste de réserve", "tribunal administratif"),
    ("est pas retenu", "tribunal administratif"),
)


@pytest.fixture
def call(site: Site, tmp_path: Path) -> Call:
    """The demo call with a grant, loaded by its command as if it had opened five weeks ago."""
    path = tmp_path / "call.yaml"
    path.write_text(moved_to_now(f"{REFERENCE}.yaml"), encoding="utf-8")
    done = site.installation.app.test_cli_runner().invoke(args=["call", "load", str(path)])
    assert done.exit_code == 0, done.output
    return db.session.scalars(db.select(Call)).one()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photograph of the village."""
    path = tmp_path / "dorp.png"
    Image.new("RGB", (640, 480), "seagreen").save(path)
    return path


@pytest.mark.parametrize("side", [FLEMISH, FRENCH], ids=["flemish", "french"])
def test_a_dossier_goes_all_the_way(site: Site, smtp: Mailbox, call: Call, picture: Path, side: Side):
    journey = Journey(site, smtp, side.language)
    lot = db.session.scalars(db.select(Lot).where(Lot.key == side.lot)).one()
    office = staff.Staff.of(call, side.language)

    with site.installation.run("flask", "worker"), journey.visitor() as home:
        reference = applied(journey, home, side, call, picture)
        worked_on(journey, office, reference, call)
        others = Companions(call, lot, office, side.language)
        second, third = others.scored_by_all("Tweede", "3.5"), others.scored_by_all("Derde", "1")
        with journey.visitor(office.coordinator) as page:
            staff.ranks(journey, page, call, side.lot)
            decides(journey, page, reference, second.reference, third.reference)
            staff.notes_resolution(journey, page, call, side.lot)
        resident.learns_nothing_yet(journey, home, reference, staff.MOTIVATION[side.language])
        with journey.visitor(office.signatory) as page:
            staff.releases(journey, page, call, side.lot)
        smtp.wait_for(side.who.email, more_than=2)
        letter = resident.reads_letter(journey, home, reference, picture.parent)
        assert staff.REASONS[side.language] in home.locator("main").inner_text()
        agreed_on(journey, home, office, reference)
        halfway(journey, home, office, reference, call=call, picture=picture)
        resident.reports(journey, home, reference, call.report_form, picture)
        with journey.visitor(office.coordinator) as page:
            staff.takes_step(journey, page, reference, "close", approved_costs="4500,50")
        journey.open(home, f"/applications/{reference}")
        journey.look(home, "closed")

    assert lacking(side.selected, letter) == []
    assert lacking(side.reserve, letter_of(second.reference, picture.parent)) == []
    assert lacking(side.not_selected, letter_of(third.reference, picture.parent)) == []
    assert states() == {
        reference: State.closed,
        second.reference: State.reserve,
        third.reference: State.not_selected,
    }
    assert journey.found == {}


def applied(journey: Journey, home: Page, side: Side, call: Call, picture: Path) -> str:
    """A new resident, a new group, an application with every kind of answer, submitted; its reference."""
    resident.signs_in(journey, home, side.who)
    resident.makes_group(journey, home, side.who)
    reference = resident.applies(journey, home, call.reference)
    resident.answers(journey, home, reference, call.form, picture)
    resident.submits_by_keyboard(journey, home)
    return reference


def worked_on(journey: Journey, office: staff.Staff, reference: str, call: Call) -> None:
    """Screened, coached and scored, each by whose task it is."""
    with journey.visitor(office.coordinator) as page:
        staff.screens(journey, page, reference)
        staff.assigns(page, reference, office)
    with journey.visitor(office.coach, width="phone") as page:
        staff.logs_sessions(journey, page, reference)
    for number, juror in enumerate(office.jurors):
        with journey.visitor(juror) as page:
            staff.scores(journey, page, reference, call, first=number == 0, not_applicable=number == 1)
    with journey.visitor(office.coordinator) as page:
        staff.takes_step(journey, page, reference, "close_scoring")


def agreed_on(journey: Journey, home: Page, office: staff.Staff, reference: str) -> None:
    """The group says who is paid, the office offers an agreement, the group accepts it."""
    resident.names_payee(journey, home, reference)
    with journey.visitor(office.coordinator) as page:
        staff.offers_agreement(journey, page, reference)
    resident.accepts_agreement(journey, home, reference)


def halfway(
    journey: Journey, home: Page, office: staff.Staff, reference: str, *, call: Call, picture: Path
) -> None:
    """The report halfway, sent and approved."""
    resident.reports(journey, home, reference, call.interim_form, picture, name="interim-report")
    with journey.visitor(office.coordinator) as page:
        staff.takes_step(journey, page, reference, "approve_interim")


def decides(journey: Journey, page: Page, selected: str, reserve: str, declined: str) -> None:
    """One of each outcome prepared; the group sees none of it yet."""
    until = (clock.today() + timedelta(days=180)).isoformat()
    words = staff.MOTIVATION[journey.language]
    staff.takes_step(journey, page, selected, "select", amount="4500,50", coaching_days="4", motivation=words)
    staff.takes_step(journey, page, reserve, "reserve", rank="1", valid_until=until)
    staff.takes_step(journey, page, declined, "decline", motivation=words)


def lacking(words: tuple[str, ...], text: str) -> list[str]:
    """The words that a letter should hold and does not."""
    return [each for each in words if " ".join(each.split()).casefold() not in text.casefold()]


def letter_of(reference: str, folder: Path) -> str:
    """What the decision letter of a dossier says, as its PDF was stored."""
    db.session.rollback()
    found = db.session.scalars(
        db.select(Letter)
        .join(Dossier, Dossier.id == Letter.dossier_id)
        .where(Dossier.reference == reference, Letter.kind == Dossier.state)
    ).one()
    path = folder / f"{reference}.pdf"
    path.write_bytes(storage().get(str(found.pdf_sha256)))
    return pdf_text(path)


def states() -> dict[str, State]:
    """Every dossier's state as it stands now."""
    db.session.rollback()
    return {
        row.reference: row.state for row in db.session.execute(db.select(Dossier.reference, Dossier.state))
    }
