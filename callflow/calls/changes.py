"""What differs between two set-ups, and which differences a call can bear once groups have begun to write."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callflow.calls.models import Authority, Call, Criterion, Lot
from callflow.calls.procedure import Procedure
from callflow.calls.setup import Setup

AUTHORITY = (
    "name", "law", "language", "country", "street", "postcode", "town", "phone", "email", "body", "court",
    "appeal", "appeal_confirmed_by", "appeal_confirmed_on", "legal_basis", "handler", "signatory", "privacy",
    "courtesy",
)  # fmt: skip
CALL = (
    "prefix", "title", "summary", "description", "languages", "rules", "opens_at", "closes_at", "calendar",
    "procedure", "form", "interim_form", "report_form", "checklist", "texts", "scale_max",
    "threshold_percent", "tie_breaks",
)  # fmt: skip
LOT = (
    "position", "name", "theme", "offer", "envelope", "minimum_amount", "maximum_amount", "coaching_days",
    "coaching_days_each",
)  # fmt: skip
CRITERION = ("position", "title", "help", "weight", "minimum", "levels")
JOINT = ("position", "name", "amount")
QUOTA = ("position", "name", "least", "most", "among")

HARMLESS = (
    "call.summary",
    "call.description",
    "call.calendar.info",
    "call.form.*.help",
    "call.form.*.fields.*.help",
    "call.interim_form.*.help",
    "call.interim_form.*.fields.*.help",
    "call.report_form.*.help",
    "call.report_form.*.fields.*.help",
    "call.texts.page",
    "call.texts.funding",
    "call.texts.mails",
    "call.texts.letters.*.opening",
    "call.texts.letters.*.closing",
    "criteria.*.help",
    "lots.*.theme",
    "authorities.*.street",
    "authorities.*.postcode",
    "authorities.*.town",
    "authorities.*.phone",
    "authorities.*.email",
    "authorities.*.handler",
    "authorities.*.signatory",
    "authorities.*.privacy",
    "authorities.*.courtesy",
    "authorities.*.appeal",
    "authorities.*.appeal_confirmed_by",
    "authorities.*.appeal_confirmed_on",
    "authorities.*.legal_basis",
)
"""Words that explain, and who signs and answers. What groups were promised or asked is not among them."""

Place = tuple[str, ...]

WRITTEN_AS = (
    ("call.opens_at", "calendar.opens"),
    ("call.closes_at", "calendar.closes"),
    ("call.calendar", "calendar"),
    ("call.rules", "rules"),
    ("call.procedure", "procedure"),
    ("call.checklist", "checklist"),
    ("call.form", "form"),
    ("call.interim_form", "interim_form"),
    ("call.report_form", "report_form"),
    ("call.texts.page", "call"),
    ("call.texts", "texts"),
    ("call.scale_max", "rubric.scale_max"),
    ("call.threshold_percent", "rubric.threshold_percent"),
    ("call.tie_breaks", "rubric.tie_breaks"),
    ("criteria", "rubric.criteria"),
    ("joints", "selection.joint"),
    ("quotas", "selection.quotas"),
)
"""Where the tables call something otherwise than the file does."""


def wanted(setup: Setup) -> dict[str, Any]:
    """A set-up in the form that is compared."""
    return {
        "authorities": {
            key: {name: said[name] for name in AUTHORITY} for key, said in setup.authorities.items()
        },
        "call": _named(setup.call, CALL),
        "lots": {lot["key"]: {**lot, "area": sorted(lot["area"])} for lot in setup.lots},
        "criteria": {each["key"]: each for each in setup.criteria},
        "joints": {each["key"]: each for each in setup.joints},
        "quotas": {each["key"]: each for each in setup.quotas},
    }


def _named(said: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: said[name] for name in names}


def standing(call: Call | None, authorities: Sequence[Authority]) -> dict[str, Any]:
    """What the database holds, in the same form; lots with area and authority, and criteria, are loaded."""
    return {
        "authorities": {each.key: _values(each, AUTHORITY) for each in authorities},
        "call": _of_call(call) if call else {},
        "lots": {lot.key: _lot(lot) for lot in call.lots} if call else {},
        "criteria": {each.key: _criterion(each) for each in call.criteria} if call else {},
        "joints": _joints(call) if call else {},
        "quotas": {each.key: {"key": each.key, **_values(each, QUOTA)} for each in call.quotas}
        if call
        else {},
    }


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _of_call(call: Call) -> dict[str, Any]:
    """With the switches and days that came after the call was loaded, which it has at their default."""
    return {
        **_values(call, CALL),
        "procedure": Procedure.of(call.procedure).as_stored(),
        "calendar": {**dict.fromkeys(("interim_due", "invitations_on", "full_until")), **call.calendar},
    }


def _lot(lot: Lot) -> dict[str, Any]:
    area = sorted(each.code for each in lot.area)
    return {"key": lot.key, "authority": lot.authority.key, **_values(lot, LOT), "area": area}


def _joints(call: Call) -> dict[str, Any]:
    found = {lot.joint.key: lot.joint for lot in call.lots if lot.joint}
    return {
        key: {
            "key": key,
            **_values(joint, JOINT),
            "lots": sorted(lot.key for lot in call.lots if lot.joint is joint),
        }
        for key, joint in found.items()
    }


def _criterion(each: Criterion) -> dict[str, Any]:
    return {"key": each.key, **_values(each, CRITERION)}


def differences(before: Any, after: Any, place: Place = ()) -> Iterator[Place]:
    """The places in which two nested values differ; a list of another length differs as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            if key not in before or key not in after:
                yield (*place, str(key))
            else:
                yield from differences(before[key], after[key], (*place, str(key)))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True), start=1):
            yield from differences(one, other, (*place, str(number)))
    elif before != after:
        yield place


def held_at(value: Any, place: Place) -> Any:
    """What a nested value holds at a place; None where it holds nothing."""
    for part in place:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and 0 < int(part) <= len(value):
            value = value[int(part) - 1]
        else:
            return None
    return value


def in_file(place: Place) -> str:
    """A place as the set-up file names it."""
    key = ".".join(place)
    for stored, written in WRITTEN_AS:
        if key == stored or key.startswith(f"{stored}."):
            key = written + key[len(stored) :]
            break
    if ".appeal_confirmed" in key:
        return key.replace(".appeal_confirmed", ".appeal.confirmed")
    return f"{key}.text" if key.endswith(".appeal") else key.replace(".appeal.", ".appeal.text.")


def harmless(place: Place) -> bool:
    """Whether this can change although groups have begun to write."""
    return any(fits(place, tuple(pattern.split("."))) for pattern in HARMLESS)


def fits(place: Place, pattern: Place) -> bool:
    """Whether a place lies at or below one of this pattern; a star stands for any key."""
    return len(place) >= len(pattern) and all(
        wanted_part in ("*", part) for part, wanted_part in zip(place, pattern, strict=False)
    )
