"""The small words of the schema: what a text, a twin, a date or an amount is, and how one is read."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jsonschema import FormatChecker

Schema = dict[str, Any]
KEY = r"^[a-z][a-z0-9_]{0,39}$"

formats = FormatChecker(formats=())


@formats.checks("moment")
def is_moment(value: object) -> bool:
    """``2026-11-30 12:00``: a day and an hour, as clocks in Brussels and Paris show them."""
    return not isinstance(value, str) or _parses(
        datetime, value, r"[0-9]{4}-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]", "%Y-%m-%d %H:%M"
    )


@formats.checks("day")
def is_day(value: object) -> bool:
    """``2027-02-05``."""
    return not isinstance(value, str) or _parses(date, value, r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", "%Y-%m-%d")


@formats.checks("money")
def is_money(value: object) -> bool:
    """``60000`` or ``1250.50``, in euro."""
    return not isinstance(value, str) or bool(re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", value))


@formats.checks("email")
def is_email(value: object) -> bool:
    """A mail address, by its shape only."""
    return not isinstance(value, str) or bool(
        re.fullmatch(r"[^@\s<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value)
    )


@formats.checks("website")
def is_website(value: object) -> bool:
    """An address that begins with https://."""
    return not isinstance(value, str) or bool(re.fullmatch(r"https://[^\s<>\"']+", value))


def _parses(kind: type[date], value: str, pattern: str, layout: str) -> bool:
    if not re.fullmatch(pattern, value):
        return False
    try:
        return 2000 <= datetime.strptime(value, layout).year <= 2099  # noqa: DTZ007 - only whether it is a date
    except ValueError:
        return False


def text(
    says: str, example: str, *, longest: int = 200, pattern: str | None = None, form: str | None = None
) -> Schema:
    """A text in no language: a name, a code, an address."""
    schema: Schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": longest,
        "description": says,
        "examples": [example],
    }
    if pattern:
        schema["pattern"] = pattern
    if form:
        schema["format"] = form
    return schema


def key(says: str, example: str) -> Schema:
    """A short name for the computer, which stays when the words change."""
    return text(says, example, longest=40, pattern=KEY)


def twin(says: str, *, longest: int = 300) -> Schema:
    """A text of the staff in Dutch and French, and in English where the call speaks it."""
    each = {"type": "string", "minLength": 1, "maxLength": longest}
    return {
        "type": "object",
        "twin": longest,
        "properties": {code: dict(each) for code in ("nl", "fr", "en")},
        "required": ["nl", "fr"],
        "additionalProperties": False,
        "description": says,
    }


def whole(says: str, example: int, *, least: int = 0, most: int = 1_000_000) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, "description": says, "examples": [example]}


def yes_no(says: str, *, default: bool) -> Schema:
    """``yes`` or ``no``."""
    return {"type": "boolean", "default": default, "description": says, "examples": ["yes"]}


def one_of(says: str, choices: Mapping[str, str] | list[str]) -> Schema:
    """One of a closed list; a mapping says what each choice means."""
    return {"type": "string", "enum": list(choices), "description": says, "examples": [next(iter(choices))]}


def parts(says: str, properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """A group of keys, all required but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object", "properties": properties, "required": required, "additionalProperties": False,
        "description": says,
    }  # fmt: skip


def several(says: str, items: Schema, *, least: int = 1, most: int = 200) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "minItems": least, "maxItems": most, "description": says}


def by_key(says: str, each: Schema, *, most: int = 50) -> Schema:
    """Entries under keys of one's own choice."""
    return {
        "type": "object", "propertyNames": {"pattern": KEY}, "additionalProperties": each, "minProperties": 1,
        "maxProperties": most, "description": says,
    }  # fmt: skip


def typed(value: Any, schema: Schema) -> Any:
    """The texts of a file as the schema means them: figures become numbers, yes and no become true and false.

    What does not fit stays a text, so that the schema can complain about it.
    """
    kind = schema.get("type")
    if isinstance(value, dict) and kind == "object":
        each = schema.get("additionalProperties")
        inner = schema.get("properties", {})
        return {
            name: typed(item, inner.get(name) or (each if isinstance(each, dict) else {}))
            for name, item in value.items()
        }
    if isinstance(value, list) and kind == "array":
        return [typed(item, schema["items"]) for item in value]
    if kind == "integer" and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    if kind == "boolean" and value in ("yes", "no"):
        return value == "yes"
    return value
