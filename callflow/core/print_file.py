"""Many PDFs as one file for the printer. The only importer of pikepdf, inside the function: a web process
never loads it.
"""

from collections.abc import Iterable
from pathlib import Path


class Unreadable(Exception):
    """A file that should be a PDF is none."""


A4 = (595.276, 841.89)


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
    sides never puts two letters on one sheet. The same documents give the same bytes. Each is read when its
    turn comes: what stays in memory is its pages, about a tenth of a megabyte a letter.
    """
    import pikepdf  # slow import: only the worker needs it

    with pikepdf.new() as joined:
        for path in documents:
            with pikepdf.open(path) as document:
                joined.pages.extend(document.pages)
            if len(joined.pages) % 2:
                joined.add_blank_page(page_size=A4)
        for page in joined.pages:
            # they point into the tags of the letter, which do not come along
            for name in ("/StructParents", "/Annots"):
                if name in page:
                    del page[name]
        joined.save(target, deterministic_id=True)
        return len(joined.pages)
