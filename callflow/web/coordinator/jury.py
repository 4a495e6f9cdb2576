"""The jury of a call: asking for a proposal, confirming it, and what is known of each juror."""

from typing import Any

from flask import flash, request, url_for
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from callflow.calls.models import Call
from callflow.core.db import db, unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.core.permissions import P
from callflow.desk import assigning as desk
from callflow.desk import kept
from callflow.jury import profiles
from callflow.jury.wishes import Earlier, Wishes
from callflow.lifecycle import conflicts, proposing, seating
from callflow.web.asking import Form
from callflow.web.assignment_words import EARLIER, FAILURES, STAGES, lacking, reason
from callflow.web.coordinator import bp
from callflow.web.figures import WholeField, line
from callflow.web.juror_profile import ProfileForm
from callflow.web.numbers import record_number
from callflow.web.options import Options
from callflow.web.pages import page, page_asked

Answer = Any
ROWS = 2
"""Empty rows for further pairs that are kept apart."""


class WishesForm(Form):
    """What the coordinator wants of a proposal."""

    per_dossier = WholeField(
        _l("Jury members for each application"), [InputRequired()], limits={"minimum": "1", "maximum": "20"}
    )
    min_load = WholeField(
        _l("Applications for each jury member, at least"),
        [InputRequired()],
        limits={"minimum": "0", "maximum": "9999"},
    )
    max_load = WholeField(
        _l("Applications for each jury member, at most"),
        [InputRequired()],
        limits={"minimum": "0", "maximum": "9999"},
    )
    earlier = RadioField(_l("Who is on an application now"))
    readers = WholeField(
        _l("How many of them must read its language"),
        [InputRequired()],
        limits={"minimum": "0", "maximum": "20"},
    )
    both_sides = BooleanField(_l("At least one from each side of the border on every application"))

    def offering(self) -> "WishesForm":
        """Give the choices their words."""
        self.earlier.choices = [SelectChoice(each.value, str(EARLIER[each])) for each in Earlier]
        return self

    def filled(self, wishes: Wishes) -> "WishesForm":
        """As they were asked for, or as usual."""
        self.offering()
        self.per_dossier.data, self.readers.data = wishes.per_dossier, wishes.readers
        self.min_load.data, self.max_load.data = wishes.min_load, wishes.max_load
        self.earlier.data, self.both_sides.data = wishes.earlier.value, wishes.both_sides
        return self

    def wishes(self) -> Wishes:
        """What was asked for."""
        return Wishes(
            self.per_dossier.data or 1, self.min_load.data or 0, self.max_load.data or 0,
            Earlier(self.earlier.data), min(self.readers.data or 0, self.per_dossier.data or 1),
            bool(self.both_sides.data), _apart(),
        )  # fmt: skip


class ReasonForm(Form):
    """Why somebody is excused, or a conflict is none."""

    reason = line(_l("Reason"), longest=400)


def _apart() -> tuple[tuple[int, int], ...]:
    """The pairs that were chosen on both sides; who is chosen on one side only is left out."""
    sides = (request.form.getlist("apart-one", type=int), request.form.getlist("apart-other", type=int))
    return tuple(dict.fromkeys((min(two), max(two)) for two in zip(*sides, strict=False)))


def _typed_apart() -> list[tuple[str, str]]:
    return list(zip(request.form.getlist("apart-one"), request.form.getlist("apart-other"), strict=False))


@bp.get("/coordinator/calls/<reference>/jury")
@requires(P.dossier_assign)
def jury(reference: str) -> str:
    return _page(reference)


def _page(reference: str, form: WishesForm | None = None, confirm: Form | None = None) -> str:
    jurors_page = request.args.get("jurors", 1, type=record_number)
    found = desk.jury_page(reference, by=actor(), page=page_asked(), jurors_page=jurors_page)
    apart = _typed_apart() if form else [(str(one), str(other)) for one, other in found.wishes.apart]
    return page(
        "coordinator/jury.html", it=found, form=form or WishesForm(formdata=None).filled(found.wishes),
        confirm=confirm or Form(formdata=None), apart=[*apart, *[("", "")] * ROWS], options=Options(),
        reason=lambda each: reason(each, named=lambda name: found.names.get(name, name)),
        lacking=lambda each: lacking(each, named=lambda name: found.names.get(name, name)),
        stages=STAGES, failures=FAILURES, entry="coordinator.calls",
    )  # fmt: skip


