"""The coach's home, the dossier, and the step that closes its coaching."""

from typing import Any

from flask import flash, url_for
from wtforms import HiddenField

from callflow.applications import queries as applications
from callflow.applications.models import Application
from callflow.coaching.actions import declare_conflict, follow_up, write_note
from callflow.coaching.rules import WORD
from callflow.coaching.states import Follow
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import todo
from callflow.desk.coaching import mine
from callflow.desk.coaching.dossier import coached_page
from callflow.desk.coaching.home import coach_home
from callflow.dossiers import queries
from callflow.lifecycle import process
from callflow.messages.queries import unread_of
from callflow.messages.states import Side
from callflow.web import messaging
from callflow.web.asking import Form
from callflow.web.coach import bp
from callflow.web.coach.messages import PLACE
from callflow.web.coaching_forms import NoteForm
from callflow.web.figures import line
from callflow.web.files import sent
from callflow.web.pages import page, page_asked
from callflow.web.todo import told
from callflow.web.words import event_words

Answer = Any
STEPS = frozenset({"finish_coaching", "finish_guidance"})


class FollowForm(Form):
    """What became of a piece of advice; ``seen`` is how it stood on the page."""

    seen = HiddenField()
    word = line(_l("In a word"), longest=WORD)

    @property
    def stood(self) -> Follow | None:
        """None where the page said nothing that makes sense."""
        return Follow(self.seen.data) if self.seen.data in Follow.__members__ else None


class ConflictForm(Form):
    """Why a coach steps aside."""

    reason = line(_l("What is the conflict?"), longest=500)


@bp.get("/coach")
@requires(P.coaching_log)
def home() -> str:
    found = coach_home(actor(), page=page_asked())
    here = [each.reference for each in (*found.soon, *found.present, *found.others)]
    unread = unread_of(actor(), Side.coach, among=here)
    return page("coach/home.html", it=found, todo=told(todo.for_coach(found)), unread=unread)


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
            mine.renew(actor(), [found.call_id])
    if form.accepted:
        flash(_("Noted: %(what)s.", what=event_words(trigger)), "well")
        return form.leads_to(target)
    return _page(ref, form), form.status


@bp.post("/coach/dossiers/<ref>/advice/<int(max=2147483647):number>/<done>")
@requires(P.coaching_log)
def advice(ref: str, number: int, done: str) -> Answer:
    """Followed up, dropped, or open again."""
    if done not in Follow.__members__:
        raise NotFound
    form = FollowForm()
    target = url_for("coach.dossier", ref=ref, _anchor="coaching")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            follow_up(
                actor(), found, advice_id=number, to=Follow(done), seen=form.stood, word=form.word.data or ""
            )
            mine.renew(actor(), [found.call_id])
    if form.accepted:
        return form.leads_to(target)
    return _page(ref, form), form.status


@bp.post("/coach/dossiers/<ref>/notes")
@requires(P.coaching_log)
def note(ref: str) -> Answer:
    form, target = NoteForm(), url_for("coach.dossier", ref=ref, _anchor="notes")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            write_note(actor(), found, text=form.note.data or "")
    if form.accepted:
        flash(_("The note is kept. The group does not read it."), "well")
        return form.leads_to(target)
    return _page(ref, form, note_form=form), form.status


@bp.post("/coach/dossiers/<ref>/conflict")
@requires(P.coaching_log)
def conflict(ref: str) -> Answer:
    """Step aside; from then on the dossier does not exist for this coach."""
    form, target = ConflictForm(), url_for("coach.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor(), kind=Application)
            declare_conflict(actor(), found, reason=form.reason.data or "")
            mine.renew(actor(), [found.call_id])
    if form.accepted:
        flash(_("You stepped aside. The coordinator finds somebody else."), "well")
        return form.leads_to(target)
    return _page(ref, form, conflict_form=form), form.status


def _page(ref: str, form: Form, **forms: Form) -> str:
    found = coached_page(ref, by=actor(), language=i18n.language())
    form.version.data = found.dossier.version
    empty = {"note_form": NoteForm(formdata=None), "conflict_form": ConflictForm(formdata=None)}
    return page(
        "coach/dossier.html",
        it=found,
        form=form,
        steps=STEPS,
        entry="coach.home",
        newest=messaging.newest(PLACE, found.dossier),
        **{**empty, **forms},
    )
