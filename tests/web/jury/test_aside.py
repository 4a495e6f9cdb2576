"""What becomes of a dossier changes nothing of what a juror with a conflict is answered, at any address: no
page, list, search, count, export or file tells that it was scored, met on, or decided.

That is more than that its name stands nowhere (test_recusal): a total that moves would tell as well.
"""

from collections.abc import Callable, Collection
from decimal import Decimal

import pytest

from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude
from callflow.dossiers.states import State, Task
from callflow.jury.actions import meeting
from callflow.jury.queries import open_meeting
from callflow.lifecycle import values
from callflow.people.models import User
from tests import factories as make
from tests.architecture import access
from tests.architecture.access import Neighbourhood
from tests.web.jury.asked import Site

MEETS = Procedure(coaching=Coaching.before, sessions_needed=1, scores_needed=1, meeting=True, reserve=True)
TITLE = "Lichtpunt"
Answers = dict[str, tuple[int, str]]
COUNTED = (
    "/coordinator", "/coordinator/calls/<reference>/agenda/<lot>", "/coordinator/calls/<reference>/board",
    "/coordinator/calls/<reference>/decisions/<lot>",
    "/coordinator/calls/<reference>/decisions/<lot>/letters", "/coordinator/calls/<reference>/jury",
    "/coordinator/calls/<reference>/ranking/<lot>", "/coordinator/decisions", "/coordinator/dossiers",
    "/coordinator/timed",
)  # fmt: skip
"""Where the office reads how many there are, or what is left."""


class Aside:
    """The neighbourhood of a dossier that somebody must not see, beside one that they judge."""

    def __init__(self, relation: str) -> None:
        self.around = Neighbourhood(MEETS)
        self.round, self.hidden = self.around.round, self.around.dossier
        self.round.coach_them(self.hidden)
        make.take(self.hidden, "finish_coaching", self.round.coordinator)
        self.beside = self.coached(self.round.screened(answers={"title": "De bank"}))
        self.person: User = getattr(self, f"_{relation}")()
        for each in (self.round.juror, self.person):
            self.round.give(self.beside, Task.juror, each)
            self.round.score(self.beside, each)
        make.take(self.beside, "close_scoring", self.round.coordinator)

    def _juror(self) -> User:
        """Who declared it."""
        return self.round.second

    def _chair(self) -> User:
        """Who leads the jury as well."""
        return self._kept_away(Role.juror, Role.chair)

    def _coach(self) -> User:
        """Who is the coach of other projects as well."""
        person = self._kept_away(Role.juror, Role.coach)
        self.round.give(self.round.screened(answers={"title": "De haag"}), Task.coach, person)
        return person

    def _office(self) -> User:
        """Who works on the whole call as well."""
        return self._kept_away(Role.juror, Role.coordinator, Role.signatory)

    def _kept_away(self, *roles: Role) -> User:
        person = make.person(*((role, "call", self.round.call.id) for role in roles))
        self.round.declare(person)
        who = make.actor(self.round.coordinator)
        with unit_of_work():
            found = dossiers.for_step(self.hidden.reference, by=who)
            exclude(who, found, person_id=person.id, reason="Woont ernaast")
        return person

    def coached(self, dossier: make.Application) -> make.Application:
        self.round.give(dossier, Task.coach, self.round.coach)
        self.round.coach_them(dossier)
        return make.take(dossier, "finish_coaching", self.round.coordinator)

    def scored(self) -> None:
        self.round.score(self.hidden, self.round.juror)
        make.take(self.hidden, "close_scoring", self.round.coordinator)

    def met(self) -> None:
        """Both are on the agenda of a meeting that is open."""
        who = make.actor(self.round.coordinator)
        refs = [self.hidden.reference, self.beside.reference]
        with unit_of_work():
            call = db.session.get_one(make.Call, self.round.call.id)
            made = meeting.open_meeting(who, call, held_on=clock.today(), place="Ieper", quorum=1, refs=refs)
            db.session.flush()  # for its id
            sits = [self.person.id, self.round.juror.id]
            meeting.note_presence(who, call, made.id, version=made.version, present=sits)
            number = made.id
        self.around.values["meeting_id"] = number

    def settled(self) -> None:
        given = values.Settling(Decimal("81.5"), "De buren doen mee.", "Lang besproken.")
        make.take(self.hidden, "settle", self.round.coordinator, given)

    def selected(self) -> None:
        make.take(self.hidden, "select", self.round.coordinator, values.Selecting(Decimal(4000), 2))

    def decided(self) -> None:
        self.round.decide()


