"""Closed by default: every endpoint says who may use it, and one that does not answers 500."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from callflow.core.actor import NOBODY, Actor
from callflow.core.errors import Forbidden
from callflow.core.permissions import WITHHELD, Permission, carries

READS = frozenset({"GET", "HEAD", "OPTIONS"})
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


def ends_looking(view: View) -> View:
    """Sent also by who looks as somebody else: it ends that, or the session."""
    view.ends_looking = True  # type: ignore[attr-defined]  # a mark on the function, read by the gate
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
    _only_looks(access)
    if access == "public":
        return None
    if actor().id is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in", back=back), 303)
    if not carries(actor(), access):
        raise Forbidden("other_role", permission=access.value)
    return None


def _only_looks(access: Any) -> None:
    """Whoever looks as somebody else sends nothing; nor does who did so until a moment ago, on a page of
    then: it would be done under their own name.
    """
    over = g.get("look_over", False)
    if actor().behind is None and not over:
        return
    view = current_app.view_functions[str(request.endpoint)]
    if request.method not in READS and not getattr(view, "ends_looking", False):
        raise Forbidden("look_over" if over else "look_only")
    if access in WITHHELD and actor().behind is not None:
        raise Forbidden("look_withheld")


def install(app: Flask) -> None:
    """Put the check before every request of this application."""
    app.before_request(check)
