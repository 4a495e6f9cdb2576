"""Erasing one message of a conversation: what it said is shown once more, and why it goes is asked."""

from typing import Any

from flask import flash

from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.messages import actions, files
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


@bp.get("/coordinator/dossiers/<ref>/messages/<key>/erase/<int(max=2147483647):number>")
@requires(P.message_office)
def erasing(ref: str, key: str, number: int) -> str:
    return _page(ref, key, number, EraseForm(formdata=None))


@bp.post("/coordinator/dossiers/<ref>/messages/<key>/erase/<int(max=2147483647):number>")
@requires(P.message_office)
def erase(ref: str, key: str, number: int) -> Answer:
    form, target = EraseForm(), PLACE.address("thread", ref, key) + f"#m{number}"
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found, thread = messaging.loaded(PLACE, ref, key)
            actions.erase(actor(), found, thread, number, why=str(form.why.data or ""))
    if form.accepted:
        with unit_of_work():  # the rows let go of the files by now: nobody adds one of them meanwhile
            files.tidy(messaging.loaded(PLACE, ref, key)[0])
        if not form.repeated:
            flash(_("The message is erased."), "well")
        return form.leads_to(target)
    return _page(ref, key, number, form), form.status


def _page(ref: str, key: str, number: int, form: EraseForm) -> str:
    found, thread, said = messaging.seen_thread(PLACE, ref, key)
    message = next((each for each in said if each.id == number), None)
    if message is None:
        raise NotFound
    return page(
        "messages/erase.html", place=PLACE, dossier=found, thread=thread, message=message, form=form,
        to_many=thread.sending_id is not None and message.id == said[0].id, entry=PLACE.home,
    )  # fmt: skip
