"""Where an application stands: its page, and the text that was handed in."""

from typing import Any

from flask import flash, url_for
from wtforms import HiddenField

from callflow.applications.queries import last_submission, places_of
from callflow.applications.rules import revisable
from callflow.coaching import actions as coaching
from callflow.coaching.rules import WORD
from callflow.coaching.states import Follow
from callflow.core import i18n
from callflow.core.db import unit_of_work
from callflow.core.gate import actor, requires
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.permissions import P, may
from callflow.desk.applicant import scores, writing
from callflow.desk.applicant.own import own, own_for_step
from callflow.desk.applicant.status import status
from callflow.dossiers.states import State
from callflow.web import messaging
from callflow.web.applicant import ahead, bp, telling
from callflow.web.applicant.messages import PLACE
from callflow.web.asking import Form, reasons
from callflow.web.figures import line
from callflow.web.pages import page

UNSENT = frozenset({State.draft, State.invited, State.lapsed})
"""States in which the group reads what it wrote, and not only what it handed in."""


class AdviceForm(Form):
    """What the group did with a piece of advice."""

    seen = HiddenField()
    word = line(_l("What did you do with it?"), longest=WORD)


@bp.get("/applications/<ref>")
@requires(P.dossier_view)
def application(ref: str) -> str:
    return _page(ref, AdviceForm(formdata=None))


@bp.post("/applications/<ref>/advice/<int(max=2147483647):number>")
@requires(P.coaching_answer)
def answer_advice(ref: str, number: int) -> Any:
    """The group did something with a piece of advice: the coach sees it."""
    form, target = AdviceForm(), url_for("applicant.application", ref=ref, _anchor="coaching")
    if form.valid():
        with form.refusals(), unit_of_work(form.once(target)):
            seen = Follow(form.seen.data) if form.seen.data in Follow.__members__ else None
            found = own_for_step(ref, actor())
            coaching.answer_advice(actor(), found, advice_id=number, word=form.word.data or "", seen=seen)
    if form.accepted:
        flash(_("Your coach sees what you did."), "well")
        return form.leads_to(target)
    return _page(ref, form), form.status


def _page(ref: str, form: AdviceForm) -> str:
    found = status(ref, actor(), language=i18n.language())
    return page(
        "applicant/status.html",
        status=found,
        application=found.application,
        stages=telling.stages(found),
        events=telling.events(found),
        then=ahead.then(found),
        offers=[(trigger, reasons(against)) for trigger, against in found.offers.items()],
        letters=telling.letters(found),
        contact=telling.contact(found.application),
        edits=may(actor(), P.application_edit, found.application),
        answers_advice=may(actor(), P.coaching_answer, found.application),
        advice_form=form,
        revisable=revisable(found.application),
        scored=scores.told_on(found.outcome.decisions) is not None,
        newest=messaging.newest(PLACE, found.application),
        entry="applicant.home",
    )


@bp.get("/applications/<ref>/scores")
@requires(P.dossier_view)
def own_scores(ref: str) -> str:
    """What the jury gave, for the group alone and after it was told of the decision."""
    found = scores.own_scores(ref, actor())
    return page("applicant/scores.html", found=found, application=found.application, entry="applicant.home")


@bp.get("/applications/<ref>/text")
@requires(P.dossier_view)
def text(ref: str) -> Any:
    found = own(ref, actor())
    if found.shown_state in UNSENT:
        sheet = writing.draft(found)
        form, given, places = (
            sheet.form,
            {name: each.value for name, each in sheet.given.items()},
            sheet.places,
        )
        number, at = None, None
    else:
        frozen = last_submission(found)
        form, given = (frozen.form, frozen.answers) if frozen else ((), {})
        places, number = places_of(found.call_id), frozen.number if frozen else None
        at = frozen.submitted_at if frozen else None
    return page(
        "applicant/text.html", application=found, sections=form, given=given, places=places, number=number,
        handed_in_at=at, entry="applicant.home",
    )  # fmt: skip
