"""What a juror reads: the pile, the declaration before it, and the files of an application."""

from typing import Any

from flask import flash, url_for

from callflow.applications import queries as applications
from callflow.calls.models import Call
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P
from callflow.desk import assigning, pile, scope, todo
from callflow.desk.scope import CallLine
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier
from callflow.jury import actions, profiles
from callflow.jury import queries as jury
from callflow.lifecycle import conflicts, seating
from callflow.web.asking import Form
from callflow.web.files import sent
from callflow.web.juror_profile import ProfileForm
from callflow.web.jury import bp
from callflow.web.pages import page, page_asked
from callflow.web.todo import told

Answer = Any


@bp.get("/jury")
@requires(P.jury_pile)
def home() -> str:
    found = pile.piles(actor(), page=page_asked())
    waiting = told(todo.for_juror(actor(), found))
    return page("jury/home.html", piles=found.piles, todo=waiting, number=found.page, last=found.last)


@bp.get("/jury/calls/<reference>/declaration")
@requires(P.jury_pile)
def declaration(reference: str) -> str:
    call = _call(reference)
    signed = call.id in jury.declared_for(actor())
    return page(
        "jury/declaration.html", call=call, promises=promises(), signed=signed, form=Form(formdata=None),
        entry="jury.home",
    )  # fmt: skip


@bp.post("/jury/calls/<reference>/declaration")
@requires(P.jury_pile)
def declare(reference: str) -> Answer:
    form = Form()
    call = _call(reference)
    target = url_for("jury.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            actions.declare(actor(), db.session.get_one(Call, call.id), text="\n".join(promises()))
    if form.accepted:
        flash(_("You signed the declaration. Your pile is open."), "well")
        return form.leads_to(target)
    return page(
        "jury/declaration.html", call=call, promises=promises(), signed=False, form=form, entry="jury.home"
    ), form.status


@bp.get("/jury/dossiers/<ref>/files/<int:number>")
@requires(P.jury_score)
def file(ref: str, number: int) -> Answer:
    found = dossiers.seen(ref, by=actor(), kind=Dossier, permission=P.jury_score)
    if found.call_id not in jury.declared_for(actor()):
        raise NotFound("declaration_first")
    return sent(applications.file(ref, number, by=actor(), permission=P.jury_score))


@bp.get("/jury/calls/<reference>/profile")
@requires(P.jury_pile)
def profile(reference: str) -> str:
    found = assigning.own_page(reference, by=actor())
    return page(
        "jury/profile.html", it=found, form=ProfileForm(formdata=None).filled(found), entry="jury.home"
    )


@bp.post("/jury/calls/<reference>/profile")
@requires(P.jury_pile)
def keep_profile(reference: str) -> Answer:
    """What a juror tells of themselves; conflicts that come of it hide applications at once."""
    found = assigning.own_page(reference, by=actor())
    form, target = ProfileForm().about(found), url_for("jury.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            call = db.session.get_one(Call, found.call.id)
            profiles.keep_profile(
                actor(), call, person_id=found.person_id, known=form.known(), version=form.seen_version or 0
            )
            db.session.flush()  # what was told just now is looked at
            conflicts.renew(actor(), call, seating.jurors_of(call.id), only=found.person_id)
    if form.accepted:
        flash(_("Thank you. What touches you is kept away from your pile."), "well")
        return form.leads_to(target)
    return page("jury/profile.html", it=found, form=form, entry="jury.home"), form.status


def promises() -> list[str]:
    """What a juror promises; its text is kept by its digest with the signature."""
    return [
        _("I judge every application only by the criteria of the rules of this call."),
        _(
            "I keep to myself what I read, what others say about it, and the scores, "
            "also after the decision is known."
        ),
        _(
            "I stand aside as soon as an application touches me, my household, my work or a body in which "
            "I sit. I then read nothing more of it."
        ),
        _("I give the applicants no help and take nothing from them while the call runs."),
    ]


def _call(reference: str) -> CallLine:
    found = [call for call in scope.calls_of(actor(), Role.juror) if call.reference == reference]
    if not found:
        raise NotFound
    return found[0]
