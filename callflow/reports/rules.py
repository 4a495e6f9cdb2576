"""When a report may be written, and what it still misses."""

from collections.abc import Mapping

from callflow.applications import answers
from callflow.applications.answers import Kept
from callflow.core.errors import Refused
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.reports.models import Report

REPORTING = frozenset({State.selected, State.guided})


def refuse_early(dossier: Dossier) -> None:
    """Raise Refused unless the group was told that its project is selected."""
    if dossier.state is not dossier.shown_state or dossier.state not in REPORTING:
        raise Refused("report_not_open")


def kept_in(report: Report | None) -> Mapping[str, Kept]:
    """The answers of a report by field."""
    if report is None:
        return {}
    return {
        name: Kept(report.answers.get(name), report.typed.get(name), version)
        for name, version in report.versions.items()
    }


def missing(dossier: Dossier, report: Report | None) -> tuple[str, ...]:
    """The ids of questions of the report that still need an answer, in the order of the form."""
    return tuple(answers.missing(dossier.call.report_form, kept_in(report)))
