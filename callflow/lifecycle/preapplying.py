"""The mails about the whole application: the group is invited to write it, gets more time, or did not hand it
in.
"""

from datetime import datetime

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.applications.rules import full_until
from callflow.calls.models import Call
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.lifecycle.timed.telling import tell, writers_of


def tell_invited(dossier: Dossier, text: str) -> None:
    """Queue it, with the words of the office; it leaves with the step that invites."""
    _tell(dossier, "full_invited", text=text.strip())


def tell_lapsed(dossier: Dossier) -> None:
    """Queue the word that the invitation no longer holds."""
    _tell(dossier, "full_lapsed")


def tell_moved(call: Call, before: datetime | None) -> None:
    """Tell each invited group that its last hour is another one than ``before``, once for each change of the
    call.
    """
    after = full_until(call)
    if before is None or after is None or before == after:
        return
    invited = select(Application).where(
        Application.call_id == call.id, Application.state == State.invited,
        Application.shown_state == State.invited,
    )  # fmt: skip
    for dossier in db.session.scalars(invited.order_by(Application.id)).all():
        tell(
            writers_of(dossier), "full_moved", f"/applications/{dossier.reference}", call=call,
            dossier=dossier, by_itself=False, at=after, before=before,
        )  # fmt: skip


def _tell(dossier: Dossier, kind: str, **said: str) -> None:
    tell(
        writers_of(dossier), kind, f"/applications/{dossier.reference}", call=dossier.call, dossier=dossier,
        by_itself=False, at=full_until(dossier.call), **said,
    )  # fmt: skip
