"""`make screens`: a picture of every kind of page of the demo for each role, into docs/screens/."""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from callflow.app import create_app
from callflow.core.db import db
from config import ROOT, Settings
from tests import databases
from tests.browser import walk
from tests.browser.conftest import FLAGS, Site, program
from tests.conftest import Installation

FOLDER = ROOT / "docs" / "screens"
SHOTS = (("nl", "wide"), ("fr", "phone"))


def main() -> None:
    """Load the demo into a throw-away installation and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = databases.SqliteFiles(folder)
        variables = databases.environment(made.copy(), folder / "site")
        app = create_app(Settings.from_env(variables))
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["demo"])
            if done.exit_code:
                raise SystemExit(done.output)
            photograph(Installation(app, variables, folder))
            db.engine.dispose()


def photograph(installation: Installation) -> None:
    """Every page of every role, in Dutch on a desk and in French in a hand."""
    with sync_playwright() as playwright, installation.web() as address:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        site = Site(installation, address, browser)
        for role, user in walk.people().items():
            addresses = walk.pages(installation.app, user)
            for language, width in SHOTS:
                with site.visitor(user, language=language, width=width) as page:
                    for endpoint, path in addresses.items():
                        page.goto(path)
                        shoot(page, FOLDER / f"{role}-{endpoint}-{language}-{width}.png")
            print(f"{role}: {len(addresses)} pages")
        browser.close()


def shoot(page: Page, path: Path) -> None:
    """A whole page, in the few colours it has: a quarter of the bytes."""
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(128)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main()
