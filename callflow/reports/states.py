"""The reports of a project: one halfway where its call asks it, one at the end."""

from enum import StrEnum


class ReportKind(StrEnum):
    """Which report: each has a form of its own in the call."""

    interim = "interim"
    final = "final"
