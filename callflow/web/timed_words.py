"""The words for what happens by itself."""

from collections.abc import Callable

from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext

WHAT = {
    "closing_soon": _l("A reminder that the call closes, to the groups that did not hand in their draft"),
    "call_closed": _l("Word to the coordinators that the call is closed, with the numbers"),
    "sheets_open": _l("A reminder to the jury members whose scores are not all there"),
    "report_due": _l("A reminder to the projects whose report is not there"),
    "interim_due": _l("A reminder to the projects whose interim report is not there"),
    "agreement_due": _l("A reminder to the groups that have not accepted their agreement"),
    "agreement_over": _l("Word to the case handler that an agreement was not accepted in time"),
    "full_due": _l("A reminder to the invited groups that did not hand in their whole application"),
    "full_lapses": _l("The invitations of groups that did not hand in their whole application lapse"),
    "pilot_report_due": _l("A reminder to all who carry a pilot that its report is due"),
    "pilot_report_over": _l("Word to the partners and the coordinators that the report of a pilot is late"),
    "papers_due": _l("A reminder to the groups whose missing papers are due"),
    "papers_over": _l("Word to the case handler that the term for missing papers is over"),
    "silence_near": _l("A warning to the case handler that silence soon counts as a refusal"),
    "reserve_near": _l("A warning to the case handler that a place on the reserve list soon lapses"),
    "condition_due": _l("A reminder to the groups that have a condition to prove"),
    "condition_over": _l("A warning to the case handler that the day of a condition has passed"),
    "offer_due": _l("A reminder to the groups that did not answer an offer"),
    "offer_lapses": _l("An offer that nobody answered lapses; what came free can go to the next on the list"),
    "reserve_lapses": _l("A place on the reserve list lapses"),
    "offer_ready": _l("Means came back: the offer to the next on the reserve list is prepared"),
    "offer_undecided": _l("Word to the coordinators that means came back and people must say for whom"),
    "hearing_due": _l("A reminder to the groups that are invited to comment"),
    "hearing_over": _l("A warning to the case handler that nothing was noted in a hearing"),
    "message_digest": _l("One mail a day about new messages, to those who chose that"),
}
"""What is done, by the kind of what happens by itself."""

ABOUT: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        (
            "closing_soon",
            "full_due",
            "full_lapses",
            "interim_due",
            "report_due",
            "papers_due",
            "papers_over",
            "agreement_due",
            "agreement_over",
            "silence_near",
            "reserve_near",
            "offer_due",
            "offer_lapses",
            "offer_ready",
            "reserve_lapses",
            "hearing_due",
            "hearing_over",
        ),
        lambda number: ngettext("For %(num)d dossier", "For %(num)d dossiers", number),
    ),
    **dict.fromkeys(
        ("condition_due", "condition_over"),
        lambda number: ngettext("For %(num)d condition", "For %(num)d conditions", number),
    ),
    **dict.fromkeys(
        ("pilot_report_due", "pilot_report_over"),
        lambda number: ngettext("For %(num)d pilot", "For %(num)d pilots", number),
    ),
    "sheets_open": lambda number: ngettext("For %(num)d jury member", "For %(num)d jury members", number),
    "message_digest": lambda number: ngettext("For %(num)d person", "For %(num)d people", number),
    **dict.fromkeys(("call_closed", "offer_undecided"), lambda _number: ""),
}
"""How many it is about, in words."""
