"""Groups of residents: making one, its details, its members and what each may do, invitations."""

from typing import Any

from flask import current_app, flash, request, url_for

from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import NotFound
from callflow.core.gate import actor, public, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P, may, require
from callflow.people import queries, signing
from callflow.people.actions import groups as group_actions
from callflow.people.actions import invitations, members
from callflow.people.models import Group, Invitation
from callflow.people.states import Right
from callflow.web.applicant import bp
from callflow.web.applicant.group_forms import (
    AcceptForm,
    Button,
    DetailsForm,
    HandOverForm,
    InviteForm,
    RightForm,
)
from callflow.web.pages import page
from callflow.web.sessions import begin

Answer = Any


def _address(group_id: int) -> str:
    return url_for("applicant.group", group_id=group_id)


def _load(group_id: int) -> Group:
    """The group under lock. Raises NotFound for strangers, so that they learn nothing of it."""
    if actor().right_in(group_id) is None:
        raise NotFound
    return queries.group_for_change(group_id)


@bp.get("/groups")
@requires(P.account_use)
def groups() -> str:
    rights = dict(actor().groups)
    return page("groups/list.html", groups=queries.groups_of(actor()), rights=rights)


@bp.route("/groups/new", methods=["GET", "POST"])
@requires(P.account_use)
def new_group() -> Answer:
    person = queries.account(actor())
    form = DetailsForm(data=DetailsForm.starting_with(person, i18n.language()))
    if request.method == "POST" and form.valid():
        with form.refusals(), unit_of_work(form.once(url_for("applicant.groups"))):
            made = group_actions.create_group(actor(), form.details())
            target = _address(made.id)
        if form.accepted:
            if not form.repeated:
                flash(_("The group is made. Invite the others now."), "well")
            return form.leads_to(url_for("applicant.groups") if form.repeated else target)
    return page("groups/details.html", form=form, group=None, entry="applicant.groups"), form.status


@bp.get("/groups/<int:group_id>")
@requires(P.group_view)
def group(group_id: int) -> str:
    return _group_page(queries.group_seen(group_id, by=actor()))


def _group_page(found: Group, **forms: Any) -> str:
    manages = may(actor(), P.group_manage, found)
    return page(
        "groups/group.html",
        group=found,
        invitations=queries.open_invitations(found.id) if manages else [],
        history=queries.history(found.trail_id, most=20),
        manages=manages,
        edits=may(actor(), P.group_edit, found),
        invite=forms.get("invite") or InviteForm(formdata=None, prefix="invite-", language=found.language),
        over=forms.get("over") or HandOverForm(formdata=None, prefix="over-").among(found, actor().id),
        button=forms.get("button") or Button(formdata=None),
        entry="applicant.groups",
    )


@bp.route("/groups/<int:group_id>/details", methods=["GET", "POST"])
@requires(P.group_edit)
def change_group(group_id: int) -> Answer:
    found = queries.group_seen(group_id, by=actor())
    require(actor(), P.group_edit, found)
    form = DetailsForm(obj=found)
    if request.method == "POST" and form.valid():
        with form.refusals(), unit_of_work(form.once(_address(group_id))):
            group_actions.change_group(actor(), _load(group_id), form.details(), version=form.seen_version)
        if form.accepted:
            flash(_("The details of the group are saved."), "well")
            return form.leads_to(_address(group_id))
    found = queries.group_seen(group_id, by=actor())
    form.version.data = str(found.version)
    return page("groups/details.html", form=form, group=found, entry="applicant.groups"), form.status


@bp.post("/groups/<int:group_id>/invitations")
@requires(P.group_manage)
def invite(group_id: int) -> Answer:
    form = InviteForm(prefix="invite-")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(_address(group_id))):
            invitations.invite(
                actor(),
                _load(group_id),
                email=str(form.email.data),
                right=Right(form.right.data),
                language=str(form.language.data),
                link_to=_link_to,
            )
        if form.accepted:
            flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "well")
            return form.leads_to(_address(group_id))
    return _group_page(queries.group_seen(group_id, by=actor()), invite=form), form.status


def _link_to(secret: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}{url_for('applicant.invitation', secret=secret)}"


@bp.post("/groups/<int:group_id>/invitations/<int:invitation_id>/withdraw")
@requires(P.group_manage)
def withdraw_invitation(group_id: int, invitation_id: int) -> Answer:
    def act(found: Group) -> None:
        invitations.withdraw_invitation(actor(), found, invitation_id)

    return _press(group_id, act, _("The invitation is withdrawn. Its link no longer works."))


@bp.get("/groups/<int:group_id>/members/<int:user_id>")
@requires(P.group_manage)
def member(group_id: int, user_id: int) -> str:
    return _member_page(group_id, user_id)


