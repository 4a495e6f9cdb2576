"""The words of the office: callers, looking as somebody else, and what each role must do now."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "account_off": _l("This account is switched off, so no link is sent to it."),
}
LOOK_REFUSALS: dict[str, Any] = {
    "look_reason_missing": _l("Write why you look as this person: they read it on their own page."),
    "look_upward": _l(
        "Nobody looks as staff: only as applicants, coaches, jury members and chairs of your calls."
    ),
    "look_nested": _l("Stop looking as this person first."),
    "look_only": _l(
        "You are looking as somebody else, so nothing is sent or changed. Stop looking first, then do it "
        "under your own name."
    ),
    "look_over": _l(
        "Your look as somebody else is over, and this was a page of theirs. Nothing was sent or changed: "
        "open the page under your own name."
    ),
    "look_withheld": _l(
        "This page is not shown while you look as somebody else: score sheets are the jury member’s own, and "
        "you follow the jury under your own name."
    ),
}
EVENTS: dict[str, Any] = {
    "seen_as": _l("Somebody of the staff looked as this person"),
    "seen_as_ended": _l("The staff stopped looking as this person"),
    "looked_as": _l("Looked as somebody else"),
    "link_resent": _l("Link to sign in sent by the staff"),
    "link_asked": _l("Link to sign in sent to an address"),
}
PRIVATE: dict[str, Any] = {
    "sign_in": _l("Link to sign in"),
    "sign_in_unknown": _l("Mail that there is no account"),
    "welcome": _l("Link to a new account"),
    "invitation": _l("Invitation into a group"),
}
"""Mails with a secret in them, of which the staff sees that they left."""


def private_mail_words(notice: str) -> str:
    """What a private mail is about."""
    return str(PRIVATE[notice])
