"""When which report may be written, and what it still misses."""

from collections.abc import Mapping, Sequence
from typing import Any

from callflow.applications import answers
from callflow.applications.answers import Kept
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.core.errors import Refused
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.reports.models import Report
from callflow.reports.states import ReportKind

Form = Sequence[Mapping[str, Any]]

STEPS = {ReportKind.interim: "report_interim", ReportKind.final: "report"}
"""The step that hands each report in."""


def reporting(procedure: Procedure, kind: ReportKind) -> frozenset[State]:
    """The states in which this report may be written: where the project is agreed on, if the call has
    agreements, and for the last one after the one halfway, if it has that.
    """
    if kind is ReportKind.final and procedure.interim:
        return frozenset({State.interim_approved})
    if not (procedure.interim if kind is ReportKind.interim else procedure.report):
        return frozenset()
    return frozenset({State.agreed if procedure.agreement else State.selected, State.guided})


def due_report(procedure: Procedure, state: State) -> ReportKind | None:
    """The report that a project in this state has to write now."""
    return next((kind for kind in ReportKind if state in reporting(procedure, kind)), None)


def form_of(call: Call, kind: ReportKind) -> Form:
    """The questions of this report."""
    return call.interim_form if kind is ReportKind.interim else call.report_form


def refuse_early(dossier: Dossier, kind: ReportKind) -> None:
    """Raise Refused unless it is the time of this report, by what the group was told."""
    open_in = reporting(Procedure.of(dossier.call.procedure), kind)
    if dossier.state is not dossier.shown_state or dossier.state not in open_in:
        raise Refused("report_not_open")


def kept_in(report: Report | None) -> Mapping[str, Kept]:
    """The answers of a report by field."""
    if report is None:
        return {}
    return {
        name: Kept(report.answers.get(name), report.typed.get(name), version)
        for name, version in report.versions.items()
    }


def missing(dossier: Dossier, report: Report | None, kind: ReportKind = ReportKind.final) -> tuple[str, ...]:
    """The ids of questions of the report that still need an answer, in the order of the form."""
    return tuple(answers.missing(form_of(dossier.call, kind), kept_in(report)))
