"""Many PDFs as one file for the printer. The only importer of pikepdf, inside the function: a web process
never loads it.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import md5
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO


class Unreadable(Exception):
    """A file that should be a PDF is none."""


A4 = (595.276, 841.89)
AT_A_TIME = 50
"""Documents that are in memory together."""
PAGES, FIRST = 3, 4
"""The number of the list of pages, and that of the first object of a document."""


def pages_in(path: Path) -> int:
    """How many pages a PDF has."""
    import pikepdf  # slow import: only the worker needs it

    try:
        with pikepdf.open(path) as document:
            return len(document.pages)
    except pikepdf.PdfError as wrong:
        raise Unreadable(str(path)) from wrong


def join(documents: Iterable[Path], target: Path) -> int:
    """Write all these one after the other, each beginning on the front of a sheet; how many pages that makes.

    A document with an odd number of pages is followed by a blank one, so that a printer that prints both
    sides never puts two letters on one sheet. The same documents give the same bytes. Memory holds
    ``AT_A_TIME`` documents and some numbers about each object: qpdf, which would write the file otherwise,
    keeps all pages of all documents until its end.
    """
    with target.open("wb") as file:
        written = _Written(file)
        for some in _cut(documents):
            written.add(some)
        return written.end()


def _cut(documents: Iterable[Path]) -> Iterator[list[Path]]:
    rest = iter(documents)
    while some := list(islice(rest, AT_A_TIME)):
        yield some


class _Written:
    """A PDF that grows at its end: where each object begins, and which of them are pages.

    Objects 1 to 3 are the catalog, nothing, and the list of pages; those of documents follow. qpdf numbers
    what comes into an empty document from 3 on, so empty places before them give each its number here.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.sum = file, md5(usedforsecurity=False)
        self.at, self.begins, self.pages = 0, [0] * FIRST, list[int]()
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, documents: Sequence[Path]) -> None:
        """A few documents, each followed by a blank page where its last sheet is half empty."""
        import pikepdf  # slow import: only the worker needs it

        with pikepdf.new() as joined:
            places = [joined.make_indirect(pikepdf.Dictionary()) for _ in range(len(self.begins) - PAGES)]
            for path in documents:
                _append(joined, path)
                if len(joined.pages) % 2:
                    joined.add_blank_page(page_size=A4)
            for page in joined.pages:
                page.obj["/Parent"] = places[0]
                self.pages.append(page.obj.objgen[0])
            for number in range(len(self.begins), len(joined.objects) + 1):
                self._object(number, joined.get_object(number, 0))

    def _object(self, number: int, held: Any) -> None:
        import pikepdf  # slow import: only the worker needs it

        self.begins.append(self.at)
        if isinstance(held, pikepdf.Stream):
            raw = held.read_raw_bytes()
            said = {name: value for name, value in held.stream_dict.items() if name != "/Length"}
            words = pikepdf.Dictionary({**said, "/Length": len(raw)}).unparse()
            words += b"\nstream\n" + raw + b"\nendstream"
        else:
            words = b"null" if held is None else held.unparse(resolved=True)
        self._put(b"%d 0 obj\n%s\nendobj\n" % (number, words))

    def end(self) -> int:
        """The list of pages, the catalog, and where everything is; how many pages there are."""
        kids = b" ".join(b"%d 0 R" % each for each in self.pages)
        fixed = {
            1: b"<< /Type /Catalog /Pages %d 0 R >>" % PAGES,
            2: b"null",
            PAGES: b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(self.pages), kids),
        }
        for number, words in fixed.items():
            self.begins[number] = self.at
            self._put(b"%d 0 obj\n%s\nendobj\n" % (number, words))
        mark, starts = self.sum.hexdigest().encode(), self.at
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % len(self.begins))
        for begin in self.begins[1:]:
            self._put(b"%010d 00000 n \n" % begin)
        self._put(
            b"trailer\n<< /Size %d /Root 1 0 R /ID [ <%s> <%s> ] >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self.begins), mark, mark, starts)
        )
        return len(self.pages)

    def _put(self, words: bytes) -> None:
        self.file.write(words)
        self.sum.update(words)
        self.at += len(words)


def _append(joined: Any, path: Path) -> None:
    """The pages of a document, without what points into its tags: those do not come along."""
    import pikepdf  # slow import: only the worker needs it

    with pikepdf.open(path) as document:
        for page in document.pages:
            for name in ("/StructParents", "/Annots"):
                if name in page:
                    del page[name]
        joined.pages.extend(document.pages)
