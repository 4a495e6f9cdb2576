"""A dossier of which everything is told somewhere, and jurors whom a conflict keeps away from it: in every
role that they can hold beside it, and for every reason there can be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from callflow.applications.models import Answer
from callflow.calls.procedure import Procedure
from callflow.calls.states import Coaching
from callflow.coaching.states import Way
from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.decisions.models import Resolution
from callflow.desk import meeting as desk
from callflow.desk import scope
from callflow.dossiers import queries as dossiers
from callflow.dossiers.actions import exclude, unassign
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import Task
from callflow.filing import actions as filing
from callflow.filing.states import Colour
from callflow.jury import actions as jury
from callflow.jury import profiles
from callflow.jury.actions import meeting
from callflow.jury.rules import Given
from callflow.jury.wishes import Wishes
from callflow.lifecycle import conflicts, proposing, seating, values
from callflow.people.models import Membership, User
from callflow.people.states import Right
from tests import factories as make
from tests.architecture.access import Neighbourhood

MEETS = Procedure(coaching=Coaching.before, sessions_needed=1, scores_needed=1, meeting=True, reserve=True)
BODY = "Heemkring De Kandelaar"
"""A partner, which the application names."""
JURY_SAYS = "Vuurtoren"
"""Stands in every reason and remark of jury and office."""
ASKED, GRANTED, AGREED = Decimal(4512), Decimal(4321), Decimal("83.7")
SCORES = {"need": Decimal(4), "participation": Decimal(3)}


class Beside(StrEnum):
    """What a juror can be as well."""

    nothing = "nothing"
    chair = "chair"
    coach = "coach"
    signatory = "signatory"
    coordinator = "coordinator"
    admin = "admin"
    applicant = "applicant"


class Relation(StrEnum):
    """How a conflict came about: said before scoring or after, reported, found; ``unseated`` was found of
    somebody who never sat on the dossier, ``member`` belongs to the group to this day.
    """

    declared = "declared"
    late = "late"
    reported = "reported"
    municipality = "municipality"
    body = "body"
    household = "household"
    coached = "coached"
    author = "author"
    unseated = "unseated"
    member = "member"


SEEN_BY_OFFICE = (Beside.signatory, Beside.coordinator)
"""Who does not lose a dossier of their own town that they never sat on (docs/decisions/0007)."""
ROLES = {each: Role(each.value) for each in (Beside.chair, Beside.coach, *SEEN_BY_OFFICE, Beside.admin)}


@dataclass(frozen=True)
class Away:
    """One of them."""

    user: User
    beside: Beside
    relation: Relation

    def __str__(self) -> str:
        return f"{self.relation} {self.beside}"


class KeptAway:
    """The dossier, one beside it that they all judge, and these people."""

    def __init__(self, wanted: Iterable[tuple[Beside, Relation]]) -> None:
        self.around = Neighbourhood(MEETS, summary=BODY, amount=f"{ASKED}.00")
        self.round, self.hidden = self.around.round, self.around.dossier
        self.scope = ("call", self.round.call.id)
        with unit_of_work():
            found = db.session.get_one(Dossier, self.hidden.id)
            found.municipality_code = make.municipality("BE").code
        self.coach_it(self.hidden)
        self.beside = self._other()
        self.people = [self._person(number, *each) for number, each in enumerate(wanted)]
        self._found()
        for each in (self.round.juror, *(away.user for away in self.people)):
            self.round.give(self.beside, Task.juror, each)
            self.round.score(self.beside, each)
        self.say_scores(self.round.juror)
        self._filed()
        self.propose()

    def coach_it(self, dossier: Dossier) -> None:
        self.round.coach_them(dossier, summary=f"Over {dossier.title}", way=Way.online)
        make.take(dossier, "finish_coaching", self.round.coordinator)

    def _other(self) -> Dossier:
        """Of people who have nothing to do with the first."""
        someone = make.person(name="Buur Exempel")
        group = make.group({someone: Right.submit}, contact_name="Buur Exempel")
        dossier = make.submitted(self.round.lot, someone, group, answers={"title": "De bank"})
        self.round.passed(dossier)
        make.take(dossier, "screen", self.round.coordinator)
        self.round.give(dossier, Task.coach, self.round.coach)
        self.coach_it(dossier)
        return dossier

    def _person(self, number: int, beside: Beside, relation: Relation) -> Away:
        roles = {Role.juror, *(ROLES[each] for each in ROLES if each is beside)}
        if relation is Relation.coached:
            roles.add(Role.coach)
        reach = {Role.admin: ("all", 0)}
        user = make.person(
            *((role, *reach.get(role, self.scope)) for role in sorted(roles)),
            language="nl" if number % 2 else "fr",
        )
        self.round.declare(user)
        if beside is Beside.applicant:
            group = make.group({user: Right.submit})
            make.submitted(self.round.lot, user, group, answers={"title": "De haag"})
        if beside is Beside.coach:
            self.round.give(self._elsewhere(), Task.coach, user)
        getattr(self, f"_{relation.value}", self._sits)(user)
        return Away(user, beside, relation)

    def _elsewhere(self) -> Dossier:
        """A dossier for coaches, once for all."""
        someone = make.person()
        group = make.group({someone: Right.submit})
        dossier = make.submitted(self.round.lot, someone, group, answers={"title": "De haag"})
        self.round.passed(dossier)
        return make.take(dossier, "screen", self.round.coordinator)

    def _sits(self, user: User) -> None:
        self.round.give(self.hidden, Task.juror, user)

    def _declared(self, user: User) -> None:
        self._sits(user)
        self.round.step_aside(self.hidden, user, f"{JURY_SAYS}: mijn zus")

    def _late(self, user: User) -> None:
        """Who told it after handing in a sheet."""
        self._sits(user)
        self.say_scores(user)
        self.round.step_aside(self.hidden, user, f"{JURY_SAYS}: mijn zus")
        self._as_coordinator(
            jury.decide_recusal, juror_id=user.id, keep=False, reason=f"{JURY_SAYS}: weggelaten"
        )

    def _reported(self, user: User) -> None:
        self._as_coordinator(exclude, person_id=user.id, reason=f"{JURY_SAYS}: woont ernaast")

    def _municipality(self, user: User) -> None:
        self._sits(user)
        self._tells(user, municipality=make.municipality("BE").code)

    def _unseated(self, user: User) -> None:
        self._tells(user, municipality=make.municipality("BE").code)

    def _body(self, user: User) -> None:
        self._sits(user)
        self._tells(user, bodies=(BODY,))

    def _household(self, user: User) -> None:
        self._sits(user)
        self._tells(user, household=(self.round.group.contact_name,))

    def _coached(self, user: User) -> None:
        coach, self.round.coach = self.round.coach, user
        self.round.give(self.hidden, Task.coach, user)
        self.round.coach_them(self.hidden)
        self.round.coach = coach
        self._as_coordinator(unassign, person_id=user.id)
        self._sits(user)

    def _author(self, user: User) -> None:
        """Who wrote along, and left: no action makes that of a dossier that was handed in."""
        self._sits(user)
        with unit_of_work():
            db.session.add(
                Answer(
                    application_id=self.hidden.id, field=f"note{user.id}", value="", version=1,
                    saved_at=clock.now(), saved_by=user.id,
                )
            )  # fmt: skip

    def _member(self, user: User) -> None:
        """Who joined the group while they sat on its dossier."""
        self._sits(user)
        joined = Membership(
            group_id=self.round.group.id, user_id=user.id, right=Right.submit, since=clock.now()
        )
        with unit_of_work():
            db.session.add(joined)

    def _tells(self, user: User, **known: Any) -> None:
        with unit_of_work():
            call = db.session.get_one(make.Call, self.round.call.id)
            told = profiles.Known(("nl", "fr"), **known)
            profiles.keep_profile(make.actor(user), call, person_id=user.id, known=told, version=0)

    def _found(self) -> None:
        with unit_of_work():
            call = db.session.get_one(make.Call, self.round.call.id)
            conflicts.renew(make.actor(self.round.coordinator), call, seating.jurors_of(call.id))

    def _as_coordinator(self, deed: Any, **said: Any) -> None:
        who = make.actor(self.round.coordinator)
        with unit_of_work():
            deed(who, dossiers.for_step(self.hidden.reference, by=who), **said)

    def say_scores(self, user: User) -> None:
        """A sheet handed in on the dossier, with reasons that nobody else may read."""
        given = {key: Given(value, False, f"{JURY_SAYS}: {key}") for key, value in SCORES.items()}
        version, who = self.round.save(self.hidden, user, given), make.actor(user)
        with unit_of_work():
            jury.hand_in(who, dossiers.for_step(self.hidden.reference, by=who), version=version)

    def _filed(self) -> None:
        """What the office keeps of it for itself."""
        who = make.actor(self.round.coordinator)
        with unit_of_work():
            tag = filing.make_tag(who, self.round.call.id, name="Nabellen", colour=Colour.sea)
            db.session.flush()  # for its id
            filing.put_tag(who, tag, [self.hidden.id])
            found = dossiers.for_step(self.hidden.reference, by=who)
            note = filing.write_staff_note(who, found, text=f"{JURY_SAYS}: nakijken")
            db.session.flush()  # for its id
            self.around.values.update(tag_id=tag.id, note_id=note.id)

    def propose(self) -> None:
        """An assignment of all that is still judged, worked out and not confirmed."""
        who = make.actor(self.round.coordinator)
        with unit_of_work():
            call = db.session.get_one(make.Call, self.round.call.id)
            proposing.ask(who, call, Wishes(1, 0, 9, readers=0))
        assert proposing.drain("w1@here:1:x", lambda: False) == 1

    def meet(self) -> None:
        """The jury agreed on it, in a meeting where the other project still waits."""
        who = make.actor(self.round.coordinator)
        for dossier in (self.hidden, self.beside):
            make.take(dossier, "close_scoring", self.round.coordinator)
        refs = [self.hidden.reference, self.beside.reference]
        sits = [self.round.juror.id, *(each.user.id for each in self.people)]
        with unit_of_work():
            call = db.session.get_one(make.Call, self.round.call.id)
            made = meeting.open_meeting(who, call, held_on=clock.today(), place="Ieper", quorum=1, refs=refs)
            db.session.flush()  # for its id
            meeting.note_presence(who, call, made.id, version=made.version, present=sits)
            self.around.values["meeting_id"] = made.id
        given = values.Settling(AGREED, f"{JURY_SAYS}: de buren", f"{JURY_SAYS}: lang besproken")
        make.take(self.hidden, "settle", self.round.coordinator, given)

    def decide(self) -> None:
        """The meeting is over, and the body decided on it; nobody was told yet."""
        who = make.actor(self.round.coordinator)
        with unit_of_work():
            call = db.session.get_one(make.Call, self.round.call.id)
            line = scope.calls_of(who)[0]
            meeting.close_meeting(
                who, call, self.around.values["meeting_id"], version=2,
                write=lambda found: desk.minutes_of(who, call, found, line),
            )  # fmt: skip
        make.take(self.hidden, "select", self.round.coordinator, values.Selecting(GRANTED, 2))
        self.round.decide()
        self.around.values["resolution"] = db.session.scalars(select(Resolution.id)).one()
