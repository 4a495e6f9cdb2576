"""The coach's home, the dossier, and the step that closes its coaching."""

from typing import Any

from flask import flash, url_for

from callflow.applications import queries as applications
from callflow.applications.models import Application
from callflow.coaching.actions import mark_advice_done
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.desk import coaching as desk
from callflow.dossiers import queries
from callflow.lifecycle import process
from callflow.web.asking import Form
from callflow.web.coach import bp
from callflow.web.files import sent
from callflow.web.pages import page
from callflow.web.words import event_words

Answer = Any
STEPS = frozenset({"finish_coaching", "finish_guidance"})


@bp.get("/coach")
@requires(P.coaching_log)
def home() -> str:
    return page("coach/home.html", it=desk.coach_home(actor()))


@bp.get("/coach/dossiers/<ref>")
@requires(P.coaching_log)
def dossier(ref: str) -> str:
    return _page(ref, Form(formdata=None))


@bp.get("/coach/dossiers/<ref>/files/<int:number>")
@requires(P.coaching_log)
def file(ref: str, number: int) -> Answer:
    return sent(applications.file(ref, number, by=actor(), permission=P.coaching_log))


@bp.post("/coach/dossiers/<ref>/steps/<trigger>")
@requires(P.coaching_close)
def take_step(ref: str, trigger: str) -> Answer:
    """Close the coaching; while an outcome is only prepared, the step is not there at all."""
    if trigger not in STEPS:
        raise NotFound
    form = Form()
    target = url_for("coach.dossier", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            if found.state is not found.shown_state:
                raise NotFound
            process.take(found, trigger, actor=actor(), version=form.seen_version or -1)
    if form.accepted:
        flash(_("Noted: %(what)s.", what=event_words(trigger)), "well")
        return form.leads_to(target)
    return _page(ref, form), form.status


@bp.post("/coach/dossiers/<ref>/advice/<int:number>/<done>")
@requires(P.coaching_log)
def advice(ref: str, number: int, done: str) -> Answer:
    form = Form()
    target = url_for("coach.dossier", ref=ref, _anchor="coaching")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            mark_advice_done(actor(), found, advice_id=number, done=done == "done")
    if form.accepted:
        return form.leads_to(target)
    return _page(ref, form), form.status


def _page(ref: str, form: Form) -> str:
    found = desk.coached_page(ref, by=actor(), language=i18n.language())
    form.version.data = found.dossier.version
    return page("coach/dossier.html", it=found, form=form, steps=STEPS, entry="coach.home")
