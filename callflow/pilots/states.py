"""The closed lists that a pilot is described with; its own state is that of every dossier."""

from enum import StrEnum

from callflow.dossiers.states import State


class Progress(StrEnum):
    """How far a milestone of the plan is."""

    planned = "planned"
    begun = "begun"
    done = "done"
    dropped = "dropped"


class EntryKind(StrEnum):
    """What a line of the log is about."""

    meeting = "meeting"
    coaching = "coaching"
    visit = "visit"
    decision = "decision"
    note = "note"


class FindingKind(StrEnum):
    """A method that was tested, or a lesson that was learnt."""

    method = "method"
    lesson = "lesson"


class Worked(StrEnum):
    """How a method did."""

    well = "well"
    partly = "partly"
    badly = "badly"


class Verdict(StrEnum):
    """What a guiding partner says of a proposal."""

    agreed = "agreed"
    objected = "objected"


GUIDES_NEEDED = 2
"""A pilot is guided jointly."""
WRITING = frozenset({State.proposed, State.submitted, State.screened, State.coached})
"""Where what is proposed may still change: text, partners."""
PLANNING = WRITING | {State.selected, State.running}
"""Where the plan is kept."""
FINDING = frozenset({State.selected, State.running})
"""Where methods and lessons are written down, and the report."""
CHOSEN = frozenset({State.selected, State.running, State.reported, State.closed})
"""What counts towards the promise, and what everybody may read of."""
REPORTED = frozenset({State.reported, State.closed})
OVER = frozenset({State.closed, State.withdrawn, State.not_selected, State.stopped})
