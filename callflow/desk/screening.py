"""What the screening pages need: what can be asked for, and what was found not to be in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callflow.applications.answers import fields_of
from callflow.applications.models import Application
from callflow.applications.queries import last_submission
from callflow.calls.fields import Field
from callflow.screening import queries as screening
from callflow.screening.models import Verdict


@dataclass(frozen=True)
class Finding:
    """A point of the checklist that is not in order; ``number`` counts them from 0."""

    number: int
    point: str
    text: Mapping[str, str]
    article: str
    reason: str


@dataclass(frozen=True)
class Asking:
    """The dossier with what can be asked about it: the questions that it answered, and the checklist."""

    dossier: Application
    form: Sequence[Mapping[str, Any]]
    fields: Mapping[str, Field]
    points: Mapping[str, Mapping[str, Any]]
    findings: Sequence[Finding]


def asking(dossier: Application) -> Asking:
    """Two statements: what was handed in last, and the verdicts."""
    frozen = last_submission(dossier)
    form = frozen.form if frozen else dossier.call.form
    points = {str(point["key"]): point for point in dossier.call.checklist}
    return Asking(dossier, form, fields_of(form), points, findings(dossier))


def findings(dossier: Application) -> list[Finding]:
    """The points that are not in order, in the order of the checklist: one statement."""
    checks = screening.checks_of(dossier)
    failed = [
        point
        for point in dossier.call.checklist
        if point["key"] in checks and checks[point["key"]][0].verdict is Verdict.failed
    ]
    return [
        Finding(number, point["key"], point["text"], str(point["article"]), checks[point["key"]][0].reason)
        for number, point in enumerate(failed)
    ]
