"""What happens to one dossier, act by act, each as the person would do it on a page; called in a unit of
work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from callflow.applications import actions as applications
from callflow.applications.answers import fields_of, given_to, with_role
from callflow.applications.models import Application
from callflow.calls.models import Call, Lot
from callflow.cli.playing import cast, lines
from callflow.cli.playing.answering import filled
from callflow.cli.playing.days import Days
from callflow.cli.playing.story import Story
from callflow.coaching import actions as coaching
from callflow.coaching.actions import Counsel
from callflow.coaching.rules import Told
from callflow.coaching.states import Way
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.twin import said
from callflow.dossiers import actions as dossiers
from callflow.dossiers import queries
from callflow.dossiers.states import Task
from callflow.jury import actions as jury
from callflow.jury.rules import Given
from callflow.lifecycle import process, values
from callflow.lifecycle.terms import terms_of
from callflow.lifecycle.values import Asked
from callflow.people.models import Group
from callflow.screening import actions as screening
from callflow.screening.models import Verdict
from callflow.screening.queries import request_of
from callflow.territory.models import Municipality

NOT_APPLICABLE = 0.05
"""How often a criterion without a minimum does not fit a project."""


@dataclass
class Entry:
    """One idea on its way. ``quality`` is what jurors see in it, on the scale of the call."""

    number: int
    story: Story
    quality: float
    at: datetime
    reference: str = ""
    member: Actor | None = None
    coach: Actor | None = None
    jurors: list[Actor] = field(default_factory=list)
    over: bool = False

    @property
    def group(self) -> Actor:
        """Who submits for it, once that is known."""
        if self.member is None:
            raise RuntimeError("nobody has begun this application yet")
        return self.member


def loaded(entry: Entry, actor: Actor, *, money: bool = False) -> Application:
    """The dossier, locked for a step of this person."""
    return queries.for_step(entry.reference, by=actor, kind=Application, money=money)


def apply(
    entry: Entry, call: Call, lot: Lot, *, places: list[Municipality], days: Days, dice: Random
) -> None:
    """An account, a group, a draft, its answers, and the submission some hours later."""
    with clock.fixed(max(days.opens, entry.at - timedelta(hours=dice.randint(1, 60)))):
        entry.member, group_id = cast.found(entry.story, lot, entry.number, dice)
        begin(entry, call, lot, db.session.get_one(Group, group_id))
        typed = filled(call.form, entry.story, places=places, day=days.released.date(), dice=dice)
        draft = write(entry, typed)
    with clock.fixed(entry.at):
        submit(entry, draft)


def begin(entry: Entry, call: Call, lot: Lot, group: Group) -> None:
    """A draft of this group."""
    story = entry.story
    draft = applications.start(
        entry.group, call, lot, group=group, language=story.language, municipality=story.municipality
    )
    entry.reference = draft.reference


def write(entry: Entry, typed: dict[str, Any]) -> Application:
    """The answers, as they are typed."""
    draft = loaded(entry, entry.group)
    applications.save_answers(entry.group, draft, typed, language=entry.story.language)
    return draft


def submit(entry: Entry, draft: Application) -> None:
    """Hand in what was just written."""
    given = values.Submitting(draft.content_version)
    process.take(draft, "submit", actor=entry.group, values=given)


def return_it(entry: Entry, actor: Actor, *, language: str) -> None:
    """The coordinator asks for more about the idea, until the usual day."""
    dossier = loaded(entry, actor)
    points = [str(point["key"]) for point in dossier.call.checklist]
    asked = Asked(lines.word("asked", language), field=_story(dossier), point=next(iter(points), ""))
    due = terms_of(dossier, clock.now()).usual
    process.take(dossier, "return_for_completion", actor=actor, values=values.Returning((asked,), due))


def complete(entry: Entry) -> None:
    """The group writes what was asked for, and hands it in."""
    dossier, more = loaded(entry, entry.group), lines.word("completed", entry.story.language)
    name = _story(dossier)
    longest = int(fields_of(dossier.call.form)[name].get("max_length") or 800)
    told = str(given_to(dossier)[name].value)[: longest - len(more) - 1]
    language = entry.story.language
    screening.save_completion(entry.group, dossier, {name: f"{told} {more}"}, language=language)
    request = request_of(dossier)
    given = values.Completing(request.version if request else 0)
    process.take(dossier, "complete", actor=entry.group, values=given)


def _story(dossier: Application) -> str:
    """The question in which a group tells its idea."""
    field = with_role(dossier.call.form, "summary") or next(iter(fields_of(dossier.call.form).values()))
    return str(field["id"])


def screen(entry: Entry, actor: Actor, *, failing: str | None, language: str) -> None:
    """Every point of the checklist; ``failing`` is the one that is not met, and then the dossier is
    refused.
    """
    dossier = loaded(entry, actor)
    article = ""
    for point in dossier.call.checklist:
        wrong = point["key"] == failing
        article = str(point["article"]) if wrong else article
        verdict, reason = (Verdict.failed, lines.word("failed", language)) if wrong else (Verdict.passed, "")
        screening.set_check(actor, dossier, point=point["key"], verdict=verdict, reason=reason)
    if failing is None:
        process.take(dossier, "screen", actor=actor)
        return
    refusing = values.Refusing(article, lines.word("refused", language))
    process.take(dossier, "refuse", actor=actor, values=refusing)
    entry.over = True


def withdraw(entry: Entry) -> None:
    """The group steps back."""
    dossier = loaded(entry, entry.group)
    reason = values.Reason(lines.word("withdrawn", entry.story.language))
    process.take(dossier, "withdraw", actor=entry.group, values=reason)
    entry.over = True


def assign(entry: Entry, actor: Actor, people: Sequence[Actor], task: Task) -> None:
    """Give some people a task on the dossier."""
    dossier = loaded(entry, actor)
    for who in people:
        dossiers.assign(actor, dossier, person_id=who.id or 0, task=task)


def meet(
    entries: list[Entry], coach: Actor, criterion: str, dice: Random, *, next_on: date | None = None
) -> None:
    """One session of a coach with one group, or with several that can learn from each other."""
    language = entries[0].story.language
    together = [loaded(entry, coach) for entry in sorted(entries, key=lambda entry: entry.number)]
    counsel = [
        Counsel(each.reference, lines.one_of("advice", language, dice), criterion) for each in together
    ]
    coaching.log_session(
        coach,
        together,
        Told(
            held_on=clock.today(),
            minutes=dice.choice((45, 60, 90, 120)),
            way=dice.choice((Way.online, Way.phone)),
            language=language,
            summary=lines.one_of("session", language, dice),
            present=", ".join(entry.group.name for entry in entries),
            next_on=next_on,
            next_note=lines.word("appointment", language) if next_on else "",
        ),
        advice=counsel[:1],
    )


def invite(entry: Entry, actor: Actor, *, language: str) -> None:
    """Half an hour from now the group presents its project."""
    given = values.Presenting(clock.now() + timedelta(minutes=30), lines.word("hall", language))
    step(entry, "invite_to_present", actor, given)


def present(entry: Entry, actor: Actor, *, language: str) -> None:
    """The group came, and the office notes it."""
    step(entry, "note_presentation", actor, values.Presented(True, lines.word("presented", language)))


def step(entry: Entry, trigger: str, actor: Actor, given: object = None, *, money: bool = False) -> None:
    """One step that asks nothing else."""
    process.take(loaded(entry, actor, money=money), trigger, actor=actor, values=given)


@dataclass(frozen=True)
class Line:
    """A line of the rubric as a juror uses it: what a score means, and whether it may not apply."""

    key: str
    optional: bool
    levels: tuple[dict[str, str], ...]

    def given(self, quality: float, language: str, dice: Random) -> Given:
        """A score near the quality that jurors see, with the words of the rubric as its reason."""
        if self.optional and dice.random() < NOT_APPLICABLE:
            return Given(not_applicable=True, reason=lines.word("not_applicable", language))
        score = min(max(round(dice.gauss(quality, 0.8)), 0), len(self.levels) - 1)
        reason = said(self.levels[score], language)
        return Given(Decimal(score), reason=reason or lines.sentences(language, dice, longest=300, count=1))


def rubric_of(call: Call) -> tuple[Line, ...]:
    """The lines of a call's rubric."""
    return tuple(Line(each.key, each.minimum is None, tuple(each.levels)) for each in call.criteria)


def judge(entry: Entry, juror: Actor, rubric: Sequence[Line], *, language: str, dice: Random) -> None:
    """A sheet filled in and handed in."""
    given = {line.key: line.given(entry.quality, language, dice) for line in rubric}
    dossier = loaded(entry, juror)
    sheet = jury.save_scores(juror, dossier, version=0, given=given)
    jury.hand_in(juror, dossier, version=sheet.version)


def stand_aside(entry: Entry, juror: Actor, language: str, *, conflict: bool) -> None:
    """A juror who knows the group, or who cannot judge the subject."""
    dossier = loaded(entry, juror)
    if conflict:
        jury.declare_conflict(juror, dossier, reason=lines.word("conflict", language))
    else:
        jury.abstain(juror, dossier, version=0, reason=lines.word("abstained", language))


def approve_interim(entry: Entry, coordinator: Actor) -> None:
    """The report halfway is approved."""
    step(
        entry, "approve_interim", coordinator, values.Remarking(lines.word("approved", entry.story.language))
    )


def close(entry: Entry, coordinator: Actor, costs: Decimal | None) -> None:
    """The report is approved and the dossier closed."""
    language = entry.story.language
    step(entry, "close", coordinator, values.Approving(costs, lines.word("approved", language)))
