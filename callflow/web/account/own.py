"""One's own account: name, language, telephone number, password, and signing out everywhere."""

from typing import Any

from flask import flash, url_for

from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import language, speaking
from callflow.core.permissions import P
from callflow.messages import actions as messages
from callflow.messages import queries as choices
from callflow.messages.states import Often
from callflow.people import passwords, queries
from callflow.people.actions import accounts
from callflow.people.models import User
from callflow.web import sessions
from callflow.web.account import bp
from callflow.web.account.forms import AccountForm, Button, NewPasswordForm, NoticesForm
from callflow.web.pages import keep_language, page


def _page(
    user: User, about: AccountForm | None = None, secret: NewPasswordForm | None = None,
    notices: NoticesForm | None = None,
) -> str:  # fmt: skip
    return page(
        "account/account.html",
        user=user,
        about=about or AccountForm(formdata=None, obj=user),
        secret=secret or NewPasswordForm(formdata=None, prefix="new-"),
        notices=notices or NoticesForm(formdata=None, prefix="told-", obj=choices.choice_of(user.id)),
        elsewhere=Button(formdata=None, prefix="all-"),
        looked=[] if actor().behind else queries.looks_at(user.id),
        asks_present=_asks_present(user), entry="account.account",
    )  # fmt: skip


def _asks_present(user: User) -> bool:
    """A link in a mail proves as much as a password: who forgot theirs sets a new one after it."""
    return user.password_hash is not None and not sessions.came_by_link()


@bp.get("/account")
@requires(P.account_use)
def account() -> str:
    return _page(queries.account(actor()))


@bp.post("/account")
@requires(P.account_use)
def change_account() -> Any:
    form = AccountForm()
    target = url_for("account.account")
    if form.valid():
        written, chosen = queries.account(actor()).language, str(form.language.data)
        spoken = chosen if chosen != written else language()
        with form.refusals(), unit_of_work(form.once(target)):
            accounts.change_account(
                actor(), queries.user_for_change(actor().id),
                name=str(form.name.data), language=chosen, phone=form.phone.data or None,
            )  # fmt: skip
        if form.accepted:
            with speaking(spoken):
                flash(_("Your details are saved."), "well")
            response = form.leads_to(target)
            keep_language(response, spoken)
            return response
    return _page(queries.account(actor()), about=form), form.status


@bp.post("/account/notices")
@requires(P.account_use)
def choose_notices() -> Any:
    """How often a mail says that there are messages, and whether it quotes them."""
    form, target = NoticesForm(prefix="told-"), url_for("account.account", _anchor="notices")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            messages.choose_notices(
                actor(), queries.user_for_change(actor().id), often=Often(form.often.data),
                with_text=bool(form.with_text.data),
            )  # fmt: skip
    if form.accepted:
        flash(_("Your choice is kept."), "well")
        return form.leads_to(target)
    return _page(queries.account(actor()), notices=form), form.status


@bp.post("/account/password")
@requires(P.account_use)
def set_password() -> Any:
    form, user = NewPasswordForm(prefix="new-"), queries.account(actor())
    target = url_for("account.account")
    if form.valid():
        form.judge(user.name, user.email)
        if _asks_present(user) and not passwords.fits(user.password_hash, form.present.data or ""):
            form.refuse("password_wrong", field="present")
    if form.accepted:
        made, by_link = passwords.hashed(str(form.password.data)), sessions.came_by_link()
        with form.refusals(), unit_of_work(form.once(target)):
            user = queries.user_for_change(actor().id)
            accounts.set_password(actor(), user, password_hash=made)
        if not form.repeated:
            sessions.begin(queries.account(actor()), by_link=by_link)
            flash(_("Your new password is saved. You are signed out on all other devices."), "well")
        return form.leads_to(target)
    return _page(queries.account(actor()), secret=form), form.status


@bp.post("/account/sign-out-everywhere")
@requires(P.account_use)
def sign_out_everywhere() -> Any:
    form = Button(prefix="all-")
    target = url_for("public.home")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            accounts.sign_out_everywhere(actor(), queries.user_for_change(actor().id))
    return sessions.end(form.leads_to(target))
