"""Every state a dossier can be in; a procedure uses those its stages need."""

from enum import StrEnum


class State(StrEnum):
    """Adjectives, in the order of the procedure; each member's name is its value, because the engine keys
    states by name.
    """

    draft = "draft"
    proposed = "proposed"
    preapplied = "preapplied"
    invited = "invited"
    submitted = "submitted"
    incomplete = "incomplete"
    screened = "screened"
    coached = "coached"
    presented = "presented"
    scored = "scored"
    selected = "selected"
    selected_with_conditions = "selected_with_conditions"
    reserve = "reserve"
    not_selected = "not_selected"
    inadmissible = "inadmissible"
    not_invited = "not_invited"
    postponed = "postponed"
    agreed = "agreed"
    guided = "guided"
    running = "running"
    interim_reported = "interim_reported"
    interim_approved = "interim_approved"
    reported = "reported"
    closed = "closed"
    withdrawn = "withdrawn"
    lapsed = "lapsed"
    revoked = "revoked"
    stopped = "stopped"


_ORDER = tuple(State)
JUDGED = _ORDER[_ORDER.index(State.submitted) : _ORDER.index(State.scored)]
"""From handing in until the scoring is closed: whatever stages lie between, in their order."""
UNDER_WAY = (State.preapplied, State.invited, *JUDGED, State.scored)
"""Handed in, were it in short, and nothing is proposed yet."""
ASKING = (*(state for state in UNDER_WAY if state is not State.invited), State.postponed)
"""A group that asked for something waits for an answer; to be told of a later day is none."""


class Kind(StrEnum):
    """What a dossier is about."""

    application = "application"
    pilot = "pilot"


class Part(StrEnum):
    """As what a group carries a dossier together with others."""

    government = "government"
    guide = "guide"


class Task(StrEnum):
    """As what somebody is assigned to a dossier: one thing only, so a coach is never its juror."""

    coach = "coach"
    juror = "juror"
    handler = "handler"


class ConflictKind(StrEnum):
    """Why somebody cannot judge a dossier: said by themselves or by another, or found in what is known."""

    declared = "declared"
    reported = "reported"
    municipality = "municipality"
    body = "body"
    household = "household"
    coached = "coached"
    member = "member"
    author = "author"


SAID = frozenset({ConflictKind.declared, ConflictKind.reported})
"""Conflicts that somebody spoke of: they are not looked up again and nobody lifts them."""


class Fate(StrEnum):
    """What becomes of scores that a juror handed in before a conflict came to light."""

    none = "none"
    undecided = "undecided"
    left_out = "left_out"
    kept = "kept"


IN_SHORT = frozenset({State.preapplied, State.invited, State.not_invited, State.lapsed})
"""All that was handed in is the short form of a call in two steps."""
UNJUDGED = frozenset({State.inadmissible, State.not_invited})
"""Outcomes that came before any jury."""
GRANTING = frozenset({State.selected, State.selected_with_conditions})
"""Outcomes that promise money or coaching days of the lot."""
AFTER_SELECTION = (
    State.selected, State.agreed, State.guided, State.interim_reported, State.interim_approved,
    State.reported, State.closed,
)  # fmt: skip
"""States of a project that is supported, from its selection to its end."""
OUTCOMES = GRANTING | {
    State.reserve, State.not_selected, State.inadmissible, State.not_invited, State.postponed,
    State.revoked,
}  # fmt: skip
"""States that a decision leads to: shown to applicants and the public only after release."""
