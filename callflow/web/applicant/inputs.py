"""The questions of a section as inputs of a page: what stands in them, what was sent, and what is wrong."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from callflow.applications import answers
from callflow.calls import fields
from callflow.calls.fields import Flaw
from callflow.calls.fields.budget import CELLS, MOST_ROWS, SIDES, typed_totals
from callflow.calls.fields.text import LONG, SHORT, lines, visible
from callflow.calls.states import FieldKind
from callflow.core import formats, i18n, twin
from callflow.core.i18n import gettext as _
from callflow.core.trail import canonical
from callflow.desk.applicant.writing import Section, Sheet
from callflow.web.asking import Problem
from callflow.web.ui import colon
from callflow.web.words import say

Posted = MultiDict[str, str]
_ROW = re.compile(
    r"^(?P<name>.+)-(?P<side>costs|income)-(?P<row>\d{1,3})-(?P<cell>kind|label|amount)$", re.ASCII
)


@dataclass(frozen=True)
class Input:
    """One question. ``shown`` is what stands in it, ``seen`` what the page gives back to tell what was seen.

    ``problems`` holds sentences; ``parts`` those of single cells of a table, by cell; ``theirs`` is what
    somebody else wrote meanwhile.
    """

    definition: Mapping[str, Any]
    shown: Any
    seen: str
    problems: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    theirs: Any = None
    files: tuple[Mapping[str, Any], ...] = ()
    more_rows: str = ""

    @property
    def id(self) -> str:
        return id_of(self.definition["id"])

    @property
    def kind(self) -> str:
        return str(self.definition["kind"])

    @property
    def limit(self) -> int | None:
        if self.kind == FieldKind.short_text:
            return int(self.definition.get("max_length") or SHORT)
        return int(self.definition.get("max_length") or LONG) if self.kind == FieldKind.long_text else None

    @property
    def count(self) -> int:
        """How many characters a person counts in it."""
        return fields.length(str(self.shown))

    @property
    def sums(self) -> Mapping[str, str]:
        """What each side of a table adds up to, and whether that is even."""
        return sums(self.shown, self.parts)

    def rows(self, side: str) -> list[dict[str, str]]:
        """The rows of a table, with an empty one to write in, or three when more were asked for."""
        empty = dict.fromkeys(CELLS, "")
        given = list(self.shown[side])
        return [*given, *[empty] * (3 if self.more_rows == side else 1)][:MOST_ROWS]


def sums(shown: Any, parts: Mapping[str, str]) -> dict[str, str]:
    """The sums of both sides of a table, as far as it can be read, with a sentence on them and its tone."""
    found = typed_totals(shown, i18n.language())
    costs, income = found["costs"], found["income"]
    if costs != income:
        tone = "stops"
        words = _(
            "Costs are %(costs)s, income is %(income)s. Both must be equal before you submit.",
            costs=formats.euro(costs),
            income=formats.euro(income),
        )
    elif costs:
        tone, words = "well", _("Costs and income are equal: %(amount)s.", amount=formats.euro(costs))
    else:
        tone, words = "", _("Costs and income must be equal before you submit.")
    written = {side: formats.number(total, 2 if total % 1 else 0) for side, total in found.items()}
    return {**written, "tone": tone, "words": parts.get("balance") or words}


def id_of(name: str) -> str:
    """The id of a field's input; ids of the page's own begin otherwise."""
    return f"f-{name}"


def inputs_of(
    sheet: Sheet, section: Section, posted: Posted | None = None, theirs: Mapping[str, Any] | None = None
) -> list[Input]:
    """The questions of a section; when a form comes back, ``posted`` covers what is stored."""
    made = [_input(sheet, each, posted) for each in section["fields"]]
    others = {name: text for name, text in (theirs or {}).items() if text}
    return [
        replace(each, theirs=_plain(each.definition, others[each.definition["id"]]))
        if each.definition["id"] in others
        else each
        for each in made
    ]


def _input(sheet: Sheet, each: Mapping[str, Any], posted: Posted | None) -> Input:
    given, language = sheet.answer(each), i18n.language()
    if each["kind"] == FieldKind.file:
        return Input(each, "", "", files=tuple(given.value or ()))
    stored = _plain(each, answers.shown(each, given, language, sheet.places))
    found, shown = tuple(sheet.flaws.get(each["id"], ())), stored
    if posted is not None and (sent := typed(each, posted)) is not None and _plain(each, sent) != stored:
        shown, found = _plain(each, sent), fields.read(each, sent, language, sheet.places).flaws
    rows = request.args.get("rows", "").removeprefix(f"{each['id']}-")
    made = Input(each, shown, seen_of(each, stored, given.version), more_rows=rows if rows in SIDES else "")
    return replace(made, problems=_sentences(found), parts=parts_of(found))


def _plain(each: Mapping[str, Any], shown: Any) -> Any:
    """As a page can show it: every text without what cannot be printed."""
    if each["kind"] != FieldKind.budget:
        return visible(shown if isinstance(shown, str) else "")
    sides = shown if isinstance(shown, Mapping) else {}
    return {
        side: [
            {cell: visible(str(row.get(cell) or "")) for cell in CELLS}
            for row in sides.get(side) or ()
            if isinstance(row, Mapping)
        ]
        for side in SIDES
    }


def _sentences(found: tuple[Flaw, ...]) -> tuple[str, ...]:
    return tuple(say(flaw.code, flaw.parameters) for flaw in found if flaw.part in ("", "balance"))


def parts_of(found: Iterable[Flaw]) -> dict[str, str]:
    """What is wrong with each part of a table, in words."""
    return {flaw.part: say(flaw.code, flaw.parameters) for flaw in found if flaw.part}


def seen_of(each: Mapping[str, Any], shown: Any, version: int) -> str:
    """What a page gives back with an answer: its version, and a digest of what stood in the input."""
    return f"{version}.{_digest(each, _plain(each, shown))}"


def _digest(each: Mapping[str, Any], shown: Any) -> str:
    """Equal for what a browser sends back untouched: line ends differ, empty rows come along."""
    if each["kind"] == FieldKind.budget:
        shown = {side: [row for row in shown[side] if any(row.values())] for side in SIDES}
        return hashlib.sha256(canonical(shown).encode()).hexdigest()[:16]
    return hashlib.sha256(lines(str(shown)).encode("utf-8", "replace")).hexdigest()[:16]


def typed(each: Mapping[str, Any], posted: Posted) -> Any:
    """What was sent for a field: a text, the rows of a table, or None when the form did not hold it."""
    name = id_of(each["id"])
    if each["kind"] == FieldKind.budget:
        rows = _rows(name, posted)
        return rows and _filled(rows)
    return lines(posted[name]) if name in posted else None


def _rows(name: str, posted: Posted) -> dict[str, list[dict[str, str]]] | None:
    found: dict[str, dict[int, dict[str, str]]] = {side: {} for side in SIDES}
    for key, value in posted.items():
        if (match := _ROW.match(key)) and match["name"] == name:
            row = found[match["side"]].setdefault(int(match["row"]), dict.fromkeys(CELLS, ""))
            row[match["cell"]] = lines(value)
    if f"seen-{name}" not in posted and not any(found.values()):
        return None
    return {side: [rows[number] for number in sorted(rows)] for side, rows in found.items()}


def _filled(rows: Mapping[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """Without the rows that stand there to be written in."""
    return {side: [row for row in rows[side] if any(cell.strip() for cell in row.values())] for side in SIDES}


def changed(section: Section, posted: Posted) -> tuple[dict[str, Any], dict[str, int]]:
    """What the person changed in a section, and the version of each of these answers that they saw.

    An answer that came back as it was shown is left out, so that nobody covers what they did not touch.
    """
    texts: dict[str, Any] = {}
    versions: dict[str, int] = {}
    for each in section["fields"]:
        sent = None if each["kind"] == FieldKind.file else typed(each, posted)
        version, digest = _seen(each, posted)
        if sent is None or _digest(each, _plain(each, sent)) == digest:
            continue
        texts[each["id"]], versions[each["id"]] = sent, version
    return texts, versions


def _seen(each: Mapping[str, Any], posted: Posted) -> tuple[int, str]:
    """The version and the digest that the page showed; a version that never was when it says none."""
    version, _dot, digest = posted.get(f"seen-{id_of(each['id'])}", "").partition(".")
    readable = version.isascii() and version.isdecimal() and len(version) < 10
    return (int(version) if readable else -1), digest


def without_row(each: Mapping[str, Any], posted: Posted, side: str, number: int) -> tuple[Any, int] | None:
    """The rows of a table that was sent, less one, and the version seen; None when there is no such row."""
    rows = _rows(id_of(each["id"]), posted)
    if not rows or side not in SIDES or number >= len(rows[side]):
        return None
    del rows[side][number]
    return _filled(rows), _seen(each, posted)[0]


def flawed(sheet: Sheet, section: Section, texts: Mapping[str, Any]) -> bool:
    """Whether anything in this section will be wrong once these texts are saved."""
    language = i18n.language()
    for each in section["fields"]:
        if each["id"] in texts:
            if fields.read(each, texts[each["id"]], language, sheet.places).flaws:
                return True
        elif sheet.flaws.get(each["id"]):
            return True
    return False


def problems_of(inputs: list[Input]) -> Iterator[Problem]:
    """The lines of the error summary, each leading to its input or cell."""
    for each in inputs:
        for part, sentence in each.parts.items():
            if part != "balance":
                yield Problem("words", {"words": _in_row(each, part, sentence)}, f"{each.id}-{part}")
        for sentence in each.problems:
            anchor = f"{each.id}-balance" if sentence in each.parts.values() else each.id
            yield Problem("words", {"words": about(each.definition, sentence)}, anchor)


def _in_row(each: Input, part: str, sentence: str) -> str:
    side, number, _cell = part.split("-")
    return f"{side_words(side)}, {row_words(int(number) + 1)}{colon()} {sentence}"


def side_words(side: str) -> str:
    return str(_("Costs") if side == "costs" else _("Income"))


def row_words(number: int) -> str:
    return str(_("row %(number)s", number=formats.number(number)))


def label(each: Mapping[str, Any]) -> str:
    return twin.said(each["label"], i18n.language())


def about(each: Mapping[str, Any], sentence: str) -> str:
    """A sentence with the question that it is about; a question mark needs no colon."""
    question = label(each)
    return f"{question} {sentence}" if question.endswith("?") else f"{question}{colon()} {sentence}"
