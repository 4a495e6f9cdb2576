"""A whole call, act after act, in the order of its calendar; some dossiers to a unit of work, as bulk pages
do.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar

from callflow.applications.queries import places_of
from callflow.calls import queries as calls
from callflow.calls.models import Call
from callflow.calls.procedure import Procedure
from callflow.cli.playing import acts, cast, lines
from callflow.cli.playing.acts import Entry
from callflow.cli.playing.cast import Company
from callflow.cli.playing.days import Days
from callflow.cli.playing.story import Story
from callflow.core import clock
from callflow.core.actor import Actor
from callflow.core.db import unit_of_work
from callflow.dossiers.states import Task
from callflow.jury import actions as jury

AT_ONCE = 50
"""Dossiers to one unit of work."""
RETURNED, REFUSED, WITHDRAWN, ASIDE, ABSTAINED, TOGETHER = 0.06, 0.04, 0.01, 0.015, 0.01, 0.3
"""How often something is missing, a point is not met, a group withdraws, a juror steps aside or abstains, a
session is shared.
"""

Tick = Callable[[], None]
T = TypeVar("T")


@dataclass
class Play:
    """A call that is being played. ``tick`` is called once a dossier and act, for a bar; ``between`` where no
    unit of work is open.
    """

    reference: str
    procedure: Procedure
    days: Days
    dice: Random
    tick: Tick
    lots: dict[int, str]
    rubric: tuple[acts.Line, ...]
    company: Company = field(default_factory=Company)
    entries: list[Entry] = field(default_factory=list)
    undecided: int = 0
    between: Tick = lambda: None

    @property
    def under_way(self) -> list[Entry]:
        """The dossiers that nobody has refused, withdrawn or decided."""
        return [entry for entry in self.entries if not entry.over]

    def call(self) -> Call:
        """The call with its lots, as the running unit of work sees it."""
        return calls.by_reference(self.reference)

    def coordinator(self, entry: Entry) -> Actor:
        """Who handles this dossier."""
        return self.company.coordinators[entry.story.lot_id]

    def language(self, entry: Entry) -> str:
        """That of the authority: what is written about a dossier goes into its letter."""
        return self.lots[entry.story.lot_id]


def begin(call: Call, stories: Sequence[Story], dice: Random, tick: Tick) -> Play:
    """A play of these ideas, its staff hired the day before the call opens."""
    languages = {lot.id: lot.authority.language for lot in call.lots}
    play = Play(
        call.reference,
        Procedure.of(call.procedure),
        Days.of(call),
        dice,
        tick,
        languages,
        acts.rubric_of(call),
    )
    middle = call.scale_max * 0.62
    for number, story in enumerate(stories):
        quality = min(max(dice.gauss(middle, call.scale_max * 0.17), 0), call.scale_max)
        play.entries.append(Entry(number, story, quality, play.days.within(dice)))
    play.entries.sort(key=lambda entry: (entry.at, entry.number))
    with unit_of_work(), clock.fixed(play.days.opens):
        play.company = cast.hire(play.call(), stories, dice)
    return play


def _batches(play: Play, some: Sequence[T]) -> Iterator[Sequence[T]]:
    """Some at a time: as many as one unit of work takes."""
    for start in range(0, len(some), AT_ONCE):
        yield some[start : start + AT_ONCE]
        play.between()


def for_each(play: Play, entries: Sequence[Entry], at: datetime, act: Callable[[Entry], object]) -> None:
    """The act for each of these dossiers at that moment, some to a unit of work."""
    for batch in _batches(play, entries):
        with unit_of_work(), clock.fixed(at):
            for entry in batch:
                act(entry)
                play.tick()


def applying(play: Play) -> None:
    """Groups write and submit; some withdraw again before the call closes."""
    for batch in _batches(play, play.entries):
        with unit_of_work():
            call = play.call()
            places = list(places_of(call.id))
            lots = {lot.id: lot for lot in call.lots}
            for entry in batch:
                lot = lots[entry.story.lot_id]
                acts.apply(entry, call, lot, places=places, days=play.days, dice=play.dice)
                play.tick()
    for_each(
        play,
        [entry for entry in play.entries if play.dice.random() < WITHDRAWN],
        play.days.closes,
        acts.withdraw,
    )


def screening(play: Play) -> None:
    """The coordinators look at every point; a few groups are asked for more first, a few do not meet one."""
    points = [point["key"] for point in play.call().checklist]
    brought = completing(play) if play.procedure.completion else []

    def screen(entry: Entry) -> None:
        failing = play.dice.choice(points) if points and play.dice.random() < REFUSED else None
        acts.screen(entry, play.coordinator(entry), failing=failing, language=play.language(entry))

    for_each(play, [each for each in play.under_way if each not in brought], play.days.screening, screen)
    for_each(play, brought, play.days.brought, screen)


def completing(play: Play) -> list[Entry]:
    """Those who were asked for more, and brought it two days later."""
    returned = [entry for entry in play.under_way if play.dice.random() < RETURNED]
    for batch in _batches(play, returned):
        with unit_of_work(), clock.fixed(play.days.screening):
            for entry in batch:
                acts.return_it(entry, play.coordinator(entry), language=play.language(entry))
        with unit_of_work(), clock.fixed(play.days.brought):
            for entry in batch:
                acts.complete(entry)
    return returned


def coaching(play: Play) -> None:
    """Coaching before the jury reads."""
    guiding(play, play.under_way, play.days.coaching, "finish_coaching")


def guiding(play: Play, entries: Sequence[Entry], at: datetime, trigger: str) -> None:
    """Coaches meet their groups as often as the call asks, sometimes several together, and close the
    coaching.
    """
    criterion = play.rubric[0].key
    turns: dict[str, int] = defaultdict(int)

    def appoint(entry: Entry) -> None:
        if entry.coach is None:
            coaches = play.company.coaches[entry.story.language]
            entry.coach = coaches[turns[entry.story.language] % len(coaches)]
            turns[entry.story.language] += 1
            acts.assign(entry, play.coordinator(entry), [entry.coach], Task.coach)

    for_each(play, entries, at, appoint)
    for _ in range(play.procedure.sessions_needed):
        for batch in _batches(play, list(_tables(play, entries))):
            with unit_of_work(), clock.fixed(at):
                for coach, together in batch:
                    acts.meet(together, coach, criterion, play.dice)
    for_each(
        play, entries, at, lambda entry: acts.step(entry, trigger, entry.coach or play.coordinator(entry))
    )


def _tables(play: Play, entries: Iterable[Entry]) -> Iterator[tuple[Actor, list[Entry]]]:
    """Who sits together: one group, or two that share their coach."""
    waiting: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.coach is None:
            continue
        seats = waiting[entry.coach.pseudonym]
        seats.append(entry)
        if len(seats) == 2 or play.dice.random() >= TOGETHER:
            yield entry.coach, list(seats)
            seats.clear()
    for left in waiting.values():
        if left and left[0].coach is not None:
            yield left[0].coach, left


def presenting(play: Play) -> None:
    """Every group presents its project before the jury scores."""

    def invite(entry: Entry) -> None:
        acts.invite(entry, play.coordinator(entry), language=play.language(entry))

    def present(entry: Entry) -> None:
        acts.present(entry, play.coordinator(entry), language=play.language(entry))

    for_each(play, play.under_way, play.days.coaching, invite)
    for_each(play, play.under_way, play.days.scoring, present)


def judging(play: Play) -> None:
    """Jurors declare, are assigned in turn, and score; for one who steps aside or abstains another comes."""
    text = lines.word("declaration", "nl")
    with unit_of_work(), clock.fixed(play.days.scoring):
        for pool in play.company.jurors.values():
            for juror in pool:
                jury.declare(juror, play.call(), text=text)
    turns: dict[str, int] = defaultdict(int)
    for_each(
        play,
        play.under_way,
        play.days.scoring,
        lambda entry: _seat(play, entry, turns, play.procedure.scores_needed),
    )
    for_each(play, play.under_way, play.days.jury, lambda entry: _score(play, entry, turns))
    for_each(
        play,
        play.under_way,
        play.days.jury,
        lambda entry: acts.step(entry, "close_scoring", play.coordinator(entry)),
    )


def _seat(play: Play, entry: Entry, turns: dict[str, int], count: int) -> None:
    pool = play.company.jurors[entry.story.language]
    chosen: list[Actor] = []
    while len(chosen) < count:
        juror = pool[turns[entry.story.language] % len(pool)]
        turns[entry.story.language] += 1
        if juror not in entry.jurors and juror not in chosen:
            chosen.append(juror)
    acts.assign(entry, play.coordinator(entry), chosen, Task.juror)
    entry.jurors += chosen


def _score(play: Play, entry: Entry, turns: dict[str, int]) -> None:
    """Each juror hands in; the places of those who do not are filled, as long as others are there."""
    waiting = list(entry.jurors)
    spare = len(play.company.jurors[entry.story.language]) - len(waiting)
    while waiting:
        juror = waiting.pop(0)
        chance = play.dice.random()
        if chance < ASIDE + ABSTAINED and spare > 0:
            spare -= 1
            acts.stand_aside(entry, juror, play.language(entry), conflict=chance < ASIDE)
            _seat(play, entry, turns, 1)
            waiting.append(entry.jurors[-1])
        else:
            acts.judge(entry, juror, play.rubric, language=play.language(entry), dice=play.dice)
