"""Writes of reports."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.actions import store
from callflow.applications.answers import Kept
from callflow.applications.files import Examined
from callflow.applications.models import Attachment
from callflow.applications.queries import places_of
from callflow.applications.saving import Saved, Typed, changes, note
from callflow.calls.states import FieldKind
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Changed, Refused
from callflow.core.permissions import P, require
from callflow.core.trail import canonical
from callflow.dossiers.models import Dossier
from callflow.reports import rules
from callflow.reports.models import Report
from callflow.reports.queries import report_of
from callflow.reports.states import ReportKind


def save_report(
    actor: Actor,
    dossier: Dossier,
    typed: Mapping[str, Any],
    *,
    kind: ReportKind = ReportKind.final,
    versions: Mapping[str, int] | None = None,
    language: str = "nl",
) -> Saved:
    """Save what was typed into these fields of the report, as applications.actions.save_answers does."""
    require(actor, P.report_edit, dossier)
    report = _open(dossier, actor, kind)
    form, given = rules.form_of(dossier.call, kind), Typed(typed, language, versions)
    places = places_of(dossier.call_id) if answers.asks_for_place(form, given.of(form)) else ()
    kept, saved = changes(form, given, rules.kept_in(report), places)
    if kept:
        _write(report, kept, actor)
        note(dossier, actor, "report_saved", list(kept))
    return saved


def _open(dossier: Dossier, actor: Actor, kind: ReportKind) -> Report:
    """This report of a project that may write it, begun now if nobody did."""
    rules.refuse_early(dossier, kind)
    report = report_of(dossier, kind)
    if report is None:
        report = Report(dossier_id=dossier.id, kind=kind, answers={}, typed={}, versions={}, version=0)
        report.saved_at, report.saved_by = clock.now(), actor.id or 0
        db.session.add(report)
    if report.submitted_at is not None:
        raise Refused("report_sent")
    return report


def _write(report: Report, kept: Mapping[str, Kept], actor: Actor) -> None:
    """JSON columns notice only a new value, so each is put together anew."""
    understood = {name: each.value for name, each in kept.items()}
    typed = {name: dict(each.typed) if each.typed else None for name, each in kept.items()}
    report.answers = _without_nothing({**report.answers, **understood})
    report.typed = _without_nothing({**report.typed, **typed})
    report.versions = {**report.versions, **{name: each.version for name, each in kept.items()}}
    report.version += 1
    report.saved_at, report.saved_by = clock.now(), actor.id or 0


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def attach(
    actor: Actor, dossier: Dossier, name: str, file: Examined, *, kind: ReportKind = ReportKind.final
) -> Attachment:
    """Add an examined file to the report. Raises Refused: no_such_field, too_many_files."""
    require(actor, P.report_edit, dossier)
    report = _open(dossier, actor, kind)
    known = answers.fields_of(rules.form_of(dossier.call, kind)).get(name)
    if known is None or known["kind"] != FieldKind.file:
        raise Refused("no_such_field")
    listed = list(report.answers.get(name) or [])
    if len(listed) >= answers.most_files(known):
        raise Refused("too_many_files", field=name, count=answers.most_files(known))
    attachment = store(actor, dossier, name, file, in_report=True)
    _list(report, name, [*listed, answers.of_file(attachment)], actor)
    return attachment


def remove_file(
    actor: Actor, dossier: Dossier, attachment_id: int, *, kind: ReportKind = ReportKind.final
) -> None:
    """Take a file out of the report. One that is gone, or in another report, is no error."""
    require(actor, P.report_edit, dossier)
    report = _open(dossier, actor, kind)
    attachment = db.session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.dossier_id == dossier.id,
            Attachment.removed_at.is_(None),
            Attachment.in_report,
        )
    )
    listed = [] if attachment is None else list(report.answers.get(attachment.field) or [])
    if attachment is None or all(each["id"] != attachment.id for each in listed):
        return
    attachment.removed_at = clock.now()
    _list(report, attachment.field, [each for each in listed if each["id"] != attachment.id], actor)
    note(dossier, actor, "report_saved", [attachment.field])


def _list(report: Report, name: str, files: list[dict[str, Any]], actor: Actor) -> None:
    version = report.versions.get(name, 0) + 1
    _write(report, {name: Kept(files or None, None, version)}, actor)


def send(actor: Actor, dossier: Dossier, *, version: int, kind: ReportKind = ReportKind.final) -> Report:
    """Freeze the report that the person checked, before the step that hands it in.

    Raises Refused("answers_missing"), or Changed when ``version`` is not that of the report.
    """
    require(actor, P.report_submit, dossier)
    report = _open(dossier, actor, kind)
    if count := len(rules.missing(dossier, report, kind)):
        raise Refused("answers_missing", count=count)
    if version != report.version:
        raise Changed("text_changed")
    report.submitted_at, report.submitted_by = clock.now(), actor.id
    digest = hashlib.sha256(canonical(report.answers).encode()).hexdigest()
    trail.record(dossier.trail, actor, "report_frozen", data={"sha256": digest, "kind": kind.value})
    return report


def approve(dossier: Dossier, *, values: Any, at: datetime) -> None:
    """Note the approval of the report; part of the step that closes the dossier."""
    report = _sent(dossier, ReportKind.final)
    report.approved_at, report.approved_costs, report.remarks = at, values.approved_costs, values.remarks


def approve_interim(dossier: Dossier, *, remarks: str, at: datetime) -> None:
    """Note that the report halfway is approved; part of the step that opens the last one."""
    report = _sent(dossier, ReportKind.interim)
    report.approved_at, report.remarks = at, remarks


def give_back(dossier: Dossier, kind: ReportKind, *, why: str, at: datetime) -> None:
    """Open a report again, with what must change; part of the step back."""
    report = _sent(dossier, kind)
    report.submitted_at, report.submitted_by = None, None
    report.returned_at, report.returned_why = at, why.strip()


def _sent(dossier: Dossier, kind: ReportKind) -> Report:
    mine = (Report.dossier_id == dossier.id, Report.kind == kind)
    return db.session.scalars(select(Report).where(*mine)).one()
