"""Closed by default: every endpoint says who may use it, and one that does not answers 500."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from callflow.core.actor import NOBODY, Actor
from callflow.core.errors import Forbidden
from callflow.core.permissions import Permission, carries

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """Only who holds this permission, by whichever grant; the view checks the record itself."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]  # a mark on the function, read by the gate
        return view

    return mark


def public(view: View) -> View:
    """Anybody, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]  # a mark on the function, read by the gate
    return view


def actor() -> Actor:
    """Who is asking, as read at the start of this request; NOBODY when not signed in."""
    found: Actor = g.get("actor", NOBODY)
    return found


def access_of(endpoint: str) -> Any:
    """What the view behind an endpoint declares: a Permission, "public", or None when it declares nothing."""
    return getattr(current_app.view_functions.get(endpoint), "access", None)


def check() -> Response | None:
    """Run before every request: sends strangers to sign in, refuses what no grant carries."""
    if request.endpoint is None:
        return None
    access = access_of(request.endpoint)
    if access is None:
        raise RuntimeError(f"{request.endpoint} declares neither @requires nor @public")
    if access == "public":
        return None
    if actor().id is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in", back=back), 303)
    if not carries(actor(), access):
        raise Forbidden("other_role", permission=access.value)
    return None


def install(app: Flask) -> None:
    """Put the check before every request of this application."""
    app.before_request(check)
