"""The telephone rings: who is it, where do they stand, and a fresh link or invitation for them."""

from typing import Any

from flask import current_app, flash, request, url_for

from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.desk import callers as desk
from callflow.desk.scope import CallLine
from callflow.people import queries, signing
from callflow.people.actions import helping, invitations
from callflow.people.rules import LOOKERS, may_be_seen
from callflow.web import letter_words as words
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.coordinator.people import Reach
from callflow.web.inputs import mail_address
from callflow.web.office_words import private_mail_words
from callflow.web.pages import page

Answer = Any
LONGEST = 200


class AddressForm(Form):
    """An address that a caller spells out."""

    email = mail_address(_l("Mail address"))


def asked() -> str:
    """What somebody looks for, on this page or in the box of the home."""
    return request.args.get("q", "")[:LONGEST].replace("\0", "").strip()


@bp.get("/coordinator/callers")
@requires(P.caller_help)
def callers() -> str:
    return _list_page()


def _list_page(form: AddressForm | None = None, button: Form | None = None) -> str:
    form = form or AddressForm(formdata=None, email=asked() if "@" in asked() else "")
    return page(
        "coordinator/callers.html", asked=asked(), found=desk.search(actor(), asked()), form=form,
        button=button or Form(formdata=None), entry="coordinator.home",
    )  # fmt: skip


@bp.get("/coordinator/callers/<int:user_id>")
@requires(P.caller_help)
def caller(user_id: int) -> str:
    return _caller_page(user_id, Form(formdata=None))


def _caller_page(user_id: int, form: Form) -> str:
    found = desk.caller(actor(), user_id)
    return page(
        "coordinator/caller.html",
        it=found,
        sees=may_be_seen(actor(), found.them),
        form=form,
        entry="coordinator.home",
        words=words,
        private=private_mail_words,
    )


def _address(endpoint: str, secret: str) -> str:
    """From the settings, never from what a request says about its host."""
    return f"{current_app.config['SETTINGS'].base_url}{url_for(endpoint, secret=secret)}"


def _sign_in(secret: str) -> str:
    return _address("account.open_link", secret)


def _invitation(secret: str) -> str:
    return _address("applicant.invitation", secret)


def _counted(email: str) -> None:
    """A link is a link: it counts for the address as if they had asked, and for who sends many."""
    signing.note_attempt(signing.LINKS, email=email, network=f"staff {actor().id}")


def reach_in(call: CallLine) -> Reach:
    """The call, or the lot of a coordinator of one lot."""
    mine = [grant for grant in actor().grants if grant.role in LOOKERS]
    whole = any(grant.kind in ("all", "call") and grant.covers(Reach(call.id)) for grant in mine)
    return Reach(call.id) if whole else Reach(call.id, next(iter(call.lots)))


@bp.post("/coordinator/callers/<int:user_id>/link")
@requires(P.caller_help)
def resend_link(user_id: int) -> Answer:
    form, target = Form(), url_for("coordinator.caller", user_id=user_id)
    over, email = desk.reach_of(actor(), user_id), ""
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            user = queries.user_for_change(user_id)
            email = user.email
            _counted(email)
            helping.resend_link(actor(), user, over=reach_in(over), link_to=_sign_in)
    if form.accepted:
        if email:
            flash(_("A link to sign in is on its way to %(email)s.", email=email), "well")
        return form.leads_to(target)
    return _caller_page(user_id, form), form.status


@bp.post("/coordinator/callers/address")
@requires(P.caller_help)
def link_to_address() -> Answer:
    form, target = AddressForm(), url_for("coordinator.callers")
    if form.valid():
        email = str(form.email.data)
        with form.refusals(), unit_of_work(form.once(target)):
            _counted(email)
            helping.ask_for_them(actor(), email, language=i18n.language(), link_to=_sign_in)
        if form.accepted:
            flash(_("A mail is on its way to %(email)s.", email=email), "well")
            return form.leads_to(target)
    return _list_page(form), form.status


@bp.post("/coordinator/callers/groups/<int:group_id>/invite")
@requires(P.caller_help)
def invite_anew(group_id: int) -> Answer:
    """The open invitation of an address of this group, or one for its contact person, sent afresh."""
    form, over, email = Form(), desk.group_reached(actor(), group_id), request.form.get("email", "")[:254]
    target = url_for("coordinator.callers", q=request.args.get("q"))
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            group = queries.group_for_change(group_id)
            _counted(email)
            invitations.invite_anew(
                actor(), group, over=reach_in(over), email=email, language=group.language, link_to=_invitation
            )
    if form.accepted:
        flash(_("The invitation to %(email)s is on its way.", email=email), "well")
        return form.leads_to(target)
    return _list_page(button=form), form.status
