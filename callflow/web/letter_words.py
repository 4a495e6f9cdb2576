"""The words for letters and mails: kinds, states, what happened, and what keeps a letter back."""

import re
from typing import Any

from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext
from callflow.core.outbox import MailState
from callflow.letters.states import LetterKind, LetterState, NotifiedBy

KINDS: dict[LetterKind, Any] = {
    LetterKind.acknowledgement: _l("Acknowledgement of receipt"),
    LetterKind.incomplete: _l("Request for additional documents"),
    LetterKind.inadmissible: _l("Decision: not admissible"),
    LetterKind.not_invited: _l("Decision: not invited"),
    LetterKind.selected: _l("Decision: selected"),
    LetterKind.selected_with_conditions: _l("Decision: selected with conditions"),
    LetterKind.conditions_met: _l("Conditions met"),
    LetterKind.postponed: _l("Decision: put off"),
    LetterKind.lapsed: _l("Your place has lapsed"),
    LetterKind.hearing: _l("Invitation to comment"),
    LetterKind.revoked: _l("Decision: revoked"),
    LetterKind.reserve: _l("Decision: reserve list"),
    LetterKind.not_selected: _l("Decision: not selected"),
    LetterKind.withdrawal_confirmed: _l("Confirmation of a withdrawal"),
    LetterKind.report_approved: _l("Approval of a final report"),
    LetterKind.agreement: _l("Project agreement"),
    LetterKind.agreement_accepted: _l("Agreement concluded"),
}

MAIL_STATES: dict[MailState, tuple[str, Any]] = {
    MailState.waiting: ("begun", _l("Waits for its letter")),
    MailState.held: ("check", _l("Held back")),
    MailState.queued: ("todo", _l("Leaves now")),
    MailState.sending: ("begun", _l("Being sent")),
    MailState.sent: ("done", _l("Sent")),
    MailState.retry: ("check", _l("Is tried again")),
    MailState.bounced: ("stop", _l("Bounced")),
    MailState.failed: ("stop", _l("Given up")),
    MailState.uncertain: ("check", _l("Uncertain")),
    MailState.cancelled: ("over", _l("Cancelled")),
}
"""Mark and word of each state of a mail."""

WAYS: dict[NotifiedBy, Any] = {
    NotifiedBy.registered: _l("By registered letter, with receipt"),
    NotifiedBy.post: _l("By ordinary post"),
    NotifiedBy.hand: _l("Handed over, signed for"),
    NotifiedBy.account: _l("Opened in the account"),
    NotifiedBy.mail: _l("By mail, confirmed by the addressee"),
}
"""How a letter reached its addressee."""

LETTER_STATES: dict[LetterState, tuple[str, Any]] = {
    LetterState.written: ("begun", _l("The PDF is being made")),
    LetterState.rendering: ("begun", _l("The PDF is being made")),
    LetterState.rendered: ("done", _l("PDF ready")),
    LetterState.failed: ("stop", _l("The PDF could not be made")),
}

RELEASE: dict[str, Any] = {
    "appeal_missing": _l("The authority has no appeal block. It is part of its record in the set-up file."),
    "appeal_unconfirmed": _l(
        "Nobody at the authority has confirmed the appeal block yet: by whom, and on which day."
    ),
    "signatory_missing": _l("Name, capacity or service of the signatory is missing."),
    "authority_incomplete": _l("The record of the authority lacks: %(missing)s."),
    "resolution_missing": _l("The resolution of the deciding body is not noted yet."),
    "facts_missing": _l("The facts that make it inadmissible are missing."),
    "reasons_missing": lambda p: ngettext(
        "%(num)d criterion was scored without a written reason.",
        "%(num)d criteria were scored without a written reason.",
        p["count"],
    ),
}

REFUSALS: dict[str, Any] = {
    "mail_changed": _l("Somebody changed this mail meanwhile. Read it again below."),
    "mail_moved_on": _l("This mail has moved on meanwhile. Look at its state before you go on."),
    "address_unknown_shape": _l("Write one whole mail address, for example name@example.org."),
    "day_ahead": _l("This day has not come yet. Note it once the letter arrived."),
    "before_the_letter": _l("On this day the letter was not written yet. Look at the date again."),
    "already_notified": _l("This was noted already: the same person, way and day."),
    "addressee_unknown": _l("Choose one of the names in the list."),
    "arrival_day_missing": _l("Fill in the day on which the letter reached them."),
    "no_such_notification": _l("This entry was struck meanwhile."),
    "batch_letters_missing": lambda p: ngettext(
        "%(num)d letter has no PDF yet. Try again when it is made.",
        "%(num)d letters have no PDF yet. Try again when they are made.",
        p["count"],
    ),
    "letters_failed": _l("The PDF of a letter could not be made. Open its dossier and try again there."),
    "batch_under_way": _l("These letters are being put together already."),
    "scan_missing": _l("Choose the scan of the signed letter first."),
    "scan_why_missing": _l("Write why this scan is wrong: the reason stays in the history."),
    "no_such_scan": _l("This scan was struck meanwhile."),
    "letter_not_made_yet": _l("The PDF of this letter is still being made. Try again in a minute."),
}

