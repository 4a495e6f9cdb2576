"""Which dossiers can be coached, in which stretch, and what a session must say."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.states import Stretch, Way
from callflow.core.actor import Actor, Role
from callflow.core.errors import Refused
from callflow.core.permissions import P, register
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import AFTER_SELECTION, State

OVER = frozenset(
    {
        State.draft, State.preapplied, State.invited, State.withdrawn, State.inadmissible,
        State.not_invited, State.lapsed, State.not_selected, State.closed, State.revoked,
    }
)  # fmt: skip
SELECTED = frozenset({State.selected_with_conditions, *AFTER_SELECTION})
LONGEST = 24 * 60
TEXT = 10_000
WORD = 500


@dataclass(frozen=True)
class Told:
    """What a coach tells of a session; ``next_on`` and ``next_note`` are the appointment made there."""

    held_on: date
    minutes: int
    way: Way
    language: str
    summary: str
    place: str = ""
    present: str = ""
    next_on: date | None = None
    next_note: str = ""


def coachable(dossier: Dossier) -> bool:
    """Handed in and still on its way, by what was told: a prepared outcome must not show to a coach."""
    return dossier.shown_state not in OVER and dossier.state is not State.withdrawn


def stretch_of(procedure: Procedure, state: State) -> Stretch:
    """The stretch in which a session with a dossier in this state counts."""
    if procedure.coaching is Coaching.both:
        return Stretch.guidance if state in SELECTED else Stretch.coaching
    return Stretch.guidance if procedure.coaching is Coaching.after else Stretch.coaching


def stage_of(procedure: Procedure, state: State) -> Stretch | None:
    """The stretch of coaching that a dossier in this state stands in now; None before, between and after."""
    if state is State.screened and procedure.coaching in (Coaching.before, Coaching.both):
        return Stretch.coaching
    chosen = State.agreed if procedure.agreement else State.selected
    if state is chosen and procedure.coaching in (Coaching.after, Coaching.both):
        return Stretch.guidance
    return None


def check_session(told: Told, *, since: date, today: date) -> None:
    """Raise Refused, with the field, for the first thing about a session that cannot be; ``since`` is the day
    on which the call opened.
    """
    if told.held_on < since:
        raise Refused("session_before_call", field="held_on", earliest_day=since)
    if told.held_on > today:
        raise Refused("session_ahead", field="held_on")
    if not 1 <= told.minutes <= LONGEST:
        raise Refused("minutes_impossible", field="minutes")
    if told.way is Way.on_site and not told.place.strip():
        raise Refused("place_missing", field="place")
    if not told.summary.strip():
        raise Refused("summary_missing", field="summary")
    if told.next_on is not None and told.next_on < told.held_on:
        raise Refused("appointment_past", field="next_on")


@dataclass(frozen=True)
class CoachOf:
    """Somebody as a coach of a call, by a role for all of it or for one lot: what a profile is about."""

    call_id: int
    lot_id: int
    person_id: int


def own_profile(actor: Actor, record: Any) -> bool:
    """A coach keeps their own profile only."""
    return isinstance(record, CoachOf) and record.person_id == actor.id


def install() -> None:
    """Tell core.permissions whose profile a coach may keep; called once by app.py."""
    register(Role.coach, frozenset({P.coaching_profile}), own_profile)
