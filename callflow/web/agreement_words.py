"""The words for project agreements and reports halfway: steps, what happened, what holds them back."""

from collections.abc import Callable
from typing import Any

from callflow.agreements.states import AgreementState, ChangeState, Relation
from callflow.core import formats
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.i18n import ngettext

STEPS: dict[str, Any] = {
    "accept_agreement": _l("Accept the agreement"),
    "report_interim": _l("Send the interim report"),
    "approve_interim": _l("Approve the interim report"),
    "return_interim": _l("Send the interim report back"),
    "return_report": _l("Send the final report back"),
}

EVENTS: dict[str, Any] = {
    "agreement_prepared": _l("Agreement prepared"),
    "agreement_offer": _l("Agreement offered"),
    "agreement_take_back": _l("Offered agreement taken back"),
    "agreement_send_back": _l("Change to the agreement asked"),
    "agreement_signed": _l("Acceptance of the agreement"),
    "agreement_accept": _l("Last acceptance of the agreement"),
    "accept_agreement": _l("Agreement concluded"),
    "payee_change_asked": _l("Another payee asked"),
    "payee_change_grant": _l("Changed agreement offered"),
    "payee_change_refuse": _l("Another payee refused"),
    "payee_change_withdraw": _l("Question for another payee withdrawn"),
    "payee_change_accept": _l("Last acceptance of the changed agreement"),
    "payee_named": _l("Named who receives the money"),
    "report_interim": _l("Interim report sent"),
    "approve_interim": _l("Interim report approved"),
    "return_interim": _l("Interim report sent back"),
}

STATES: dict[AgreementState, tuple[str, Any]] = {
    AgreementState.prepared: ("begun", _l("Being prepared")),
    AgreementState.offered: ("todo", _l("Offered, waits for the group")),
    AgreementState.sent_back: ("check", _l("Sent back for change")),
    AgreementState.accepted: ("done", _l("Accepted")),
}
"""Mark and word of each state of an agreement."""

CHANGES: dict[ChangeState, tuple[str, Any]] = {
    ChangeState.asked: ("check", _l("Asked, waits for the authority")),
    ChangeState.offered: ("todo", _l("New text offered, waits for the group")),
    ChangeState.refused: ("stop", _l("Refused")),
    ChangeState.withdrawn: ("over", _l("Withdrawn")),
    ChangeState.accepted: ("done", _l("Accepted")),
}
"""Mark and word of each state of a change of payee."""

RELATIONS: dict[Relation, Any] = {
    Relation.itself: _l("The group itself"),
    Relation.association: _l("An association that receives it for us"),
    Relation.municipality: _l("A municipality or other authority"),
    Relation.member: _l("A member of the group"),
}

REASONS: dict[str, Any] = {
    "not_selected_yet": _l("The project is not selected, or not all its conditions are met."),
    "payee_missing": _l("The group has no legal capacity: first name who receives the money."),
    "agreement_due_past": _l("The day until which the group accepts has passed. Choose a later one."),
    "signatures_missing": lambda p: ngettext(
        "%(num)d more member has to accept.", "%(num)d more members have to accept.", p["count"]
    ),
    "agreement_why": _l("Write why: the other side reads it."),
    "agreement_missing": _l("The agreement is not accepted yet."),
    "change_too_late": _l("The project is not under way: who is paid can no longer change here."),
    "approved_costs_missing": _l("Money was granted: fill in the approved costs, 0 where there are none."),
    "return_why": _l("Write what must change: the group reads it."),
}

REFUSALS: dict[str, Any] = {
    "agreement_changed": _l(
        "Somebody changed this agreement after you opened it. What you typed is kept. Look at it again below."
    ),
    "agreement_text_changed": _l("The text is no longer the one that you read. Read it again, then accept."),
    "agreement_offered_already": _l("The agreement is with the group. Take it back first to change it."),
    "agreement_not_offered": _l("There is no agreement to accept now."),
    "agreement_concluded": _l("The agreement is concluded already. Nothing more has to be accepted."),
    "agreement_signed_already": _l("You have accepted this text already."),
    "no_agreement": _l("There is no agreement that could be changed now."),
    "agreement_unread": _l("Tick that you have read the text and accept it for your group."),
    "payee_offered": _l(
        "The agreement that is offered names who is paid. Ask for a change first, or have it taken back."
    ),
    "payee_agreed": _l("Who is paid is agreed. On the page of the agreement the group can ask to change it."),
    "change_nothing_agreed": _l("Nothing is agreed yet that could be changed."),
    "change_under_way": _l(
        "Another payee was asked for already. That question is settled or withdrawn first."
    ),
    "change_changes_nothing": _l("This is who is paid now. Change the name or the account."),
    "change_unexplained": _l("Write why: the authority reads it and decides upon it."),
    "change_no_money": _l("No money is granted to this project, so nobody is paid."),
    "change_changed": _l(
        "Somebody answered or changed this question after you opened it. Look at it again below."
    ),
    "change_gone": _l("No change of payee is under way: it was settled or withdrawn meanwhile."),
    "relation_missing": _l("Choose what that is to your group."),
    "iban_wrong": _l(
        "This is no account number: look at the country, the length and the two digits after the country."
    ),
    "relation_without_capacity": _l(
        "The group has no legal capacity. Choose who receives the money in its place."
    ),
}

ANSWERS: dict[str, Any] = {
    "next_agreement": _l("Prepare the agreement and offer it"),
    "next_agreement_change": _l("Read which change the group asks, and offer the agreement again"),
    "next_agreement_answer": _l("The group reads the agreement and accepts it"),
    "next_payee_change": _l("Another payee is asked for: grant it or refuse it with a reason"),
    "next_payee_change_answer": _l("The group reads the changed agreement and accepts it"),
    "next_interim": _l("Read the interim report; approve it or send it back"),
    "next_interim_report": _l("The group writes its interim report"),
    "why_approve_interim": _l("The group is told, and can write its final report."),
    "why_return_interim": _l("The group reads what must change, and can change every answer."),
    "why_return_report": _l("The group reads what must change, and can change every answer."),
    "why_accept_agreement": _l("The project goes on."),
}
"""Codes of what comes next, and what a button of the staff leads to."""

FORMATS: dict[str, Callable[[Any], str]] = {"due_on": formats.day}
TOPICS = (REASONS, REFUSALS, ANSWERS)


def relation_words(relation: Relation | str) -> str:
    """What a payee is to the group."""
    return str(RELATIONS[Relation(relation)])


def change_look(state: ChangeState) -> tuple[str, str]:
    """The mark and the words of a change of payee."""
    mark, words = CHANGES[state]
    return mark, str(words)


def agreement_look(state: AgreementState) -> tuple[str, str]:
    """The mark and the words of a state."""
    mark, words = STATES[state]
    return mark, str(words)
