"""Signing in and out: a link in a mail first, a password for who has one; making an account."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, ends_looking, public, requires
from callflow.core.i18n import gettext as _
from callflow.core.permissions import P, carries
from callflow.people import queries, signing
from callflow.people.actions import looking as looks
from callflow.people.models import Look, User
from callflow.web import looking, sessions
from callflow.web.account import bp
from callflow.web.account.forms import Button, LinkForm, PasswordForm, RegisterForm
from callflow.web.pages import home_of, page

Answer = Any


def _back() -> str | None:
    """Where the person wanted to go when they were asked to sign in."""
    asked = request.args.get("back")
    if asked is None and request.method == "GET" and (request.referrer or "").startswith(request.host_url):
        asked = "/" + (request.referrer or "").removeprefix(request.host_url)
    return sessions.safe_address(asked)


def _link_to(secret: str) -> str:
    """The address in the mail: from the settings, never from what a request says about its host."""
    base = current_app.config["SETTINGS"].base_url
    return f"{base}{url_for('account.open_link', secret=secret, back=_back())}"


def _network() -> str:
    return request.remote_addr or ""


def _sign_in_page(by_mail: LinkForm | None = None, by_password: PasswordForm | None = None) -> str:
    return page(
        "account/sign_in.html",
        by_mail=by_mail or LinkForm(formdata=None, prefix="mail-"),
        by_password=by_password or PasswordForm(formdata=None, prefix="pw-"),
        back=_back(), entry="account.sign_in",
    )  # fmt: skip


@bp.get("/sign-in")
@public
def sign_in() -> Answer:
    if actor().id is not None:
        return redirect(_back() or home_of(actor()), 303)
    return _sign_in_page()


@bp.post("/sign-in/mail")
@public
def ask_link() -> Answer:
    form = LinkForm(prefix="mail-")
    target = url_for("account.link_sent")
    if form.valid():
        email = str(form.email.data)
        with form.refusals(), unit_of_work(form.once(target)):
            signing.note_attempt(signing.LINKS, email=email, network=_network())
            signing.ask_link(email, language=i18n.language(), link_to=_link_to)
    if form.accepted:
        return form.leads_to(target)
    return _sign_in_page(by_mail=form), form.status


@bp.post("/sign-in/password")
@public
def check_password() -> Answer:
    form = PasswordForm(prefix="pw-")
    user: User | None = None
    if form.valid():
        email = str(form.email.data)
        with form.refusals():
            with unit_of_work():
                signing.note_attempt(signing.PASSWORDS, email=email, network=_network())
            user = signing.by_password(email, str(form.password.data))
    if form.accepted and user is not None:
        sessions.begin(user, by_link=False)
        return form.leads_to(_back() or home_of(queries.actor(user.id)))
    return _sign_in_page(by_password=form), form.status


@bp.get("/sign-in/sent")
@public
def link_sent() -> str:
    return page("account/link_sent.html", hours=signing.LINK_LASTS.seconds // 3600)


@bp.get("/sign-in/link/<secret>")
@public
def open_link(secret: str) -> Answer:
    """Mail programs open links to look at them: only the button uses it up."""
    link = signing.waiting_link(secret)
    if link is None:
        return page("account/link_over.html"), 410
    return page("account/open_link.html", form=Button(), email=link.email, new_name=link.name, back=_back())


@bp.post("/sign-in/link/<secret>")
@public
def use_link(secret: str) -> Answer:
    form, user = Button(), None
    if form.valid():
        with form.refusals(), unit_of_work(form.once()):
            user = signing.use_link(secret)
        if form.repeated:
            user = signing.pressed_twice(secret)
    if form.accepted and user is not None:
        sessions.begin(user, by_link=True)
        return redirect(_back() or home_of(queries.actor(user.id)), 303)
    return page("account/link_over.html"), 410


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> Answer:
    form = RegisterForm(data={"language": i18n.language()})
    target = url_for("account.link_sent")
    if request.method == "POST" and form.valid():
        email, name = str(form.email.data), str(form.name.data)
        with form.refusals(), unit_of_work(form.once(target)):
            signing.note_attempt(signing.LINKS, email=email, network=_network())
            signing.register(email, name=name, language=str(form.language.data), link_to=_link_to)
        if form.accepted:
            return form.leads_to(target)
    return page("account/register.html", form=form, back=_back()), form.status


@bp.post("/sign-out")
@public
@ends_looking
def sign_out() -> Response:
    if running := looking.running():
        _stop(running)
    return sessions.end(redirect(url_for("public.home"), 303))


@bp.post("/looking/stop")
@requires(P.account_use)
@ends_looking
def stop_looking() -> Response:
    """Be oneself again, on the page from which one looked at this person."""
    running, back = looking.running(), url_for("public.home")
    if running:
        _stop(running)
        mine = actor().behind or actor()
        helps = carries(mine, P.caller_help)
        back = url_for("coordinator.caller", user_id=running.seen_id) if helps else home_of(mine)
        flash(_("You are yourself again."), "well")
    looking.forget()
    return redirect(back, 303)


def _stop(look: Look) -> None:
    with unit_of_work():
        looks.end_looking(actor().behind or actor(), queries.look_for_change(look.id))
