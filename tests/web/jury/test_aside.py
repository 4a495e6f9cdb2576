"""What becomes of a dossier changes nothing of what a juror with a conflict is answered, at any address: no
page, list, search, count, export or file tells that it was scored, met on, or decided.

That is more than that its name stands nowhere (test_recusal): a total that moves would tell as well.
"""

from collections.abc import Callable, Collection
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

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
from tests.client import CheckedClient

MEETS = Procedure(coaching=Coaching.before, sessions_needed=1, scores_needed=1, meeting=True, reserve=True)
TITLE = "Lichtpunt"
Answers = dict[str, tuple[int, str]]


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


def answers(app, aside: Aside, *, only: Collection[str] = ()) -> Answers:
    """What this person is answered at every address, or at these; where a page opens, searched and filtered
    as well.
    """
    client, found = CheckedClient(app).sign_in(aside.person), {}
    ref, call = aside.hidden.reference, aside.round.call.reference
    asked = f"call={call}&q={TITLE}&ref={ref}&dossier={ref}&state=selected"
    for rule, path in access.to_read(app, aside.around).items():
        if only and rule not in only:
            continue
        found[rule] = _answer(client, path)
        if found[rule][0] == 200:
            found[f"{rule}?"] = _answer(client, f"{path}?{asked}")
    return found


def _answer(client: CheckedClient, path: str) -> tuple[int, str]:
    status = client.status(path)  # most addresses are closed: nothing is read of those
    return status, _said(client.get(path)) if status == 200 else ""


def _said(answer) -> str:
    """Without what differs from one answer to the next: tokens, versions, what was asked for."""
    if "html" not in (answer.content_type or ""):
        return answer.get_data(as_text=True)
    soup = BeautifulSoup(answer.data, "html.parser")
    for field in soup.select("input[type=hidden], meta, [name=q]"):
        field.decompose()
    return str(soup)


def differing(before: Answers, after: Answers) -> list[str]:
    return [where for where in before if before[where] != after.get(where)]


DEEDS: tuple[tuple[Callable[[Aside], None], bool], ...] = (
    (Aside.scored, True), (Aside.met, False), (Aside.settled, True), (Aside.selected, True),
    (Aside.decided, True),
)  # fmt: skip
"""What happens to it, and whether nothing may change: that a meeting was opened is for all to see."""


@pytest.mark.once
@pytest.mark.parametrize("relation", ["juror", "chair", "coach"])
def test_what_becomes_of_it_changes_no_answer_to_a_juror_with_a_conflict(app, relation):
    with clock.fixed(clock.now()):
        aside = Aside(relation)
        at_first = answers(app, aside)
        opened = [where for where, (status, _said) in at_first.items() if status == 200]
        before = {where: at_first[where] for where in opened}

        for deed, silent in DEEDS:
            deed(aside)
            after = answers(app, aside, only=opened)
            assert not silent or differing(before, after) == [], deed.__name__
            before = after
        at_last = answers(app, aside)

    assert make.state_of(aside.hidden) is State.selected
    assert open_meeting(aside.round.call.id) is not None
    assert {"/jury", "/jury?", "/"} <= set(opened)
    assert {where: status for where, (status, _said) in at_last.items()} == {
        where: status for where, (status, _said) in at_first.items()
    }
    told = [where for where in opened if not where.endswith("?") and TITLE in at_last[where][1]]
    assert told == []
