"""What a person typed, turned into values, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select

from callflow.applications.models import Answer, Attachment
from callflow.calls import fields
from callflow.calls.fields import Field, Flaw, Places
from callflow.calls.models import LotMunicipality
from callflow.calls.states import FieldKind
from callflow.core.db import db
from callflow.dossiers.models import Dossier

Form = Sequence[Mapping[str, Any]]
MOST_FILES = 5


class Given(Protocol):
    """An answer as it is kept, wherever that is."""

    @property
    def value(self) -> Any: ...
    @property
    def typed(self) -> Mapping[str, Any] | None: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True)
class Kept:
    """An answer outside the database: none yet, or one of a report."""

    value: Any = None
    typed: Mapping[str, Any] | None = None
    version: int = 0


NOTHING = Kept()


def fields_of(form: Form) -> dict[str, Field]:
    """Every field of a form by its id, in the order of the form."""
    return {field["id"]: field for section in form for field in section["fields"]}


def short(form: Form) -> Form:
    """The sections of a form with the questions of the short form, where they have any."""
    found = ({**each, "fields": [field for field in each["fields"] if field.get("short")]} for each in form)
    return [section for section in found if section["fields"]]


def with_role(form: Form, role: str) -> Field | None:
    """The field that callflow itself uses for this; None when the form has none."""
    return next((field for field in fields_of(form).values() if field.get("role") == role), None)


def asks_for_place(form: Form, names: Iterable[str]) -> bool:
    """Whether any of these fields needs the list of municipalities."""
    known = fields_of(form)
    return any(known[name]["kind"] == FieldKind.municipality for name in names)


def most_files(field: Field) -> int:
    """How many files a field takes."""
    return int(field.get("files") or MOST_FILES)


def of_file(attachment: Attachment) -> dict[str, Any]:
    """How a file stands in an answer, and so in what is frozen."""
    return {
        "id": attachment.id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }


def taken(
    field: Field, text: Any, language: str, places: Places, *, version: int
) -> tuple[Kept, tuple[Flaw, ...]]:
    """What is kept of something just typed, and what is wrong with it."""
    reading = fields.read(field, text, language, places)
    if reading.flaws:
        return Kept(None, {"text": text, "language": language}, version), reading.flaws
    return Kept(reading.value, None, version), ()


def same(one: Given, other: Given) -> bool:
    """Whether two answers say the same."""
    typed = one.typed and one.typed["text"], other.typed and other.typed["text"]
    return bool(one.value == other.value and typed[0] == typed[1])


def shown(field: Field, given: Given, language: str, places: Places) -> Any:
    """What stands in the input: what was typed while not understood, else the value as one types it."""
    if given.typed is not None:
        return fields.for_input_again(field, given.typed["text"], given.typed["language"], language)
    return fields.for_input(field, given.value, language, places)


def flaws(field: Field, given: Given, places: Places) -> tuple[Flaw, ...]:
    """What is wrong with an answer as it was typed; nothing when it was understood or is not there."""
    if given.typed is None:
        return ()
    found = fields.read(field, given.typed["text"], given.typed["language"], places).flaws
    return found or (Flaw("answer_again"),)


def missing(form: Form, given: Mapping[str, Given]) -> Iterator[str]:
    """The ids of fields that still need an answer: required and empty, or typed and not understood."""
    for name, field in fields_of(form).items():
        answer = given.get(name, NOTHING)
        if answer.typed is not None or (field.get("required") and answer.value in (None, [])):
            yield name


def given_to(dossier: Dossier) -> dict[str, Answer]:
    """The answers of an application by field: one statement."""
    rows = db.session.scalars(select(Answer).where(Answer.application_id == dossier.id))
    return {answer.field: answer for answer in rows}


def unanswered(dossier: Dossier, form: Form) -> tuple[str, ...]:
    """The ids of fields that keep this form from being submitted, in its order."""
    given = given_to(dossier)
    area = (
        areas_of([dossier.lot_id]).get(dossier.lot_id, frozenset()) if placed(dossier, given) else frozenset()
    )
    return in_order(form, {*missing(form, given), *misfits(dossier, given, area)})


def in_order(form: Form, names: set[str]) -> tuple[str, ...]:
    """These field ids in the order of the form."""
    return tuple(name for name in fields_of(form) if name in names)


def placed(dossier: Dossier, given: Mapping[str, Given]) -> bool:
    """Whether a municipality is answered, so that the area of the lot is needed."""
    place = with_role(dossier.call.form, "municipality")
    return bool(place and given.get(place["id"], NOTHING).value)


def misfits(dossier: Dossier, given: Mapping[str, Given], area: frozenset[str]) -> dict[str, Flaw]:
    """Answers that are right by themselves and do not fit the lot: the amount asked, the municipality."""
    found: dict[str, Flaw] = {}
    amount = with_role(dossier.call.form, "amount")
    if amount and (value := given.get(amount["id"], NOTHING).value) is not None:
        lowest, highest = dossier.lot.minimum_amount, dossier.lot.maximum_amount
        if highest is not None and Decimal(value) > highest:
            found[amount["id"]] = Flaw("amount_above_lot", {"maximum": str(highest)})
        if lowest is not None and Decimal(value) < lowest:
            found[amount["id"]] = Flaw("amount_below_lot", {"minimum": str(lowest)})
    place = with_role(dossier.call.form, "municipality")
    if place and (code := given.get(place["id"], NOTHING).value) is not None and code not in area:
        found[place["id"]] = Flaw("place_outside_lot")
    return found


def areas_of(lot_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The codes of the municipalities of these lots, by lot: one statement."""
    rows = db.session.execute(
        select(LotMunicipality.lot_id, LotMunicipality.code).where(LotMunicipality.lot_id.in_(set(lot_ids)))
    )
    found: dict[int, set[str]] = {}
    for lot_id, code in rows:
        found.setdefault(lot_id, set()).add(code)
    return {lot_id: frozenset(codes) for lot_id, codes in found.items()}
