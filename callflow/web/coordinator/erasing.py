"""Erasing one message of a conversation: what it said is shown once more, and why it goes is asked."""

from collections.abc import Sequence
from typing import Any

from flask import flash
from wtforms import BooleanField

from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.core.permissions import P
from callflow.dossiers import queries as dossiers
from callflow.messages import actions, files, queries
from callflow.messages.models import Thread
from callflow.messages.queries import Said
from callflow.messages.rules import REASON
from callflow.web import messaging
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.messages import PLACE
from callflow.web.figures import text
from callflow.web.pages import page

Answer = Any


class EraseForm(Form):
    """Why a message is erased."""

    why = text(
        _l("Why is it erased?"), longest=REASON,
        needed=_l("Write why: everybody in the conversation reads it."),
        description=_l("For example: it held somebody’s health data. Do not repeat here what must go."),
    )  # fmt: skip
    subject = BooleanField(
        _l("Erase the subject of the conversation as well"),
        description=_l("A subject can name somebody or say what must go."),
    )
    everywhere = BooleanField(
        _l("Erase it in all dossiers that it went to"),
        description=_l("Answers of groups stay. Left empty, it goes from this dossier alone."),
    )


@bp.get("/coordinator/dossiers/<ref>/messages/<key>/erase/<int(max=2147483647):number>")
@requires(P.message_office)
def erasing(ref: str, key: str, number: int) -> str:
    return _page(ref, key, number, EraseForm(formdata=None))


@bp.post("/coordinator/dossiers/<ref>/messages/<key>/erase/<int(max=2147483647):number>")
@requires(P.message_office)
def erase(ref: str, key: str, number: int) -> Answer:
    form, target = EraseForm(), PLACE.address("thread", ref, key) + f"#m{number}"
    told = _("The message is erased.")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            told = _erase_copies(form, ref, key, number) if form.everywhere.data else told
            if not form.everywhere.data:
                found, thread = messaging.loaded(PLACE, ref, key)
                actions.erase(
                    actor(), found, thread, number, why=str(form.why.data or ""), subject=form.subject.data
                )
    if form.accepted:
        with unit_of_work():  # the rows let go of the files by now: nobody adds one of them meanwhile
            files.tidy(messaging.loaded(PLACE, ref, key)[0])
        if not form.repeated:
            flash(told, "well")
        return form.leads_to(target)
    return _page(ref, key, number, form), form.status


def _erase_copies(form: EraseForm, ref: str, key: str, number: int) -> str:
    """In every dossier that this person sees, locked in the order of all who lock; what to say of it."""
    _found, thread, said = messaging.seen_thread(PLACE, ref, key)
    if not _to_many(thread, said, number):
        raise NotFound
    copies = queries.copies_of(thread)
    taken = dossiers.for_many(copies, by=actor(), permission=P.message_office)
    erased = actions.erase_everywhere(
        actor(), taken, thread, why=str(form.why.data or ""), subject=form.subject.data
    )
    told = ngettext(
        "The message is erased in %(num)d dossier.", "The message is erased in %(num)d dossiers.", erased
    )
    if len(taken) < len(copies):
        told += " " + _(
            "It also went to dossiers that you do not work on: ask a colleague to erase it there."
        )
    return told


def _to_many(thread: Thread, said: Sequence[Said], number: int) -> bool:
    """Whether this message is the one that was written to many."""
    return thread.sending_id is not None and number == said[0].id


def _page(ref: str, key: str, number: int, form: EraseForm) -> str:
    found, thread, said = messaging.seen_thread(PLACE, ref, key)
    message = next((each for each in said if each.id == number), None)
    if message is None:
        raise NotFound
    return page(
        "messages/erase.html", place=PLACE, dossier=found, thread=thread, message=message, form=form,
        to_many=_to_many(thread, said, number), entry=PLACE.home,
    )  # fmt: skip
