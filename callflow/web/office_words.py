"""The words of the office: callers, looking as somebody else, and what each role must do now."""

from typing import Any

from callflow.core.i18n import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "account_off": _l("This account is switched off, so no link is sent to it."),
}
EVENTS: dict[str, Any] = {
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
