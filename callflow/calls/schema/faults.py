"""What the schema has against a file, as findings with a line and a code, not in its own English."""

import difflib
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from callflow.calls.reading import Document, Finding, Path
from callflow.calls.schema.words import Schema, formats

LIMITS = {
    "minimum": "number_too_small",
    "maximum": "number_too_big",
    "minItems": "list_too_short",
    "maxItems": "list_too_long",
    "minProperties": "list_too_short",
    "maxProperties": "list_too_long",
}
MOST = 1000
"""Of a file that is wrong from end to end so much is said: all of it would take a minute."""
KINDS = {"object": "wants_keys", "array": "wants_list", "string": "wants_text", "integer": "wants_number"}


def faults(document: Document, value: Any, schema: Schema) -> list[Finding]:
    """What the schema has against ``value``, which was made from ``document``, as far as ``MOST``; sorted by
    line.
    """
    validator = Draft202012Validator(schema, format_checker=formats)
    said = (_said(document, error) for error in validator.iter_errors(value))
    blank = (_blank(document, path) for path, text in texts(value) if not visible(text))
    found = list(islice(chain(chain.from_iterable(said), blank), MOST))
    return sorted(set_of(found), key=lambda finding: finding.line)


def set_of(found: list[Finding]) -> list[Finding]:
    """The findings without repetitions."""
    return list({(each.line, each.code, repr(each.parameters)): each for each in found}.values())


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts(inner, (*path, number))


def visible(text: str) -> bool:
    """Whether anything of it can be seen; an empty text is the schema's own affair."""
    return not text or any(unicodedata.category(character) not in ("Zs", "Cf", "Cc") for character in text)


def _blank(document: Document, path: Path) -> Finding:
    return Finding(document.line(path), "text_blank", {"key": key_of(path)})


def key_of(path: Path) -> str:
    """A place as people write it: ``lots[1].area``; counted from one."""
    written = ""
    for part in path:
        written += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if written else part
    return written


def _said(document: Document, error: ValidationError) -> Iterator[Finding]:
    path: Path = tuple(error.absolute_path)
    line, place, wanted = document.line(path), {"key": key_of(path)}, error.validator_value
    rule = str(error.validator)
    if rule == "required":
        yield from _missing(document, error, path)
    elif rule == "additionalProperties":
        yield from _unknown(document, error, path)
    elif rule == "enum":
        choices: Any = wanted
        yield Finding(
            line, "not_a_choice", {**place, "given": _shown(error.instance), "choices": ", ".join(choices)}
        )
    elif rule == "minLength":
        yield _empty(line, path)
    elif rule == "maxLength":
        yield Finding(line, "text_too_long", {**place, "maximum": wanted, "length": len(str(error.instance))})
    elif rule in LIMITS:
        yield Finding(line, LIMITS[rule], {**place, "limit": wanted})
    elif rule == "format":
        yield Finding(line, f"not_{wanted}", {**place, "given": _shown(error.instance)})
    elif rule == "type":
        yield from _kind(line, error, path)
    else:
        example = error.schema.get("examples", ["village_2"])[0] if isinstance(error.schema, dict) else ""
        line = document.line((*path, error.instance)) if path and isinstance(error.instance, str) else line
        yield Finding(line, "bad_form", {**place, "given": _shown(error.instance), "example": example})


def _missing(document: Document, error: ValidationError, path: Path) -> Iterator[Finding]:
    wanted: Any = error.validator_value
    given: Any = error.instance
    for name in wanted:
        if name not in given:
            if "twin" in error.schema:  # type: ignore[operator]  # a schema of ours is never a mere true
                yield Finding(
                    document.line(path), "language_missing", {"key": key_of(path), "language": name}
                )
            else:
                yield Finding(document.line(path), "key_missing", {"key": key_of((*path, name))})


def _unknown(document: Document, error: ValidationError, path: Path) -> Iterator[Finding]:
    known = list(error.schema["properties"])  # type: ignore[index]  # a schema of ours is never a mere true
    given: Any = error.instance
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            line, about = document.line((*path, name)), {"given": _shown(name)}
            if close:
                yield Finding(line, "key_misspelt", {**about, "close": close[0]})
            elif given[name] == "":
                yield Finding(line, "comma_unquoted", about)
            else:
                yield Finding(line, "key_unknown", {**about, "known": ", ".join(known)})


def _empty(line: int, path: Path) -> Finding:
    if path and path[-1] in ("nl", "fr", "en"):
        return Finding(line, "language_missing", {"key": key_of(path[:-1]), "language": path[-1]})
    return Finding(line, "text_empty", {"key": key_of(path)})


def _kind(line: int, error: ValidationError, path: Path) -> Iterator[Finding]:
    wanted = str(error.validator_value)
    if not path:
        yield Finding(line, "no_setup")
    elif error.instance == "":
        yield Finding(line, "text_empty", {"key": key_of(path)})
    elif wanted == "object" and "twin" in error.schema:  # type: ignore[operator]  # as above
        yield Finding(line, "wants_twin", {"key": key_of(path)})
    elif wanted == "boolean":
        yield Finding(line, "wants_yes_no", {"key": key_of(path), "given": _shown(error.instance)})
    else:
        yield Finding(line, KINDS[wanted], {"key": key_of(path), "given": _shown(error.instance)})


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else "…"
    return text if len(text) <= 60 else f"{text[:57]}…"
