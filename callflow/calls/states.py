"""The closed lists that a call is described with."""

from enum import StrEnum


class Law(StrEnum):
    """Under which law an authority decides; it fixes language, legal basis, appeal and signature of its
    letters.
    """

    be_public = "be_public"
    fr_public = "fr_public"
    private = "private"
    egtc = "egtc"


class Offer(StrEnum):
    """What a selected project gets."""

    coaching = "coaching"
    grant = "grant"
    both = "both"


class Coaching(StrEnum):
    """When a call has its projects coached."""

    none = "none"
    before = "before"
    after = "after"
    both = "both"


class Counting(StrEnum):
    """What the jury's scores add up to: their mean, without the extremes, or without the jurors' habits."""

    mean = "mean"
    trimmed = "trimmed"
    calibrated = "calibrated"


class FieldKind(StrEnum):
    """What a question of the form takes as its answer."""

    short_text = "short_text"
    long_text = "long_text"
    number = "number"
    money = "money"
    date = "date"
    choice = "choice"
    municipality = "municipality"
    file = "file"
    budget = "budget"


class Courtesy(StrEnum):
    """When an authority adds a translation without legal force to its letters."""

    never = "never"
    on_request = "on_request"
    by_residence = "by_residence"
