"""Noting a coaching session: one form for one dossier or several, made for a telephone first."""

from typing import Any

from flask import flash, request, url_for
from wtforms import FieldList, FormField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from callflow.applications.models import Application
from callflow.coaching.actions import Counsel, log_session
from callflow.coaching.models import Way
from callflow.coaching.rules import TEXT
from callflow.core import clock, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import coaching as desk
from callflow.desk.coaching import Coached
from callflow.dossiers import queries
from callflow.web.asking import Form
from callflow.web.coach import bp
from callflow.web.figures import DayField, WholeField, line, text
from callflow.web.pages import LANGUAGE_NAMES, page

Answer = Any
ADVICE = 3
WAYS = [
    SelectChoice(Way.on_site.value, _l("On site")),
    SelectChoice(Way.online.value, _l("Online")),
    SelectChoice(Way.phone.value, _l("By telephone")),
]
SPOKEN = [SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()]
ELSEWHERE = _l("Choose from this list.")


class AdviceForm(PlainForm):
    """One piece of advice; without text there is none."""

    ref = SelectField(_l("For which dossier"), validate_choice=False)
    criterion = SelectField(_l("About which criterion"), validate_choice=False)
    words = text(_l("Advice"), longest=TEXT)


class SessionForm(Form):
    """A session: who, when, how long, how, and what was said and agreed."""

    refs = SelectMultipleField(
        _l("With which group"),
        [InputRequired(_l("Tick the group that you saw. There can be several in one session."))],
        description=_l("Tick all groups that took part: one session can serve several."),
        invalid_choice_message=_l("Tick groups of this list only."),
    )
    held_on = DayField(_l("Day"))
    minutes = WholeField(
        _l("How long, in minutes"),
        limits={"minimum": "1", "maximum": "1440"},
        description=_l("For example 90."),
    )
    way = RadioField(
        _l("How"), [InputRequired(_l("Choose how you met."))], choices=WAYS, invalid_choice_message=ELSEWHERE
    )
    place = line(_l("Place"), longest=120, description=_l("When you met on site."))
    language = RadioField(
        _l("Language of the session"),
        [InputRequired(_l("Choose the language."))],
        choices=SPOKEN,
        invalid_choice_message=ELSEWHERE,
    )
    present = line(_l("Who was there"), longest=500)
    summary = text(
        _l("What was said and agreed"),
        needed=_l("Write in a few sentences what was said and agreed."),
        longest=TEXT,
        description=_l("The group and the coordinator can read this."),
    )
    advice = FieldList(FormField(AdviceForm), min_entries=ADVICE, max_entries=10)


@bp.get("/coach/sessions")
@requires(P.coaching_log)
def new_session() -> str:
    form, choices = SessionForm(formdata=None), desk.session_choices(actor())
    form.held_on.data, form.language.data = clock.today(), actor().language
    asked = request.args.getlist("ref")
    form.refs.data = [each.reference for each in choices if each.reference in asked]
    return _page(form, choices)


@bp.post("/coach/sessions")
@requires(P.coaching_log)
def note_session() -> Answer:
    form, choices = SessionForm(), desk.session_choices(actor())
    form.refs.choices = _names(choices)
    chosen = list(form.refs.data or [])
    target = url_for("coach.dossier", ref=chosen[0]) if len(chosen) == 1 else url_for("coach.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            _note(form, chosen)
    if form.accepted:
        flash(_("The session is noted."), "well")
        return form.leads_to(target)
    return _page(form, choices), form.status


def _note(form: SessionForm, chosen: list[str]) -> None:
    if form.held_on.data is None:
        raise Refused("day_of_session_missing", field="held_on")
    if form.minutes.data is None:
        raise Refused("minutes_impossible", field="minutes")
    queries.lock(chosen)
    found = [queries.for_step(ref, by=actor(), kind=Application) for ref in chosen]
    log_session(
        actor(), found,
        held_on=form.held_on.data, minutes=form.minutes.data, way=Way(form.way.data),
        language=str(form.language.data), place=str(form.place.data or ""),
        present=str(form.present.data or ""),
        summary=str(form.summary.data), advice=_advice(form, chosen),
    )  # fmt: skip


def _advice(form: SessionForm, chosen: list[str]) -> list[Counsel]:
    """What was written as advice; without a dossier of its own it is for every group of the session."""
    return [
        Counsel(ref, each.form.words.data, each.form.criterion.data or None)
        for each in form.advice
        if each.form.words.data
        for ref in ([each.form.ref.data] if each.form.ref.data else chosen)
    ]


def _names(choices: list[Coached]) -> list[SelectChoice]:
    return [
        SelectChoice(each.reference, f"{each.title}, {each.place}" if each.place else each.title)
        for each in choices
    ]


def _page(form: SessionForm, choices: list[Coached]) -> str:
    criteria = desk.criteria_for({each.call_id for each in choices})
    form.refs.choices = _names(choices)
    for each in form.advice:
        each.form.ref.choices = [
            SelectChoice("", _("Every group of this session")),
            *(SelectChoice(line.reference, line.title) for line in choices),
        ]
        each.form.criterion.choices = [
            SelectChoice("", _("The whole project")),
            *(SelectChoice(key, said(title, i18n.language())) for key, title in criteria.items()),
        ]
    return page("coach/session.html", form=form, choices=choices, entry="coach.home")
