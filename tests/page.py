"""What every page must be: it parses, is titled, labelled and in order, and styles nothing by itself."""

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder

LANGUAGES = ("nl", "fr", "en")
UNLABELLED_TYPES = ("hidden", "submit", "button", "reset", "image")
DATA_TYPES = ("application/json", "application/ld+json")
HEADING = re.compile(r"^h[1-6]$")
INSIDE = re.compile(r"^#.")


class _Reader(HTML5TreeBuilder):
    """Reads a page once, as browsers do, and keeps what was wrong with it."""

    mistakes: tuple[str, ...] = ()

    def feed(self, markup: Any) -> None:
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = parser  # it asks where in the text it is
        parser.parse(markup)
        self.mistakes = tuple(
            f"does not parse: {code} at line {line} {details}" for (line, _), code, details in parser.errors
        )


def read(html: str) -> tuple[BeautifulSoup, list[str]]:
    """The parsed page, and everything that is wrong with it as sentences for the failed test."""
    reader = _Reader()
    soup = BeautifulSoup(html, builder=reader)
    tags = _Tags(soup)
    found = [*_duplicate_ids(tags), *_unlabelled(tags), *_dangling(tags), *_inline(tags), *_images(tags)]
    if html.lstrip()[:9].lower() == "<!doctype":
        found += [*reader.mistakes, *_head(soup, tags), *_headings(tags)]
    return soup, found


class _Tags:
    """The tags of a page, walked through once: with their names, and those that have an attribute."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self.all = [each for each in soup.descendants if isinstance(each, Tag)]
        self._named: dict[str, list[Tag]] = {}
        for tag in self.all:
            self._named.setdefault(tag.name, []).append(tag)

    def named(self, *names: str) -> list[Tag]:
        """In the order of the page for one name."""
        return [tag for name in names for tag in self._named.get(name, ())]

    def having(self, attribute: str) -> list[Tag]:
        return [tag for tag in self.all if attribute in tag.attrs]


def complaints(html: str) -> list[str]:
    """Everything that is wrong with a page; empty when it is right."""
    return read(html)[1]


def _head(soup: BeautifulSoup, tags: _Tags) -> list[str]:
    found = []
    if not soup.title or not soup.title.get_text(strip=True):
        found.append("has no title")
    if soup.html is None or soup.html.get("lang") not in LANGUAGES:
        found.append("does not say its language")
    headings = tags.named("h1")
    if len(headings) != 1:
        found.append(f"has {len(headings)} h1")
    if not tags.named("main"):
        found.append("has no main")
    return found


def _headings(tags: _Tags) -> list[str]:
    levels = [int(tag.name[1]) for tag in tags.all if HEADING.match(tag.name)]
    return [f"goes from h{before} to h{after}" for before, after in pairwise(levels) if after > before + 1]


def _duplicate_ids(tags: _Tags) -> list[str]:
    counts = Counter(str(tag["id"]) for tag in tags.having("id"))
    return [f"repeats the id {name}" for name, times in counts.items() if times > 1]


def _unlabelled(tags: _Tags) -> list[str]:
    """Fields without a label of their own, around them, or by aria."""
    labelled = {label.get("for") for label in tags.named("label") if label.get_text(strip=True)}
    return [
        f"has no label for {field.name} {field.get('name') or field.get('id')}"
        for field in tags.named("input", "select", "textarea")
        if field.get("type") not in UNLABELLED_TYPES
        and field.get("id") not in labelled
        and not field.get("aria-label")
        and not field.get("aria-labelledby")
        and field.find_parent("label") is None
    ]


def _dangling(tags: _Tags) -> list[str]:
    """References to elements that are not on the page."""
    ids = {str(tag["id"]) for tag in tags.having("id")}
    asked: list[tuple[Tag, str]] = []
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        asked += [(tag, word) for tag in tags.having(name) for word in str(tag[name]).split()]
    asked += [(tag, str(tag["for"])) for tag in tags.named("label") if "for" in tag.attrs]
    asked += [
        (tag, str(tag["href"])[1:]) for tag in tags.named("a") if INSIDE.match(str(tag.get("href") or ""))
    ]
    return [f"{tag.name} refers to #{word}, which is not there" for tag, word in asked if word not in ids]


def _inline(tags: _Tags) -> list[str]:
    found = [f"{tag.name} has an inline style" for tag in tags.having("style")]
    found += ["has a style element" for _ in tags.named("style")]
    found += [
        "has an inline script"
        for tag in tags.named("script")
        if "src" not in tag.attrs and tag.get("type") not in DATA_TYPES
    ]
    found += [f"{tag.name} has {name}" for tag in tags.all for name in tag.attrs if name.startswith("on")]
    return found


def _images(tags: _Tags) -> list[str]:
    return [f"image {tag.get('src')} has no alt" for tag in tags.named("img") if "alt" not in tag.attrs]
