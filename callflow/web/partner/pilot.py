"""A partner's home, and the page of one pilot: where it stands, its steps, its plan, its log."""

from typing import Any

from flask import flash, url_for
from wtforms import RadioField
from wtforms.validators import InputRequired

from callflow.core import clock, i18n
from callflow.core.actor import Role
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, require
from callflow.desk import pilots as desk
from callflow.desk.history import meanwhile
from callflow.lifecycle import pilot as lifecycle
from callflow.lifecycle import values
from callflow.pilots import queries
from callflow.pilots.actions.planning import log
from callflow.pilots.models import Pilot
from callflow.pilots.states import EntryKind
from callflow.web import pilot_words as words
from callflow.web.asking import Form, reasons
from callflow.web.figures import DayField, text
from callflow.web.pages import page
from callflow.web.partner import bp
from callflow.web.partner.places import places
from callflow.web.pilot_words import pilot_event_words

Answer = Any
EXPLAINED = frozenset({"send_back", "decline", "return_report", "stop", "withdraw"})
"""Steps that say why; withdrawing may stay without a word."""
STOPS = frozenset({"send_back", "decline", "stop", "withdraw"})
"""Steps that take something away: their button says so by its colour as well."""


class LogForm(Form):
    """A line of the log."""

    kind = RadioField(
        _l("What was it?"),
        [InputRequired(_l("Choose what it was."))],
        choices=words.choices(words.ENTRIES),
        default=EntryKind.meeting.value,
    )
    held_on = DayField(_l("Day"))
    body = text(
        _l("What happened"),
        needed=_l("Write in a few sentences what happened and what was arranged."),
        description=_l(
            "All partners and the coordinator read it. A line of the log is not changed afterwards."
        ),
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        good: bool = super().validate(*args, **kwargs)
        if self.held_on.data is None and not self.held_on.errors:
            self.held_on.errors = [_("Choose the day on which it was.")]
            good = False
        return good


class StepForm(Form):
    """A step that is only confirmed, or that says why."""

    AT = {"pilot_reason_missing": "text"}

    text = text(_l("Why"), description=_l("All who carry this pilot read it."), longest=2000)

    def values(self, trigger: str) -> Any:
        """What the engine takes; None for a step that says nothing."""
        return values.Reason(self.text.data or "") if trigger in EXPLAINED else None


def entry_of() -> str:
    """The line of the navigation for whoever asks: the staff comes from its list."""
    return "coordinator.dossiers" if Role.coordinator in actor().roles else "partner.home"


def seen_for(ref: str, permission: P) -> Pilot:
    """The pilot for the form of something that whoever asks may do with it."""
    found = queries.seen(ref, by=actor())
    require(actor(), permission, found)
    return found


@bp.get("/partner")
@requires(P.pilot_view)
def home() -> str:
    return page("partner/home.html", home=desk.home(actor()), words=words)


@bp.get("/partner/pilots/<ref>")
@requires(P.pilot_view)
def pilot(ref: str) -> str:
    return pilot_page(ref)


def pilot_page(ref: str, *, log_form: LogForm | None = None) -> str:
    """The whole page; a line of the log that was refused stands in its form."""
    found = desk.page(ref, actor())
    empty = LogForm(formdata=None)
    empty.held_on.data = clock.today()
    return page(
        "partner/pilot.html", it=found, pilot=found.pilot, log_form=log_form or empty, words=words,
        offers=[(trigger, reasons(against)) for trigger, against in found.offers.items()], stops=STOPS,
        places=places(found.pilot), entry=entry_of(),
    )  # fmt: skip


@bp.post("/partner/pilots/<ref>/log")
@requires(P.pilot_log)
def write_log(ref: str) -> Answer:
    form, target = LogForm(), url_for("partner.pilot", ref=ref, _anchor="log")
    if form.valid() and form.held_on.data is not None:
        with form.refusals(), unit_of_work(form.once(target)):
            log(
                actor(), queries.for_step(ref, by=actor()), kind=EntryKind(form.kind.data),
                held_on=form.held_on.data, body=form.body.data or "", language=i18n.language(),
            )  # fmt: skip
    if form.accepted:
        flash(_("The line stands in the log."), "well")
        return form.leads_to(target)
    return pilot_page(ref, log_form=form), form.status


@bp.get("/partner/pilots/<ref>/steps/<trigger>")
@requires(P.pilot_view)
def step(ref: str, trigger: str) -> str:
    found = queries.seen(ref, by=actor())
    form = StepForm(formdata=None)
    return _step_page(found, trigger, form)


@bp.post("/partner/pilots/<ref>/steps/<trigger>")
@requires(P.pilot_view)
def take_step(ref: str, trigger: str) -> Answer:
    form, target = StepForm(), url_for("partner.pilot", ref=ref)
    if trigger not in lifecycle.workflow().events:
        raise NotFound
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor())
            said, seen = form.values(trigger), form.seen_version or -1
            lifecycle.take(found, trigger, actor=actor(), version=seen, values=said)
    if form.accepted:
        flash(_("Noted: %(what)s.", what=pilot_event_words(trigger)), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor())
    return _step_page(again, trigger, form), form.status


def _step_page(found: Pilot, trigger: str, form: StepForm) -> str:
    if trigger not in lifecycle.workflow().events:
        raise NotFound
    offer = lifecycle.offers(found, actor()).get(trigger)
    since = meanwhile(found, form.seen_version) if form.problems else ()
    form.shows(found.version, still=offer is not None)
    return page(
        "partner/step.html", pilot=found, trigger=trigger, form=form, words=words, stops=trigger in STOPS,
        explained=trigger in EXPLAINED, offer=offer, since=since, places=places(found),
        entry=entry_of(),
    )  # fmt: skip
