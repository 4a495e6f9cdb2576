"""The clock of silent refusal (French law): when silence of an authority counts as refusal, told both ways.

Silence is never a step that the software takes: a decision that comes later is still possible.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from callflow.calls.states import Law

MONTHS = 2
"""CRPA L231-1 and L231-4: silence is a refusal two months after receipt."""
SOON = timedelta(days=14)
"""How long before the day the alarm begins."""


@dataclass(frozen=True)
class Pause:
    """A time limit that was set for missing papers: from the day they were asked for until the day it ended,
    by their receipt or by itself.
    """

    asked: date
    ended: date


@dataclass(frozen=True)
class Silence:
    """The day from which silence counts as refusal: ``running`` if nothing suspends the clock,
    ``suspended`` if the time limits for missing papers do (CRPA L114-5).

    Whether papers that only the rules of a call ask for suspend it is doubtful: one day alone says
    too much.
    """

    running: date
    suspended: date

    @property
    def doubtful(self) -> bool:
        """Whether the two readings give different days."""
        return self.running != self.suspended

    def alarm(self, today: date) -> str:
        """``past``, ``soon`` or ``calm``, by the earlier day: nobody is warned too late."""
        if today > self.running:
            return "past"
        return "soon" if today >= self.running - SOON else "calm"


def counted_from(received: date) -> date:
    """Two months later, on the same day of the month, or on the last where the month is shorter."""
    month = received.month - 1 + MONTHS
    year, month = received.year + month // 12, month % 12 + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def heard(law: Law) -> bool:
    """Whether silence means anything under this law.

    It does in a call that offers coaching only as well, because its procedure is no statute either
    (L231-4 2°); the authority confirms that together with its appeal block.
    """
    return law is Law.fr_public


def silence(law: Law, received: date, pauses: Iterable[Pause] = ()) -> Silence | None:
    """When silence on what was received that day is a refusal; None under laws that do not know it.

    A pause suspends: what was left of the two months runs on after it. One that begins when the day has
    passed changes nothing any more.
    """
    if not heard(law):
        return None
    running = suspended = counted_from(received)
    for pause in sorted(pauses, key=lambda each: each.asked):
        if pause.asked <= suspended:
            suspended += max(pause.ended - pause.asked, timedelta())
    return Silence(running, suspended)


def received_before(day: date) -> date:
    """The last day of receipt whose silence, never suspended, is a refusal on ``day`` or earlier."""
    received = day - timedelta(days=MONTHS * 31 + 1)
    while counted_from(received + timedelta(days=1)) <= day:
        received += timedelta(days=1)
    return received
