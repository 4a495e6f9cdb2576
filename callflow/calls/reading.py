"""Reads a set-up file as plain text, lists and keys, remembering the line of every one; nothing in it is ever
run or expanded.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import events as y

MAXIMUM_BYTES = 1_000_000
MAXIMUM_DEPTH = 20
MOST_DOUBLE = 1000
"""After so many keys that were there before a file is not read on."""
LOADER: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the compiled parser where PyYAML was built with it

Path = tuple[str | int, ...]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CAUSES = {
    "mapping values are not allowed": "yaml_colon",
    "could not find expected ':'": "yaml_no_colon",
    "did not find expected key": "yaml_indent",
    "did not find expected '-' indicator": "yaml_indent",
    "block sequence entries are not allowed": "yaml_indent",
    "unexpected end of stream": "yaml_quote_open",
    "cannot start any token": "yaml_start",
    "expected ',' or": "yaml_bracket",
    "did not find expected ','": "yaml_bracket",
}


@dataclass(frozen=True)
class Finding:
    """What is wrong with a set-up file, or deserves a second look: where, and a code with parameters to be
    translated.
    """

    line: int
    code: str
    parameters: dict[str, Any] = field(default_factory=dict)
    refuses: bool = True


class Unreadable(Exception):
    """The text cannot be taken apart; ``findings`` say where and why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].code)
        self.findings = findings


@dataclass
class Document:
    """What the file says: every value a text, a list or a dict of texts; ``lines`` holds the line of each
    path.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of this place, or of the nearest place around it that is written in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(data: bytes) -> Document:
    """Take the file apart. Raises Unreadable: too big, not UTF-8, tabs, anchors and aliases, tags, double
    keys, no YAML.
    """
    text = _text(data)
    try:
        document, double = _built(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_syntax(error)) from None
    except yaml.YAMLError:
        raise Unreadable(Finding(1, "yaml_other", {"problem": ""})) from None
    if wrong := [*double, *_characters(document)]:
        raise Unreadable(*sorted(wrong, key=lambda finding: finding.line))
    return document


def _text(data: bytes) -> str:
    if len(data) > MAXIMUM_BYTES:
        raise Unreadable(Finding(1, "file_too_big", {"maximum": MAXIMUM_BYTES // 1000}))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:1000]:
        raise Unreadable(Finding(1, "not_utf8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(Finding(data.count(b"\n", 0, error.start) + 1, "not_utf8")) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Unreadable(Finding(1, "file_empty"))
    if (
        wrong := [*_lines_with("\t", text, "tab")][:20]
        or [*_lines_with(_CONTROL, text, "control_character")][:20]
    ):
        raise Unreadable(*wrong)
    return text


def _lines_with(sought: str | re.Pattern[str], text: str, code: str) -> Iterator[Finding]:
    for number, line in enumerate(text.split("\n"), start=1):
        if sought in line if isinstance(sought, str) else sought.search(line):
            yield Finding(number, code)


def _syntax(error: yaml.MarkedYAMLError) -> Finding:
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    code = next((code for words, code in _CAUSES.items() if words in problem), "yaml_other")
    if code == "yaml_quote_open" and error.context_mark:
        mark = error.context_mark
    return Finding(mark.line + 1 if mark else 1, code, {"problem": problem})


@dataclass
class _Open:
    """A list or dict that is being read; ``key`` is the entry that waits for its value."""

    path: Path
    value: Any
    key: str | None = None


def _built(stream: Iterator[Any]) -> tuple[Document, list[Finding]]:
    document, double, open_ones = Document(), [], list[_Open]()
    documents = 0
    for event in stream:
        line = event.start_mark.line + 1
        if isinstance(event, y.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Unreadable(Finding(line, "second_document"))
        _refuse_riddles(event, line)
        if isinstance(event, y.CollectionEndEvent):
            open_ones.pop()
        elif isinstance(event, y.NodeEvent):
            double += _placed(document, open_ones, event, line)
            if len(open_ones) > MAXIMUM_DEPTH:
                raise Unreadable(Finding(line, "too_deep"))
            if len(double) >= MOST_DOUBLE:
                raise Unreadable(*double)
    return document, double


def _refuse_riddles(event: Any, line: int) -> None:
    """What lets a file mean more than a reader sees: a value written elsewhere, a type of the parser's."""
    if isinstance(event, y.AliasEvent):
        raise Unreadable(Finding(line, "alias", {"name": event.anchor}))
    if getattr(event, "anchor", None):
        raise Unreadable(Finding(line, "anchor", {"name": event.anchor}))
    if getattr(event, "tag", None):
        raise Unreadable(Finding(line, "tag", {"name": event.tag}))


def _placed(document: Document, open_ones: list[_Open], event: Any, line: int) -> list[Finding]:
    """Put one node where it belongs; gives a finding when its key was there before."""
    parent = open_ones[-1] if open_ones else None
    if parent is not None and isinstance(parent.value, dict) and parent.key is None:
        return _keyed(document, parent, event, line)
    value: Any = {} if isinstance(event, y.MappingStartEvent) else []
    if isinstance(event, y.ScalarEvent):
        value = _scalar(event)
    path: Path = ()
    if parent is None:
        document.value = value
    elif isinstance(parent.value, list):
        path = (*parent.path, len(parent.value))
        parent.value.append(value)
    else:
        path = (*parent.path, str(parent.key))
        parent.value[parent.key] = value
        parent.key = None
    document.lines.setdefault(path, line)
    if not isinstance(event, y.ScalarEvent):
        open_ones.append(_Open(path, value))
    return []


def _scalar(event: Any) -> str:
    """A text; in the styles that fold lines, a line break that is left stands between paragraphs."""
    if event.implicit[0] and event.value in ("~", "null"):
        return ""
    text = str(event.value).strip(" \n")
    return text if event.style in ("|", '"') else re.sub(r"\n+", "\n\n", text)


def _keyed(document: Document, parent: _Open, event: Any, line: int) -> list[Finding]:
    if not isinstance(event, y.ScalarEvent):
        raise Unreadable(Finding(line, "key_not_text"))
    path = (*parent.path, event.value)
    first = document.lines.get(path)
    parent.key = event.value if first is None else f"{event.value} ({line})"
    document.lines[(*parent.path, parent.key)] = line
    return [] if first is None else [Finding(line, "key_twice", {"key": event.value, "first": first})]


def _characters(document: Document) -> Iterator[Finding]:
    """Characters written as escapes that no text needs: control characters, half pairs, marks that turn the
    direction.
    """
    for path, text in _texts(document.value, ()):
        if any(_unwanted(character) for character in text):
            yield Finding(document.line(path), "control_character")


def _unwanted(character: str) -> bool:
    if character in _TURNS:
        return True
    return character != "\n" and unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _texts(inner, (*path, key))
