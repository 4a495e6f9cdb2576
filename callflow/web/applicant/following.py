"""Where an application stands: its page, and the text that was handed in."""

from typing import Any

from callflow.applications.queries import last_submission, places_of
from callflow.core.gate import actor, requires
from callflow.core.permissions import P, may
from callflow.desk.applicant import writing
from callflow.desk.applicant.own import own
from callflow.desk.applicant.status import status
from callflow.dossiers.states import State
from callflow.web.applicant import bp, telling
from callflow.web.asking import reasons
from callflow.web.pages import page


@bp.get("/applications/<ref>")
@requires(P.dossier_view)
def application(ref: str) -> str:
    found = status(ref, actor())
    return page(
        "applicant/status.html",
        status=found,
        application=found.application,
        stages=telling.stages(found),
        events=telling.events(found),
        then=telling.then(found),
        offers=[(trigger, reasons(against)) for trigger, against in found.offers.items()],
        letters=telling.letters(found),
        contact=telling.contact(found.application),
        edits=may(actor(), P.application_edit, found.application),
        entry="applicant.home",
    )


@bp.get("/applications/<ref>/text")
@requires(P.dossier_view)
def text(ref: str) -> Any:
    found = own(ref, actor())
    if found.shown_state is State.draft:
        sheet = writing.draft(found)
        form, given, places = (
            sheet.form,
            {name: each.value for name, each in sheet.given.items()},
            sheet.places,
        )
        number = None
    else:
        frozen = last_submission(found)
        form, given = (frozen.form, frozen.answers) if frozen else ((), {})
        places, number = places_of(found.call_id), frozen.number if frozen else None
    return page(
        "applicant/text.html", application=found, sections=form, given=given, places=places, number=number,
        entry="applicant.home",
    )  # fmt: skip
