"""What changed between two versions of an application: field by field, the words that went and that came."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from callflow.applications.answers import Form, fields_of
from callflow.calls.fields import Places, written

MOST_WORDS = 3000
"""Beyond this a text is shown as wholly replaced: comparing takes the square of its length."""
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Some words of a text: ``changed`` when the other version does not have them."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Difference:
    """One question whose answer differs; ``old`` or ``new`` is empty where there is no answer."""

    field: str
    label: Mapping[str, str]
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]
    voice: bool = False


def differences(
    form: Form, before: Mapping[str, Any], now: Mapping[str, Any], *, language: str, places: Places
) -> list[Difference]:
    """The fields of ``form`` whose values differ, in its order, written for a reader of this language."""
    found = []
    for name, field in fields_of(form).items():
        if before.get(name) == now.get(name):
            continue
        old, new = (_said(field, answers.get(name), language, places) for answers in (before, now))
        gone, come = compared(old, new)
        voice = field["kind"] in ("short_text", "long_text")
        found.append(Difference(name, field["label"], gone, come, voice))
    return found


def _said(field: Mapping[str, Any], value: Any, language: str, places: Places) -> str:
    if field["kind"] == "file":
        return "\n".join(str(each["name"]) for each in value or ())
    return written(dict(field), value, language, places)


def compared(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, with the words that only one of them has marked as changed."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > 2 * MOST_WORDS:
        return _whole(old), _whole(new)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    gone = ((tag != "equal", "".join(before[i1:i2])) for tag, i1, i2, _j1, _j2 in steps)
    come = ((tag != "equal", "".join(after[j1:j2])) for tag, _i1, _i2, j1, j2 in steps)
    return tuple(_pieces(gone)), tuple(_pieces(come))


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, changed=True),) if text else ()


def _pieces(parts: Iterator[tuple[bool, str]]) -> Iterator[Piece]:
    return (Piece(text, changed) for changed, text in parts if text)


def between(versions: Sequence[Any], *, language: str, places: Places) -> list[Difference]:
    """What the last of these submissions changed beside the one before it; nothing for a first version."""
    if len(versions) < 2:
        return []
    last, before = versions[0], versions[1]
    return differences(last.form, before.answers, last.answers, language=language, places=places)
