"""Proposing a pilot, and the text of the proposal."""

from typing import Any

from flask import flash, url_for
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from callflow.calls.models import Lot
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound, Refused
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, may
from callflow.core.twin import said
from callflow.desk import pilots as desk
from callflow.dossiers.states import Part
from callflow.people import queries as people
from callflow.people.states import Right, at_least
from callflow.pilots import queries
from callflow.pilots.actions import proposals
from callflow.pilots.actions.proposals import Carrier, Proposal
from callflow.pilots.models import Pilot
from callflow.web import pilot_words as words
from callflow.web.asking import Form
from callflow.web.figures import line, text
from callflow.web.pages import page
from callflow.web.partner import bp
from callflow.web.partner.pilot import entry_of, seen_for

Answer = Any
ELSEWHERE = _l("Choose from this list.")


class TextForm(Form):
    """What is to be tried, why, and how."""

    title = line(_l("Name of the pilot"), needed=_l("Give the pilot a short name."), longest=200)
    summary = text(
        _l("What do you want to try?"),
        longest=2000,
        description=_l("Two or three sentences. Everybody reads them once the pilot is selected."),
    )
    reason = text(_l("Why here, and why now?"), longest=4000)
    approach = text(
        _l("How will you go about it, and with whom?"),
        longest=4000,
        description=_l("Say how residents take part, and how you will know whether it works."),
    )

    def said(self) -> Proposal:
        """The text as the actions take it."""
        fields = (self.title, self.summary, self.reason, self.approach)
        return Proposal(*(each.data or "" for each in fields))


class ProposeForm(TextForm):
    """The same, with who proposes, as what, and where."""

    lot = SelectField(_l("Which authority answers for it?"), coerce=int, validate_choice=False)
    group_id = SelectField(_l("For which organisation do you propose it?"), coerce=int, validate_choice=False)
    part = RadioField(
        _l("As what?"),
        [InputRequired(_l("Choose as what your organisation takes part."))],
        choices=words.choices(words.PARTS),
        default=Part.government.value,
    )
    municipality_code = SelectField(
        _l("Municipality"), validate_choice=False, description=_l("For a local government.")
    )

    def suit(self, ground: desk.Ground) -> "ProposeForm":
        """Offer the lots, places and organisations that there are."""
        self.lot.choices = [
            SelectChoice(
                each.id, f"{said(each.authority.name, i18n.language())} ({said(each.name, i18n.language())})"
            )
            for each in ground.lots
        ]
        self.municipality_code.choices = place_choices(ground.places)
        mine = people.groups_of(actor())
        self.group_id.choices = [
            SelectChoice(each.id, each.name)
            for each in mine
            if at_least(actor().right_in(each.id), Right.submit)
        ]
        if staff(ground.lots):
            self.group_id.choices.append(SelectChoice(0, str(_("None of mine: the partners join later"))))
        return self


def place_choices(places: Any) -> list[SelectChoice]:
    """Municipalities with their country, after a line that chooses none."""
    found = [SelectChoice(each.code, f"{each.name} ({each.country})") for each in places]
    return [SelectChoice("", str(_("Choose"))), *found]


def staff(lots: Any) -> bool:
    """Whether the reader sees to the pilots of one of these lots."""
    return any(may(actor(), P.pilot_manage, lot) for lot in lots)


def _ground(reference: str) -> desk.Ground:
    found = desk.ground(reference)
    if found is None or not (actor().groups or staff(found.lots)):
        raise NotFound
    return found


@bp.get("/partner/calls/<reference>/propose")
@requires(P.pilot_propose)
def propose(reference: str) -> str:
    ground = _ground(reference)
    return _propose_page(ground, ProposeForm(formdata=None).suit(ground))


def _propose_page(ground: desk.Ground, form: ProposeForm) -> str:
    return page("partner/propose.html", ground=ground, form=form, words=words, entry=entry_of())


@bp.post("/partner/calls/<reference>/propose")
@requires(P.pilot_propose)
def begin(reference: str) -> Answer:
    form, target = ProposeForm().suit(_ground(reference)), url_for("partner.home")
    if form.valid():
        with form.refusals(), unit_of_work(token := form.once(target)):
            made = _proposed(_ground(reference), form)
            target = url_for("partner.pilot", ref=made.reference)
            token.lead_to(target)
    if form.accepted:
        if not form.repeated:
            flash(_("The proposal is there. Now the plan, and the partners."), "well")
        return form.leads_to(target)
    return _propose_page(_ground(reference), form), form.status


def _proposed(ground: desk.Ground, form: ProposeForm) -> Pilot:
    track = queries.track_of(ground.track.call_id)
    lot: Lot | None = next((each for each in ground.lots if each.id == form.lot.data), None)
    if track is None or lot is None:
        raise Refused("pilot_lot_missing", field="lot")
    carrier = None
    if form.group_id.data or not staff([lot]):
        code = form.municipality_code.data or None
        carrier = Carrier(form.group_id.data or 0, Part(form.part.data), code)
    return proposals.propose(
        actor(), track, lot, form.said(), language=i18n.language(), carrier=carrier
    )  # fmt: skip


@bp.get("/partner/pilots/<ref>/text")
@requires(P.pilot_edit)
def edit_text(ref: str) -> str:
    found = seen_for(ref, P.pilot_edit)
    form = TextForm(formdata=None, obj=found)
    form.version.data = found.content_version
    return _text_page(found, form)


@bp.post("/partner/pilots/<ref>/text")
@requires(P.pilot_edit)
def save_text(ref: str) -> Answer:
    form, target = TextForm(), url_for("partner.pilot", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            found = queries.for_step(ref, by=actor())
            proposals.rewrite(actor(), found, form.said(), version=form.seen_version or -1)
    if form.accepted:
        flash(_("The text is saved."), "well")
        return form.leads_to(target)
    again = queries.seen(ref, by=actor())
    form.version.data = again.content_version
    return _text_page(again, form), form.status


def _text_page(found: Pilot, form: TextForm) -> str:
    now = [
        (each, getattr(found, each.name)) for each in (form.title, form.summary, form.reason, form.approach)
    ]
    return page(
        "partner/form.html", pilot=found, form=form, title=_("Text of the proposal"),
        action=url_for("partner.save_text", ref=found.reference), button=_("Save the text"),
        now=now if form.status == 409 else [], rows=5, words=words, entry=entry_of(),
    )  # fmt: skip
