"""Saved views of the list and tags of a call: kept, renamed, taken away and brought back."""

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for
from wtforms import RadioField, SelectChoice

from callflow.applications.models import Application
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import scope
from callflow.desk.filing import tags_of
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.filing import actions, queries
from callflow.filing.rules import LONGEST_NOTE
from callflow.filing.states import Colour
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.dossier import dossier_page
from callflow.web.coordinator.listing import ViewForm, address_of_view, kept_by_view, list_page
from callflow.web.figures import text
from callflow.web.filing_words import COLOURS
from callflow.web.inputs import short_text
from callflow.web.numbers import record_number
from callflow.web.pages import page

Answer = Any


class TagForm(Form):
    """A tag of the call."""

    name = short_text(_l("Name of the tag"), _l("Give the tag a name."), longest=40)
    colour = RadioField(
        _l("Colour"), choices=[SelectChoice(each.value, words) for each, words in COLOURS.items()],
        default=Colour.stone.value,
    )  # fmt: skip


class StaffNoteForm(Form):
    """A note that only the staff reads."""

    note = text(_l("Note"), longest=LONGEST_NOTE)


def _call(reference: str) -> CallLine:
    call = scope.chosen(scope.calls_of(actor()), reference)
    if call is None:
        raise NotFound
    return call


@bp.get("/coordinator/calls/<reference>/filing")
@requires(P.filing_read)
def filing(reference: str) -> str:
    return _page(_call(reference))


def _page(call: CallLine, *, refused: Form | None = None, at: str = "") -> str:
    """The page; a form that came back stands at its own place: that of a view, of a tag, or the new tag's."""
    views = [
        (each, address_of_view(call, each), _at(f"view-{each.id}", ViewForm, each, refused, at))
        for each in queries.views_of(call.id, by=actor())
    ]
    tags = [(each, _at(f"tag-{each.id}", TagForm, each, refused, at)) for each in tags_of(actor(), call.id)]
    return page(
        "coordinator/filing.html", call=call, views=views, tags=tags, refused=refused,
        fresh=refused if at == "tag" else TagForm(formdata=None), button=Form(formdata=None),
        gone=request.args.get("gone", type=record_number), kind=request.args.get("kind"),
        entry="coordinator.dossiers",
    )  # fmt: skip


def _at(place: str, kind: type[Form], line: Any, refused: Form | None, at: str) -> Form:
    form = refused if refused is not None and at == place else kind(formdata=None, obj=line)
    for each in form:  # several forms on one page: each input has an id of its own
        each.id = f"{place}-{each.name}"
        each.label.field_id = each.id
    return form


@bp.post("/coordinator/calls/<reference>/views")
@requires(P.filing_read)
def keep_view(reference: str) -> Answer:
    """What the address of the list asks for, under a name."""
    call, form, target = _call(reference), ViewForm(prefix="view-"), ""
    if form.valid():
        claim = form.once()
        with form.refusals(), unit_of_work(claim):
            made = actions.save_view(
                actor(), call.id, name=str(form.name.data), shared=bool(form.shared.data),
                asked=kept_by_view(),
            )  # fmt: skip
            kept: dict[str, Any] = made.asked
            target = url_for("coordinator.dossiers", call=call.reference, view=made.id, **kept)
            claim.lead_to(target)
        if form.accepted:
            flash(_("The list is kept under this name."), "well")
            return form.leads_to(target)
    return list_page(Form(formdata=None), view_form=form), form.status


def _change(
    reference: str, form: Form, at: str, change: Callable[[CallLine], None], done: str = ""
) -> Answer:
    """One change of a view or a tag, then this page again."""
    call = _call(reference)
    target = url_for("coordinator.filing", reference=reference)
    if at.startswith("away-"):
        kind, number = at.removeprefix("away-").split("-")
        target = url_for("coordinator.filing", reference=reference, kind=kind, gone=number)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            change(call)
    if form.accepted:
        if done:
            flash(done, "well")
        return form.leads_to(target)
    return _page(call, refused=form, at=at), form.status


@bp.post("/coordinator/calls/<reference>/views/<int:view_id>")
@requires(P.filing_read)
def change_view(reference: str, view_id: int) -> Answer:
    form = ViewForm()

    def change(call: CallLine) -> None:
        view = queries.view_for_change(view_id, by=actor(), call_ids=[call.id])
        actions.change_view(actor(), view, name=str(form.name.data), shared=bool(form.shared.data))

    return _change(reference, form, f"view-{view_id}", change, _("The list is changed."))


@bp.post("/coordinator/calls/<reference>/views/<int:view_id>/first/<int:wanted>")
@requires(P.filing_read)
def begin_with(reference: str, view_id: int, wanted: int) -> Answer:
    def change(call: CallLine) -> None:
        view = queries.view_for_change(view_id, by=actor(), call_ids=[call.id])
        actions.begin_with(actor(), view, wanted=bool(wanted))

    said = (
        _("Your list begins with this from now on.") if wanted else _("Your list begins with all dossiers.")
    )
    return _change(reference, Form(), "", change, said)


