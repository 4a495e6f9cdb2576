"""The page of one dossier and what is done on it: steps, checks, tasks."""

from typing import Any

from flask import flash, redirect, request, url_for

from callflow.applications import queries as applications
from callflow.applications.models import Application
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import dossier as desk
from callflow.desk.history import meanwhile
from callflow.dossiers import actions, queries
from callflow.dossiers.states import Task
from callflow.jury import actions as jury
from callflow.lifecycle import conflicts, process, seating
from callflow.people.models import User
from callflow.screening.actions import set_check
from callflow.screening.models import Verdict
from callflow.web import messaging
from callflow.web.asking import Form
from callflow.web.coaching_forms import NoteForm
from callflow.web.coordinator import bp, telling
from callflow.web.coordinator.coaching_forms import WaiverForm
from callflow.web.coordinator.messages import PLACE
from callflow.web.coordinator.places import places
from callflow.web.coordinator.step_form import StepForm
from callflow.web.coordinator.steps import MONEY, PAGES, STOPS, form_of
from callflow.web.figures import line
from callflow.web.files import sent
from callflow.web.numbers import record_number
from callflow.web.pages import page
from callflow.web.words import event_words

Answer = Any
CHECK_REASON = 2000


class TaskForm(Form):
    """Somebody for a task on the dossier, or no longer; ``chosen`` is who stood in a list that comes back."""

    chosen: int | None = None
    reason = line(_l("Reason"), longest=400)


@bp.get("/coordinator/dossiers/<ref>")
@requires(P.scores_view)
def dossier(ref: str) -> str:
    return dossier_page(ref)


@bp.get("/coordinator/dossiers/<ref>/files/<int:number>")
@requires(P.scores_view)
def file(ref: str, number: int) -> Answer:
    return sent(applications.file(ref, number, by=actor(), permission=P.scores_view))


def dossier_page(ref: str, **forms: Any) -> str:
    """The whole page; a form that came back stands in the place of its empty one."""
    shown: dict[str, Any] = {
        "check_form": Form(formdata=None),
        "task_form": TaskForm(formdata=None),
        "step_form": Form(formdata=None),
        "waiver_form": WaiverForm(formdata=None),
        "note_form": NoteForm(formdata=None),
        "filed_form": Form(formdata=None),
        "typed": {},
    }
    found = desk.dossier_page(ref, by=actor(), language=i18n.language())
    shown |= forms
    _let_go(found, **shown)
    names = desk.names_of(telling.people_in(found.events))
    return page(
        "coordinator/dossier.html", it=found, history=telling.told(found.events, found.dossier, names),
        stops=STOPS, entry="coordinator.dossiers",
        newest=messaging.newest(PLACE, found.dossier, some=found.written), places=places(found), **shown,
    )  # fmt: skip


def _let_go(
    found: desk.DossierPage, *, check_form: Form, step_form: Form, waiver_form: Form, typed: dict[str, str],
    **_others: Any,
) -> None:  # fmt: skip
    """Of what came back, the forms that are no longer on the page as the dossier is now."""
    if not found.screening:
        points = {
            f"reason-{point['key']}": said(point["text"], i18n.language())
            for point in found.dossier.call.checklist
        }
        check_form.gone(*((label, typed.get(name, "")) for name, label in points.items()))
    if not found.proving:
        step_form.gone(*((_("Remark"), words) for name, words in typed.items() if name.startswith("remark-")))
    if not found.short_of_sessions:
        waiver_form.gone()


@bp.get("/coordinator/dossiers/<ref>/steps/<trigger>")
@requires(P.scores_view)
def step(ref: str, trigger: str) -> Answer:
    if trigger in PAGES:
        return redirect(url_for(PAGES[trigger], ref=ref), 303)
    form = form_of(trigger, formdata=None)
    found = queries.seen(ref, by=actor(), kind=Application, permission=P.scores_view)
    form.suggest(found)
    form.offer(found)
    return _step_page(found, trigger, form)


