"""The closed lists of coaching: how a session took place, in which stretch, what became of advice."""

from enum import StrEnum


class Way(StrEnum):
    """How a session took place."""

    on_site = "on_site"
    online = "online"
    phone = "phone"


class Stretch(StrEnum):
    """When a project is coached, named as in the calendar of a call: before the jury, or after selection."""

    coaching = "coaching"
    guidance = "guidance"


class Follow(StrEnum):
    """What became of a piece of advice."""

    open = "open"
    done = "done"
    dropped = "dropped"
