"""When an application may be begun and changed."""

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


def revisable(application: Dossier) -> bool:
    """While a group is coached before the jury it writes on, and hands in better versions."""
    coached = Procedure.of(application.call.procedure).coaching in (Coaching.before, Coaching.both)
    return coached and application.state is State.screened


def refuse_frozen(application: Application) -> None:
    """Raise Refused unless this is a draft of an open call, or is coached before the jury."""
    if revisable(application):
        return
    if application.state is not State.draft:
        raise Refused("application_frozen")
    refuse_outside(application.call)
