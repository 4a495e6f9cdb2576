"""What one row of a table would become: an idea, or what is wrong with it; nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from email_validator import EmailNotValidError, validate_email

from callflow.applications import answers
from callflow.applications.imports.columns import PEOPLE, spoken, title_of
from callflow.calls import fields
from callflow.calls.fields import Field, Flaw, Places
from callflow.calls.models import Call, Lot
from callflow.core import tables, twin
from callflow.core.spreadsheet import unguard
from callflow.core.tables import LOST, Line, Problem, Table
from callflow.people.actions.groups import Details

LATER = frozenset({"money_too_large", "money_too_small"})
"""Flaws that a draft may have: the group corrects them before it submits."""
LIMITS = {
    "email": 254, "contact": 120, "phone": 40, "group": 200, "legal_form": 60, "street": 200, "postcode": 12,
    "town": 120,
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where ideas come from and where they go: the table, the call with its lots and their authorities.

    ``call`` is loaded whole (calls.queries); ``lot`` and ``language`` are for rows that name none.
    """

    table: Table
    call: Call
    places: Places
    lot: Lot | None = None
    language: str | None = None


@dataclass(frozen=True)
class Idea:
    """A row that can be begun. ``typed`` by field of the form; ``later``: flaws that the group corrects."""

    line: int
    title: str
    lot_id: int
    language: str
    typed: Mapping[str, str]
    municipality: str | None
    details: Details
    later: tuple[Flaw, ...] = ()


@dataclass
class Judged:
    """What one row came to: an idea, or what is wrong with it."""

    idea: Idea | None = None
    problems: list[Problem] = field(default_factory=list)


def judged(source: Source) -> Iterator[Judged]:
    """Row by row, without writing anything. Raises TableError where the file breaks off."""
    for line in source.table.lines():
        yield _judge(source, replace(line, cells={name: unguard(cell) for name, cell in line.cells.items()}))


def _judge(source: Source, line: Line) -> Judged:
    found = Judged()
    if line.spare:
        delimiter = source.table.delimiter.replace("\t", "tab")
        found.problems.append(
            Problem(line.number, "spare_cells", {"count": line.spare, "delimiter": delimiter})
        )
    for name, cell in line.cells.items():
        if LOST in cell:
            column = source.table.header[source.table.columns[name]]
            found.problems.append(Problem(line.number, "text_lost", {"column": column}))
    language = _language(source, line, found)
    typed = {
        name.removeprefix("field:"): cell
        for name, cell in line.cells.items()
        if name.startswith("field:") and cell
    }
    values, later = _answered(source, line, typed, language, found)
    lot = _lot(source, line, language, values, found)
    details = _details(line, lot, language, found)
    title = answers.with_role(source.call.form, "title")
    if not found.problems and lot is not None and title is not None:
        place = answers.with_role(source.call.form, "municipality")
        code = values.get(place["id"]) if place else None
        found.idea = Idea(
            line.number, values[title["id"]], lot.id, language, typed, code, details, tuple(later)
        )
    return found


def _language(source: Source, line: Line, found: Judged) -> str:
    """Of the row, of the command, of the header, of the first lot's authority."""
    said = line.cells.get("language", "").strip().casefold()[:2]
    chosen = said or source.language or spoken(source.table, title_of(source.call)) or ""
    if chosen and chosen not in source.call.languages:
        languages = ", ".join(source.call.languages)
        found.problems.append(
            Problem(line.number, "language_not_of_call", {"language": chosen, "languages": languages})
        )
    lot = source.lot or source.call.lots[0]
    return chosen if chosen in source.call.languages else lot.authority.language


def _answered(
    source: Source, line: Line, typed: Mapping[str, str], language: str, found: Judged
) -> tuple[dict[str, Any], list[Flaw]]:
    """The values of the fields, and the flaws that may wait; the others are problems of the row."""
    values: dict[str, Any] = {}
    later: list[Flaw] = []
    known = answers.fields_of(source.call.form)
    for name, text in typed.items():
        reading = fields.read(known[name], text, language, source.places)
        values[name] = reading.value
        later += [flaw for flaw in reading.flaws if flaw.code in LATER]
        found.problems += _flawed(
            line, known[name], [flaw for flaw in reading.flaws if flaw.code not in LATER], language
        )
    title = answers.with_role(source.call.form, "title")
    if title and values.get(title["id"]) is None and not found.problems:
        found.problems.append(Problem(line.number, "title_missing"))
    return values, later


def _flawed(line: Line, known: Field, flaws: list[Flaw], language: str) -> list[Problem]:
    label = twin.said(known["label"], language)
    return [Problem(line.number, flaw.code, {"field": label, **flaw.parameters}) for flaw in flaws]


def _lot(source: Source, line: Line, language: str, values: Mapping[str, Any], found: Judged) -> Lot | None:
    """The lot that is named, the only one, that of the municipality, or the first whose authority speaks
    the language.
    """
    key = line.cells.get("lot", "").strip()
    if key:
        named = [lot for lot in source.call.lots if tables.folded(key) in _lot_names(lot)]
        if not named:
            keys = ", ".join(lot.key for lot in source.call.lots)
            found.problems.append(Problem(line.number, "lot_unknown", {"lot": key, "lots": keys}))
        return named[0] if named else None
    if source.lot or len(source.call.lots) == 1:
        return source.lot or source.call.lots[0]
    place = answers.with_role(source.call.form, "municipality")
    code = values.get(place["id"]) if place else None
    around = [lot for lot in source.call.lots if code and any(each.code == code for each in lot.area)]
    spoken = [lot for lot in source.call.lots if lot.authority.language == language]
    return (around or spoken or source.call.lots)[0]


def _lot_names(lot: Lot) -> set[str]:
    return {tables.folded(text) for text in (lot.key, *lot.name.values())}


def _details(line: Line, lot: Lot | None, language: str, found: Judged) -> Details:
    """The group of a row. Where nobody is named, the authority keeps the idea until a group takes it over."""
    cell = {name: line.cells.get(name, "").strip() for name in PEOPLE}
    email = cell["email"].casefold()
    if email and not _is_address(email):
        found.problems.append(Problem(line.number, "email_wrong", {"email": cell["email"][:80]}))
    for name, limit in LIMITS.items():
        if len(cell[name]) > limit:
            found.problems.append(Problem(line.number, "cell_too_long", {"column": name, "limit": limit}))
    authority = lot.authority if lot else None
    keeper = twin.said(authority.name, language) if authority else ""
    contact = cell["contact"] or (email.split("@")[0] if email else keeper)
    return Details(
        name=cell["group"] or (contact if email else keeper),
        legal_form=cell["legal_form"],
        country=authority.country if authority else "BE",
        language=language,
        contact_name=contact[:120],
        contact_email=email or (authority.email if authority else ""),
        contact_phone=cell["phone"] or None,
        street=cell["street"],
        postcode=cell["postcode"],
        town=cell["town"],
    )


def _is_address(email: str) -> bool:
    try:
        validate_email(email, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return False
    return True
