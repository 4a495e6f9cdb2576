"""One dossier from a resident's first mail to the closed report, once under each law and in each language."""

from pathlib import Path

import pytest
from PIL import Image

from callflow.calls.models import Call
from callflow.core.actor import Role
from callflow.core.db import db
from tests import factories as make
from tests.browser import journey_resident as resident
from tests.browser.conftest import Site
from tests.browser.journey import Journey, moved_to_now
from tests.servers import Mailbox

REFERENCE = "dorpen-aan-zet-2026"


@pytest.fixture
def call(site: Site, tmp_path: Path) -> Call:
    """The demo call with a grant, loaded by its command as if it had opened five weeks ago."""
    path = tmp_path / "call.yaml"
    path.write_text(moved_to_now(f"{REFERENCE}.yaml"), encoding="utf-8")
    done = site.installation.app.test_cli_runner().invoke(args=["call", "load", str(path)])
    assert done.exit_code == 0, done.output
    found = db.session.scalars(db.select(Call)).one()
    db.session.expunge_all()
    return found


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photograph of the village."""
    path = tmp_path / "dorp.png"
    Image.new("RGB", (640, 480), "seagreen").save(path)
    return path


@pytest.mark.parametrize("who", [resident.DUTCH, resident.FRENCH], ids=["flemish", "french"])
def test_a_dossier_goes_all_the_way(
    site: Site, smtp: Mailbox, call: Call, picture: Path, tmp_path: Path, who: resident.Resident
):
    journey = Journey(site, smtp, who.group["language"])

    with site.installation.run("flask", "worker"), journey.visitor() as page:
        resident.signs_in(journey, page, who)
        resident.makes_group(journey, page, who)
        reference = resident.applies(journey, page, REFERENCE)
        resident.answers(journey, page, reference, call.form, picture)
        resident.submits_by_keyboard(journey, page)

    assert journey.found == {}
