"""Who may write about which dossier, until when, and how long a message may be."""

from datetime import datetime, timedelta

from callflow.core.errors import Refused
from callflow.core.permissions import P, Permission
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.messages.states import Audience, Side

READS: dict[Side, Permission] = {
    Side.group: P.message_read, Side.coach: P.message_coach, Side.office: P.message_office,
}  # fmt: skip
"""What somebody must hold to read as this side; one role holds each, so that nobody reads as another."""
WRITES: dict[Side, Permission] = {**READS, Side.group: P.message_write}
SUBJECT, TEXT, EXCERPT = 120, 5000, 200
"""Characters at most; the last of a mail, for who wants them there."""
ERASED = "[…]"
"""What stands in the place of words that were erased where something must stand: a subject, a mail."""
FILES, REASON = 3, 500
"""Files with one message, and characters of why one was erased, at most."""
OVER = frozenset({State.withdrawn, State.closed})
AFTERWARDS = timedelta(days=30)
"""How long the office may still write about a dossier that is over."""


def reads(side: Side, audience: Audience) -> bool:
    """Whether threads for this audience are there for this side at all."""
    return side is not Side.coach or audience is not Audience.office


def asks_office(side: Side, audience: Audience) -> bool:
    """Whether what this side writes there waits for an answer of the office."""
    return side is not Side.office and audience is not Audience.coach


def told(side: Side, audience: Audience) -> frozenset[Side]:
    """The sides that learn of a message of ``side``: everybody the thread is for but its own."""
    everybody = {
        Audience.office: {Side.group, Side.office},
        Audience.coach: {Side.group, Side.coach},
        Audience.both: set(Side),
    }[audience]
    return frozenset(everybody - {side})


def closed_for(side: Side, dossier: Dossier, at: datetime) -> str | None:
    """Why nothing can be written about this dossier now, as a code; None when it can.

    Groups and coaches go by what was told: a state that is only prepared shows to nobody.
    """
    if dossier.submitted_at is None:
        return "messages_not_yet"
    state = dossier.state if side is Side.office else dossier.shown_state
    if state not in OVER and dossier.state is not State.withdrawn:
        return None
    if side is not Side.office:
        return "messages_over"
    return "messages_long_over" if at > dossier.state_since + AFTERWARDS else None


def checked_subject(subject: str, *, field: str = "subject") -> str:
    """The subject as it is kept. Raises Refused when it is missing or too long."""
    return _checked(" ".join(subject.split()), SUBJECT, "message_subject_missing", field)


def checked_text(text: str, *, field: str = "text") -> str:
    """The text as it is kept. Raises Refused when it is missing or too long."""
    return _checked(text.strip(), TEXT, "message_text_missing", field)


def _checked(text: str, limit: int, missing: str, field: str) -> str:
    if not text:
        raise Refused(missing, field=field)
    if len(text) > limit:
        raise Refused("reason_long", field=field, limit=limit)
    return text