@bp.post("/coordinator/dossiers/<ref>/steps/<trigger>")
@requires(P.scores_view)
def take_step(ref: str, trigger: str) -> Answer:
    if trigger in PAGES:
        raise NotFound
    form = form_of(trigger)
    target = url_for("coordinator.dossier", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application, money=trigger in MONEY)
            seen = form.seen_version or -1
            process.take(found, trigger, actor=actor(), version=seen, values=form.values_for(found))
    if form.accepted:
        flash(_("Noted: %(what)s.", what=event_words(trigger)), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor(), kind=Application, permission=P.scores_view)
    form.offer(again)
    return _step_page(again, trigger, form), form.status


def _step_page(found: Application, trigger: str, form: StepForm) -> str:
    """The step by itself: what it asks, or why it cannot be taken; after a change, who did what and when."""
    if trigger not in process.of(found).events:
        raise NotFound
    offer = process.offers(found, actor()).get(trigger)
    since = meanwhile(found, form.seen_version) if form.problems else ()
    form.shows(found.version, still=offer is not None)
    return page(
        "coordinator/step.html", dossier=found, trigger=trigger, form=form, stops=trigger in STOPS,
        offer=offer, since=since, entry="coordinator.dossiers",
    )  # fmt: skip


@bp.post("/coordinator/dossiers/<ref>/checks")
@requires(P.dossier_screen)
def set_checks(ref: str) -> Answer:
    form = Form()
    target = url_for("coordinator.dossier", ref=ref, _anchor="check")
    typed = {name: text for name, text in request.form.items() if name.startswith(("verdict-", "reason-"))}
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            for point in found.call.checklist:
                _check(found, point["key"], typed)
    if form.accepted:
        flash(_("The checklist is saved."), "well")
        return form.leads_to(target)
    return dossier_page(ref, check_form=form, typed=typed), form.status


def _check(found: Application, point: str, typed: dict[str, str]) -> None:
    """One point of the checklist, when something was chosen for it and it differs from what stands."""
    verdict, reason = typed.get(f"verdict-{point}"), typed.get(f"reason-{point}", "").strip()
    if verdict is None or verdict not in Verdict.__members__:
        return
    if len(reason) > CHECK_REASON:
        raise Refused("reason_long", field=f"reason-{point}", limit=CHECK_REASON)
    if (verdict, reason) != (typed.get(f"verdict-{point}-was"), typed.get(f"reason-{point}-was", "")):
        set_check(actor(), found, point=point, verdict=Verdict(verdict), reason=reason)


@bp.post("/coordinator/dossiers/<ref>/tasks/<task>")
@requires(P.dossier_assign)
def give_task(ref: str, task: str) -> Answer:
    return _tasks(ref, task, taking_away=False)


@bp.post("/coordinator/dossiers/<ref>/tasks/<task>/away")
@requires(P.dossier_assign)
def take_task_away(ref: str, task: str) -> Answer:
    return _tasks(ref, task, taking_away=True)


def _tasks(ref: str, task: str, *, taking_away: bool) -> Answer:
    if task not in Task.__members__:
        raise NotFound
    form = TaskForm()
    target = url_for("coordinator.dossier", ref=ref, _anchor="people")
    person_id = request.form.get("person_id", type=record_number)
    form.reason.id = f"why-{person_id}"  # each juror has an input of their own on the page
    if person_id is None:
        form.refuse("nobody_chosen", field=None)
    if not form.problems and form.valid():
        if task == Task.juror and not taking_away:
            _look(ref, person_id or 0)
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            _task(found, Task(task), person_id or 0, str(form.reason.data or ""), taking_away=taking_away)
    if form.accepted:
        flash(_("The task is taken away.") if taking_away else _("The task is given."), "well")
        return form.leads_to(target)
    return dossier_page(ref, task_form=form), form.status


def _look(ref: str, person_id: int) -> None:
    """Conflicts of who is to judge it, in a unit of work of its own: a refusal leaves them noted."""
    with unit_of_work():
        found = queries.for_step(ref, by=actor(), kind=Application)
        conflicts.look(actor(), found, seating.jurors_of(found.call_id, User.id == person_id))


def _task(found: Application, task: Task, person_id: int, reason: str, *, taking_away: bool) -> None:
    if not taking_away:
        actions.assign(actor(), found, person_id=person_id, task=task)
    elif task is Task.juror:
        jury.excuse(actor(), found, juror_id=person_id, reason=reason)
    else:
        actions.unassign(actor(), found, person_id=person_id, reason=reason)