def _member_page(group_id: int, user_id: int, *, form: Any = None, button: Any = None) -> str:
    found = queries.group_seen(group_id, by=actor())
    require(actor(), P.group_manage, found)
    shown = next((each for each in found.members if each.user_id == user_id), None)
    if shown is None:
        raise NotFound
    return page(
        "groups/member.html",
        group=found,
        member=shown,
        form=form or RightForm(formdata=None, right=shown.right.value),
        button=button or Button(formdata=None),
        entry="applicant.groups",
    )


@bp.post("/groups/<int:group_id>/members/<int:user_id>/right")
@requires(P.group_manage)
def change_right(group_id: int, user_id: int) -> Answer:
    form = RightForm()
    if form.valid():
        with form.refusals(), unit_of_work(form.once(_address(group_id))):
            members.change_right(actor(), _load(group_id), user_id, Right(form.right.data))
        if form.accepted:
            flash(_("The right is changed."), "well")
            return form.leads_to(_address(group_id))
    return _member_page(group_id, user_id, form=form), form.status


@bp.post("/groups/<int:group_id>/members/<int:user_id>/remove")
@requires(P.group_manage)
def remove_member(group_id: int, user_id: int) -> Answer:
    form = Button()
    if form.valid():
        with form.refusals(), unit_of_work(form.once(_address(group_id))):
            members.remove_member(actor(), _load(group_id), user_id)
        if form.accepted:
            flash(_("This person is no longer a member of the group."), "well")
            return form.leads_to(_address(group_id))
    return _member_page(group_id, user_id, button=form), form.status


@bp.post("/groups/<int:group_id>/leave")
@requires(P.group_view)
def leave(group_id: int) -> Answer:
    return _press(
        group_id,
        lambda found: members.leave(actor(), found),
        _("You left the group."),
        target=url_for("applicant.groups"),
    )


@bp.post("/groups/<int:group_id>/hand-over")
@requires(P.group_manage)
def hand_over(group_id: int) -> Answer:
    form = HandOverForm(prefix="over-").among(queries.group_seen(group_id, by=actor()), actor().id)
    keep = Right(form.keep.data) if form.keep.data in set(Right) else None
    target = _address(group_id) if keep else url_for("applicant.groups")

    def act(found: Group) -> None:
        members.hand_over(actor(), found, int(form.user_id.data), keep=keep)

    return _press(group_id, act, _("The group is handed over."), form, target=target, name="over")


def _press(
    group_id: int, act: Any, done: str, form: Any = None, *, target: str | None = None, name: str = "button"
) -> Answer:
    """Carry out what a button of the group's page stands for; a refusal comes back on that page."""
    form = form or Button()
    target = target or _address(group_id)
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            act(_load(group_id))
        if form.accepted:
            flash(done, "well")
            return form.leads_to(target)
    return _group_page(queries.group_seen(group_id, by=actor()), **{name: form}), form.status


@bp.get("/groups/invitations/<secret>")
@public
def invitation(secret: str) -> Answer:
    """What somebody is invited to; a mail scanner that opens it uses nothing up."""
    found = queries.invitation(secret)
    if found is None or not queries.is_open(found):
        return page("groups/invitation_over.html"), 410
    return _invitation_page(found, AcceptForm())


def _invitation_page(found: Invitation, form: AcceptForm) -> str:
    owner = queries.by_email(found.email)
    mine = actor().id is not None and owner is not None and owner.id == actor().id
    return page(
        "groups/invitation.html",
        form=form,
        invitation=found,
        group=queries.group(found.group_id),
        mine=mine,
        other=actor().id is not None and not mine,
        new=owner is None,
    )


@bp.post("/groups/invitations/<secret>")
@public
def accept_invitation(secret: str) -> Answer:
    """The link proves the address: accepting signs in, and makes the account of who is new."""
    form = AcceptForm()
    found = queries.invitation(secret)
    if found is None or (not queries.is_open(found) and found.accepted_at is None):
        return page("groups/invitation_over.html"), 410
    user, target = None, _address(found.group_id)
    if form.valid_for(queries.by_email(found.email)):
        with form.refusals(), unit_of_work(form.once(target)):
            locked, held = queries.group_for_change(found.group_id), queries.invitation(secret, lock=True)
            user = signing.for_invitation(held, name=form.name.data or "", language=i18n.language())
            invitations.accept_invitation(queries.actor(user.id), locked, held)
        if form.repeated:
            user = queries.by_email(found.email)
        if form.accepted:
            if user is not None:
                begin(user, by_link=True)
                flash(_("Welcome to the group."), "well")
            return form.leads_to(target)
    return _invitation_page(found, form), form.status
