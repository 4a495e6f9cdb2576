"""The history of a dossier in words: who did what, to whom; what was done at one stroke is one line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from callflow.core import formats, i18n
from callflow.core.i18n import gettext as _
from callflow.core.twin import said
from callflow.desk.history import Happened
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.web.assignment_words import conflict_words
from callflow.web.coordinator.telling_facts import FACTS
from callflow.web.staff_words import TASKS
from callflow.web.words import event_words, state_words

IN_ITS_SECTION = frozenset({"scores_handed_in", "reasons_edited"})
"""Events whose texts stand elsewhere on the page, in full."""


@dataclass(frozen=True)
class Told:
    """A line of the history: the first words, who, then details and what people wrote."""

    at: datetime
    what: str
    who: str
    details: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def told(events: Sequence[Happened], dossier: Dossier, names: Mapping[int, str]) -> list[Told]:
    """The events as the page shows them, newest first; ``names`` are of people that events speak of."""
    lines = []
    for (at, action, who), group in groupby(events, key=lambda each: (each.at, each.action, each.who)):
        together = list(group)
        details = [words for each in together for words in _details(each, dossier, names)]
        texts = [text for each in together if action not in IN_ITS_SECTION for text in each.texts.values()]
        lines.append(Told(at, event_words(action), who, details, texts))
    return lines


def people_in(events: Sequence[Happened]) -> set[int]:
    """Ids of the people that the events are about."""
    return {each.data["person_id"] for each in events if "person_id" in each.data}


def _details(event: Happened, dossier: Dossier, names: Mapping[int, str]) -> Iterator[str]:
    data = event.data
    if "task" in data:
        yield f"{names.get(data['person_id'], '')} ({TASKS[data['task']]})"
    elif "person_id" in data:
        yield names.get(data["person_id"], "")
    if event.action in FACTS:
        yield from FACTS[event.action](data)
    if event.action == "checked":
        points = {point["key"]: said(point["text"], i18n.language()) for point in dossier.call.checklist}
        verdict = _("In order") if data["verdict"] == "passed" else _("Not in order")
        yield f"{points.get(data['point'], data['point'])} {verdict}."
    if event.action == "session_corrected":
        yield _("Session of %(day)s.", day=formats.day(data["held_on"]))
    if event.action == "session_logged":
        yield _("%(day)s, %(minutes)s minutes.", day=formats.day(data["held_on"]), minutes=data["minutes"])
    if event.action.startswith("decision_") and "outcome" in data:
        yield state_words(State(data["outcome"]))
    if event.action in ("conflict_found", "conflict_lifted"):
        yield conflict_words(data["kind"], "").rstrip(": ")
    if event.action == "recusal_decided":
        yield _("The scores count.") if data["keep"] else _("The scores are left out.")
    if "body" in data:
        day = formats.day(data["decided_on"])
        yield f"{data['body']}, " + _("%(day)s, no. %(number)s", day=day, number=data["number"])
    if data.get("from_rank"):
        yield _("Place %(rank)s on the reserve list, as means came back.", rank=data["from_rank"])
    if data.get("amount"):
        yield formats.euro(data["amount"])
