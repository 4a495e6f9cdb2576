"""A letter's context put into words and pages: HTML in its language, text, tagged PDF. The same context,
the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

import segno
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, Undefined
from markupsafe import Markup

from callflow.core import formats, i18n, pdf, twin
from callflow.core.i18n import gettext as _
from callflow.letters import legal
from callflow.letters.context import LetterContext
from callflow.letters.parts import mandatory
from config import ROOT

FOLDER = ROOT / "templates" / "letters"
SHEET = FOLDER / "letter.css"


class LetterError(Exception):
    """The letter cannot be put into words: a placeholder, a text or a mandatory part is missing."""


def as_pdf(context: LetterContext) -> bytes:
    """The letter as PDF/UA. Raises LetterError or pdf.PdfError for anything that would leave a gap."""
    return pdf.make(as_html(context), sheet=SHEET)


def as_html(context: LetterContext) -> str:
    """The whole letter; every mandatory part is there. Raises LetterError naming what is missing."""
    shown = drawn(context)
    return _whole(
        shown,
        mark=_image("mark.svg"),
        emblem=_image("emblem.svg"),
        qr=_code(shown.check_url).png_data_uri(scale=4, border=2),
    )


def _code(address: str) -> segno.QRCode:
    """With the mask that suits addresses like this one: to weigh all eight for each letter takes three
    milliseconds, and any of them can be read.
    """
    page, _, code = address.rpartition("/")
    return segno.make(address, error="m", mask=_mask(f"{page}/{'X' * len(code)}"))


@lru_cache(maxsize=8)
def _mask(address: str) -> int:
    found: int = segno.make(address, error="m").mask
    return found


def fingerprint(context: LetterContext) -> str:
    """The SHA-256 of everything that the letter says, without its pictures. Raises LetterError."""
    said = _whole(drawn(context), mark="", emblem="", qr="")
    return hashlib.sha256(said.encode()).hexdigest()


def _whole(shown: LetterContext, **pictures: str) -> str:
    frame = {
        "letter": shown,
        "check_page": shown.check_url.rpartition("/")[0],
        "courtesy": Markup(),
        "pointer": Markup(),
        **(_courtesy(shown) if shown.courtesy else {}),
        **pictures,
    }
    with i18n.speaking(shown.language):
        written = _written(f"{shown.kind.value}.html", frame)
    wanted = mandatory(shown.kind, shown.law, money=money(shown))
    if missing := [name for name in wanted if f'data-part="{name}"' not in written]:
        raise LetterError(f"parts missing: {', '.join(missing)}")
    return written


def text(context: LetterContext) -> str:
    """What the letter says, one line a paragraph or line: for digests and for reading without a PDF."""
    body = as_html(context).split("<body>", 1)[1]
    broken = re.sub(r"</(?:p|tr|li|h1|h2)>|<br />|\n", "\0", body)
    plain = unescape(re.sub(r"<[^>]*>", " ", broken))
    return "\n".join(line for each in plain.split("\0") if (line := " ".join(each.split())))


def template_of(context: LetterContext) -> str:
    """Which words the letter was made with: its kind and a digest of all templates, style sheet and law
    texts.
    """
    return f"{context.kind.value}@{_edition()}"


def drawn(context: LetterContext) -> LetterContext:
    """The context as the fonts can draw it (core.pdf.substitute), for every text in it."""
    return LetterContext.of(_substituted(context.as_stored()))


def money(context: LetterContext) -> bool:
    """Whether the letter is about an amount that was granted."""
    promised = context.offered or context.agreement
    granted = promised.amount if promised else None
    return bool(granted or (context.approved and context.approved.granted))


def _substituted(value: Any) -> Any:
    if isinstance(value, str):
        return pdf.substitute(value)
    if isinstance(value, Mapping):
        return {name: _substituted(inner) for name, inner in value.items()}
    return [_substituted(inner) for inner in value] if isinstance(value, list) else value


def _courtesy(context: LetterContext) -> dict[str, Markup]:
    """The shortened translation and what points to it, rendered apart because everything in them is said in
    the other language.
    """
    with i18n.speaking(str(context.courtesy)):
        with_appeal = "appeal" in mandatory(context.kind, context.law, money=money(context))
        frame = {"letter": context, "with_appeal": with_appeal}
        written = {name: _written(f"{name}.html", frame) for name in ("courtesy", "pointer")}
    return {name: Markup(each) for name, each in written.items()}  # noqa: S704 - from templates that escape


def _written(name: str, frame: dict[str, Any]) -> str:
    try:
        return _environment().get_template(name).render(frame)
    except TemplateError as missing:
        raise LetterError(f"{name}: {missing}") from missing


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"], auto_reload=False,
    )  # fmt: skip
    environment.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    for each in (
        formats.day,
        formats.moment,
        formats.euro,
        formats.percent,
        formats.number,
        formats.paragraphs,
    ):
        environment.filters[each.__name__] = _strict(each)
    for own in (said, must, lines, mention, silence, de_minimis, tongue, country, grouped):
        environment.filters[own.__name__] = own
    environment.tests["european"] = lambda statement: "urop" in statement
    return environment


def _strict(written: Callable[..., Any]) -> Callable[..., Any]:
    """A format that takes no nothing: on a page an empty figure is a blank, in a letter it is an error."""

    def checked(value: Any, *more: Any) -> Any:
        if value is None or isinstance(value, Undefined):
            raise TemplateError(f"no {written.__name__} where one must be")
        return written(value, *more)

    return checked


@lru_cache(maxsize=4)
def _image(name: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode((FOLDER / name).read_bytes()).decode()


@lru_cache(maxsize=1)
def _edition() -> str:
    words = [*sorted(FOLDER.iterdir()), Path(legal.__file__).with_name("law.yaml")]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in words)).hexdigest()[:10]


# the filters of letter templates; they speak the language in force


def said(text: Mapping[str, str], empty: bool = False) -> str:
    """A twin in the language of the letter. Nothing at all is an error unless ``empty``."""
    return must(twin.said(text, i18n.language()), empty)


def must(text: str, empty: bool = False) -> str:
    """A text that a letter cannot do without."""
    if not empty and not text.strip():
        raise TemplateError("a text is empty")
    return text


def lines(each: Iterable[str | None]) -> Markup:
    """What there is of these, one below the other: for an element of class ``lines``, where a line break in
    the text is one on paper. Half the work of as many <br>, each of which is a box of its own.
    """
    return Markup("\n").join(line for line in each if line)


def mention(texts: Sequence[Mapping[str, str]], words: str) -> bool:
    """Whether one of these twins says these words already, in the language of the letter."""
    return any(words in twin.said(text, i18n.language()) for text in texts)


def silence(context: LetterContext) -> str:
    """The sentence on silent refusal; after papers were asked for with both days."""
    about = context.missing or context.received
    if about is None or about.silence_on is None:
        raise TemplateError("no day of silent refusal")
    day = formats.day(about.silence_on)
    if about.suspended_on is not None and about.suspended_on != about.silence_on:
        suspended = formats.day(about.suspended_on)
        return legal.silence_both_ways(i18n.language(), day=day, suspended=suspended, court=context.court)
    return legal.silence(i18n.language(), day=day, court=context.court)


def de_minimis(language: str) -> str:
    """The statement on de minimis aid."""
    return legal.de_minimis(language)


def tongue(code: str) -> str:
    """The name of a language."""
    names: dict[str, str] = {"nl": _("Dutch language"), "fr": _("French language")}
    return names[code]


def country(code: str) -> str:
    """The name of a country, as the last line of an address."""
    return str(Locale.parse(i18n.LOCALES[i18n.language()]).territories[code]).upper()


def grouped(code: str) -> str:
    """A code in fours, as it is read aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
