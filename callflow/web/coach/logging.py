"""A coaching session noted and put right: one form for one dossier or several, for a telephone first."""

from collections.abc import Sequence
from typing import Any

from flask import flash, request, url_for
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from callflow.applications.models import Application
from callflow.coaching import queries
from callflow.coaching.actions import Counsel, correct_session, log_session
from callflow.coaching.models import Advice
from callflow.coaching.rules import TEXT, WORD, Told
from callflow.coaching.states import Way
from callflow.core import clock, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk.coaching import home, mine
from callflow.desk.coaching.dossier import subjects_for
from callflow.desk.coaching.home import Choices, Coached
from callflow.dossiers import queries as dossiers
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
    """One piece of advice; without text there is none. ``number`` names one that was given before."""

    number = HiddenField()
    ref = SelectField(_l("For which dossier"), validate_choice=False)
    subject = SelectField(_l("About what"), validate_choice=False)
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
    next_on = DayField(_l("Next appointment"), description=_l("The day you agreed on."))
    next_note = line(
        _l("Hour and place of the next appointment"),
        longest=200,
        description=_l("For example: 14.00, online."),
    )
    advice = FieldList(FormField(AdviceForm), min_entries=ADVICE, max_entries=30)


class CorrectionForm(SessionForm):
    """The same for a session that was noted: whom it was with stands."""

    refs = None


@bp.get("/coach/sessions")
@requires(P.coaching_log)
def new_session() -> str:
    asked, words = request.args.getlist("ref")[: home.SIZE], request.args.get("q", "")[:WORD]
    form, choices = SessionForm(formdata=None), home.session_choices(actor(), asked=asked, words=words)
    form.held_on.data, form.language.data = clock.today(), actor().language
    form.refs.data = [each.reference for each in choices.lines if each.reference in asked]
    return _noting(form, choices, words=words)


@bp.post("/coach/sessions")
@requires(P.coaching_log)
def note_session() -> Answer:
    form = SessionForm()
    chosen = list(form.refs.data or [])
    form.refs.choices = _names(home.served(actor(), chosen))
    target = url_for("coach.dossier", ref=chosen[0]) if len(chosen) == 1 else url_for("coach.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            told = _told(form)
            taken = _taken(chosen)
            log_session(actor(), taken, told, advice=_advice(form, chosen))
            mine.renew(actor(), [each.call_id for each in taken])
    if form.accepted:
        flash(_("The session is noted."), "well")
        return form.leads_to(target)
    return _noting(form, home.session_choices(actor(), asked=chosen)), form.status


@bp.get("/coach/sessions/<int(max=2147483647):number>")
@requires(P.coaching_log)
def session(number: int) -> str:
    """A session to put right, as it stands."""
    found, references = queries.own_session(number, by=actor())
    _seen(references)
    kept = {name: getattr(found, name) for name in Told.__dataclass_fields__} | {"way": found.way.value}
    form = CorrectionForm(
        formdata=None, version=found.version, **kept,
        advice=[_kept(*each) for each in queries.advice_of(number)] + [{}],
    )  # fmt: skip
    return _page(form, home.served(actor(), references), number=number)


@bp.post("/coach/sessions/<int(max=2147483647):number>")
@requires(P.coaching_log)
def correct(number: int) -> Answer:
    form, target = CorrectionForm(), url_for("coach.home")
    references = queries.own_session(number, by=actor())[1]
    _seen(references)
    if len(references) == 1:
        target = url_for("coach.dossier", ref=references[0])
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            told = _told(form)
            found, references = queries.own_session(number, by=actor(), lock=True)
            taken = _taken(references)
            correct_session(
                actor(), found, taken, told, version=form.seen_version or -1,
                advice=_advice(form, references),
            )  # fmt: skip
            mine.renew(actor(), [each.call_id for each in taken])
    if form.accepted:
        flash(_("The session is put right. What stood there is kept in the history."), "well")
        return form.leads_to(target)
    if form.status == 409:
        form.version.data = queries.own_session(number, by=actor())[0].version
    return _page(form, home.served(actor(), references), number=number), form.status


def _kept(advice: Advice, reference: str, criterion: str | None) -> dict[str, Any]:
    subject = f"criterion:{criterion}" if criterion else f"field:{advice.field}" if advice.field else ""
    return {"number": advice.id, "ref": reference, "subject": subject, "words": advice.text}


def _seen(references: list[str]) -> None:
    """Who no longer coaches one of its dossiers does not see the session again."""
    for ref in references:
        dossiers.seen(ref, by=actor(), kind=Application, permission=P.coaching_log)


def _taken(references: list[str]) -> list[Application]:
    dossiers.lock(references)
    return [dossiers.for_step(ref, by=actor(), kind=Application) for ref in references]


def _told(form: SessionForm) -> Told:
    if form.held_on.data is None:
        raise Refused("day_of_session_missing", field="held_on")
    if form.minutes.data is None:
        raise Refused("minutes_impossible", field="minutes")
    return Told(
        held_on=form.held_on.data, minutes=form.minutes.data, way=Way(form.way.data),
        language=str(form.language.data), place=str(form.place.data or ""),
        present=str(form.present.data or ""), summary=str(form.summary.data), next_on=form.next_on.data,
        next_note=str(form.next_note.data or ""),
    )  # fmt: skip


def _advice(form: SessionForm, chosen: list[str]) -> list[Counsel]:
    """What was written as advice; without a dossier of its own it is for every group of the session."""
    return [
        Counsel(ref, each.form.words.data or "", id=number, **_subject(each.form.subject.data))
        for each in form.advice
        if each.form.words.data or each.form.number.data
        for ref in ([each.form.ref.data] if each.form.ref.data else chosen)
        for number in [_number(each.form.number.data)]
    ]


def _number(typed: Any) -> int | None:
    text_typed = str(typed or "")
    return (
        int(text_typed) if text_typed.isascii() and text_typed.isdecimal() and len(text_typed) < 10 else None
    )


def _subject(chosen: str | None) -> dict[str, str | None]:
    kind, _colon, name = (chosen or "").partition(":")
    return {kind: name} if kind in ("criterion", "field") and name else {}


def _names(choices: Sequence[Coached]) -> list[SelectChoice]:
    return [
        SelectChoice(each.reference, f"{each.title}, {each.place}" if each.place else each.title)
        for each in choices
    ]


def _noting(form: SessionForm, choices: Choices, *, words: str = "") -> str:
    form.refs.choices = _names(choices.lines)
    return _page(form, choices.lines, words=words, total=choices.total)


def _page(
    form: SessionForm,
    choices: Sequence[Coached],
    *,
    number: int | None = None,
    total: int = 0,
    words: str = "",
) -> str:
    subjects = subjects_for({each.call_id for each in choices})
    for each in form.advice:
        each.form.ref.choices = [
            SelectChoice("", _("Every group of this session")),
            *(SelectChoice(line.reference, line.title) for line in choices),
        ]
        each.form.subject.choices = [
            SelectChoice("", _("The whole project")),
            *(
                SelectChoice(key, said(title, i18n.language()), optgroup=_group(key))
                for key, title in subjects.items()
            ),
        ]
    return page(
        "coach/session.html",
        form=form,
        choices=choices,
        number=number,
        entry="coach.home",
        total=total,
        words=words,
    )


def _group(key: str) -> str:
    return _("A criterion") if key.startswith("criterion:") else _("A question of the form")
