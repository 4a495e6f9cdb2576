"""One dossier as its coach reads it, with what advice can be about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from callflow.applications.models import Application
from callflow.calls.models import Call, Criterion
from callflow.coaching import queries as coaching
from callflow.coaching.models import Note, Waiver
from callflow.coaching.queries import Logged
from callflow.coaching.rules import coachable
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.permissions import P
from callflow.core.workflow import Reason
from callflow.desk.coaching.changes import Since, changes_since
from callflow.desk.dossier import place_in_words
from callflow.desk.history import Happened, history
from callflow.desk.submission import Reading, reading_of
from callflow.dossiers import queries as dossiers
from callflow.lifecycle import process

TOLD = frozenset(
    {
        "preapply", "invite", "submit", "revise", "screen", "session_logged", "session_corrected",
        "sessions_waived", "advice_done", "advice_open", "advice_dropped", "finish_coaching",
        "finish_guidance", "close_scoring", "decision_released", "report", "close", "withdraw",
    }
)  # fmt: skip
"""Events a coach may read: nothing of what the jury does, and no outcome before its release."""


@dataclass(frozen=True)
class CoachedPage:
    """One dossier for its coach. ``offers`` are empty where they would tell what nobody was told."""

    dossier: Application
    place: str
    reading: Reading
    log: Sequence[Logged]
    since: Mapping[int, Since]
    notes: Sequence[tuple[Note, str]]
    waivers: Sequence[tuple[Waiver, str]]
    offers: dict[str, list[Reason]]
    events: Sequence[Happened]
    open: bool
    coach_id: int | None


def coached_page(ref: str, *, by: Actor, language: str) -> CoachedPage:
    """One dossier for its coach. Raises NotFound for everybody else."""
    dossier = dossiers.seen(ref, by=by, kind=Application, permission=P.coaching_log)
    told = dossier.state is dossier.shown_state
    log = coaching.log_of(dossier)
    return CoachedPage(
        dossier=dossier,
        place=place_in_words(dossier),
        reading=reading_of(dossier, language=language),
        log=log,
        since=changes_since(dossier, log, language=language, present=True),
        notes=coaching.notes_on(dossier.id),
        waivers=coaching.waivers_of(dossier.id),
        offers=process.offers(dossier, by) if told else {},
        events=history(dossier, only=TOLD),
        open=coachable(dossier),
        coach_id=by.id,
    )


def subjects_for(call_ids: Collection[int]) -> dict[str, Mapping[str, str]]:
    """What advice in these calls can be about: ``criterion:key`` or ``field:id``, in their order."""
    criteria = db.session.execute(
        select(Criterion.key, Criterion.title)
        .where(Criterion.call_id.in_(call_ids))
        .order_by(Criterion.call_id, Criterion.position)
    )
    found: dict[str, Mapping[str, str]] = {f"criterion:{row.key}": row.title for row in criteria}
    for form in db.session.scalars(select(Call.form).where(Call.id.in_(call_ids)).order_by(Call.id)):
        for section in form:
            found |= {f"field:{field['id']}": field["label"] for field in section["fields"]}
    return found