ANSWERS: dict[str, Any] = {
    "letter_failed": _l("The PDF of its letter could not be made."),
    "worker_stopped": _l("The program that was sending it stopped."),
    "no_address": _l("This is no mail address."),
    "no_accents": _l("The mail server takes no addresses with accents."),
    "file_missing": _l("The PDF is no longer there. Call whoever keeps this site running."),
    "file_damaged": _l("The PDF is no longer there. Call whoever keeps this site running."),
}
"""What callflow itself noted where otherwise the mail server's own words stand."""
FAILED = re.compile(r"(?:[A-Za-z]*Error|SMTP\w+|gaierror|timeout|herror): ")
"""How core.mailing notes a connection that failed: the name of the exception, and what it says."""

EVENTS: dict[str, Any] = {
    "letter_written": _l("Letter written"),
    "notified": _l("Arrival of a letter noted"),
    "notification_taken_back": _l("Entry on the arrival of a letter struck"),
    "signed_copy_added": _l("Signed letter kept"),
    "signed_copy_taken_back": _l("Scan of a signed letter struck"),
    "reminded": _l("Reminded by itself"),
    "letter_retried": _l("Letter tried again"),
    "letters_gathered": _l("Letters of a release put together"),
    "letter_sealed": _l("Letter sealed with the certificate of the authority"),
    "mail_held": _l("Mail held back"),
    "mail_released": _l("Mail released"),
    "mail_edited": _l("Mail changed"),
    "mail_cancelled": _l("Mail cancelled"),
    "mail_retried": _l("Mail sent again"),
    "mail_settled": _l("Uncertain mail settled"),
}

REMINDER, A_MESSAGE, A_PILOT = _l("A reminder"), _l("A message"), _l("Word of a pilot that moved on")
NOTICES: dict[str, Any] = {
    "jury_reminder": _l("Reminder to a jury member"),
    "pilot_joined": _l("Invitation to a partner of a pilot"),
    "presentation": _l("Invitation to present the project"),
    "agreement_back": _l("Offered agreement taken back"),
    "agreement_change": _l("Change to the agreement asked"),
    "payee_change_asked": _l("Another payee asked"),
    "payee_change_refused": _l("Another payee refused"),
    "payee_change_withdrawn": _l("Question for another payee withdrawn"),
    "interim_approved": _l("Interim report approved"),
    "interim_returned": _l("Interim report sent back"),
    "report_returned": _l("Final report sent back"),
    "condition_lacking": _l("A condition is not met yet"),
    "message": _l("Word of a new message"),
    "message_digest": _l("New messages of a day"),
}
"""Mails that go without a letter and that staff see."""

SEALS: dict[str, Any] = {
    "seal_file_missing": _l("It waits for the seal: the file of the certificate is not there."),
    "seal_unreadable": _l("It waits for the seal: the certificate cannot be opened with its password."),
    "seal_not_for_signing": _l("It waits for the seal: this certificate is not meant for signing."),
    "seal_not_yet": _l("It waits for the seal: the certificate does not hold yet."),
    "seal_expired": _l("It waits for the seal: the certificate has expired."),
    "seal_timestamp": _l("It waits for the seal: the time stamp server does not answer."),
    "seal_timestamp_wrong": _l(
        "It waits for the seal: the time stamp server gave an answer that no seal can rest on."
    ),
    "seal_refused": _l("It waits for the seal: the certificate could not be applied."),
}
"""Why a letter is not made yet although everything else is ready; whoever keeps the site running mends it."""

BATCH_FAILURES: dict[str, Any] = {
    "file_missing": _l("The PDF of a letter is no longer there. Call whoever keeps this site running."),
    "file_damaged": _l("The PDF of a letter was changed. Call whoever keeps this site running."),
    "print_file_refused": _l("The PDF of a letter could not be read. Call whoever keeps this site running."),
    "worker_ended": _l(
        "The program that made them ended several times. Call whoever keeps this site running."
    ),
}

TOPICS = (RELEASE, REFUSALS, SEALS)


def kind_words(kind: LetterKind | str) -> str:
    """What a letter of this kind is."""
    return str(KINDS[LetterKind(kind)])


def notice_words(notice: str) -> str:
    """What a mail is about: that of its letter, else simply a message."""
    if notice in set(LetterKind):
        return kind_words(notice)
    if notice.startswith("pilot_") and notice not in NOTICES:
        return str(A_PILOT)
    return str(NOTICES.get(notice, REMINDER if notice.startswith("reminder") else A_MESSAGE))


def answer_words(answer: str) -> str:
    """What was noted of the last attempt: the server's own words, ours for a code or a lost connection."""
    if FAILED.match(answer):
        return str(_("The connection to the mail server failed (%(what)s).", what=answer))
    return str(ANSWERS.get(answer, answer))
