"""HTML to tagged PDF: the only importer of WeasyPrint, strict about images, fonts and glyphs, and the same
bytes every time.
"""

import logging
import os
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

FONTS = Path(__file__).resolve().parent / "fonts"
FAMILIES = ("Callflow Sans", "Callflow Serif")
STAND_IN = "\u2047"
"""Stands for a character that no bundled font can draw: a double question mark, which nobody types."""

UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_one_at_a_time = threading.Lock()


class PdfError(Exception):
    """The document cannot be made as it should be: a missing image, font or glyph, or HTML that makes no
    sense.
    """


class PdfUnavailable(Exception):
    """This machine lacks the libraries that WeasyPrint draws with; the message names the packages."""


@lru_cache(maxsize=1)
def coverage() -> frozenset[str]:
    """The visible characters that every bundled font can draw."""
    from fontTools.ttLib import TTFont  # slow import

    shared = set.intersection(*(set(TTFont(path).getBestCmap()) for path in sorted(FONTS.glob("*.ttf"))))
    return frozenset(char for char in map(chr, shared) if unicodedata.category(char) != "Cf")


def substitute(text: str) -> str:
    """The text as a letter shows it, the same on every machine: what the bundled fonts cannot draw is
    replaced.

    In this order: accents are composed; a compatible form is taken (a ligature becomes its letters);
    accents that the fonts lack are left off; what nobody sees (controls, joiners, variation selectors)
    goes; anything else, like an emoji or another script, becomes STAND_IN, one for each character.
    """
    composed = unicodedata.normalize("NFC", text)
    drawn = coverage()
    if drawn.issuperset(composed):
        return composed
    return "".join(char if char in drawn or char in "\t\n\r" else _replacement(char) for char in composed)


@lru_cache(maxsize=4096)
def _replacement(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Mn", "Me", "Cs"):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return " "
    compatible = unicodedata.normalize("NFKC", char)
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", char) if unicodedata.category(each)[0] != "M"
    )
    for candidate in (compatible, bare):
        if candidate and coverage().issuperset(candidate):
            return candidate
    return STAND_IN


def readable(html: str) -> str:
    """The document without what no XML may hold, as a control character that somebody typed."""
    return UNREADABLE.sub("", html)


def make(html: str, *, sheet: Path, typed: bool = False) -> bytes:
    """The PDF/UA-1 of a whole HTML document, styled by the style sheet and drawn with the bundled fonts only.

    With ``typed`` its texts are as somebody typed them, and what the fonts lack is replaced: in the texts and
    never in the markup, where a full-width bracket would become a tag and an accent would take the end of one
    away. The document may refer to nothing but data: addresses. Raises PdfError for anything that would leave
    a gap, PdfUnavailable when Pango is not installed.
    """
    weasyprint = _engine()
    # fonts, parsed sheets and the logger belong to the process, and Pango is not for two threads at once
    with _one_at_a_time, _complaints() as complaints:
        fonts, sheets = _stationery(sheet)
        source = _document()(html)
        if typed:
            _replace_in(source.etree_element)
        complaints += _empty_images(source)
        try:
            document = source.render(
                font_config=fonts, stylesheets=sheets, cache=None, pdf_variant="pdf/ua-1"
            )
            content: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
        except weasyprint.urls.FatalURLFetchingError as refused:
            raise PdfError(str(refused)[:480]) from refused
        except Exception as broken:  # WeasyPrint itself stumbles over some pages
            raise PdfError(f"{type(broken).__name__}: {broken}"[:480]) from broken
        strangers = {font.family for font in document.fonts.values()} - set(FAMILIES)
    complaints += [f"drawn with {family}" for family in sorted(strangers)]
    if complaints:
        raise PdfError("; ".join(complaints)[:480])
    return content


def _replace_in(root: ET.Element) -> None:
    for each in root.iter():
        each.text, each.tail = substitute(each.text or ""), substitute(each.tail or "")
        for name, value in each.attrib.items():
            each.set(name, substitute(value))


@lru_cache(maxsize=1)
def made_with() -> str:
    """What the bytes of a document depend on besides its HTML: the versions of what drew it."""
    weasyprint = _engine()
    from weasyprint.text.ffi import harfbuzz, pango  # slow import

    number = int(pango.pango_version())
    drawer = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    major = max(each for each in range(99) if harfbuzz.hb_version_atleast(each, 0, 0))
    minor = max(each for each in range(99) if harfbuzz.hb_version_atleast(major, each, 0))
    return f"WeasyPrint {weasyprint.__version__}, Pango {drawer}, HarfBuzz {major}.{minor}"


