"""Who does what in a call: coaches, jury members, coordinators, signatories; for all of it or for a lot."""

from typing import Any

from flask import flash, request, url_for
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from callflow.core import i18n
from callflow.core.actor import Role
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P
from callflow.core.twin import said
from callflow.desk import scope
from callflow.desk.scope import CallLine
from callflow.people import queries
from callflow.people.actions import roles
from callflow.people.rules import SEEN_AS, may_give
from callflow.web.asking import Form
from callflow.web.coordinator import bp
from callflow.web.inputs import bare, language_choice, mail_address
from callflow.web.pages import page
from callflow.web.words import ROLES, role_words

Answer = Any
WORKING = (Role.coordinator, Role.admin)


class Reach:
    """A call or a lot of it, as a role is given over it."""

    def __init__(self, call_id: int, lot_id: int | None = None) -> None:
        self.call_id = call_id
        if lot_id is not None:
            self.lot_id = lot_id


class AppointForm(Form):
    """Giving somebody a role."""

    email = mail_address(_l("Mail address"))
    name = StringField(
        _l("Name"), [Length(max=120)], filters=[bare],
        description=_l("Only for somebody who has no account yet."), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    language = language_choice(_l("In which language do we write to this person?"))
    role = RadioField(_l("What does this person do?"), [DataRequired(_l("Choose a role."))])
    over = SelectField(_l("For which part of the call?"))

    def within(self, call: CallLine) -> "AppointForm":
        """Offer the roles that the actor may give, over this call or one of its lots."""
        self.role.choices = [
            SelectChoice(role.value, words)
            for role, words in ROLES.items()
            if may_give(actor(), role, Reach(call.id))
        ]
        self.over.choices = [
            SelectChoice("call", _("The whole call")),
            *(SelectChoice(str(lot_id), said(name, i18n.language())) for lot_id, name in call.lots.items()),
        ]
        return self


class TakeAwayForm(Form):
    """Taking a role away."""


def _call() -> tuple[list[CallLine], CallLine | None]:
    calls = scope.calls_of(actor(), *WORKING)
    return calls, scope.chosen(calls, request.args.get("call"))


def _reach(call: CallLine, over: str) -> Reach:
    """The call itself, or its lot of this number. Raises NotFound for a lot of another call."""
    if over == "call":
        return Reach(call.id)
    lot_id = next((each for each in call.lots if str(each) == over), None)
    if lot_id is None:
        raise NotFound
    return Reach(call.id, lot_id)


@bp.get("/coordinator/people")
@requires(P.people_manage)
def people() -> Answer:
    calls, call = _call()
    return _page(calls, call)


def _page(calls: list[CallLine], call: CallLine | None, **forms: Form) -> str:
    if call is None:
        return page("coordinator/no_call.html", entry="coordinator.people")
    fresh = AppointForm(formdata=None, language=i18n.language(), role=Role.coach.value, over="call").within(
        call
    )
    asked = request.args.get("page", 1, type=int)
    holders, number, last = queries.page_of_holders(call.id, call.lots, asked)
    return page(
        "coordinator/people.html", calls=calls, call=call, holders=holders, number=number, last=last,
        form=forms.get("form") or fresh, button=forms.get("button") or TakeAwayForm(formdata=None),
        givable=_givable(call), seen_as=SEEN_AS, entry="coordinator.people",
    )  # fmt: skip


def _givable(call: CallLine) -> set[Role]:
    return {role for role in ROLES if may_give(actor(), role, Reach(call.id))}


@bp.post("/coordinator/people")
@requires(P.people_manage)
def appoint() -> Answer:
    calls, call = _call()
    if call is None:
        raise NotFound
    form = AppointForm().within(call)
    target = url_for("coordinator.people", call=call.reference)
    if form.valid():
        over = _reach(call, str(form.over.data))
        where = said(call.title, i18n.language())
        with form.refusals(), unit_of_work(form.once(target)):
            user = roles.appoint(
                actor(), str(form.email.data), name=form.name.data or "", language=str(form.language.data),
                role=Role(form.role.data), over=over, where=where,
            )  # fmt: skip
            done = _("%(name)s is added and gets a mail.", name=user.name)
        if form.accepted:
            if not form.repeated:
                flash(done, "well")
            return form.leads_to(target)
    return _page(calls, call, form=form), form.status


@bp.post("/coordinator/people/<int:user_id>/<role>/<over>/away")
@requires(P.people_manage)
def take_role_away(user_id: int, role: str, over: str) -> Answer:
    calls, call = _call()
    if call is None or role not in Role.__members__:
        raise NotFound
    form = TakeAwayForm()
    target = url_for("coordinator.people", call=call.reference)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            user = queries.user_for_change(user_id)
            roles.revoke_role(actor(), user, Role(role), over=_reach(call, over))
            done = _(
                "%(name)s no longer has the role: %(role)s.", name=user.name, role=role_words(role).lower()
            )
        if form.accepted:
            if not form.repeated:
                flash(done, "well")
            return form.leads_to(target)
    return _page(calls, call, button=form), form.status
