"""When the checklist is open, what a verdict must say, and what a request for completion asks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from callflow.applications import answers
from callflow.applications.answers import Form, Kept
from callflow.calls.silence import Pause
from callflow.core import clock
from callflow.core.errors import Refused
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import State
from callflow.screening.models import CompletionRequest, Verdict

PAPERS = "papers-asked"
"""The section of papers for which the form of the call has no question; no set-up file can use this name."""
PAPER_FILES = 5


def being_screened(dossier: Dossier) -> bool:
    """From submission until the screening ends with a step."""
    return dossier.state in (State.submitted, State.incomplete)


def needs_reason(verdict: Verdict) -> bool:
    """A point that is not in order is explained: the letter to the group stands on it."""
    return verdict is Verdict.failed


def paper_of(number: int, position: int) -> str:
    """The field id of a paper: the first of the second request is ``paper-2-1``."""
    return f"paper-{number}-{position}"


def form_of(form: Form, asked: Sequence[Any], *, number: int, language: str) -> list[dict[str, Any]]:
    """The questions that are asked, in the order of ``form``, each with its reason and needing an answer;
    then the papers. ``asked`` holds lifecycle.values.Asked; ``language`` is that in which they are named.
    """
    reasons = {each.field: each.reason for each in asked if each.field}
    sections = [
        {
            **section,
            "fields": [
                {**field, "required": True, "asked": reasons[field["id"]], "asked_in": language}
                for field in section["fields"]
                if field["id"] in reasons
            ],
        }
        for section in form
    ]
    papers = [
        {
            **_paper(paper_of(number, position), each.paper, language),
            "asked": each.reason,
            "asked_in": language,
        }
        for position, each in enumerate(asked, start=1)
        if not each.field
    ]
    return [*(each for each in sections if each["fields"]), *([_papers(papers)] if papers else [])]


def _paper(name: str, words: str, language: str) -> dict[str, Any]:
    return {
        "id": name, "kind": "file", "label": {language: words}, "help": {}, "required": True,
        "files": PAPER_FILES,
    }  # fmt: skip


def _papers(papers: list[dict[str, Any]]) -> dict[str, Any]:
    title = {
        "nl": "Stukken die gevraagd werden",
        "fr": "Pièces demandées",
        "en": "Papers that were asked for",
    }
    return {"id": PAPERS, "title": title, "help": {}, "fields": papers}


def with_papers(form: Form, request: CompletionRequest) -> list[dict[str, Any]]:
    """The form that was answered, with the papers of this request behind it."""
    new = [
        {name: said for name, said in field.items() if name not in ("asked", "asked_in")}
        for section in request.form
        if section["id"] == PAPERS
        for field in section["fields"]
        if field["id"].startswith(f"paper-{request.number}-")
    ]
    before = [field for section in form if section["id"] == PAPERS for field in section["fields"]]
    rest = [dict(section) for section in form if section["id"] != PAPERS]
    return [*rest, _papers([*before, *new])] if before or new else rest


def kept_in(request: CompletionRequest) -> Mapping[str, Kept]:
    """The copy that the group changes, by field."""
    return {
        name: Kept(request.answers.get(name), request.typed.get(name), version)
        for name, version in request.versions.items()
    }


def still_open(dossier: Dossier, request: CompletionRequest, area: frozenset[str]) -> tuple[str, ...]:
    """The ids of questions of the copy that still need an answer; ``area`` is that of the lot."""
    given = kept_in(request)
    misfits = answers.misfits(dossier, given, area)
    return answers.in_order(request.form, {*answers.missing(request.form, given), *misfits})


def refuse_ended(request: CompletionRequest | None) -> CompletionRequest:
    """The request, as long as it is open. Raises Refused: completion_over, completion_late."""
    if request is None or request.ended_at is not None:
        raise Refused("completion_over")
    if clock.now() >= request.due_at:
        raise Refused("completion_late", due_at=request.due_at.isoformat())
    return request


def pauses(requests: Iterable[CompletionRequest]) -> list[Pause]:
    """The time limits that were set: each ends when the papers come, at the latest by itself."""
    return [
        Pause(
            clock.local(each.asked_at).date(),
            clock.local(min(each.ended_at or each.due_at, each.due_at)).date(),
        )
        for each in requests
    ]