@lru_cache(maxsize=1)
def _engine() -> Any:
    try:
        with _bundled_fonts():
            import weasyprint  # slow import: half a second, and it needs Pango, which web pages do not
    except OSError as missing:
        raise PdfUnavailable("apt-get install libpangoft2-1.0-0 libharfbuzz-subset0") from missing
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    _mend_tags()
    return weasyprint


@lru_cache(maxsize=8)
def _stationery(sheet: Path) -> tuple[Any, list[Any]]:
    """The fonts of this process and the parsed sheets: a new font configuration each time would never be
    given back.
    """
    weasyprint, fonts = _engine(), _font_configuration()
    paper = weasyprint.CSS(filename=FONTS / "paper.css", font_config=fonts, url_fetcher=_fetcher("file"))
    return fonts, [paper, weasyprint.CSS(filename=sheet, font_config=fonts, url_fetcher=_fetcher("data"))]


@lru_cache(maxsize=1)
def _document() -> Any:
    """WeasyPrint's document, read as XML: what our templates write is whole and needs none of the patience
    the web has, which costs twenty times as much; and what is not whole is an error instead of a guess.
    """
    base: Any = _engine().HTML
    from cssselect2 import ElementWrapper  # slow import

    class Document(base):
        """A document of our own: it refers to nothing outside, and every element is in paper.css."""

        def __init__(self, html: str) -> None:
            try:
                root = ET.fromstring(html.lstrip())  # noqa: S314 - our own, its texts escaped
            except ET.ParseError as broken:
                raise PdfError(f"the document is not well formed: {broken}") from broken
            self.base_url = None
            self.url_fetcher = _fetcher("data")
            self.media_type = "print"
            self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = root

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return []

    return Document


@lru_cache(maxsize=1)
def _font_configuration() -> Any:
    from weasyprint.text.fonts import FontConfiguration  # slow import

    with _bundled_fonts():
        return FontConfiguration()


@contextmanager
def _bundled_fonts() -> Iterator[None]:
    """Fontconfig reads its file while it starts and never again: what this process starts later, like a
    browser, shall draw with the fonts of its machine.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    try:
        yield
    finally:
        del os.environ["FONTCONFIG_FILE"]
        if before is not None:
            os.environ["FONTCONFIG_FILE"] = before


def _fetcher(protocol: str) -> Any:
    """Nothing but this protocol: otherwise a letter could be made to carry any file of the server."""
    return _engine().urls.URLFetcher(allowed_protocols=[protocol], fail_on_errors=True)


def _empty_images(source: Any) -> list[str]:
    """An image without an address is silently left out by WeasyPrint."""
    return [
        f"image without a source: {image.get('alt')}"
        for image in source.etree_element.iter("img")
        if not (image.get("src") or "").startswith("data:")
    ]


class _Listener(logging.Handler):
    """Collects what WeasyPrint warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    logger, listener = logging.getLogger("weasyprint"), _Listener()
    logger.addHandler(listener)
    try:
        yield listener.heard
    finally:
        logger.removeHandler(listener)


def _mend_tags() -> None:
    """Write /Lang on inner elements and /Scope on table headers, which WeasyPrint 70 leaves out of its tags.

    Wraps a private function (Kozea/WeasyPrint#2508), so WeasyPrint is pinned and a test fails when the name
    goes.
    """
    import pydyf  # slow import
    from weasyprint.pdf import tags  # slow import

    build = tags._build_box_tree  # noqa: SLF001 - the one place where tags are made

    def with_language_and_scope(box: Any, parent: Any, pdf: Any, *rest: Any) -> Iterator[Any]:
        real = getattr(box, "_box", box)
        element: Any = getattr(real, "element", None)
        named = isinstance(getattr(element, "tag", None), str)
        for node in build(box, parent, pdf, *rest):
            if named:
                language = element.attrib.get("lang")
                if language and element.tag != "html" and real.element_tag == element.tag:
                    node["Lang"] = pydyf.String(language)
                if node["S"] == "/TH" and "A" in node:
                    node["A"]["Scope"] = "/Row" if element.attrib.get("scope") == "row" else "/Column"
            yield node

    tags._build_box_tree = with_language_and_scope  # noqa: SLF001 - as above
