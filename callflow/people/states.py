"""What a member of a group may do."""

from enum import StrEnum


class Right(StrEnum):
    """Rights of a member, each including the one before."""

    view = "view"
    edit = "edit"
    submit = "submit"


ORDER = (Right.view, Right.edit, Right.submit)


def at_least(held: str | None, wanted: Right) -> bool:
    """Whether a right that somebody holds includes the one wanted."""
    return held is not None and ORDER.index(Right(held)) >= ORDER.index(wanted)
