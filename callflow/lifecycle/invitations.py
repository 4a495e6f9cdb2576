"""The mail that invites a group to present its project: to each member who writes, in their language."""

from callflow.core import mailing, outbox
from callflow.dossiers.models import Dossier
from callflow.lifecycle.timed.telling import writers_of
from callflow.lifecycle.values import Presenting

NOTICE = "presentation"


def tell(dossier: Dossier, values: Presenting) -> None:
    """Queue it; it leaves with the step that invites."""
    for person in writers_of(dossier):
        words = mailing.compose(
            NOTICE, person.language, name=person.name, title=dossier.title, at=values.held_at,
            place=values.place.strip(), text=values.text.strip(), office=dossier.lot.authority,
            page=mailing.address(f"/applications/{dossier.reference}"),
        )  # fmt: skip
        outbox.queue(
            notice=NOTICE, language=person.language, recipient=person.email, recipient_id=person.id,
            subject=words.subject, body=words.body, html=words.html, call_id=dossier.call_id,
            dossier_id=dossier.id,
        )  # fmt: skip
