"""Pages of messages as every audience has them: the threads of a dossier, one thread, and writing in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, flash, request, url_for
from wtforms import HiddenField, MultipleFileField, RadioField, SelectChoice

from callflow.applications.files import Examined, examined
from callflow.applications.models import Application
from callflow.core import clock, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import may
from callflow.desk.messages import coached, threads_on
from callflow.dossiers import queries as dossiers
from callflow.messages import actions, marks, queries
from callflow.messages.files import file_in
from callflow.messages.models import Thread
from callflow.messages.queries import Said
from callflow.messages.rules import FILES, READS, SUBJECT, TEXT, WRITES, closed_for
from callflow.messages.states import Audience, Side
from callflow.web.asking import Form
from callflow.web.figures import line, text
from callflow.web.files import as_download
from callflow.web.numbers import record_number
from callflow.web.pages import page

Answer = Any
COUNTED = {"data-limit": str(TEXT), "rows": "6"}


@dataclass(frozen=True)
class Place:
    """The pages of one audience: the side that it reads as, its blueprint, home and page of a dossier.

    ``more`` is what its page of a thread shows beside the messages.
    """

    side: Side
    blueprint: str
    home: str
    home_words: Any
    dossier: str
    more: Callable[[Application], Mapping[str, Any]] = lambda _dossier: {}

    def address(self, name: str, ref: str, key: str | None = None) -> str:
        """The address of one of its pages of messages."""
        values: dict[str, Any] = {"ref": ref} if key is None else {"ref": ref, "key": key}
        return url_for(f"{self.blueprint}.{name}", **values)

    def file_address(self, ref: str, key: str, number: int) -> str:
        """The address of a file of a thread."""
        return url_for(f"{self.blueprint}.message_file", ref=ref, key=key, number=number)

    def dossier_address(self, ref: str) -> str:
        """The address of the page of the dossier."""
        return url_for(self.dossier, ref=ref)


FOR: dict[Side, dict[Audience, Any]] = {
    Side.group: {
        Audience.office: _l("The coordinator"),
        Audience.coach: _l("Our coach; the coordinator can read along"),
        Audience.both: _l("The coordinator and our coach"),
    },
    Side.coach: {
        Audience.coach: _l("The group; the coordinator can read along"),
        Audience.both: _l("The group and the coordinator"),
    },
    Side.office: {
        Audience.office: _l("The group"),
        Audience.both: _l("The group and its coach"),
    },
}
"""Whom a new thread can be for, in the words of who begins it; the first is meant where nothing is asked."""


class ThreadForm(Form):
    """A new thread."""

    subject = line(_l("Subject"), needed=_l("Say in a few words what it is about."), longest=SUBJECT)
    audience = RadioField(_l("For whom"), validate_choice=False)
    text = text(
        _l("Message"), needed=_l("Write your message."), longest=TEXT, render_kw=COUNTED,
        description=_l("Links stay plain text. Add no passwords and no bank details."),
    )  # fmt: skip

    def offer(self, side: Side, *, with_coach: bool) -> "ThreadForm":
        """The choices of this side, as far as there is a coach to choose."""
        offered = FOR[side] if with_coach else dict(list(FOR[side].items())[:1])
        self.audience.choices = [SelectChoice(each.value, words) for each, words in offered.items()]
        if self.audience.data not in [each.value for each in offered]:
            self.audience.data = next(iter(offered)).value
        return self

    files = MultipleFileField(_l("Add files"))
    sent_files = False


class ReplyForm(Form):
    """An answer in a thread."""

    text = text(_l("Answer"), needed=_l("Write your message."), longest=TEXT, render_kw=COUNTED)
    files = MultipleFileField(_l("Add files"))
    sent_files = False


def examined_files(form: ThreadForm | ReplyForm) -> list[Examined]:
    """The files that were sent, looked into before the transaction; one that may not be kept is refused."""
    uploads = [each for each in request.files.getlist("files") if each.filename]
    form.sent_files = bool(uploads)
    limit, found = current_app.config["SETTINGS"].upload_limit, []
    if len(uploads) > FILES:
        form.refuse("message_files_many", field="files", count=FILES)
        return []
    for each in uploads:
        try:
            found.append(examined(str(each.filename), each.stream.read(limit + 1), limit=limit))
        except Refused as refused:
            form.refuse(refused.code, field="files", **refused.parameters)
    return found


class ReadForm(Form):
    """Up to which message the page was read."""

    up_to = HiddenField()


def message_file(place: Place, ref: str, key: str, number: int) -> Response:
    """A file of a thread, to whoever may read the thread."""
    found = _seen(place, ref)
    file, content = file_in(queries.thread(found, key, side=place.side), number)
    return as_download(content, file.media_type, file.name)


def list_page(place: Place, ref: str, form: ThreadForm | None = None, **more: Any) -> str:
    """The threads of a dossier, and the form for a new one where one may be written."""
    found = _seen(place, ref)
    form = form or ThreadForm(formdata=None)
    form.offer(place.side, with_coach=coached(found.id))
    return page(
        "messages/list.html", place=place, dossier=found, form=form, writes=_writes(place, found),
        threads=queries.threads_of(found, side=place.side, by=actor()), limit=TEXT, most_files=FILES,
        closed=closed_for(place.side, found, clock.now()), entry=place.home, **more,
    )  # fmt: skip


def begin_thread(place: Place, ref: str) -> Answer:
    """A new thread; the form comes back with what is missing."""
    form, target = ThreadForm(), place.address("messages", ref)
    files = examined_files(form) if form.valid() else []
    if form.accepted:
        once = form.once(target)
        with form.refusals(), unit_of_work(once):
            found = _for_step(place, ref)
            form.offer(place.side, with_coach=coached(found.id))
            made = actions.open_thread(
                actor(), found, side=place.side, subject=form.subject.data or "", text=form.text.data or "",
                audience=Audience(form.audience.data), language=i18n.language(), files=files,
            )  # fmt: skip
            target = place.address("thread", ref, made.key)
            once.lead_to(target)
    if form.accepted:
        flash(_("Your message is sent."), "well")
        return form.leads_to(target)
    return list_page(place, ref, form), form.status


def thread_page(place: Place, ref: str, key: str, form: ReplyForm | None = None, **more: Any) -> str:
    """One thread, and the form for an answer."""
    found, thread, said = seen_thread(place, ref, key)
    read = ReadForm(formdata=None, up_to=thread.last_id)
    return page(
        "messages/thread.html", place=place, dossier=found, thread=thread, said=said, read_form=read,
        form=form or ReplyForm(formdata=None), writes=_writes(place, found), limit=TEXT, most_files=FILES,
        closed=closed_for(place.side, found, clock.now()), audience=FOR[place.side].get(thread.audience),
        entry=place.home, **{**place.more(found), **more},
    )  # fmt: skip


def answer(place: Place, ref: str, key: str) -> Answer:
    """An answer; the form comes back with what is missing."""
    form, target = ReplyForm(), place.address("thread", ref, key)
    files = examined_files(form) if form.valid() else []
    if form.accepted:
        with form.refusals(), unit_of_work(form.once(target)):
            found, thread = loaded(place, ref, key)
            actions.reply(
                actor(), found, thread, side=place.side, text=form.text.data or "", files=files,
                language=i18n.language(),
            )  # fmt: skip
    if form.accepted:
        flash(_("Your message is sent."), "well")
        return form.leads_to(target)
    return thread_page(place, ref, key, form), form.status


def seen_thread(place: Place, ref: str, key: str) -> tuple[Application, Thread, list[Said]]:
    """A dossier, one of its threads, and what was said in it, for a page that only reads."""
    found = _seen(place, ref)
    thread = queries.thread(found, key, side=place.side)
    return found, thread, queries.said_in(thread, by=actor())


def read_thread(place: Place, ref: str, key: str) -> Answer:
    """The person read it up to the message that the page showed last."""
    form = ReadForm()
    if form.valid():
        with unit_of_work():
            found, thread = loaded(place, ref, key)
            marks.mark_read(actor(), found, thread, side=place.side, up_to=message_number(form.up_to.data))
    return form.leads_to(place.address("thread", ref, key))


def message_number(typed: Any) -> int:
    """The message that a page named; 0 where it named none."""
    try:
        return record_number(str(typed or ""))
    except ValueError:
        return 0


def loaded(place: Place, ref: str, key: str) -> tuple[Application, Thread]:
    """The dossier locked, and one of its threads as this audience sees it. Raises NotFound."""
    found = _for_step(place, ref)
    return found, queries.thread(found, key, side=place.side)


def newest(place: Place, dossier: Application, *, some: bool = True) -> dict[str, Any]:
    """What the section on the page of a dossier shows; one statement, none for a draft or where it is known
    that there are not ``some``.
    """
    found = threads_on(dossier, place.side, actor()) if some and dossier.submitted_at else []
    return {"place": place, "threads": found}


def _seen(place: Place, ref: str) -> Application:
    return _own(place, dossiers.seen(ref, by=actor(), kind=Application, permission=READS[place.side]))


def _for_step(place: Place, ref: str) -> Application:
    return _own(place, dossiers.for_step(ref, by=actor(), kind=Application, permission=READS[place.side]))


def _own(place: Place, found: Application) -> Application:
    if place.side is Side.group and actor().right_in(found.group_id) is None:
        raise NotFound
    return found


def _writes(place: Place, found: Application) -> bool:
    return may(actor(), WRITES[place.side], found)