@bp.post("/coordinator/calls/<reference>/jury")
@requires(P.dossier_assign)
def ask_assignment(reference: str) -> Answer:
    call = desk.call_of(reference, by=actor())
    form, target = (
        WishesForm().offering(),
        url_for("coordinator.jury", reference=reference, _anchor="proposal"),
    )
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            proposing.ask(actor(), db.session.get_one(Call, call.id), form.wishes())
    if form.accepted:
        flash(_("The proposal is being worked out. You can leave this page and come back."), "well")
        return form.leads_to(target)
    return _page(reference, form), form.status


@bp.post("/coordinator/calls/<reference>/jury/<int(max=2147483647):number>/confirm")
@requires(P.dossier_assign)
def confirm_assignment(reference: str, number: int) -> Answer:
    call = desk.call_of(reference, by=actor())
    form, target = Form(), url_for("coordinator.jury", reference=reference)
    changed = 0
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            changed = proposing.confirm(actor(), db.session.get_one(Call, call.id), number)
            kept.renew(desk.KIND, actor(), call.id, lots=call.lots)
    if form.accepted:
        told = ngettext("Done: %(num)d place changed.", "Done: %(num)d places changed.", changed)
        flash(told if changed else _("Done: nothing had to change."), "well")
        return form.leads_to(target)
    return _page(reference, confirm=form), form.status


@bp.get("/coordinator/calls/<reference>/jury/members/<int(max=2147483647):user_id>")
@requires(P.dossier_assign)
def juror(reference: str, user_id: int) -> str:
    return _juror_page(reference, user_id)


def _juror_page(
    reference: str, user_id: int, form: ProfileForm | None = None, excuse: Form | None = None
) -> str:
    found = desk.juror_page(reference, user_id, by=actor(), page=page_asked())
    return page(
        "coordinator/juror.html", it=found, form=form or ProfileForm(formdata=None).filled(found),
        excuse=excuse or ReasonForm(formdata=None), entry="coordinator.calls",
    )  # fmt: skip


@bp.post("/coordinator/calls/<reference>/jury/members/<int(max=2147483647):user_id>")
@requires(P.dossier_assign)
def keep_juror(reference: str, user_id: int) -> Answer:
    """What is known of a juror; conflicts are looked up at once."""
    found = desk.juror_page(reference, user_id, by=actor())
    form = ProfileForm().about(found)
    target = url_for("coordinator.juror", reference=reference, user_id=user_id)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, found.call.id)
            profiles.keep_profile(
                actor(), call, person_id=user_id, known=form.known(), version=form.seen_version or 0
            )
            db.session.flush()  # what was told just now is looked at
            conflicts.renew(actor(), call, seating.jurors_of(call.id), only=user_id)
            kept.renew(desk.KIND, actor(), call.id, lots=found.call.lots)
    if form.accepted:
        flash(_("Kept. Conflicts of interest were looked up again."), "well")
        return form.leads_to(target)
    return _juror_page(reference, user_id, form), form.status


@bp.post("/coordinator/calls/<reference>/jury/members/<int(max=2147483647):user_id>/excuse")
@requires(P.dossier_assign)
def excuse_juror(reference: str, user_id: int) -> Answer:
    """Excused from the whole call, or called back."""
    found = desk.juror_page(reference, user_id, by=actor())
    form, target = ReasonForm(), url_for("coordinator.juror", reference=reference, user_id=user_id)
    back = request.form.get("do") == "back"
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, found.call.id)
            if back:
                profiles.call_back(actor(), call, person_id=user_id)
            else:
                seating.excuse(actor(), call, person_id=user_id, reason=form.reason.data or "")
            kept.renew(desk.KIND, actor(), call.id, lots=found.call.lots)
    if form.accepted:
        flash(
            _("%(name)s takes part again.", name=found.name)
            if back
            else _("%(name)s is excused.", name=found.name),
            "well",
        )
        return form.leads_to(target)
    return _juror_page(reference, user_id, excuse=form), form.status
