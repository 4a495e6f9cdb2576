"""The titles of real ideas: the same byte for byte wherever they come out again."""

import csv
import html
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from callflow.applications.models import Application, Submission
from callflow.calls.models import Call
from callflow.core import clock, pdf
from callflow.core.db import db
from callflow.core.spreadsheet import unguard
from callflow.core.storage import storage
from callflow.desk.dossiers import SIZE
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter
from callflow.people.models import Membership, User
from tests.client import CheckedClient
from tests.letters.reading import words_of
from tests.real.conftest import GRANT, TITLES, Command, written

MANY = 300
LISTS = ("ideas_nl_pabulib", "ideas_fr_pabulib_toulouse", "ideas_fr_paris_winners")


def odd(title: str) -> int:
    """How much there is in a title that software likes to change."""
    return len({sign for sign in title if not sign.isascii() or sign in "&<>'\"+=-/;"}) + 5 * (
        title[0] in "+-=@'"
    )


@pytest.fixture
def real(shared: Callable[[str], Path], deep: bool) -> dict[str, list[str]]:
    """Of each list, the titles that are hardest to keep and the longest, beside some of our own.

    In a deep run 300 of each, as the files have them.
    """
    found: dict[str, list[str]] = {}
    for name in LISTS[:2] if deep else LISTS:
        with shared(f"data/ideas/{name}.csv").open(encoding="utf-8", newline="") as file:
            titles = [row.get("title") or row["titre_projet_gagnant"] for row in csv.DictReader(file)]
        if deep:
            found.setdefault(name.split("_")[1], []).extend(titles[:MANY])
            continue
        chosen = [*sorted(set(titles), key=lambda title: (-odd(title), title))[:4], max(titles, key=len)]
        found.setdefault(name.split("_")[1], []).extend(chosen)
    return {language: [*titles, *TITLES[language]] for language, titles in found.items()}


@pytest.fixture
def played(loaded, command: Command, real: dict[str, list[str]], tmp_path: Path) -> list[str]:
    """These ideas, from the draft to the letter's PDF; their titles."""
    loaded(GRANT)
    arguments = []
    for language, titles in real.items():
        file = tmp_path / f"{language}.csv"
        rows = [(language, title, str(1500 + 300 * at)) for at, title in enumerate(titles)]
        file.write_text(written(("lang", "title", "cost"), rows), encoding="utf-8", newline="")
        arguments += ["--ideas", file]
    result = command("rehearse", "--call", GRANT, "--pdf", *arguments)
    assert result.exit_code == 0, result.output
    return [title for titles in real.values() for title in titles]


def source(client: CheckedClient, path: str) -> str:
    """The source of a page with its entities undone."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.get_data(as_text=True))


def spaceless(text: str) -> str:
    """Without any white space, no-break ones included: a line may end behind a hyphen."""
    return "".join(text.split())


def by_reference() -> dict[str, str]:
    return dict(db.session.execute(db.select(Dossier.reference, Dossier.title)).all())


def test_titles_of_real_ideas_are_the_same_wherever_they_come_out(
    app: Flask, client: CheckedClient, command: Command, played: list[str], tmp_path: Path
):
    titles = by_reference()
    assert sorted(titles.values()) == sorted(played)
    assert set(db.session.scalars(db.select(Submission.title))) == set(played)
    first = db.select(Submission.title).where(Submission.number == 1)
    assert sorted(db.session.scalars(first)) == sorted(played)

    coordinator = db.session.scalars(db.select(User).where(User.email.like("coordinatie1.nl@%"))).one()
    client.sign_in(coordinator)
    pages = range(1, -(-len(titles) // SIZE) + 1)
    listing = "".join(source(client, f"/coordinator/dossiers?lang=nl&page={number}") for number in pages)
    assert [title for title in titles.values() if title not in listing] == []
    for reference, title in titles.items():
        assert title in source(client, f"/coordinator/dossiers/{reference}"), reference

    exported = client.get("/coordinator/dossiers.csv").get_data()
    cells = [row["title"] for row in csv.DictReader(io.StringIO(exported.decode("utf-8-sig"), newline=""))]
    assert sorted(unguard(cell) for cell in cells) == sorted(played)

    for reference, title in _some(titles):
        member = db.session.scalars(
            db.select(User).join(Membership).join(Dossier, Dossier.group_id == Membership.group_id)
            .where(Dossier.reference == reference)
        ).first()  # fmt: skip
        assert title in source(client.sign_in(member), f"/applications/{reference}?lang=fr")

    assert _unnamed_letters() == []
    _brought_in_again(command, exported, played, tmp_path)


def _some(titles: dict[str, str]) -> Iterator[tuple[str, str]]:
    return iter(sorted(titles.items(), key=lambda pair: -odd(pair[1]))[:6])


def _brought_in_again(command: Command, exported: bytes, played: list[str], folder: Path) -> None:
    """The coordinator's own export, as a list of ideas for the next time."""
    file = folder / "export.csv"
    file.write_bytes(exported)
    opens_at = db.session.scalar(db.select(Call.opens_at))
    with clock.fixed(opens_at + timedelta(days=2)):
        result = command("import", "ideas", file, "--call", GRANT, "--yes")
    assert result.exit_code == 0, result.output
    drafts = db.session.scalars(db.select(Application.title).where(Application.state == "draft"))
    assert sorted(drafts) == sorted(played)


def _unnamed_letters() -> list[tuple[str, str]]:
    """Letters whose PDF does not say the title as the fonts can draw it."""
    letters = db.session.execute(
        db.select(Letter.pdf_sha256, Dossier.title, Letter.kind).join(
            Dossier, Dossier.id == Letter.dossier_id
        )
    ).all()
    assert len(letters) > len(by_reference())
    unnamed = []
    for sha256, title, kind in letters:
        said = words_of(storage().get(sha256))  # fails on a glyph that stands for no character
        if spaceless(pdf.substitute(title)) not in spaceless(said):
            unnamed.append((kind, title))
    return unnamed
