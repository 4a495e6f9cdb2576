"""Who carries a pilot, and what each guiding partner says of the proposal."""

from typing import Any

from flask import flash, url_for
from wtforms import EmailField, RadioField, SelectField
from wtforms.validators import InputRequired

from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, require
from callflow.desk.pilots import places
from callflow.dossiers.states import Part
from callflow.pilots import queries
from callflow.pilots.actions import agreements, parties
from callflow.pilots.actions.parties import Organisation
from callflow.pilots.models import Pilot
from callflow.pilots.states import WRITING, Verdict
from callflow.web import pilot_words as words
from callflow.web.asking import Form
from callflow.web.figures import line, text
from callflow.web.inputs import bare, language_choice, mail_address
from callflow.web.pages import page
from callflow.web.partner import bp
from callflow.web.partner.pilot import entry_of, seen_for
from callflow.web.partner.proposing import place_choices

Answer = Any


class PartnerForm(Form):
    """An organisation that joins; its name and contact are asked when nobody knows its address."""

    email: EmailField = mail_address(
        _l("Mail address of its contact"),
        description=_l(
            "An organisation with this address joins as it is. Otherwise it is made, with an account."
        ),
    )
    name = line(_l("Name of the organisation"), longest=200)
    contact = line(_l("Name of the contact"), longest=120)
    language = language_choice(_l("Language"), ("nl", "fr"))
    part = RadioField(
        _l("As what?"),
        [InputRequired(_l("Choose as what it takes part."))],
        choices=words.choices(words.PARTS),
        default=Part.guide.value,
    )
    municipality_code = SelectField(
        _l("Municipality"), validate_choice=False, description=_l("For a local government.")
    )

    def organisation(self) -> Organisation:
        """What was filled in, as the actions take it."""
        spoken = str(self.language.data)
        country = "FR" if spoken == "fr" else "BE"
        return Organisation(
            bare(self.email.data), bare(self.name.data or ""), bare(self.contact.data or ""), country, spoken
        )


class VerdictForm(Form):
    """Agree or object, for one guiding partner."""

    verdict = RadioField(
        _l("Do you agree with the proposal as it stands?"),
        [InputRequired(_l("Choose whether you agree."))],
        choices=words.choices(words.VERDICTS),
    )
    reason = text(
        _l("Why"), longest=2000, description=_l("Needed when you object. All who carry this pilot read it.")
    )


@bp.get("/partner/pilots/<ref>/partners")
@requires(P.pilot_manage)
def partners(ref: str) -> str:
    found = seen_for(ref, P.pilot_manage)
    form = PartnerForm(formdata=None)
    form.language.data = found.language if found.language in ("nl", "fr") else "nl"
    return _partners_page(found, form)


def _partners_page(found: Pilot, form: PartnerForm) -> str:
    form.municipality_code.choices = place_choices(places(found.call_id))
    return page(
        "partner/partners.html", pilot=found, form=form, words=words, entry=entry_of(),
        still_open=found.state in WRITING,
    )  # fmt: skip


@bp.post("/partner/pilots/<ref>/partners")
@requires(P.pilot_manage)
def add_partner(ref: str) -> Answer:
    form, target = PartnerForm(), url_for("partner.partners", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            parties.join(
                actor(), queries.for_step(ref, by=actor()), form.organisation(), part=Part(form.part.data),
                municipality_code=form.municipality_code.data or None,
            )  # fmt: skip
    if form.accepted:
        flash(_("The partner takes part."), "well")
        return form.leads_to(target)
    return _partners_page(queries.seen(ref, by=actor()), form), form.status


@bp.post("/partner/pilots/<ref>/partners/<int(max=2147483647):number>/away")
@requires(P.pilot_manage)
def take_partner_out(ref: str, number: int) -> Answer:
    form, target = Form(), url_for("partner.partners", ref=ref)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            parties.leave(actor(), queries.for_step(ref, by=actor()), number)
    if form.accepted:
        flash(_("The partner no longer takes part."), "well")
        return form.leads_to(target)
    empty = PartnerForm(formdata=None)
    empty.problems, empty.status = form.problems, form.status
    return _partners_page(queries.seen(ref, by=actor()), empty), form.status


@bp.get("/partner/pilots/<ref>/agreements/<int(max=2147483647):number>")
@requires(P.pilot_agree)
def agreement(ref: str, number: int) -> str:
    found = seen_for(ref, P.pilot_agree)
    form = VerdictForm(formdata=None)
    form.version.data = found.content_version
    return _agreement_page(found, number, form)


@bp.post("/partner/pilots/<ref>/agreements/<int(max=2147483647):number>")
@requires(P.pilot_agree)
def agree(ref: str, number: int) -> Answer:
    form, target = VerdictForm(), url_for("partner.pilot", ref=ref, _anchor="partners")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            agreements.give_verdict(
                actor(), queries.for_step(ref, by=actor()), number, verdict=Verdict(form.verdict.data),
                reason=form.reason.data or "", version=form.seen_version or -1,
            )  # fmt: skip
    if form.accepted:
        flash(_("Your answer is noted."), "well")
        return form.leads_to(target)
    found = queries.seen(ref, by=actor())
    require(actor(), P.pilot_agree, found)
    form.version.data = found.content_version
    return _agreement_page(found, number, form), form.status


def _agreement_page(found: Pilot, number: int, form: VerdictForm) -> str:
    party = next((each for each in found.parties if each.id == number), None)
    return page(
        "partner/agreement.html", pilot=found, party=party, form=form, plan=queries.plan_of(found),
        words=words, number=number, entry=entry_of(),
    )  # fmt: skip
