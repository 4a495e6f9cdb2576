"""The mails that go with a letter: to the group's contact and to every member who may submit, one to each
address.
"""

from collections.abc import Mapping

from callflow.calls.states import Law
from callflow.core import mailing, outbox
from callflow.dossiers.models import Dossier
from callflow.letters.context import LetterContext
from callflow.letters.states import LetterKind
from callflow.lifecycle.frame import Known, filled, group_of

OWN_MAIL = {LetterKind.incomplete: "incomplete", LetterKind.agreement: "agreement"}
"""Letters whose mail says more than that there is a letter: what is due is said at once."""

PAGES = {LetterKind.agreement: "/agreement"}
"""Where in the application a mail leads, when not to its page."""


def queue(
    dossier: Dossier,
    letter: LetterContext,
    known: Known,
    values: Mapping[str, Mapping[str, str]] | None,
    *,
    hold: bool,
) -> None:
    """Write the mails; they leave when the letter's PDF is made, and carry it where the authority's law
    lets them.

    They speak the language of the letter, or that of its courtesy part: an authority is bound to its
    language in mails as in letters.
    """
    language, composed = letter.courtesy or letter.language, _composed(dossier, letter, values)
    for address, person_id in recipients(dossier, known):
        outbox.queue(
            notice=letter.kind.value,
            language=language,
            recipient=address,
            subject=composed.subject,
            body=composed.body,
            html=composed.html,
            recipient_id=person_id,
            call_id=dossier.call_id,
            dossier_id=dossier.id,
            awaits=f"letter:{letter.code}",
            attachment_name=f"{letter.reference}-{letter.number}.pdf" if carries_pdf(letter) else None,
            hold=hold,
        )


def _composed(
    dossier: Dossier, letter: LetterContext, values: Mapping[str, Mapping[str, str]] | None
) -> mailing.Composed:
    """The words of the mail: those of the call where it has any."""
    language = letter.courtesy or letter.language
    words = dossier.call.texts.get("mails", {}).get(letter.kind.value, {})
    return mailing.compose(
        OWN_MAIL.get(letter.kind, "letter"),
        language,
        letter=letter,
        subject=filled(words.get("subject"), dossier, values).get(language, ""),
        text=filled(words.get("text"), dossier, values).get(language, ""),
        attached=carries_pdf(letter),
        page=mailing.address(f"/applications/{dossier.reference}{PAGES.get(letter.kind, '')}"),
    )


def carries_pdf(letter: LetterContext) -> bool:
    """A French public authority does not mail an unsigned PDF: its mail says that the letter is in the
    account.
    """
    return letter.law is not Law.fr_public and not (letter.law is Law.egtc and letter.office.country == "FR")


def recipients(dossier: Dossier, known: Known) -> list[tuple[str, int | None]]:
    """Each address once, with the account behind it if there is one."""
    group = group_of(dossier)
    members = known.members.get(group.id, ())
    found: dict[str, int | None] = {user.email: user.id for user in members}
    contact = group.contact_email.strip()
    if contact.lower() not in found:
        found[contact] = None
    return list(found.items())
