"""Forms, rubric and checklist agree with themselves and with the rules."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from callflow.calls.checks.complaints import Complaints
from callflow.calls.reading import Path
from callflow.calls.schema.words import is_day
from callflow.calls.states import FieldKind, Offer

KEYS_OF_KIND: dict[FieldKind, frozenset[str]] = {
    FieldKind.short_text: frozenset({"max_length"}),
    FieldKind.long_text: frozenset({"max_length"}),
    FieldKind.number: frozenset({"minimum", "maximum", "decimals", "unit"}),
    FieldKind.money: frozenset({"minimum", "maximum"}),
    FieldKind.date: frozenset({"minimum", "maximum"}),
    FieldKind.choice: frozenset({"choices"}),
    FieldKind.municipality: frozenset(),
    FieldKind.file: frozenset({"types", "files"}),
    FieldKind.budget: frozenset({"costs", "income"}),
}
SPECIAL = frozenset().union(*KEYS_OF_KIND.values())
ROLE_KINDS = {
    "title": FieldKind.short_text,
    "summary": FieldKind.long_text,
    "municipality": FieldKind.municipality,
    "amount": FieldKind.money,
}
SHORT_ROLES = frozenset({"title", "summary", "municipality"})
"""What lists and readers need from the first step on."""
LONGEST = {FieldKind.short_text: 300, FieldKind.long_text: 10_000}

Placed = tuple[Path, dict[str, Any]]


def check(c: Complaints) -> None:
    """The application form with its roles, the forms of reports, the rubric and the checklist."""
    _form(c, "form")
    _roles(c)
    _short(c)
    for name in ("interim_form", "report_form"):
        if name in c.value:
            _form(c, name)
    _rubric(c)
    _checklist(c)


def _fields(c: Complaints, name: str) -> Iterator[Placed]:
    for s, section in enumerate(c.value[name]):
        for f, field in enumerate(section["fields"]):
            yield (name, s, "fields", f), field


def _form(c: Complaints, name: str) -> None:
    c.once((((name, s, "id"), section["id"]) for s, section in enumerate(c.value[name])), "section_twice")
    c.once((((*path, "id"), field["id"]) for path, field in _fields(c, name)), "field_twice")
    for path, field in _fields(c, name):
        _field(c, path, field)


def _field(c: Complaints, path: Path, field: dict[str, Any]) -> None:
    kind = FieldKind(field["kind"])
    for key in sorted((SPECIAL & field.keys()) - KEYS_OF_KIND[kind]):
        c.refuse((*path, key), "not_for_kind", key=key, kind=kind.value)
    if kind is FieldKind.choice:
        if "choices" not in field:
            c.refuse(path, "choices_missing", field=field["id"])
        choices = enumerate(field.get("choices", ()))
        c.once((((*path, "choices", n, "id"), choice["id"]) for n, choice in choices), "choice_twice")
    for side in ("costs", "income"):
        kinds = enumerate(field.get(side, ()))
        c.once((((*path, side, n, "id"), each["id"]) for n, each in kinds), "choice_twice")
    if kind in LONGEST and field.get("max_length", 0) > LONGEST[kind]:
        c.refuse((*path, "max_length"), "number_too_big", key="max_length", limit=LONGEST[kind])
    if "minimum" in KEYS_OF_KIND[kind]:
        _limits(c, path, field, kind)


def _limits(c: Complaints, path: Path, field: dict[str, Any], kind: FieldKind) -> None:
    read = _day if kind is FieldKind.date else _number
    limits = {}
    for key in ("minimum", "maximum"):
        if key in field:
            limits[key] = read(field[key])
            if limits[key] is None:
                code = "not_day" if kind is FieldKind.date else "not_number"
                c.refuse((*path, key), code, key=key, given=field[key])
    least, most = limits.get("minimum"), limits.get("maximum")
    if least is not None and most is not None and least > most:
        c.refuse((*path, "minimum"), "minimum_above_maximum")


def _number(text: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None


def _day(text: str) -> Any:
    return date.fromisoformat(text) if is_day(text) else None


def _roles(c: Complaints) -> None:
    placed = [(path, field) for path, field in _fields(c, "form") if "role" in field]
    c.once((((*path, "role"), field["role"]) for path, field in placed), "role_twice")
    for path, field in placed:
        wanted = ROLE_KINDS[field["role"]]
        if field["kind"] != wanted:
            c.refuse((*path, "role"), "role_of_kind", role=field["role"], kind=wanted.value)
        if not field.get("required", False) and field["role"] != "amount":
            c.refuse(path, "role_required", role=field["role"], field=field["id"])
    given = {field["role"] for _, field in placed}
    for role in ("title", "summary", "municipality"):
        if role not in given:
            c.refuse(("form",), "role_missing", role=role, kind=ROLE_KINDS[role].value)
    gives_money = [lot for lot in c.value["lots"] if lot["offer"] != Offer.coaching]
    if gives_money and "amount" not in given:
        c.refuse(("form",), "role_missing", role="amount", kind=FieldKind.money.value)
    if not gives_money and "amount" in given:
        c.warn(("form",), "amount_unneeded")


def _short(c: Complaints) -> None:
    """The short form says what it is, where, in a few lines; and it is not the whole."""
    placed = list(_fields(c, "form"))
    if not c.value["procedure"].get("preapplication", False):
        for path, field in placed:
            if field.get("short", False):
                c.refuse((*path, "short"), "preapplication_part_unneeded", key="short")
        return
    for path, field in placed:
        if field.get("role") in SHORT_ROLES and not field.get("short", False):
            c.refuse(path, "short_role_missing", role=field["role"], field=field["id"])
    if all(field.get("short", False) for _path, field in placed):
        c.refuse(("form",), "short_is_all")


def _rubric(c: Complaints) -> None:
    rubric = c.value["rubric"]
    criteria, highest = rubric["criteria"], rubric["scale_max"]
    here: Path = ("rubric", "criteria")
    c.once((((*here, n, "key"), each["key"]) for n, each in enumerate(criteria)), "criterion_twice")
    if (total := sum(each["weight"] for each in criteria)) != 100:
        c.refuse(here, "weights_not_100", total=total)
    for n, each in enumerate(criteria):
        if len(each["levels"]) != highest + 1:
            c.refuse(
                (*here, n, "levels"),
                "levels_count",
                given=len(each["levels"]),
                wanted=highest + 1,
                highest=highest,
            )
        if Decimal(each.get("minimum", "0")) > highest:
            c.refuse((*here, n, "minimum"), "minimum_above_scale", highest=highest)
    keys = [each["key"] for each in criteria]
    breaks = list(enumerate(rubric.get("tie_breaks", ())))
    for n, given in breaks:
        c.known(("rubric", "tie_breaks", n), given, keys, "criterion_unknown")
    c.once(((("rubric", "tie_breaks", n), given) for n, given in breaks), "criterion_twice")
    if not breaks:
        c.warn(("rubric",), "no_tie_breaks")


def _checklist(c: Complaints) -> None:
    articles = [article["number"] for article in c.value["rules"]["articles"]]
    numbered = enumerate(c.value["rules"]["articles"])
    c.once(((("rules", "articles", n, "number"), each["number"]) for n, each in numbered), "article_twice")
    points = list(enumerate(c.value["checklist"]))
    c.once(((("checklist", n, "key"), point["key"]) for n, point in points), "point_twice")
    for n, point in points:
        c.known(("checklist", n, "article"), point["article"], articles, "article_unknown")
