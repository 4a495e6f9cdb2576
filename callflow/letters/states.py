"""Kinds of letters, and how far each has been made."""

from enum import StrEnum


class LetterKind(StrEnum):
    """What a letter says; each has its mandatory parts."""

    acknowledgement = "acknowledgement"
    incomplete = "incomplete"
    inadmissible = "inadmissible"
    not_invited = "not_invited"
    selected = "selected"
    selected_with_conditions = "selected_with_conditions"
    conditions_met = "conditions_met"
    postponed = "postponed"
    lapsed = "lapsed"
    hearing = "hearing"
    revoked = "revoked"
    reserve = "reserve"
    not_selected = "not_selected"
    withdrawal_confirmed = "withdrawal_confirmed"
    report_approved = "report_approved"
    agreement = "agreement"
    agreement_accepted = "agreement_accepted"


class NotifiedBy(StrEnum):
    """How a letter reached its addressee: what the appeal period is counted from hangs on it."""

    mail = "mail"
    account = "account"
    registered = "registered"
    post = "post"
    hand = "hand"


class LetterState(StrEnum):
    """The row is written at release; a worker makes the PDF."""

    written = "written"
    rendering = "rendering"
    rendered = "rendered"
    failed = "failed"
