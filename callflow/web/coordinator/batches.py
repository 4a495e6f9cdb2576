"""All letters of a release at once: asked for, made in the background, fetched as a print file or a zip."""

from datetime import datetime
from typing import Any

from flask import Response, flash, send_file, url_for
from wtforms import HiddenField

from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.core.storage import storage
from callflow.desk import releases as desk
from callflow.lifecycle import batches
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.letter_words import BATCH_FAILURES
from callflow.web.pages import page

ADDRESS = "/coordinator/calls/<reference>/decisions/<lot>/letters"


class BatchForm(Form):
    """Which release: the moment at which it left."""

    released = HiddenField()


@bp.get(ADDRESS)
@requires(P.mail_manage)
def letters_of_lot(reference: str, lot: str) -> str:
    return _page(reference, lot, BatchForm(formdata=None))


@bp.post(ADDRESS)
@requires(P.mail_manage)
def gather_letters(reference: str, lot: str) -> Any:
    """A worker makes both files; the page tells how far it is."""
    form, target = BatchForm(), url_for("coordinator.letters_of_lot", reference=reference, lot=lot)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = desk.lot_for_letters(actor(), reference, lot, lock=True)
            batches.ask(actor(), found, _moment(form.released.data))
    if form.accepted:
        flash(_("The letters are being put together. You can leave this page."), "well")
        return form.leads_to(target)
    return _page(reference, lot, form), form.status


def _moment(typed: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(typed))
    except ValueError:
        raise NotFound from None
    if found.tzinfo is None:
        raise NotFound
    return found


def _page(reference: str, lot: str, form: BatchForm) -> str:
    found = desk.releases_page(actor(), reference, lot)
    return page(
        "coordinator/releases.html", it=found, form=form, failures=BATCH_FAILURES,
        entry="coordinator.decisions",
    )  # fmt: skip


@bp.get(ADDRESS + "/<int(max=2147483647):number>.<any(pdf, zip):packed>")
@requires(P.mail_manage)
def gathered_letters(reference: str, lot: str, number: int, packed: str) -> Response:
    """One of the files of a batch, read from the disk while it is sent."""
    found = batches.ready(desk.lot_for_letters(actor(), reference, lot), number)
    sha256 = found.pdf_sha256 if packed == "pdf" else found.zip_sha256
    answer = send_file(
        storage().sound(sha256 or ""), mimetype=f"application/{packed}", as_attachment=True,
        download_name=f"{reference}-{lot}-{found.released_at:%Y-%m-%d}.{packed}",
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
