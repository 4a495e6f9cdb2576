"""Filling in a form, one section a page: of an application or of a report, which differ in where it goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, flash, jsonify, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from callflow.applications.files import Examined, examined
from callflow.applications.models import Application
from callflow.applications.rules import revisable, written_until
from callflow.applications.saving import Saved
from callflow.calls.states import FieldKind
from callflow.core import clock, formats, i18n, ids
from callflow.core.db import unit_of_work
from callflow.core.errors import Changed, NotFound, Refused
from callflow.core.gate import actor
from callflow.core.i18n import gettext as _
from callflow.core.permissions import Permission, require
from callflow.desk.applicant.own import own_for_step
from callflow.desk.applicant.writing import Section, Sheet
from callflow.web.applicant import inputs
from callflow.web.applicant.inputs import id_of, inputs_of, problems_of
from callflow.web.asking import Form, Problem
from callflow.web.pages import page
from callflow.web.words import say

Answer = Any
Texts = dict[str, Any]


class SectionForm(Form):
    """Token and proof of origin; the questions are those of the call."""


@dataclass(frozen=True)
class Writing:
    """A form that a group fills in, and where its pages lie."""

    permission: Permission
    sheet: Callable[[str], Sheet]
    form: Callable[[Application], Sequence[Section]]
    closed: Callable[[Application], bool]
    save: Callable[[Application, Texts, Mapping[str, int]], Saved]
    attach: Callable[[Application, str, Examined], Any]
    remove: Callable[[Application, int], None]
    section: str
    """Endpoint of a section."""
    overview: str
    """Endpoint of the list of sections."""
    check: str
    """Endpoint of the page where all answers are checked."""
    which: Mapping[str, Any] | None = None
    """What besides the reference tells its addresses from those of the same endpoint."""

    def address(self, sheet: Sheet, section: Section | None, **more: Any) -> str:
        """Of a section; of the check when there is none left."""
        of: dict[str, Any] = {"ref": sheet.application.reference, **(self.which or {})}
        if section is None:
            return url_for(self.check, **of)
        return url_for(self.section, **of, section=section["id"], **more)

    def listing(self, application: Application) -> str:
        """Of the list of sections."""
        return url_for(self.overview, ref=application.reference, **(self.which or {}))


def show(writing: Writing, ref: str, name: str) -> Answer:
    """A section as it is stored."""
    sheet = writing.sheet(ref)
    require(actor(), writing.permission, sheet.application)
    if writing.closed(sheet.application):
        return redirect(url_for("applicant.application", ref=ref), 303)
    number, section = sheet.section(name)
    form = SectionForm(formdata=None)
    found = inputs_of(sheet, section)
    form.problems = list(problems_of(found))
    return _page(writing, sheet, number, form, found)


def _page(writing: Writing, sheet: Sheet, number: int, form: Form, found: list[inputs.Input]) -> str:
    section = sheet.form[number - 1]
    before = sheet.form[number - 2] if number > 1 else None
    return page(
        "applicant/section.html",
        sheet=sheet,
        application=sheet.application,
        writing=writing,
        section=section,
        number=number,
        before=before,
        inputs=found,
        form=form,
        address=writing.address,
        until=None if revisable(sheet.application) else written_until(sheet.application),
        entry="applicant.home",
    )


def receive(writing: Writing, ref: str, name: str) -> Answer:
    """Save what was sent; lead on when it is right, come back with what is not."""
    form, sheet = SectionForm(), writing.sheet(ref)
    number, section = sheet.section(name)
    texts, versions = inputs.changed(section, request.form)
    target = _pressed(writing, sheet, number, texts, versions)
    uploads = _uploads(form, section)
    wrong_files = list(form.problems)
    if form.validate():
        with form.refusals(), unit_of_work(form.once(target)):
            application = own_for_step(ref, actor())
            writing.save(application, texts, versions)
            for field, file in uploads:
                writing.attach(application, field, file)
            if removed := _file_to_remove():
                writing.remove(application, removed)
    else:
        form.refuse("form_expired", status=400)
    refused = [problem for problem in form.problems if problem not in wrong_files]
    if refused:
        return _came_back(writing, ref, number, form, refused)
    if not wrong_files and (form.repeated or not _asks_to_look(texts, sheet, section)):
        if request.form.get("go") == "later":
            flash(_("Your text is saved. You can go on whenever you like."), "well")
        return form.leads_to(target)
    return _to_put_right(writing, ref, number, form)


def _asks_to_look(texts: Texts, sheet: Sheet, section: Section) -> bool:
    """Only going on says that a section is finished; whoever leaves or adds a row is not held up."""
    return request.form.get("go") == "next" and inputs.flawed(sheet, section, texts)


def _came_back(writing: Writing, ref: str, number: int, form: Form, refused: list[Problem]) -> Answer:
    """Nothing was saved: the page shows what was typed, and beside it what somebody else wrote meanwhile."""
    sheet = writing.sheet(ref)
    theirs: Texts = next((each.parameters["theirs"] for each in refused if "theirs" in each.parameters), {})
    found = inputs_of(sheet, sheet.form[number - 1], request.form, theirs)
    known = {each.definition["id"] for each in found}
    form.problems = [_at_input(each, known) for each in form.problems]
    form.problems += [
        Problem(
            "words", {"words": _("Two texts: %(question)s", question=inputs.label(each.definition))}, each.id
        )
        for each in found
        if each.theirs
    ]
    form.token.data = ids.secret()
    return _page(writing, sheet, number, form, found), form.status


def _at_input(problem: Problem, known: set[str]) -> Problem:
    field = problem.field
    return Problem(problem.code, problem.parameters, id_of(field) if field in known else None)


def _to_put_right(writing: Writing, ref: str, number: int, form: Form) -> Answer:
    """Everything was saved, and something in it is not understood or a file could not be kept."""
    sheet = writing.sheet(ref)
    found = inputs_of(sheet, sheet.form[number - 1])
    form.problems += problems_of(found)
    form.token.data = ids.secret()
    return _page(writing, sheet, number, form, found), 422


def _pressed(writing: Writing, sheet: Sheet, number: int, texts: Texts, versions: dict[str, int]) -> str:
    """Where the button leads that was pressed; a row to take out is taken out of the texts."""
    section, pressed = sheet.form[number - 1], request.form
    if taken := pressed.get("take"):
        texts.pop(taken, None)
        return writing.address(sheet, section, _anchor=id_of(taken))
    if added := pressed.get("add"):
        name, _colon, side = added.partition(":")
        return writing.address(sheet, section, rows=f"{name}-{side}", _anchor=f"{id_of(name)}-{side}")
    if removed := pressed.get("remove"):
        name, _colon, place = removed.partition(":")
        side, _colon, row = place.partition(":")
        each = next((field for field in section["fields"] if field["id"] == name), None)
        if (
            each is not None
            and each["kind"] == FieldKind.budget
            and row.isascii()
            and row.isdecimal()
            and len(row) < 10
        ):
            if left := inputs.without_row(each, pressed, side, int(row)):
                texts[name], versions[name] = left
            return writing.address(sheet, section, _anchor=f"{id_of(name)}-{side}")
        return writing.address(sheet, section)
    if pressed.get("go") == "later":
        return writing.listing(sheet.application)
    return writing.address(sheet, sheet.after(number))


def _file_to_remove() -> int | None:
    name, _colon, number = request.form.get("remove", "").partition(":")
    fits = name == "file" and number.isascii() and number.isdecimal() and len(number) < 15
    return int(number) if fits else None


def _uploads(form: Form, section: Section) -> list[tuple[str, Examined]]:
    """The files that were sent and may be kept; what may not becomes a line of the error summary."""
    return [
        (field["id"], file)
        for field in section["fields"]
        if field["kind"] == FieldKind.file
        for upload in request.files.getlist(id_of(field["id"]))
        if upload.filename and (file := _examined(form, field, upload))
    ]


def _examined(form: Form, field: Mapping[str, Any], upload: FileStorage) -> Examined | None:
    limit = current_app.config["SETTINGS"].upload_limit
    allowed = frozenset(field["types"]) if field.get("types") else None
    try:
        return examined(str(upload.filename), upload.stream.read(limit + 1), limit=limit, allowed=allowed)
    except Refused as refused:
        words = inputs.about(field, say(refused.code, refused.parameters))
        form.problems.append(Problem("words", {"words": words}, id_of(field["id"])))
        return None


def keep(writing: Writing, ref: str, name: str) -> Answer:
    """Save by itself what a script sends while somebody types: JSON in, JSON out, no page."""
    if not SectionForm().validate():
        return jsonify(message=say("form_expired")), 400
    try:
        with unit_of_work():
            application = own_for_step(ref, actor())
            section = _section(writing.form(application), name)
            texts, versions = inputs.changed(section, request.form)
            saved = writing.save(application, texts, versions)
    except Changed:
        return jsonify(message=say("answer_changed_unsaved")), 409
    except Refused as refused:
        return jsonify(message=say(refused.code, refused.parameters)), 422
    return jsonify(
        message=_("Saved at %(hour)s", hour=formats.hour(clock.now())),
        seen={
            id_of(each["id"]): inputs.seen_of(each, texts[each["id"]], saved.versions[each["id"]])
            for each in section["fields"]
            if each["id"] in saved.versions
        },
        problems={
            id_of(name): " ".join(say(flaw.code, flaw.parameters) for flaw in flaws)
            for name, flaws in saved.flaws.items()
        },
        sums={
            id_of(each["id"]): inputs.sums(
                texts[each["id"]], inputs.parts_of(saved.flaws.get(each["id"], ()))
            )
            for each in section["fields"]
            if each["kind"] == FieldKind.budget and each["id"] in saved.versions
        },
    )


def _section(form: Sequence[Section], name: str) -> Section:
    found = next((section for section in form if section["id"] == name), None)
    if found is None:
        raise NotFound
    return found


def heard(sheet: Sheet) -> Sheet:
    """The form for a page in a language that the call does not speak: in that of the application."""
    own, here = sheet.application.language, i18n.language()
    return sheet if own == here else replace(sheet, form=[_heard(each, own, here) for each in sheet.form])


def _heard(value: Any, own: str, here: str) -> Any:
    if isinstance(value, list):
        return [_heard(each, own, here) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() <= set(i18n.LANGUAGES):
        return {own: value[own]} if here not in value and own in value else value
    return {key: _heard(each, own, here) for key, each in value.items()}


def spoken() -> str:
    """The language in which numbers and dates of this page are written."""
    return i18n.language()
