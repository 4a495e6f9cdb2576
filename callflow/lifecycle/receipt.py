"""What is written when something of an application comes in, and when something of it is missing."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from callflow.applications.answers import fields_of
from callflow.applications.models import Attachment, Submission
from callflow.applications.rules import in_short
from callflow.calls.procedure import Procedure
from callflow.calls.silence import Silence, silence
from callflow.calls.states import Coaching
from callflow.core import clock, formats, mailing
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.letters import legal
from callflow.letters.context import Lacking, Missing, Planned, Received
from callflow.letters.states import LetterKind
from callflow.lifecycle.frame import context, gather, in_each_language
from callflow.lifecycle.letter import day, send
from callflow.screening.models import CompletionRequest
from callflow.screening.queries import requests_of
from callflow.screening.rules import pauses


def acknowledge(dossier: Dossier) -> None:
    """Write the acknowledgement of receipt and its mail, after the submission was frozen.

    While the authority has not confirmed its remedies, the mail is held: submitting never fails for what an
    office has left undone.
    """
    submission = db.session.scalars(
        select(Submission)
        .where(Submission.application_id == dossier.id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).one()
    files = db.session.scalar(
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.dossier_id == dossier.id, Attachment.removed_at.is_(None))
    )
    authority, calendar = dossier.lot.authority, dossier.call.calendar
    counted = silence_of(dossier, requests_of([dossier.id]).get(dossier.id, ()))
    received = Received(
        submission.submitted_at, submission.number, submission.sha256, dossier.requested, files or 0,
        _steps(dossier), *_both(counted), form=_form(dossier, submission),
    )  # fmt: skip
    values = in_each_language(
        received=lambda: formats.moment(submission.submitted_at),
        decision_on=day(calendar.get("decision_on")) or "",
    )
    known = gather([dossier])
    written = context(dossier, LetterKind.acknowledgement, known=known, values=values, received=received)
    unconfirmed = counted is not None and authority.appeal_confirmed_on is None
    send(dossier, written, known, values, hold=unconfirmed)


def silence_of(dossier: Dossier, requests: Sequence[CompletionRequest]) -> Silence | None:
    """When silence on this dossier counts as refusal, with the time limits that its ``requests`` set."""
    if dossier.submitted_at is None:
        return None
    received = clock.local(dossier.submitted_at).date()
    return silence(dossier.lot.authority.law, received, pauses(requests))


def tell_incomplete(dossier: Dossier) -> None:
    """Write the letter that asks for what is missing and its mail, after the request was kept.

    An authority that has not confirmed its remedies can send it all the same: it decides nothing.
    """
    known, requests = gather([dossier]), requests_of([dossier.id])[dossier.id]
    request, authority, counted = requests[-1], dossier.lot.authority, silence_of(dossier, requests)
    missing = Missing(
        _lacking(dossier, request), request.due_at, request.by_law, legal.completion_basis(authority.law),
        mailing.address(f"/applications/{dossier.reference}/completion"),
        *_both(counted),
    )  # fmt: skip
    values = in_each_language(due=lambda: formats.moment(request.due_at, weekday=True))
    written = context(dossier, LetterKind.incomplete, known=known, values=values, missing=missing)
    send(dossier, written, known, values)


def _both(counted: Silence | None) -> tuple[date | None, date | None]:
    return (counted.running, counted.suspended) if counted else (None, None)


def _lacking(dossier: Dossier, request: CompletionRequest) -> tuple[Lacking, ...]:
    """The items by the name of their question, or of the paper, in the order in which they were named."""
    known = fields_of(request.form)
    articles = {point["key"]: str(point["article"]) for point in dossier.call.checklist}
    return tuple(
        Lacking(known[each.field]["label"], each.reason, bool(each.paper), articles.get(each.point, ""))
        for each in request.items
    )


def _form(dossier: Dossier, submission: Submission) -> str:
    """Which form was received, where a call has two: the short one, or the whole when it first comes in."""
    if in_short(dossier):
        return "short"
    first = submission.submitted_at == dossier.submitted_at
    return "whole" if first and Procedure.of(dossier.call.procedure).preapplication else ""


def _steps(dossier: Dossier) -> tuple[Planned, ...]:
    """What follows an application, with the days that the call's calendar names."""
    calendar, procedure = dossier.call.calendar, Procedure.of(dossier.call.procedure)
    coaching, steps = procedure.coaching, [Planned("screening", None, None)]
    if in_short(dossier):
        steps.insert(0, Planned("inviting", day(calendar.get("invitations_on")), None))
    before, after = calendar.get("coaching") or {}, calendar.get("guidance") or {}
    if coaching in (Coaching.before, Coaching.both) and before:
        steps.append(Planned("coaching", day(before["from"]), day(before["until"])))
    steps.append(Planned("jury", day(calendar.get("jury_on")), None))
    steps.append(Planned("decision", day(calendar["decision_on"]), None))
    if coaching in (Coaching.after, Coaching.both) and after:
        steps.append(Planned("guidance", day(after["from"]), day(after["until"])))
    return tuple(steps)
