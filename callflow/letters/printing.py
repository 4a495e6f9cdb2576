"""The letters of a release on paper and as files: a print file with cover sheets, a zip with its manifest."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callflow.core import formats, i18n, pdf, print_file
from callflow.letters.render import country, said
from config import ROOT

FOLDER = ROOT / "templates" / "print"
SHEET = ROOT / "templates" / "documents" / "document.css"
FORMAT = "callflow letters 1"
ON_A_COVER = 200
"""Lines of one cover sheet document: a longer list is several, so that memory does not grow with it."""
BEGUN = (1980, 1, 1, 0, 0, 0)
"""The same moment for every member of the zip: the same letters give the same bytes."""


@dataclass(frozen=True)
class Piece:
    """One letter: ``printed`` is the PDF for paper, ``sent`` the one that its addressee is given, with its
    hash; ``to`` is the addressee as the letter names it.
    """

    reference: str
    number: int
    code: str
    kind: str
    language: str
    to: Mapping[str, str]
    printed: Path
    sent: Path
    sha256: str
    sealed: bool
    pages: int

    @property
    def name(self) -> str:
        return f"{self.reference}-{self.number}{'-sealed' if self.sealed else ''}.pdf"

    @property
    def sheets(self) -> int:
        return (self.pages + 1) // 2


@dataclass(frozen=True)
class Release:
    """What the cover sheet says above the list, in the language of the authority."""

    language: str
    authority: Mapping[str, str]
    call: Mapping[str, str]
    lot: Mapping[str, str]
    released_at: datetime


def printed(release: Release, pieces: Sequence[Piece], folder: Path) -> tuple[Path, int]:
    """The print file and its pages: cover sheets first, then each letter on a sheet of its own."""
    covers = list(_covers(release, pieces, folder))
    target = folder / "print.pdf"
    return target, print_file.join([*covers, *(each.printed for each in pieces)], target)


def zipped(release: Release, pieces: Sequence[Piece], folder: Path) -> Path:
    """Each letter as its addressee is given it, with a manifest and the sums that ``sha256sum -c`` reads."""
    target = folder / "letters.zip"
    # a PDF is compressed already: to press it once more costs time and saves nothing
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for each in pieces:
            with archive.open(zipfile.ZipInfo(each.name, BEGUN), "w") as member, each.sent.open("rb") as file:
                while part := file.read(1 << 16):
                    member.write(part)
        sums = "".join(f"{each.sha256}  {each.name}\n" for each in pieces)
        archive.writestr(zipfile.ZipInfo("SHA256SUMS", BEGUN), sums)
        archive.writestr(zipfile.ZipInfo("manifest.json", BEGUN), _manifest(release, pieces))
    return target


def _manifest(release: Release, pieces: Sequence[Piece]) -> str:
    content: dict[str, Any] = {
        "format": FORMAT,
        "call": dict(release.call),
        "lot": dict(release.lot),
        "authority": dict(release.authority),
        "released_at": release.released_at.isoformat(),
        "letters": [
            {
                "file": each.name, "sha256": each.sha256, "sealed": each.sealed, "reference": each.reference,
                "number": each.number, "code": each.code, "kind": each.kind, "language": each.language,
                "pages": each.pages, "to": dict(each.to),
            }
            for each in pieces
        ],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1)


def _covers(release: Release, pieces: Sequence[Piece], folder: Path) -> Iterator[Path]:
    sums = {"letters": len(pieces), "pages": sum(each.pages for each in pieces)}
    sums["sheets"] = sum(each.sheets for each in pieces)
    for first in range(0, len(pieces), ON_A_COVER):
        with i18n.speaking(release.language):
            html = (
                _environment()
                .get_template("cover.html")
                .render(
                    release=release, pieces=pieces[first : first + ON_A_COVER], first=first, sums=sums,
                    spoken=release.language,
                )
            )  # fmt: skip
        target = folder / f"cover-{first}.pdf"
        target.write_bytes(pdf.make(pdf.readable(html), sheet=SHEET, typed=True))
        yield target


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"], auto_reload=False,
    )  # fmt: skip
    environment.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    for each in (formats.moment, said, country):
        environment.filters[each.__name__] = each
    return environment
