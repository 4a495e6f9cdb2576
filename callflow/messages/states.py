"""Who speaks in a thread, whom it is for, how often somebody is told, and what became of a question."""

from enum import StrEnum


class Side(StrEnum):
    """As what somebody reads and writes about a dossier."""

    group = "group"
    coach = "coach"
    office = "office"


class Audience(StrEnum):
    """Whom a thread is for beside the group; the office reads along everywhere."""

    office = "office"
    coach = "coach"
    both = "both"


class Often(StrEnum):
    """When a mail says that there is a message."""

    at_once = "at_once"
    daily = "daily"
    never = "never"


class Settled(StrEnum):
    """How a question that waited for the office was settled without an answer in the thread."""

    answered = "answered"
    not_needed = "not_needed"
