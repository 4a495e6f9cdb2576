"""Beginning an application: who applies, where the project lies, and so which authority decides."""

from typing import Any

from flask import request, url_for
from wtforms import BooleanField, HiddenField, RadioField, StringField

from callflow.applications import actions
from callflow.applications.queries import places_of
from callflow.applications.rules import refuse_outside
from callflow.calls import fields
from callflow.calls.models import Call
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk.applicant import starting as desk
from callflow.people.models import Group
from callflow.web.applicant import bp
from callflow.web.asking import Form
from callflow.web.pages import LANGUAGE_NAMES, page

PLACE = {"id": "place", "kind": "municipality"}


class ChoosingForm(Form):
    """Who, where, and in which language: asked with GET, because nothing is written yet."""

    class Meta:
        csrf = False

    group = RadioField(_l("Which group applies?"), validate_choice=False)
    place = StringField(
        _l("In which municipality does the project take place?"),
        description=_l(
            "Type the name or the postal code. It decides which authority reads your application."
        ),
    )
    language = RadioField(
        _l("In which language do you write the application?"),
        validate_choice=False,
        description=_l("You can change the language of these pages at any time."),
    )

    def __init__(self, call: Call, groups: list[Group], **more: Any) -> None:
        super().__init__(**more)
        self.group.choices = [(str(group.id), group.name) for group in groups]
        self.language.choices = [(code, LANGUAGE_NAMES[code]) for code in call.languages]
        self.groups = {str(group.id): group for group in groups}
        self.group.data = self.group.data or (str(groups[0].id) if len(groups) == 1 else None)
        spoken = i18n.language()
        self.language.data = self.language.data or (spoken if spoken in call.languages else call.languages[0])

    def judge(self, call: Call) -> str | None:
        """The code of the municipality when everything was chosen; else the form says what is missing."""
        if self.group.data not in self.groups:
            self.refuse("group_needed", field="group")
        if self.language.data not in call.languages:
            self.refuse("language_unknown", field="language")
        typed = str(self.place.data or "")
        reading = fields.read(PLACE, typed, i18n.language(), places_of(call.id))
        for flaw in reading.flaws:
            self.refuse(flaw.code, field="place", **flaw.parameters)
        if reading.value is None and not reading.flaws:
            self.refuse("place_needed", field="place")
        return str(reading.value) if reading.value and self.accepted else None


class StartForm(Form):
    """What was chosen, and for which lot; ``second`` confirms another application beside the first."""

    group = HiddenField()
    place = HiddenField()
    language = HiddenField()
    lot = RadioField(_l("For which part of the call do you apply?"), validate_choice=False)
    second = BooleanField(_l("Yes, we want a second application in this call"))


def _closed(call: Call) -> Refused | None:
    try:
        refuse_outside(call)
    except Refused as refused:
        return refused
    return None


@bp.get("/applications/new")
@requires(P.account_use)
def new_application() -> Any:
    call = desk.call_of(request.args.get("call", ""))
    groups = desk.groups_for(actor())
    asked = "place" in request.args
    choosing = ChoosingForm(call, groups, formdata=request.args if asked else None)
    code = choosing.judge(call) if asked and groups and not _closed(call) else None
    if code is None:
        return _choose(call, groups, choosing), choosing.status
    start = StartForm(formdata=None, group=choosing.group.data, place=code, language=choosing.language.data)
    return _confirm(call, groups, start)


def _choose(call: Call, groups: list[Group], form: ChoosingForm) -> str:
    return page(
        "applicant/choose.html", call=call, groups=groups, form=form, closed=_closed(call),
        places=[(fields.for_input(PLACE, place.code, "nl", [place]), place) for place in places_of(call.id)],
        entry="applicant.home",
    )  # fmt: skip


def _confirm(call: Call, groups: list[Group], form: StartForm) -> str:
    group = next(each for each in groups if str(each.id) == form.group.data)
    lots = desk.lots_for(call, str(form.place.data))
    form.lot.choices = [(lot.key, "") for lot in lots]
    form.lot.data = form.lot.data or (lots[0].key if len(lots) == 1 else None)
    places = [place for place in places_of(call.id) if place.code == form.place.data]
    return page(
        "applicant/confirm.html", call=call, group=group, lots=lots, place=places[0] if places else None,
        form=form, drafts=desk.drafts_of(group, call), entry="applicant.home",
        names=LANGUAGE_NAMES,
    )  # fmt: skip


@bp.post("/applications/new")
@requires(P.application_edit)
def start_application() -> Any:
    call = desk.call_of(request.args.get("call", ""))
    groups = desk.groups_for(actor())
    form = StartForm()
    chosen = {str(group.id): group for group in groups}.get(str(form.group.data))
    if chosen is None or form.place.data not in {place.code for place in places_of(call.id)}:
        choosing = ChoosingForm(call, groups, formdata=None)
        choosing.refuse("group_needed" if chosen is None else "place_needed")
        return _choose(call, groups, choosing), 422
    target = _begin(form, call, chosen) if form.valid() else ""
    if form.repeated or target:
        return form.leads_to(target)
    return _confirm(call, groups, form), form.status


def _begin(form: StartForm, call: Call, group: Group) -> str:
    """The address of the new draft, or "" when the form says what is wrong or was sent before."""
    lots = {lot.key: lot for lot in desk.lots_for(call, str(form.place.data))}
    if form.lot.data not in lots:
        form.refuse("lot_needed", field="lot" if len(lots) > 1 else None)
    if not form.accepted:
        return ""
    lot_key, token, target = str(form.lot.data), form.once(), ""
    with form.refusals(), unit_of_work(token):
        again = desk.call_of(call.reference)
        if desk.drafts_of(group, again) and not form.second.data:
            raise Refused("second_draft", field="second")
        lot = next(each for each in desk.lots_for(again, str(form.place.data)) if each.key == lot_key)
        made = actions.start(
            actor(), again, lot, group=group, language=str(form.language.data),
            municipality=str(form.place.data),
        )  # fmt: skip
        target = url_for("applicant.tasks", ref=made.reference)
        token.lead_to(target)
    return target
