"""A juror with a conflict tries every address, in every role they can hold beside it, for every reason that
there is for a conflict: a plain answer, nothing told, nothing written, and nothing that an unknown dossier
would not be answered as well.

An exhaustive product, not drawn examples: what the site stops at its door would find nothing, and so each
view is asked by those who get as far. The gate takes a fourth of roles and relations and turns them round
over the addresses, ``make deep`` all of them.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pytest
from werkzeug.routing import Rule

from callflow.core import clock, i18n
from callflow.web.words import HTTP
from tests import factories as make
from tests.architecture import access
from tests.web.jury import asked
from tests.web.jury.asked import Answer, Site
from tests.web.jury.kept_away import (
    AGREED,
    ASKED,
    GRANTED,
    JURY_SAYS,
    SEEN_BY_OFFICE,
    Away,
    Beside,
    KeptAway,
    Relation,
)

PLAIN = frozenset({200, 302, 303, 400, 403, 404, 405, 409, 410, 422})
OF_THE_JURY = frozenset({"reasons", "agreed", "granted"})
"""What a member of the group is not told before the release either; all else of it is theirs."""
ALSO = (Beside.signatory, Relation.member)
"""Who belongs to the group sees the dossier, but not as the office does."""
FILE = re.compile(r"/files/|\.(pdf|zip|<)")
Wanted = list[tuple[Beside, Relation]]


def wanted(deep: bool) -> Wanted:
    """All that can be, or a fourth: every role and every relation, and a chair whose conflict was found."""
    found = [
        (beside, relation)
        for beside, relation in itertools.product(Beside, Relation)
        if not (relation is Relation.unseated and beside in SEEN_BY_OFFICE)
        and not (relation is Relation.member and beside is Beside.applicant)
    ]
    return found if deep else [each for at, each in enumerate(found) if at % 4 == 2 or each == ALSO]


def figure(value: Any) -> str:
    """The number however it is written: with a comma, with or without groups of digits."""
    whole, _, rest = f"{value}".partition(".")
    grouped = whole if len(whole) < 4 else rf"{whole[:-3]}\W?{whole[-3:]}"
    return rf"(?<!\d){grouped}{rf'[.,]{rest}' if rest else ''}(?!\d)"


def secrets_of(world: KeptAway) -> dict[str, re.Pattern[str]]:
    group = world.round.group
    return {
        "title": re.compile("lichtpunt", re.IGNORECASE),  # in the names of its files and in its messages too
        "reference": re.compile(world.hidden.reference),
        "group": re.compile(rf"{group.name}(?!\d)|{group.contact_email}"),
        "asked": re.compile(figure(ASKED)),
        "granted": re.compile(figure(GRANTED)),
        "agreed": re.compile(figure(AGREED)),
        "reasons": re.compile(JURY_SAYS),
    }


@dataclass(frozen=True)
class Draw:
    """One person at one address."""

    away: Away
    rule: Rule
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.away})"


class Asking:
    """Asks, and collects what no answer may be."""

    def __init__(self, site: Site, world: KeptAway) -> None:
        self.site, self.world = site, world
        self.secrets = secrets_of(world)
        self.wrong: list[str] = []
        self.asked: Counter[str] = Counter()
        self.before: dict[str, tuple[int, ...]] = {}
        self.unknown: dict[Any, tuple[int, str]] = {}
        self.paths: dict[str, tuple[str, str]] = {}

        self.roles = {each.user.id: make.actor(each.user).roles for each in world.people}

    def all_of(self, draws: list[Draw]) -> None:
        self.before, self.unknown = asked.rows(self.world.hidden.id), {}
        self.paths = {
            str(rule): (self.site.path(rule), self.site.path(rule, there=False)) for rule in self.site.rules
        }
        for draw in draws:
            found = list(self.one(draw))
            self.wrong += [f"{draw}: {each}" for each in found]

    def one(self, draw: Draw) -> Iterator[str]:
        there, nowhere = self.paths[str(draw.rule)]
        if draw.method == "POST":
            yield from self.sent(draw, there, nowhere)
            return
        answer = self.answer(draw, there)
        yield from self.plain(draw, answer)
        yield from self.told(draw, answer, there)
        if there == nowhere and answer.status == 200 and answer.html and self.site.closed(draw.rule):
            there, nowhere = there + self.site.search(), nowhere + self.site.search(there=False)
            answer = self.answer(draw, there)
        if there != nowhere and draw.away.relation is not Relation.member:
            yield from self.differs(draw, answer, there, nowhere)

    def sent(self, draw: Draw, there: str, nowhere: str) -> Iterator[str]:
        own = draw.away.relation is Relation.member
        with access.undone():
            form = self.site.form(draw.rule, there=True)
            answer = self.answer(draw, there, form)
            after = asked.rows(self.world.hidden.id)
        yield from self.plain(draw, answer)
        yield from self.told(draw, answer, f"{there} {form}" if self.site.ref in f"{form}" else there)
        changed = {name for name in after if after[name] != self.before[name]}
        mine = {name for name in after if after[name][1:] != self.before[name][1:]}
        if not own and (mine or (answer.status >= 400 and changed)):
            yield f"wrote {changed}"
        if not own and (there != nowhere or self.site.ref in f"{form}"):
            yield from self.differs(draw, answer, there, nowhere, self.site.form(draw.rule, there=False))

    def answer(self, draw: Draw, path: str, data: Any = None) -> Answer:
        self.asked[draw.method] += 1
        answer = self.site.ask(draw.away.user, draw.method, path, data)
        if draw.method == "POST" and answer.leads_to.startswith("/"):
            then = self.site.ask(draw.away.user, "GET", answer.leads_to)
            answer = replace(answer, words=f"{answer.words} {then.words}")
        return answer

    def plain(self, draw: Draw, answer: Answer) -> Iterator[str]:
        """A refusal is a page in the language of the person that says what is the matter."""
        if answer.status not in PLAIN:
            yield f"answered {answer.status}"
        elif answer.html and answer.status >= 400 and self.site.closed(draw.rule):
            language = draw.away.user.language
            with i18n.speaking(language):
                said = str(HTTP[answer.status][0])
            if f'<html lang="{language}"' not in answer.html:
                yield "speaks another language"
            if answer.status in (403, 404) and said not in answer.html:
                yield f"does not say “{said}”"

    def told(self, draw: Draw, answer: Answer, sent: str) -> Iterator[str]:
        words = answer.words.replace(sent.split(" ", maxsplit=1)[0], "")
        if draw.away.relation is Relation.coached and "/hours." in draw.rule.rule:
            return  # their own hours, of when they were its coach
        for name, secret in self.secrets.items():
            if draw.away.relation is Relation.member and name not in OF_THE_JURY:
                continue
            if name == "reference" and self.site.ref in sent:
                continue
            if found := secret.search(words):
                yield f"tells the {name}: {words[max(0, found.start() - 60) : found.end() + 30]!r}"

    def differs(
        self, draw: Draw, answer: Answer, there: str, nowhere: str, form: Any = None
    ) -> Iterator[str]:
        """What an unknown dossier is not answered, by status or words. Asked anew unless somebody of the same
        roles was answered the same.
        """
        user = draw.away.user
        key = (draw.method, nowhere, user.language, self.roles[user.id])
        said = (answer.status, self.site.neutral(answer.words, there, user))
        if self.unknown.get(key) == said:
            return
        with access.undone() if form else nullcontext():
            other = self.answer(draw, nowhere, form)
        unsaid = self.unknown[key] = (other.status, self.site.neutral(other.words, nowhere, user))
        if said != unsaid:
            two = enumerate(zip(said[1], unsaid[1], strict=False))
            at = max(0, next((at for at, (one, another) in two if one != another), 0) - 40)
            yield f"{said[0]} is not {unsaid[0]}: {said[1][at : at + 90]!r}, {unsaid[1][at : at + 90]!r}"


def draws(site: Site, people: list[Away], *, deep: bool) -> list[Draw]:
    """Who asks what: everybody for the dossier as its jurors open it, every chair and coordinator for what is
    of the jury, elsewhere two of different roles, or one where the dossier stands not in the address.
    """
    actors = {each.user.id: make.actor(each.user) for each in people}
    found = []
    for number, rule in enumerate(site.rules):
        asking = [each for each in people if site.opens(rule, actors[each.user.id])]
        closed_to_some = len(asking) < len(people)
        if not deep and not (rule.rule.startswith("/jury") and (closed_to_some or "<ref>" in rule.rule)):
            asking = turned(asking, number, 2 if about_it(rule) and closed_to_some else 1)
        methods = (rule.methods or set()) & {"GET", "POST"}
        if "GET" in methods and "<ref>" in rule.rule and FILE.search(rule.rule):
            methods = methods | {"HEAD"}
        found += [Draw(each, rule, method) for each in asking for method in sorted(methods)]
    return found


def about_it(rule: Rule) -> bool:
    return bool({"ref", "group_id"} & rule.arguments)


def turned(people: list[Away], number: int, most: int) -> list[Away]:
    """As many of them, each of another role, others for each number."""
    by_role = [list(each) for _role, each in itertools.groupby(people, key=lambda away: away.beside)]
    chosen = [by_role[(number + step) % len(by_role)] for step in range(min(most, len(by_role)))]
    return [each[number // len(by_role) % len(each)] for each in chosen]


@pytest.mark.once
@pytest.mark.unverified  # jurors who coached it or joined the group: of that flask verify warns
def test_a_juror_with_a_conflict_is_told_nothing_at_any_address_in_any_role(app, deep):
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with clock.fixed(clock.now()):
            asking, told = walked(app, wanted(deep), deep=deep)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True

    assert asking.wrong == []
    assert told == set(asking.secrets), "what is looked for is there for who may see it"
    assert len(asking.site.forms) > 50
    assert asking.asked["GET"] > 300
    assert asking.asked["POST"] > 300


def walked(app: Any, among: Wanted, *, deep: bool) -> tuple[Asking, set[str]]:
    """The three moments of the dossier: it is scored, it was met on, it was decided and nobody told."""
    world = KeptAway(among)
    site = Site(app, world)
    asking, told = Asking(site, world), set()
    everything = draws(site, world.people, deep=deep)

    def learn(*people: Any, at: str = "") -> None:
        for answer in itertools.chain.from_iterable(site.learn(each, at=at) for each in people):
            told.update(name for name, secret in asking.secrets.items() if secret.search(answer.words))

    around = world.round
    moments = (
        lambda: (
            learn(around.coordinator, at="/coordinator"),
            learn(around.juror, at="/jury"),
            learn(around.coach, at="/coach"),
            learn(around.resident, at="/applications"),
        ),
        lambda: (world.meet(), learn(around.coordinator, at="/jury")),
        lambda: (world.decide(), learn(around.coordinator, around.signatory, at="/decisions")),
    )
    for number, moment in enumerate(moments):
        moment()
        now = {each.user.id for each in world.people[number :: len(moments)]}
        asking.all_of([each for each in everything if each.away.user.id in now])
    return asking, told