def answers(site: Site, aside: Aside, *, only: Collection[str] = ()) -> Answers:
    """What this person is answered at every address, or at these; where a page opens, searched and filtered
    as well.
    """
    found = {}
    ref, call = aside.hidden.reference, aside.round.call.reference
    asked = f"call={call}&q={TITLE}&ref={ref}&dossier={ref}&state=selected"
    for rule, path in access.to_read(site.app, aside.around).items():
        if only and rule not in only:
            continue
        found[rule] = _answer(site, aside, "GET", path)
        if found[rule][0] == 200:
            found[f"{rule}?"] = _answer(site, aside, "GET", f"{path}?{asked}")
    return found


def refusals(site: Site, aside: Aside) -> Answers:
    """What this person is answered who sends a form to any address that their role opens."""
    found, who = {}, make.actor(aside.person)
    for rule in site.rules:
        if "POST" in (rule.methods or ()) and site.closed(rule) and site.opens(rule, who):
            with access.undone():
                form = site.form(rule, there=True)
                found[rule.rule] = _answer(site, aside, "POST", site.path(rule), form)
    return found


def _answer(site: Site, aside: Aside, method: str, path: str, form: object = None) -> tuple[int, str]:
    answer = site.ask(aside.person, method, path, form)
    return answer.status, answer.words if answer.status == 200 or method == "POST" else ""


def differing(before: Answers, after: Answers) -> list[str]:
    return [where for where in before if before[where] != after.get(where)]


DEEDS: tuple[tuple[Callable[[Aside], None], bool], ...] = (
    (Aside.scored, True), (Aside.met, False), (Aside.settled, True), (Aside.selected, True),
    (Aside.decided, True),
)  # fmt: skip
"""What happens to it, and whether nothing may change: that a meeting was opened is for all to see."""


@pytest.fixture
def unforged(app):
    """Forms are taken without the token of a page."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.once
@pytest.mark.parametrize("relation", ["juror", "chair", "coach"])
def test_what_becomes_of_it_changes_no_answer_to_a_juror_with_a_conflict(unforged, relation):
    with clock.fixed(clock.now()):
        aside = Aside(relation)
        site = Site(unforged, aside)
        at_first = answers(site, aside)
        opened = [where for where, (status, _said) in at_first.items() if status == 200]
        before = {where: at_first[where] for where in opened}
        refused = refusals(site, aside)

        for deed, silent in DEEDS:
            deed(aside)
            after = answers(site, aside, only=opened)
            assert not silent or differing(before, after) == [], deed.__name__
            if not silent:
                refused_then = refusals(site, aside)
            before = after
        at_last, refused_at_last = answers(site, aside), refusals(site, aside)

    assert make.state_of(aside.hidden) is State.selected
    assert open_meeting(aside.round.call.id) is not None
    assert {"/jury", "/jury?", "/"} <= set(opened)
    assert {where: status for where, (status, _said) in at_last.items()} == {
        where: status for where, (status, _said) in at_first.items()
    }
    told = [where for where in opened if not where.endswith("?") and TITLE in at_last[where][1]]
    assert told == []
    about_it = [where for where in refused if "<ref>" in where or "<item>" in where]
    assert {refused[where][0] for where in about_it} <= {403, 404}
    assert differing({where: refused[where] for where in about_it}, refused_at_last) == []
    assert differing(refused_then, refused_at_last) == [], "that a meeting was opened is for all to see"
    assert [where for where, (_status, said) in refused_at_last.items() if TITLE in said] == []


@pytest.mark.once
def test_nor_any_number_that_the_office_reads_where_somebody_of_it_has_the_conflict(app):
    with clock.fixed(clock.now()):
        aside = Aside("office")
        site = Site(app, aside)
        before = answers(site, aside, only=COUNTED)

        for deed, silent in DEEDS:
            deed(aside)
            after = answers(site, aside, only=COUNTED)
            assert not silent or differing(before, after) == [], deed.__name__
            before = after

    assert {before[where][0] for where in COUNTED} == {200, 404, 422}
    assert make.state_of(aside.hidden) is State.selected
