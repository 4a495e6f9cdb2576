"""Which dossiers can be coached, and what a session must say."""

from datetime import date

from callflow.coaching.models import Way
from callflow.core.errors import Refused
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State

OVER = frozenset(
    {State.draft, State.withdrawn, State.inadmissible, State.not_selected, State.closed, State.revoked}
)
LONGEST = 24 * 60
TEXT = 10_000


def coachable(dossier: Dossier) -> bool:
    """Handed in and still on its way, by what was told: a prepared outcome must not show to a coach."""
    return dossier.shown_state not in OVER and dossier.state is not State.withdrawn


def check_session(*, held_on: date, minutes: int, way: Way, place: str, summary: str, today: date) -> None:
    """Raise Refused, with the field, for the first thing about a session that cannot be."""
    if held_on > today:
        raise Refused("session_ahead", field="held_on")
    if not 1 <= minutes <= LONGEST:
        raise Refused("minutes_impossible", field="minutes")
    if way is Way.on_site and not place.strip():
        raise Refused("place_missing", field="place")
    if not summary.strip():
        raise Refused("summary_missing", field="summary")
