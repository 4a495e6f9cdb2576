"""Messages for groups: the threads of a dossier, one of them, and writing."""

from typing import Any

from flask import Response

from callflow.core.gate import requires
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.messages.states import Side
from callflow.web import messaging
from callflow.web.applicant import bp

PLACE = messaging.Place(
    Side.group, "applicant", "applicant.home", _l("My applications"), "applicant.application"
)


@bp.get("/applications/<ref>/messages")
@requires(P.message_read)
def messages(ref: str) -> str:
    return messaging.list_page(PLACE, ref)


@bp.post("/applications/<ref>/messages")
@requires(P.message_write)
def begin_thread(ref: str) -> Any:
    return messaging.begin_thread(PLACE, ref)


@bp.get("/applications/<ref>/messages/<key>")
@requires(P.message_read)
def thread(ref: str, key: str) -> str:
    return messaging.thread_page(PLACE, ref, key)


@bp.post("/applications/<ref>/messages/<key>")
@requires(P.message_write)
def answer(ref: str, key: str) -> Any:
    return messaging.answer(PLACE, ref, key)


@bp.get("/applications/<ref>/messages/<key>/files/<int(max=2147483647):number>")
@requires(P.message_read)
def message_file(ref: str, key: str, number: int) -> Response:
    return messaging.message_file(PLACE, ref, key, number)


@bp.post("/applications/<ref>/messages/<key>/read")
@requires(P.message_read)
def read_thread(ref: str, key: str) -> Any:
    return messaging.read_thread(PLACE, ref, key)
