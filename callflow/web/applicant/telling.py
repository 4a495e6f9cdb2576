"""Whole sentences for where an application stands, what comes next, by when, and whose turn it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from callflow.applications.models import Application
from callflow.calls.fields import offered
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import formats, i18n, twin
from callflow.core.i18n import gettext as _
from callflow.core.i18n import ngettext
from callflow.desk.applicant.next import Next
from callflow.desk.applicant.status import DECISION, Happened, Status
from callflow.desk.applicant.writing import Section, Sheet
from callflow.dossiers.states import State
from callflow.letters.states import LetterState
from callflow.reports.states import ReportKind
from callflow.web.letter_words import kind_words
from callflow.web.ui import colon
from callflow.web.words import event_words, state_words


@dataclass(frozen=True)
class Item:
    """A line of the task list."""

    words: str
    address: str | None = None
    mark: str | None = None
    status: str = ""
    condition: str = ""


def tasks(writing: Any, sheet: Sheet, edits: bool) -> list[Item]:
    """Each section with how far it is, and at the end checking, which is locked while questions are open."""
    found = []
    for number, section in enumerate(sheet.form, start=1):
        words = f"{number}. {twin.said(section['title'], i18n.language())}"
        address = writing.address(sheet, section) if edits else None
        mark = sheet.mark(section)
        found.append(Item(words, address, mark, mark_words(sheet, section)))
    return [*found, _last(writing, sheet)]


def _last(writing: Any, sheet: Sheet) -> Item:
    number = len(sheet.form) + 1
    words = (
        _("%(number)s. Check your answers and send", number=number)
        if writing.overview == "applicant.report"
        else _("%(number)s. Check what changed and hand it in", number=number)
        if writing.overview == "applicant.completion"
        else _("%(number)s. Check your answers and submit", number=number)
    )
    if not sheet.open:
        return Item(words, writing.address(sheet, None), "todo", _("To do"))
    count = ngettext(
        "when %(num)d more question is answered", "when %(num)d more questions are answered", len(sheet.open)
    )
    return Item(words, condition=count)


def mark_words(sheet: Sheet, section: Section) -> str:
    """How far a section is, in words."""
    if wrong := sheet.wrong(section):
        return str(ngettext("%(num)d answer to look at", "%(num)d answers to look at", wrong))
    return str({"done": _("Done"), "begun": _("Begun"), "todo": _("To do")}[sheet.mark(section)])


def next_heading(found: Next) -> str:
    """The sentence that says what comes next, and by when."""
    due = (
        formats.moment(found.due, weekday=True) if found.due and "T" in found.due else formats.day(found.due)
    )
    sentences = _with_day(due) if due else {}
    return str(sentences.get(found.code) or _without_day().get(found.code) or _("There is nothing to do."))


def _with_day(due: str) -> dict[str, str]:
    return {
        "continue": _("Complete your application before %(due)s", due=due),
        "submit": _("Submit your application before %(due)s", due=due),
        "ask_submitter": _("Have your application submitted before %(due)s", due=due),
        "watch": _("Your group can submit this application until %(due)s", due=due),
        "call_over": _("This application was not submitted. The call closed on %(due)s", due=due),
        **_in_two_steps(due),
        "complete": _("Add what is missing before %(due)s", due=due),
        "complete_send": _("Hand in the completion before %(due)s", due=due),
        "complete_ask": _("Have the completion handed in before %(due)s", due=due),
        "complete_watch": _("Your group can complete this application until %(due)s", due=due),
        "complete_late": _("The time to complete this application ended on %(due)s", due=due),
        "coaching": _("You are coached until %(due)s", due=due),
        "present": _("Present your project to the jury on %(due)s", due=due),
        "presented_soon": _("You presented your project on %(due)s", due=due),
        "scoring": _("The jury reads your application and meets on %(due)s", due=due),
        "deciding": _("The decision is due by %(due)s", due=due),
        "guidance": _("Your project is coached until %(due)s", due=due),
        "report_begin": _("Write the report of your project by %(due)s", due=due),
        "report_continue": _("Complete the report of your project by %(due)s", due=due),
        "report_send": _("Send the report of your project by %(due)s", due=due),
        "report_watch": _("Your group writes the report of the project by %(due)s", due=due),
        "report_again": _("Change the final report and send it again by %(due)s", due=due),
        "interim_begin": _("Write the interim report by %(due)s", due=due),
        "interim_continue": _("Complete the interim report by %(due)s", due=due),
        "interim_send": _("Send the interim report by %(due)s", due=due),
        "interim_watch": _("Your group writes the interim report by %(due)s", due=due),
        "interim_again": _("Change the interim report and send it again by %(due)s", due=due),
        "agreement": _("Read and accept the project agreement by %(due)s", due=due),
        "agreement_watch": _("Your group reads and accepts the project agreement by %(due)s", due=due),
        "agreement_late": _("Accept the project agreement: it was due by %(due)s", due=due),
        "agreement_again": _("Read and accept the changed agreement by %(due)s", due=due),
        "agreement_again_watch": _("Your group reads and accepts the changed agreement by %(due)s", due=due),
        "conditions": _("Prove the conditions of your project by %(due)s", due=due),
        "offer": _("Answer the offer by %(due)s", due=due),
        "offer_late": _("The offer could be answered until %(due)s", due=due),
        "hearing": _("Comment on the revocation by %(due)s", due=due),
        "postponed": _("The decision is put off until %(due)s", due=due),
    }


def _in_two_steps(due: str) -> dict[str, str]:
    return {
        "inviting": _("We read your short form. You hear by %(due)s whether you are invited", due=due),
        "short_continue": _("Complete your short form before %(due)s", due=due),
        "short_submit": _("Hand in your short form before %(due)s", due=due),
        "short_ask": _("Have your short form handed in before %(due)s", due=due),
        "full_continue": _("You are invited: write the whole application before %(due)s", due=due),
        "full_submit": _("Submit the whole application before %(due)s", due=due),
        "full_ask": _("Have the whole application submitted before %(due)s", due=due),
        "full_watch": _("Your group can submit the whole application until %(due)s", due=due),
        "full_late": _("The whole application could be submitted until %(due)s", due=due),
    }


def _without_day() -> dict[str, str]:
    return {
        "screening": _("We check whether your application is complete and admissible"),
        "coaching": _("You are coached, then the jury reads your application"),
        "presenting": _("You will be invited to present your project to the jury"),
        "scoring": _("The jury reads your application"),
        "deciding": _("The authority decides"),
        "guidance": _("Your project is coached"),
        "report_begin": _("Write the report of your project"),
        "report_continue": _("Complete the report of your project"),
        "report_send": _("Send the report of your project"),
        "report_watch": _("Your group writes the report of the project"),
        "report_again": _("Change the final report and send it again"),
        "interim_again": _("Change the interim report and send it again"),
        "agreement_waits": _("We write the agreement on your project"),
        "agreement_changed": _("We change the agreement as you asked"),
        "payee": _("Name who receives the money for your project"),
        "payee_watch": _("Your group names who receives the money for the project"),
        "interim_reported": _("We read your interim report"),
        "selected": _("Your project is selected"),
        "conditions": _("Prove the conditions of your project"),
        "conditions_sent": _("We look at the proofs of your conditions"),
        "selected_with_conditions": _("Your project is selected with conditions"),
        "hearing_sent": _("We read your comments"),
        "postponed": _("The decision is put off to a later round"),
        "lapsed": _("Your place has lapsed"),
        "invitation_lapsed": _("Your invitation has lapsed"),
        "not_invited": _("You are not invited to write the whole application"),
        "revoked": _("The support for your project is revoked"),
        "reserve": _("Your project is on the reserve list"),
        "not_selected": _("Your project is not selected"),
        "inadmissible": _("Your application is not admissible"),
        "withdrawn": _("This application is withdrawn"),
        "reported": _("We read your report"),
        "closed": _("Your project is closed"),
    }


def next_why(found: Next) -> str:
    """What it means, in a sentence or two; nothing where the heading says it all."""
    return str(_WHYS[found.code](found)) if found.code in _WHYS else ""


def _where(found: Next) -> str:
    where = _("Where: %(place)s", place=found.parameters["place"])
    words = found.parameters["words"]
    return f"{where}. {words}" if words else where


def _questions_left(found: Next) -> str:
    return ngettext(
        "%(num)d question still needs an answer. You can stop and go on later; everything is kept.",
        "%(num)d questions still need an answer. You can stop and go on later; everything is kept.",
        found.parameters.get("count", 0),
    )


_WHYS: dict[str, Callable[[Next], str]] = {
    "continue": _questions_left,
    "submit": lambda _f: _("All questions are answered. Check them once more, then submit."),
    "ask_submitter": lambda _f: _("All questions are answered. Only some members may submit for the group."),
    "watch": lambda _f: _("You may read the text. Ask a member of your group if you want to change it."),
    "call_over": lambda _f: _("You can still read and copy your text."),
    "inviting": lambda _f: _("You need not do anything. What you wrote stays as it is."),
    "short_continue": lambda found: ngettext(
        "%(num)d question still needs an answer. You can stop and go on later; everything is kept.",
        "%(num)d questions still need an answer. You can stop and go on later; everything is kept.",
        found.parameters.get("count", 0),
    ),
    "short_submit": lambda _f: _("All questions are answered. Check them once more, then submit."),
    "short_ask": lambda _f: _("All questions are answered. Only some members may submit for the group."),
    "full_continue": lambda found: ngettext(
        "What you wrote already stands there. %(num)d question still needs an answer.",
        "What you wrote already stands there. %(num)d questions still need an answer.",
        found.parameters.get("count", 0),
    ),
    "full_submit": lambda _f: _("All questions are answered. Check them once more, then submit."),
    "full_ask": lambda _f: _("All questions are answered. Only some members may submit for the group."),
    "full_watch": lambda _f: _("You may read the text. Ask a member of your group if you want to change it."),
    "full_late": lambda _f: _("You can still read and copy your text. Call us if something went wrong."),
    "invitation_lapsed": lambda _f: _(
        "The whole application was not handed in in time. You can apply again to a next call."
    ),
    "not_invited": lambda _f: _("Below you read why, and in the letter how you can appeal."),
    "complete": lambda found: ngettext(
        "%(num)d thing is missing. You see what it is, why we ask for it, and can change only that.",
        "%(num)d things are missing. You see what they are, why we ask for them, and can change only those.",
        found.parameters.get("count", 0),
    ),
    "complete_send": lambda _f: _("Everything that was asked is there. Check it once more, then hand it in."),
    "complete_ask": lambda _f: _("Everything that was asked is there. Only some members may hand it in."),
    "complete_watch": lambda _f: _("You may read what is asked. Ask a member of your group to answer it."),
    "complete_late": lambda _f: _(
        "Nothing can be added any more. The coordinator now looks at the application as you submitted it, "
        "and you are told what follows."
    ),
    "screening": lambda _f: _("You need not do anything. We write to you when we know."),
    "coaching": lambda _f: _("Your coach calls you to agree on a day."),
    "presenting": lambda _f: _("You need not do anything yet. You get a mail with the day and the place."),
    "present": _where,
    "presented_soon": lambda _f: _("You need not do anything. The jury reads and scores next."),
    "scoring": lambda _f: _("You need not do anything. Each jury member gives scores with reasons."),
    "deciding": lambda _f: _("You need not do anything. You get the decision by letter."),
    "guidance": lambda _f: _("Your coach calls you to agree on a day."),
    "report_begin": lambda _f: _("One member can begin it, others can go on. Everything is kept."),
    "report_continue": _questions_left,
    "report_send": lambda _f: _("Check it once more, then send it."),
    "report_watch": lambda _f: _("You may read it when it is sent."),
    "interim_begin": lambda _f: _("One member can begin it, others can go on. Everything is kept."),
    "interim_continue": _questions_left,
    "interim_send": lambda _f: _("Check it once more, then send it."),
    "interim_watch": lambda _f: _("You may read it when it is sent."),
    **dict.fromkeys(
        ("report_again", "interim_again"),
        lambda _f: _("We sent it back. The page of the report says what must change."),
    ),
    "interim_reported": lambda _f: _("You need not do anything. We approve it or send it back with reasons."),
    "agreement": lambda _f: _("Until then nothing is paid or coached. You can ask for a change as well."),
    "agreement_again": lambda _f: _("It names who is paid from then on. Until then the one before holds."),
    "agreement_again_watch": lambda _f: _("Only members who may submit can accept it. You may read it."),
    "agreement_watch": lambda _f: _("Only members who may submit can accept it. You may read it."),
    "agreement_late": lambda _f: _("You can still accept it. Call us when something stands in the way."),
    "agreement_waits": lambda _f: _("You need not do anything. You get a mail when you can read it."),
    "agreement_changed": lambda _f: _("You need not do anything. You get a mail when you can read it again."),
    "payee": lambda _f: _("Your group has no legal capacity, so somebody receives the money in its place."),
    "payee_watch": lambda _f: _("Only members who may submit can do this."),
    "conditions": lambda found: ngettext(
        "%(num)d condition waits for a proof. Coaching and report begin when every condition is met.",
        "%(num)d conditions wait for a proof. Coaching and report begin when every condition is met.",
        found.parameters.get("count", 0),
    ),
    "conditions_sent": lambda _f: _("You need not do anything. We write to you when we have looked at them."),
    "offer": lambda _f: _("Means came free, and your project is next on the reserve list."),
    "offer_late": lambda _f: _("Call us soon if you still want it."),
    "hearing": lambda _f: _("Nothing is decided yet. Your support stands until a decision is told."),
    "hearing_sent": lambda _f: _("You need not do anything. Your support stands until a decision is told."),
    "postponed": lambda _f: _("You need not do anything. Your application stays as it is."),
    "lapsed": lambda _f: _("The letter says why. You can apply again to a next call."),
    "revoked": lambda _f: _("Below you read why, and in the letter how you can appeal."),
    "reserve": lambda _f: _("It can still be supported when another project gives up its place."),
    "not_selected": lambda _f: _("Below you read why, and in the letter how you can appeal."),
    "inadmissible": lambda _f: _("Below you read why, and in the letter how you can appeal."),
    "withdrawn": lambda _f: _("You have nothing more to do. You can begin a new one while the call is open."),
    "reported": lambda _f: _("You need not do anything. We write to you when it is approved."),
    "closed": lambda _f: _("You can read everything about it here."),
}


def stages(status: Status) -> list[dict[str, Any]]:
    """The poles of the steps bar, each with its word and its day."""
    return [
        {
            "words": _("Decision") if each.state == DECISION else state_words(State(each.state)),
            "is": each.is_,
            "when": formats.short_day(each.at) if each.at else formats.short_day(each.due),
        }
        for each in status.stages
    ]


def events(status: Status) -> list[dict[str, Any]]:
    """The timeline; what the office did is said by the name of the authority."""
    office = twin.said(status.application.lot.authority.name, i18n.language())
    return [
        {"at": each.at, "what": _event(each), "who": each.by or office, "more": None}
        for each in status.events
    ]


def _event(happened: Happened) -> str:
    if happened.action != "decision_released" or happened.outcome is None:
        return event_words(happened.action)
    outcome = state_words(State(happened.outcome))
    return outcome if happened.outcome == State.revoked else f"{_('Decision')}{colon()} {outcome.lower()}"


def readers(application: Application) -> str:
    """Who will read what is typed: in the words of the call, else by its procedure."""
    said = (application.call.texts.get("page") or {}).get("readers")
    if said:
        return twin.said(said, i18n.language())
    coached = Procedure.of(application.call.procedure).coaching is not Coaching.none
    if coached:
        return str(_("Your group, the coordinator, your coach and, once submitted, the jury."))
    return str(_("Your group, the coordinator and, once submitted, the jury."))


DUE = {ReportKind.interim: "interim_due", ReportKind.final: "report_due"}
"""The day of the calendar by which each report is there."""
SETTLED = frozenset({"conditions", "offer", "hearing"})
"""What a group settles after a decision, each on a page of that name."""


WRITING = frozenset(
    {
        "continue", "submit", "ask_submitter", "short_continue", "short_submit", "short_ask",
        "full_continue", "full_submit", "full_ask",
    }
)  # fmt: skip
"""The group writes what it is to hand in."""


def home_button(found: Next) -> str:
    """What the button of a line of the home says."""
    settled = {
        "hearing": _("Read it and comment"), "offer": _("Answer the offer"),
        "conditions": _("See the conditions"), "payee": _("Name who receives it"),
    }  # fmt: skip
    begun = {
        "report_": _("Go on with the report"), "interim_": _("Go on with the interim report"),
        "agreement": _("Open the agreement"), "complete": _("Complete the application"),
    }  # fmt: skip
    started = (words for start, words in begun.items() if found.code.startswith(start))
    return settled.get(found.code) or next(started, _("Go on with the application"))


def home_address(application: Application, found: Next) -> str:
    """Where the button of a line of the home leads."""
    if found.code in WRITING:
        return url_for("applicant.tasks", ref=application.reference)
    if found.code.startswith("complete") and found.mine:
        return url_for("applicant.completion", ref=application.reference)
    if found.mine and found.code in SETTLED:
        return url_for(f"applicant.{found.code}", ref=application.reference)
    if found.code.startswith("report_") and found.mine:
        return url_for("applicant.report", ref=application.reference, kind="final")
    if found.code.startswith("interim_") and found.mine:
        return url_for("applicant.report", ref=application.reference, kind="interim")
    if found.code.startswith(("agreement", "payee")):
        return url_for("applicant.agreement", ref=application.reference)
    return url_for("applicant.application", ref=application.reference)


def file_address(application: Application) -> Callable[[int], str]:
    """From the number of a file of this application to its address."""
    return lambda number: url_for("applicant.file", ref=application.reference, number=number)


def offered_places(sheet: Sheet) -> list[str]:
    """The municipalities as the list of an input offers them."""
    return [offered(place) for place in sheet.places]


def contact(application: Application) -> str:
    """The case handler of the authority, with telephone number and address."""
    handler = application.lot.authority.handler
    named = f"{handler.get('first_name', '')} {handler.get('last_name', '')}".strip()
    name = handler.get("name") or named
    return ", ".join(part for part in (name, handler.get("phone"), handler.get("email")) if part)


def letters(status: Status) -> list[dict[str, Any]]:
    """The letters of the dossier with their addresses; a PDF that is still being made has none."""
    return [
        {
            "words": kind_words(each.kind),
            "at": each.written_at,
            "address": url_for("public.letter_pdf", code=each.code)
            if each.state is LetterState.rendered
            else None,
        }
        for each in status.letters
    ]