@bp.post("/coordinator/calls/<reference>/views/<int:view_id>/away")
@requires(P.filing_read)
def remove_view(reference: str, view_id: int) -> Answer:
    def change(call: CallLine) -> None:
        actions.remove_view(actor(), queries.view_for_change(view_id, by=actor(), call_ids=[call.id]))

    return _change(reference, Form(), f"away-view-{view_id}", change)


@bp.post("/coordinator/calls/<reference>/views/<int:view_id>/back")
@requires(P.filing_read)
def restore_view(reference: str, view_id: int) -> Answer:
    def change(call: CallLine) -> None:
        view = queries.view_for_change(view_id, by=actor(), call_ids=[call.id], gone=True)
        actions.restore_view(actor(), view)

    return _change(reference, Form(), "", change, _("The list is back."))


@bp.post("/coordinator/calls/<reference>/tags")
@requires(P.filing_write)
def make_tag(reference: str) -> Answer:
    form = TagForm()

    def change(call: CallLine) -> None:
        actions.make_tag(actor(), call.id, name=str(form.name.data), colour=Colour(form.colour.data))

    return _change(reference, form, "tag", change, _("The tag is made."))


@bp.post("/coordinator/calls/<reference>/tags/<int:tag_id>")
@requires(P.filing_write)
def change_tag(reference: str, tag_id: int) -> Answer:
    form = TagForm()

    def change(call: CallLine) -> None:
        tag = queries.tag_for_change(tag_id, call_ids=[call.id])
        actions.change_tag(actor(), tag, name=str(form.name.data), colour=Colour(form.colour.data))

    return _change(reference, form, f"tag-{tag_id}", change, _("The tag is changed."))


@bp.post("/coordinator/calls/<reference>/tags/<int:tag_id>/away")
@requires(P.filing_write)
def remove_tag(reference: str, tag_id: int) -> Answer:
    def change(call: CallLine) -> None:
        actions.remove_tag(actor(), queries.tag_for_change(tag_id, call_ids=[call.id]))

    return _change(reference, Form(), f"away-tag-{tag_id}", change)


@bp.post("/coordinator/calls/<reference>/tags/<int:tag_id>/back")
@requires(P.filing_write)
def restore_tag(reference: str, tag_id: int) -> Answer:
    def change(call: CallLine) -> None:
        actions.restore_tag(actor(), queries.tag_for_change(tag_id, call_ids=[call.id], gone=True))

    return _change(reference, Form(), "", change, _("The tag is back, on every dossier that carried it."))


def _on_dossier(ref: str, form: Form, act: Callable[[Application], None], done: str) -> Answer:
    """Something filed on one dossier, then its page."""
    target = url_for("coordinator.dossier", ref=ref, _anchor="filed")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            act(dossiers.for_step(ref, by=actor(), kind=Application, permission=P.filing_write))
    if form.accepted:
        flash(done, "well")
        return form.leads_to(target)
    return dossier_page(ref, filed_form=form), form.status


@bp.post("/coordinator/dossiers/<ref>/tags/<int:tag_id>/<int:wanted>")
@requires(P.filing_write)
def tag_dossier(ref: str, tag_id: int, wanted: int) -> Answer:
    """Put one tag on a dossier, or take it off; done already is done. Number 0 is the one that was chosen."""
    number = tag_id or request.form.get("tag_id", type=record_number)
    form = Form()
    if number is None:
        form.refuse("tag_unchosen")
        return dossier_page(ref, filed_form=form), form.status

    def act(found: Application) -> None:
        tag = queries.tag_for_change(number, call_ids=[found.call_id])
        if (found.id in queries.carrying(tag, [found.id])) is not bool(wanted):
            (actions.put_tag if wanted else actions.take_tag)(actor(), tag, [found.id])

    return _on_dossier(ref, form, act, _("Tag added.") if wanted else _("Tag taken off."))


@bp.post("/coordinator/dossiers/<ref>/staff-note")
@requires(P.filing_write)
def write_staff_note(ref: str) -> Answer:
    form = StaffNoteForm()

    def act(found: Application) -> None:
        actions.write_staff_note(actor(), found, text=str(form.note.data or ""))

    return _on_dossier(ref, form, act, _("The note is kept."))


@bp.post("/coordinator/dossiers/<ref>/staff-note/<int:note_id>")
@requires(P.filing_write)
def edit_staff_note(ref: str, note_id: int) -> Answer:
    form = StaffNoteForm()
    form.note.id = f"note-{note_id}"

    def act(found: Application) -> None:
        note = queries.note_for_change(note_id, found)
        words = str(form.note.data or "")
        actions.edit_note(actor(), found, note, version=form.seen_version or -1, text=words)

    return _on_dossier(ref, form, act, _("The note is changed."))


@bp.post("/coordinator/dossiers/<ref>/staff-note/<int:note_id>/away")
@requires(P.filing_write)
def remove_staff_note(ref: str, note_id: int) -> Answer:
    def act(found: Application) -> None:
        actions.remove_note(actor(), found, queries.note_for_change(note_id, found))

    return _on_dossier(ref, Form(), act, _("The note is taken away, with all it ever said."))
