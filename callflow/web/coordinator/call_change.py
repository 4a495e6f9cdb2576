"""A changed set-up for a running call: uploaded, looked at dossier by dossier, and only then confirmed."""

import re
from typing import Any

from flask import Response, flash, request, url_for
from wtforms import FileField, HiddenField

from callflow.calls.models import Call
from callflow.calls.reading import MAXIMUM_BYTES, Finding
from callflow.calls.setup import Reading, Setup
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.storage import storage
from callflow.core.twin import said
from callflow.desk import call_change as desk
from callflow.dossiers.states import State
from callflow.lifecycle.changing.carrying import Confirmed, confirm
from callflow.lifecycle.changing.reading import checked, kept
from callflow.web import change_told, change_words, setup_words
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.figures import text
from callflow.web.pages import page, page_asked
from callflow.web.tables import table_file

Answer = Any
ADDRESS = "/coordinator/calls/<reference>/change"
SHA256 = re.compile(r"[0-9a-f]{64}")


class FileForm(Form):
    """The new set-up file."""

    file = FileField(
        _l("Set-up file"),
        description=_l("The file that the call was loaded from, with what you want to change. At most 1 MB."),
    )


class ConfirmForm(Form):
    """The dry run that the person saw, and why the call changes."""

    digest = HiddenField()
    why = text(
        _l("Why the call changes"),
        description=_l("It stays in the history of the call, beside the new version."),
        longest=2000,
    )


@bp.get(ADDRESS)
@requires(P.call_change)
def change_call(reference: str) -> str:
    return _file_page(reference, FileForm(formdata=None))


def _file_page(reference: str, form: FileForm, findings: tuple[Finding, ...] = ()) -> str:
    return page(
        "coordinator/call_change.html", call=desk.call_to_change(reference, by=actor()), form=form,
        findings=findings[:100], more=max(0, len(findings) - 100), setup_words=setup_words,
        entry="coordinator.calls",
    )  # fmt: skip


@bp.post(ADDRESS)
@requires(P.call_change)
def upload_change(reference: str) -> Answer:
    """Keep the file under its hash; its dry run has an address of its own, which can be passed on."""
    form = FileForm()
    call = desk.call_to_change(reference, by=actor())
    findings: tuple[Finding, ...] = ()
    if form.valid():
        with form.refusals():
            data, reading = _uploaded(call)
            findings = reading.findings
            if reading.setup is not None:
                target = url_for("coordinator.dry_run", reference=reference, sha256=storage().put(data))
                return form.leads_to(target)
    return _file_page(reference, form, findings), 422


def _uploaded(call: Call) -> tuple[bytes, Reading]:
    sent = request.files.get("file")
    data = sent.stream.read(MAXIMUM_BYTES + 1) if sent else b""
    if not data:
        raise Refused("setup_file_missing", field="file")
    reading = checked(data)
    if reading.setup is not None and reading.setup.call["reference"] != call.reference:
        raise Refused("setup_of_another_call", field="file", reference=reading.setup.call["reference"])
    return data, reading


@bp.get(f"{ADDRESS}/<sha256>", endpoint="dry_run")
@requires(P.call_change)
def show_dry_run(reference: str, sha256: str) -> str:
    return _run_page(reference, sha256, ConfirmForm(formdata=None))


def _reading(reference: str, sha256: str) -> tuple[Reading, Setup]:
    """The stored file, if it is a set-up of this call. Raises NotFound."""
    if not SHA256.fullmatch(sha256):
        raise NotFound
    reading = kept(sha256)
    if reading.setup is None or reading.setup.call["reference"] != reference:
        raise NotFound
    return reading, reading.setup


def _run(reference: str, sha256: str, *, anew: bool = False) -> desk.Seen:
    call = desk.call_to_change(reference, by=actor())
    return desk.run_of(actor(), call, _reading(reference, sha256)[1], sha256=sha256, anew=anew)


def _run_page(reference: str, sha256: str, form: ConfirmForm) -> str:
    seen = _run(reference, sha256, anew=form.status == 409)
    run = seen.run
    asked = request.args.get("effect", "")
    found = desk.page_of(seen, page=page_asked(), effect=asked if asked in change_words.SUMS else "")
    form.digest.data = run.digest
    return page(
        "coordinator/call_dry_run.html", it=found, run=run, form=form, sha256=sha256, told=change_told,
        change_words=change_words, key_of=desk.key_of, chosen=request.form, entry="coordinator.calls",
    )  # fmt: skip


@bp.get(f"{ADDRESS}/<sha256>.<any(csv, xlsx):ending>")
@requires(P.call_change)
def dry_run_file(reference: str, sha256: str, ending: str) -> Response:
    seen = _run(reference, sha256)
    lots = {lot.id: said(lot.name, i18n.language()) for lot in seen.run.call.lots}
    return table_file(desk.rows(seen, lots=lots), ending, f"{seen.run.call.reference}-dry-run")


@bp.post(f"{ADDRESS}/<sha256>")
@requires(P.call_change)
def confirm_change(reference: str, sha256: str) -> Answer:
    form = ConfirmForm()
    target = url_for("coordinator.call", reference=reference, _anchor="history")
    desk.call_to_change(reference, by=actor())
    reading, setup = _reading(reference, sha256)
    if form.valid():
        confirmed = Confirmed(str(form.digest.data), form.why.data or "", _goes())
        with form.refusals(), unit_of_work(form.once(target)):
            confirm(actor(), setup, confirmed, file_sha256=sha256, warnings=reading.warnings)
    if form.accepted:
        flash(_("The call is changed. Every dossier that it touches has it in its history."), "well")
        return form.leads_to(target)
    return _run_page(reference, sha256, form), form.status


def _goes() -> dict[State, State]:
    """Where the person sends the dossiers of each state that is no longer there."""
    return {
        State(name.removeprefix("goes-")): State(to)
        for name, to in request.form.items()
        if name.removeprefix("goes-") in State.__members__ and to in State.__members__
    }
