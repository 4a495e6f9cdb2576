"""The words for a call in two steps: a short form first, the whole application for those who are invited."""

from collections.abc import Callable
from typing import Any

from callflow.core import formats
from callflow.core.i18n import lazy_gettext as _l
from callflow.dossiers.states import State

STATES: dict[State, Any] = {
    State.preapplied: _l("Short form handed in"),
    State.invited: _l("Invited to apply"),
    State.not_invited: _l("Not invited"),
    State.lapsed: _l("Invitation lapsed"),
}

STEPS: dict[str, Any] = {
    "preapply": _l("Hand in the short form"),
    "invite": _l("Invite to write the whole application"),
    "turn_away": _l("Propose not to invite"),
    "lapse_invitation": _l("Let the invitation lapse"),
}

EVENTS: dict[str, Any] = {
    "preapply": _l("Short form handed in"),
    "invite": _l("Invited to write the whole application"),
    "turn_away": _l("Proposed as not invited"),
    "lapse_invitation": _l("Invitation lapsed"),
}

REASONS: dict[str, Any] = {
    "full_closed": _l(
        "Whole applications could be handed in until %(full_until)s. Give more time in the calendar of "
        "the call first."
    ),
    "full_late": _l(
        "The whole application could be handed in until %(full_until)s. What you typed still stands "
        "below; call the coordinator."
    ),
    "full_open": _l("The group can hand in the whole application until %(full_until)s."),
}

WHY: dict[str, Any] = {
    "why_invite": _l("The group gets a mail and can write on at once. Nothing is granted by it."),
    "why_lapse_invitation": _l("The time is over. The group gets a mail, and the dossier ends here."),
    "why_turn_away": _l("Only prepares: the body decides, and the letter gives the reasons and the appeal."),
}

NEXT: dict[str, Any] = {
    "next_read": _l("Read the short form, and invite or not"),
    "next_full": _l("The group writes the whole application"),
}

KINDS: dict[str, Any] = {"letter_not_invited": _l("Not invited")}

TOPICS = (REASONS, WHY, NEXT, KINDS)
FORMATS: dict[str, Callable[[Any], str]] = {
    "full_until": lambda value: formats.moment(value, weekday=True),
}
