"""When an application may be begun and changed, and which questions it answers then."""

from datetime import datetime

from callflow.applications.answers import Form, short
from callflow.applications.models import Application
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.errors import Refused
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State


def refuse_outside(call: Call) -> None:
    """Raise Refused unless the call is open at this moment, to the second."""
    if clock.now() < call.opens_at:
        raise Refused("call_not_open", opens_at=call.opens_at.isoformat())
    if clock.now() >= call.closes_at:
        raise Refused("call_closed", closes_at=call.closes_at.isoformat())


def full_until(call: Call) -> datetime | None:
    """Until when invited groups hand in the whole application; None where nobody is invited to."""
    written = call.calendar.get("full_until")
    return datetime.fromisoformat(written) if written else None


def in_short(application: Dossier) -> bool:
    """Whether the questions of the short form are all that is asked: before anybody is invited."""
    before = application.state in (State.draft, State.preapplied)
    return before and Procedure.of(application.call.procedure).preapplication


def form_of(application: Dossier) -> Form:
    """The questions that the group answers, or would answer now."""
    return short(application.call.form) if in_short(application) else application.call.form


def written_until(application: Dossier, state: State | None = None) -> datetime:
    """Until when what the group writes can be handed in: the short form and what needs none until the call
    closes, the whole application of an invited group until its own moment. ``state`` where it is not the one
    that the group knows.
    """
    invited = (state or application.shown_state) is State.invited
    own = full_until(application.call) if invited else None
    return own or application.call.closes_at


def revisable(application: Dossier) -> bool:
    """While a group is coached before the jury it writes on, and hands in better versions."""
    coached = Procedure.of(application.call.procedure).coaching in (Coaching.before, Coaching.both)
    return coached and application.state is State.screened


def refuse_frozen(application: Application) -> None:
    """Raise Refused unless this is a draft of an open call, was invited and has time left, or is coached
    before the jury.
    """
    if revisable(application):
        return
    if application.state is State.invited:
        _refuse_late(application)
        return
    if application.state is not State.draft:
        raise Refused("application_frozen")
    refuse_outside(application.call)


def _refuse_late(application: Application) -> None:
    until = written_until(application)
    if clock.now() >= until:
        raise Refused("full_late", full_until=until.isoformat())
