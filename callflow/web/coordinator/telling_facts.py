"""What the history says of an event beside its name: which letter, how it arrived, until which day."""

from collections.abc import Callable, Mapping
from typing import Any

from callflow.core import formats
from callflow.core.i18n import gettext as _
from callflow.letters.states import NotifiedBy
from callflow.web.agreement_words import relation_words
from callflow.web.letter_words import WAYS, kind_words, notice_words
from callflow.web.timed_words import WHAT
from callflow.web.words import say

Data = Mapping[str, Any]


def _arrival(data: Data) -> list[str]:
    way = str(WAYS[NotifiedBy(data["way"])])
    return [f"{_letter(data['letter'])} {formats.day(data['on'])}. {way}."]


def _letter(number: int) -> str:
    return _("Letter %(number)s.", number=number)


def _scan(number: int) -> str:
    return _("It was scan %(number)s.", number=number)


def _judged(data: Data) -> list[str]:
    verdict = say("fulfilment_met" if data["met"] else "fulfilment_unmet")
    return [f"{_condition(data['condition'])} {verdict}."]


def _condition(number: int) -> str:
    return _("Condition %(number)s.", number=number)


def _heard(data: Data) -> list[str]:
    return [data["article"], _("Comments until %(day)s.", day=formats.day(data["comment_until"]))]


def _revoked(data: Data) -> list[str]:
    paid = data["repayment"]
    return [
        data["article"],
        *([_("To be paid back: %(amount)s.", amount=formats.euro(paid))] if paid else []),
    ]


def _reserved(data: Data) -> list[str]:
    until = formats.day(data["valid_until"])
    return [_("Place %(rank)s, valid until %(day)s.", rank=data["rank"], day=until)]


def _postponed(data: Data) -> list[str]:
    return [_("Until %(day)s.", day=formats.day(data["until"]))] if data["until"] else []


def _paid(data: Data) -> list[str]:
    return [f"{relation_words(data['relation'])}, {data['account']}"]


def _reported(data: Data) -> list[str]:
    return [_("Interim report.") if data["kind"] == "interim" else _("Final report.")]


FACTS: dict[str, Callable[[Data], list[str]]] = {
    "letter_written": lambda data: [f"{data['number']}. {kind_words(data['kind'])}"],
    "letter_sealed": lambda data: [_letter(data["number"])],
    "letter_retried": lambda data: [_letter(data["number"])],
    "signed_copy_added": lambda data: [_letter(data["letter"])],
    "signed_copy_taken_back": lambda data: [_letter(data["letter"]), _scan(data["copy"])],
    "agreement_signed": lambda data: [_letter(data["letter"])],
    "notified": _arrival,
    "notification_taken_back": _arrival,
    **dict.fromkeys(
        ("mail_held", "mail_released", "mail_edited", "mail_cancelled", "mail_retried", "mail_settled"),
        lambda data: [notice_words(data["notice"])],
    ),
    "proof_added": lambda data: [_condition(data["condition"])],
    "condition_judged": _judged,
    "hear": _heard,
    "revoke": _revoked,
    "reserve": _reserved,
    "postpone": _postponed,
    "promote": lambda data: [_("To be answered by %(day)s.", day=formats.day(data["answer_by"]))],
    "refuse": lambda data: [_("Article of the rules: %(article)s.", article=data["article"])],
    "agreement_prepared": lambda data: [_("To be accepted by %(day)s.", day=formats.day(data["due_on"]))],
    "payee_named": _paid,
    "payee_change_asked": _paid,
    "report_frozen": _reported,
    "reminded": lambda data: [str(WHAT[data["kind"]])] if data["kind"] in WHAT else [],
}
"""By event the facts that are put down as codes, in words. What people wrote themselves stands below them."""
