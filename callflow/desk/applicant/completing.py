"""What a group is asked to complete, as its pages show it: the copy as a form, each item, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from callflow.applications import answers
from callflow.applications.models import Application
from callflow.applications.queries import last_submission, places_of
from callflow.core import clock
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.desk.applicant.writing import Sheet, flaws_of
from callflow.desk.differences import Difference, differences
from callflow.dossiers.states import State
from callflow.people.models import User
from callflow.screening import rules
from callflow.screening.models import CompletionItem, CompletionRequest
from callflow.screening.queries import request_of


@dataclass(frozen=True)
class Copy:
    """The request and the form of what it asks; ``late`` when its moment has passed."""

    request: CompletionRequest
    sheet: Sheet

    @property
    def late(self) -> bool:
        return clock.now() >= self.request.due_at

    def item(self, field: str) -> CompletionItem:
        """What was asked about this field."""
        return next(each for each in self.request.items if each.field == field)


def copy_of(application: Application) -> Copy:
    """The copy of an application that is incomplete. Raises NotFound when nothing was ever asked."""
    request = request_of(application)
    if request is None:
        raise NotFound
    return Copy(request, _sheet(application, request))


def is_open(application: Application) -> bool:
    """Whether the group was told that something is missing, and nothing else since."""
    return application.shown_state is State.incomplete


def _sheet(application: Application, request: CompletionRequest) -> Sheet:
    form, given = request.form, rules.kept_in(request)
    needs_places = answers.asks_for_place(form, answers.fields_of(form))
    places = places_of(application.call_id) if needs_places else ()
    area = answers.areas_of([application.lot_id]).get(application.lot_id, frozenset())
    misfits = answers.misfits(application, given, area)
    return Sheet(
        application=application,
        form=form,
        given=given,
        flaws=flaws_of(form, given, misfits, places),
        open=answers.in_order(form, {*answers.missing(form, given), *misfits}),
        places=places,
        version=request.version,
        saved_at=request.saved_at,
        saved_by=db.session.scalar(select(User.name).where(User.id == request.saved_by)),
        due_at=request.due_at,
    )


def changed_in(copy: Copy, *, language: str) -> Sequence[Difference]:
    """What the group changed in its copy beside what it handed in, for a reader of this language."""
    frozen = last_submission(copy.sheet.application)
    before = frozen.answers if frozen else {}
    now = {name: each.value for name, each in copy.sheet.given.items()}
    return differences(copy.request.form, before, now, language=language, places=copy.sheet.places)
