"""What a group handed in, laid out to be read: the frozen answers, written in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callflow.applications import queries as applications
from callflow.applications.answers import asks_for_place, fields_of
from callflow.applications.models import Application, Submission
from callflow.calls.fields import written
from callflow.calls.states import FieldKind
from callflow.desk.differences import Difference, between
from callflow.reports.models import Report
from callflow.reports.rules import form_of


@dataclass(frozen=True)
class Answered:
    """One question with its answer; ``voice`` when villagers wrote it; of a budget the rows, the first
    ``costs`` of which are costs, those after them income and the last the total.
    """

    label: Mapping[str, str]
    text: str
    voice: bool = False
    files: Sequence[Mapping[str, Any]] = ()
    rows: Sequence[str] = ()
    costs: int = 0


@dataclass(frozen=True)
class Part:
    """A section of the form with the answers that were given; questions left open are not in it."""

    title: Mapping[str, str]
    answers: Sequence[Answered]


@dataclass(frozen=True)
class Reading:
    """A submission as staff read it; ``number`` counts the times it was handed in, 0 for none."""

    number: int
    submitted_at: datetime | None
    language: str
    parts: Sequence[Part]
    changes: Sequence[Difference] = ()


def reading_of(application: Application, *, language: str, compare: bool = False) -> Reading:
    """The last submission of an application, for a reader of ``language``: at most two statements.

    ``compare`` it with the one before, where there is one.
    """
    versions = applications.submissions_of(application, most=2 if compare else 1)
    if not versions:
        return Reading(0, None, application.language, ())
    found, places = versions[0], _places(versions, application.call_id)
    return Reading(
        found.number,
        found.submitted_at,
        application.language,
        tuple(_parts(found.form, found.answers, language, places)),
        between(versions, language=language, places=places),
    )


def report_reading(application: Application, report: Report, *, language: str) -> Reading:
    """A report that was sent; nothing is read of one that is still being written."""
    if report.submitted_at is None:
        return Reading(0, None, application.language, ())
    form = form_of(application.call, report.kind)
    places = applications.places_of(application.call_id) if asks_for_place(form, report.answers) else ()
    parts = tuple(_parts(form, report.answers, language, places))
    return Reading(1, report.submitted_at, application.language, parts)


def _places(versions: Sequence[Submission], call_id: int) -> Sequence[Any]:
    found = versions[0]
    names = [name for name in fields_of(found.form) if any(name in each.answers for each in versions)]
    return applications.places_of(call_id) if asks_for_place(found.form, names) else ()


def _parts(
    form: Sequence[Mapping[str, Any]], given: Mapping[str, Any], language: str, places: Sequence[Any]
) -> Sequence[Part]:
    parts = []
    for section in form:
        answers = [
            _answered(field, given.get(field["id"]), language, places)
            for field in section["fields"]
            if field.get("role") != "title"
        ]
        parts.append(Part(section["title"], [each for each in answers if each is not None]))
    return [part for part in parts if part.answers]


def _answered(field: Mapping[str, Any], value: Any, language: str, places: Sequence[Any]) -> Answered | None:
    kind = FieldKind(field["kind"])
    text = written(dict(field), value, language, places)
    if not text:
        return None
    if kind is FieldKind.file:
        return Answered(field["label"], text, files=value)
    if kind is FieldKind.budget:
        return Answered(field["label"], text, rows=text.splitlines(), costs=len(value["costs"]))
    return Answered(field["label"], text, voice=kind in (FieldKind.short_text, FieldKind.long_text))
