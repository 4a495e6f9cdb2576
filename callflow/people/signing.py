"""Signing in before anybody is known: links that are good once, passwords, and how often one may try."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from callflow.core import clock, ids, mailing, outbox, trail
from callflow.core.actor import Actor
from callflow.core.db import db, in_turn
from callflow.core.errors import Refused, TooMany
from callflow.people import passwords, queries
from callflow.people.models import Invitation, SignInAttempt, SignInLink, User

LINK_LASTS = timedelta(hours=2)
PRESSED_TWICE = timedelta(minutes=1)
KEPT = timedelta(days=1)

LinkTo = Callable[[str], str]
"""Makes the address that a mail shows, from the secret of its link."""


@dataclass(frozen=True)
class Limit:
    """So many tries within this time, per mail address and per network."""

    kind: str
    within: timedelta
    per_address: int
    per_network: int


LINKS = Limit("link", timedelta(hours=1), 5, 40)
PASSWORDS = Limit("password", timedelta(minutes=15), 8, 60)


def note_attempt(limit: Limit, *, email: str, network: str) -> None:
    """Count a try, in a unit of work of its own. Raises TooMany, with the moment to try again at."""
    tries = {
        ids.digest(f"{limit.kind}:{_address(email)}"): limit.per_address,
        ids.digest(f"{limit.kind}@{network}"): limit.per_network,
    }
    for key in sorted(tries):  # always in this order: two that need both do not wait for each other
        in_turn(key)
    at = clock.now()
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - KEPT))
    for key, most in tries.items():
        count, first = db.session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(
                SignInAttempt.key == key, SignInAttempt.at > at - limit.within
            )
        ).one()
        if count >= most:
            raise TooMany("too_many_attempts", again_at=_again(first, limit).isoformat())
    db.session.add_all(SignInAttempt(key=key, at=at) for key in tries)


def _again(first: datetime, limit: Limit) -> datetime:
    """The full minute after the oldest try that counts falls out of the time watched."""
    moment = first + limit.within
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def ask_link(email: str, *, language: str, link_to: LinkTo) -> None:
    """Send a link to this address. One without an account gets a mail too: the page says the same."""
    user = queries.by_email(email)
    if user is not None and user.active:
        _send(user.email, user.language, "sign_in", link_to, user=user)
    else:
        _mail("sign_in_unknown", _address(email), language, {})


def resend(user: User, *, link_to: LinkTo) -> None:
    """A fresh link for somebody who has an account."""
    _send(user.email, user.language, "sign_in", link_to, user=user)


def register(email: str, *, name: str, language: str, link_to: LinkTo) -> None:
    """Send a link that makes the account when it is used; to an address that has one, a link to sign in."""
    user = queries.by_email(email)
    if user is None:
        _send(_address(email), language, "welcome", link_to, name=name)
    elif user.active:
        _send(user.email, user.language, "sign_in", link_to, user=user)


def _send(
    email: str,
    language: str,
    notice: str,
    link_to: LinkTo,
    *,
    user: User | None = None,
    name: str | None = None,
) -> None:
    secret = _new_link(email, language, user=user, name=name)
    expires_at = clock.now() + LINK_LASTS
    context = {"name": user.name if user else name, "link": link_to(secret), "expires_at": expires_at}
    _mail(notice, email, language, context, recipient_id=user.id if user else None)


def link_for(user: User) -> str:
    """The secret of a new link, for whoever sits at the machine's terminal: no mail is sent."""
    return _new_link(user.email, user.language, user=user)


def _new_link(email: str, language: str, *, user: User | None = None, name: str | None = None) -> str:
    secret = ids.secret()
    db.session.add(
        SignInLink(
            digest=ids.digest(secret), user_id=user.id if user else None, email=email, name=name,
            language=language, expires_at=clock.now() + LINK_LASTS,
        )
    )  # fmt: skip
    return secret


def _mail(
    notice: str, email: str, language: str, context: Mapping[str, object], *, recipient_id: int | None = None
) -> None:
    said = mailing.compose(notice, language, **context)
    outbox.queue(
        notice=notice, language=language, recipient=email, recipient_id=recipient_id,
        subject=said.subject, body=said.body, html=said.html,
    )  # fmt: skip


def waiting_link(secret: str) -> SignInLink | None:
    """The link behind a secret while it is good: reading it uses nothing up."""
    link = _link(secret)
    return link if link is not None and _good(link) else None


def use_link(secret: str) -> User:
    """Use a link up and say who signs in; who is new gets the account now. Raises Refused("link_unknown")."""
    link = _link(secret, lock=True)
    if link is None or not _good(link):
        raise Refused("link_unknown")
    link.used_at = clock.now()
    user = db.session.get(User, link.user_id) if link.user_id else queries.by_email(link.email)
    if user is None:
        user = make_account(link.email, name=link.name or "", language=link.language)
        link.user_id, link.name = user.id, None
    if not user.active:
        raise Refused("link_unknown")
    return user


def for_invitation(invitation: Invitation | None, *, name: str, language: str) -> User:
    """Whose an invitation is: its link proves the address, and somebody new gets the account now.

    Raises Refused("invitation_unknown") when it is no longer open.
    """
    if invitation is None or not queries.is_open(invitation):
        raise Refused("invitation_unknown")
    user = queries.by_email(invitation.email)
    if user is None:
        return make_account(invitation.email, name=name, language=language)
    if not user.active:
        raise Refused("invitation_unknown")
    return user


def pressed_twice(secret: str) -> User | None:
    """Who signed in with this link a moment ago: the browser may have thrown the first answer of two away."""
    link = _link(secret)
    if link is None or link.used_at is None or link.used_at < clock.now() - PRESSED_TWICE:
        return None
    return db.session.get(User, link.user_id)


def make_account(email: str, *, name: str, language: str, by: Actor | None = None) -> User:
    """An account for an address that a link proved or ``by`` named: only a link to it lets anybody in."""
    user = User(
        pseudonym=f"person-{ids.hexadecimal(10)}", name=name, email=_address(email), language=language,
        created_at=clock.now(), active=True, session_version=1,
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()  # the event names its actor by id
    trail.record(user.trail, by or queries.actor(user.id), "account_made")
    return user


def by_password(email: str, password: str) -> User:
    """Who signs in with this password. Whatever is wrong: Refused("sign_in_failed"), after the same time."""
    user = queries.by_email(email)
    right = passwords.fits(user.password_hash if user else None, password)
    if user is None or not right or not user.active:
        raise Refused("sign_in_failed", field="password")
    return user


def _link(secret: str, *, lock: bool = False) -> SignInLink | None:
    query = select(SignInLink).where(SignInLink.digest == ids.digest(secret))
    return db.session.scalar(query.with_for_update() if lock else query)


def _good(link: SignInLink) -> bool:
    return link.used_at is None and link.expires_at > clock.now()


def _address(email: str) -> str:
    return email.strip().lower()
