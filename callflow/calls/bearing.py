"""Which changes a call can bear once groups have begun to write, judged by what has happened in it since."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from callflow.calls.changes import Place, fits, harmless
from callflow.calls.states import Coaching


@dataclass(frozen=True)
class Begun:
    """What a change could pull away from under somebody; ``agreements``: one was offered to a group.

    ``outcomes`` and ``origins`` are those of every decision ever prepared; ``committed`` and ``days`` what
    each lot has promised, by its key; ``shared`` the authorities that decide in other calls as well.
    """

    scores: bool = False
    checks: bool = False
    habits: bool = False
    meeting: bool = False
    presentations: bool = False
    reports: bool = False
    agreements: bool = False
    incomplete: bool = False
    invited: bool = False
    outcomes: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    committed: Mapping[str, Decimal] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    @property
    def proposed(self) -> bool:
        """Whether anybody was proposed by the totals of the jury."""
        return bool(self.outcomes - {"inadmissible", "not_invited"})

    @property
    def told(self) -> bool:
        """Whether a letter says, or is about to say, what follows a selection."""
        return bool(self.outcomes & {"selected", "selected_with_conditions"})


Judge = Callable[[Place, Any, Any, Begun], str | None]


def refusal(place: Place, before: Any, after: Any, begun: Begun) -> str | None:
    """Why this place of a running call must stay as it is, as a code; None when it can change."""
    if place[0] == "authorities" and place[1] in begun.shared:
        return "authority_shared"
    if harmless(place):
        return None
    judge = next((judge for pattern, judge in JUDGES if fits(place, tuple(pattern.split(".")))), None)
    return judge(place, before, after, begun) if judge else "promised"


def _free(_place: Place, _before: Any, _after: Any, _begun: Begun) -> None:
    """Nobody was promised this, or the dry run shows what it does."""


def _never(code: str) -> Judge:
    return lambda _place, _before, _after, _begun: code


def _unless(code: str, holds: Callable[[Begun], bool]) -> Judge:
    """Frozen from the moment at which something has happened."""
    return lambda _place, _before, _after, begun: code if holds(begun) else None


def _off(code: str, holds: Callable[[Begun], bool]) -> Judge:
    """A stage that somebody stands in, or stood in, is not taken away; it can always be added."""
    return lambda _place, _before, after, begun: code if not after and holds(begun) else None


def _used(outcome: str) -> Judge:
    return _off("outcome_used", lambda begun: outcome in begun.outcomes)


def _coaching(_place: Place, before: Any, after: Any, begun: Begun) -> str | None:
    first, last = (Coaching.before, Coaching.both), (Coaching.after, Coaching.both)
    if after in first and before not in first and begun.scores:
        return "scores_begun"
    if before in last and after not in last and "guided" in begun.origins:
        return "outcome_used"
    return "selected_told" if after in last and before not in last and begun.told else None


def _agreement(_place: Place, _before: Any, after: Any, begun: Begun) -> str | None:
    if after:
        return "selected_told" if begun.told else None
    return "agreement_offered" if begun.agreements else None


def _report(_place: Place, before: Any, after: Any, begun: Begun) -> str | None:
    if before and not after:
        return "reports_begun" if begun.reports else None
    return "selected_told" if begun.told else None


def _presentation(_place: Place, _before: Any, after: Any, begun: Begun) -> str | None:
    if after:
        return "scores_begun" if begun.scores else None
    return "presentation_told" if begun.presentations else None


def _full_until(_place: Place, before: Any, after: Any, begun: Begun) -> str | None:
    return "full_until_told" if begun.invited and (not after or after < before) else None


def _report_due(_place: Place, before: Any, after: Any, begun: Begun) -> str | None:
    return "report_due_told" if begun.told and (not after or (before and after < before)) else None


def _weight(_place: Place, _before: Any, _after: Any, begun: Begun) -> str | None:
    if begun.proposed:
        return "ranked_already"
    return "habits_frozen" if begun.habits else None


def _envelope(place: Place, _before: Any, after: Any, begun: Begun) -> str | None:
    promised = begun.committed.get(place[1], Decimal(0))
    return "promised_more" if after is None or after < promised else None


def _days(place: Place, _before: Any, after: Any, begun: Begun) -> str | None:
    return "promised_more" if after is None or after < begun.days.get(place[1], 0) else None


def _words(place: Place, _before: Any, _after: Any, _begun: Begun) -> str | None:
    """The words of a letter for a stage that comes or goes; what they oblige groups to was promised."""
    return None if len(place) == len(("call", "texts", "letters", "reserve")) else "promised"


JUDGES: tuple[tuple[str, Judge], ...] = (
    ("call.procedure.preapplication", _never("form_answered")),
    ("call.procedure.coaching", _coaching),
    ("call.procedure.counting", _unless("scores_begun", lambda begun: begun.scores)),
    ("call.procedure.presentation", _presentation),
    ("call.procedure.meeting", _off("meeting_runs", lambda begun: begun.meeting)),
    ("call.procedure.reserve", _used("reserve")),
    ("call.procedure.conditions", _used("selected_with_conditions")),
    ("call.procedure.postponing", _used("postponed")),
    ("call.procedure.agreement", _agreement),
    ("call.procedure.report", _report),
    ("call.procedure.completion", _off("completion_runs", lambda begun: begun.incomplete)),
    ("call.procedure", _free),
    ("call.opens_at", _never("call_opened")),
    ("call.closes_at", _never("closing_promised")),
    ("call.calendar.full_until", _full_until),
    ("call.calendar.interim_due", _report_due),
    ("call.calendar.report_due", _report_due),
    ("call.calendar", _free),
    ("call.threshold_percent", _unless("ranked_already", lambda begun: begun.proposed)),
    ("call.tie_breaks", _unless("ranked_already", lambda begun: begun.proposed)),
    ("criteria.*.weight", _weight),
    ("criteria.*.minimum", _unless("ranked_already", lambda begun: begun.proposed)),
    ("lots.*.envelope", _envelope),
    ("lots.*.coaching_days", _days),
    ("call.checklist", _unless("checks_made", lambda begun: begun.checks)),
    ("call.report_form", _unless("reports_begun", lambda begun: begun.reports)),
    ("call.texts.letters", _words),
    ("call.form", _never("form_answered")),
    ("criteria", _never("rubric_promised")),
    ("call.scale_max", _never("rubric_promised")),
    ("authorities", _never("authority_legal")),
)
"""The first that fits judges; what none fits was promised to groups."""
