"""Which advice changed the text: from the version it was given on to what came since, or is written now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callflow.applications.answers import asks_for_place, fields_of, given_to
from callflow.applications.models import Application
from callflow.applications.queries import places_of, submissions_of
from callflow.applications.rules import revisable
from callflow.coaching.queries import Logged
from callflow.desk.differences import Difference, differences

MOST = 50
"""Versions looked back upon."""


@dataclass(frozen=True)
class Since:
    """What changed since a piece of advice was given on version ``number``.

    ``until`` is the version compared with, None for what is written now and was not handed in. ``about`` is
    the question that the advice is on, None where it is on more than one; ``all`` is every answer that
    differs.
    """

    number: int
    until: int | None
    all: Sequence[Difference]
    about: str | None = None

    @property
    def own(self) -> Difference | None:
        """How the answer changed that the advice is about."""
        return next((each for each in self.all if each.field == self.about), None)


def changes_since(
    dossier: Application, log: Sequence[Logged], *, language: str, present: bool
) -> Mapping[int, Since]:
    """By advice, what became of the text; three statements, however much advice there is, none without any.

    With ``present`` the answers as they stand now are looked at where no later version was handed in: for
    the group and its coach while it is being coached.
    """
    advised = [given.advice for logged in log for given in logged.given]
    if not advised:
        return {}
    versions = {each.number: each for each in submissions_of(dossier, most=MOST)}
    writing = present and revisable(dossier)
    now = {name: each.value for name, each in given_to(dossier).items()} if writing else {}
    form = dossier.call.form
    places = places_of(dossier.call_id) if asks_for_place(form, fields_of(form)) else ()
    last = max(versions, default=0)
    found: dict[int, Since] = {}
    known: dict[int, Since] = {}
    for advice in advised:
        number = advice.submission_number
        if number not in versions or (number == last and not writing):
            continue
        if number not in known:
            until = last if number < last else None
            after = versions[last].answers if until else now
            known[number] = Since(
                number, until,
                differences(form, versions[number].answers, after, language=language, places=places),
            )  # fmt: skip
        base = known[number]
        found[advice.id] = Since(base.number, base.until, base.all, advice.field)
    return found
