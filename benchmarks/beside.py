"""What stands beside the dossiers of a world: pilots, coaches with sessions and advice, messages, mails.

Which dossier has what follows from its number alone: titles, states and scores stay those of a world without.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from callflow.calls.models import Call, LotMunicipality
from callflow.coaching.models import Advice, Session, session_dossier
from callflow.coaching.states import Follow, Stretch, Way
from callflow.core import ids, trail
from callflow.core.actor import Role
from callflow.core.db import Model, db, unit_of_work
from callflow.core.outbox import MailState, OutboxMail
from callflow.dossiers.models import Assignment
from callflow.dossiers.states import State, Task
from callflow.messages.models import Mark, Message, Thread
from callflow.messages.states import Audience, Side
from callflow.people.models import User
from tests import factories
from tests.pilots.trio import Trio

Written = tuple[type[Model] | Table, dict[str, Any]]
COACHES = 12
COACHED, SESSION, WRITTEN = 5, 10, 10
"""One dossier in so many has a coach, a session with advice, a thread: what has a thread has a coach too."""
PILOTS = (
    State.proposed, State.submitted, State.coached, State.selected, State.running, State.closed,
)  # fmt: skip
SALT = "0" * 32
SUMMARY, SAID = "Het plan besproken met de groep.", "Mag onze begroting nog veranderen?"


@dataclass
class Team:
    """Who works on the call beside its jury, and who writes to them."""

    coordinator: User
    coaches: list[User]
    residents: list[User]

    @classmethod
    def of(cls, call: Call, coordinator: User) -> "Team":
        """A fixed number of people, however many dossiers there are."""
        coaches = [factories.person((Role.coach, "call", call.id)) for _ in range(COACHES)]
        return cls(coordinator, coaches, [factories.person() for _ in range(6)])

    def coach_of(self, number: int) -> User:
        """The first has half of what is coached, so that lists of theirs are full in a call of a thousand."""
        turn = number // COACHED
        return self.coaches[0 if turn % 4 < 2 else 1 + turn // 4 % (COACHES - 1)]


def pilots(call: Call) -> list[str]:
    """Six pilots of this call, each brought to its state by its partners: their references."""
    with unit_of_work():
        there = factories.municipality("FR").code
        db.session.add(LotMunicipality(lot_id=factories.lots(call)[0].id, code=there))
    trio = Trio(call)
    return [trio.upto(state).reference for state in PILOTS]


@dataclass
class Deed:
    """Something to be told in the history of a dossier, with what a person wrote of it."""

    by: int
    pseudonym: str
    action: str
    data: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class Beside:
    """The rows of one dossier after another; ``deeds`` are for its history, ``rows`` for the other tables."""

    def __init__(self, team: Team, first: dict[type[Any], int], criterion_id: int) -> None:
        self.team, self.first, self.criterion_id = team, first, criterion_id

    def deeds(self, number: int) -> Iterator[Deed]:
        """In their order."""
        coach = self.team.coach_of(number)
        if number % COACHED == 1:
            yield _told(self.team.coordinator, "assigned", {"task": "coach", "person_id": coach.id})
        if number % SESSION == 1:
            session = {"session_id": self.first[Session] + number, "held_on": "2026-09-01", "minutes": 90}
            more = {"way": "online", "together_with": []}
            yield _told(coach, "session_logged", session | more, {"summary": SUMMARY})
        for turn, (by, side) in enumerate(self._speakers(number)):
            message = {"message": self.first[Message] + number * 2 + turn, "side": side.value}
            thread = {"thread": self.first[Thread] + number, "digest": trail.text_digest(SALT, SAID)}
            yield _told(by, "message_written", message | thread)

    def rows(self, number: int, dossier_id: int, call_id: int, at: datetime) -> Iterator[Written]:
        """What these deeds left, and the mail that says that the application came in."""
        yield OutboxMail, self._mail(dossier_id, call_id, at)
        if number % COACHED == 1:
            coach = self.team.coach_of(number)
            yield Assignment, {
                "dossier_id": dossier_id, "person_id": coach.id, "task": Task.coach,
                "assigned_by": self.team.coordinator.id, "assigned_at": at,
            }  # fmt: skip
        if number % SESSION == 1:
            yield from self._session(number, dossier_id, at)
        if speakers := self._speakers(number):
            yield from self._thread(number, dossier_id, speakers, at)

    def _session(self, number: int, dossier_id: int, at: datetime) -> Iterator[Written]:
        session_id, settled = self.first[Session] + number, number // SESSION // 2 % 2 == 0
        yield Session, {
            "id": session_id, "coach_id": self.team.coach_of(number).id, "held_on": at.date(), "minutes": 90,
            "way": Way.online, "language": "nl", "summary": SUMMARY, "logged_at": at, "version": 1,
            "place": "", "present": "", "next_note": "",
            "next_on": None if settled else (at + timedelta(days=30)).date(),
        }  # fmt: skip
        served = {"session_id": session_id, "dossier_id": dossier_id, "stretch": Stretch.coaching}
        yield session_dossier, served
        yield Advice, {
            "session_id": session_id, "dossier_id": dossier_id, "criterion_id": self.criterion_id,
            "field": None, "content_version": 1, "submission_number": 1, "text": "Zeg voor wie het is.",
            "follow_up": Follow.done if settled else Follow.open, "settled_at": at if settled else None,
            "settled_by": self.team.coach_of(number).id if settled else None, "word": "",
        }  # fmt: skip

    def _speakers(self, number: int) -> list[tuple[User, Side]]:
        """Who wrote: somebody of the group twice, or a group and the office that answered."""
        if number % WRITTEN != 1:
            return []
        resident = self.team.residents[number // WRITTEN % len(self.team.residents)]
        answered = number // WRITTEN // 2 % 2 == 0
        last = (self.team.coordinator, Side.office) if answered else (resident, Side.group)
        return [(resident, Side.group), last]

    def _thread(
        self, number: int, dossier_id: int, speakers: list[tuple[User, Side]], at: datetime
    ) -> Iterator[Written]:
        """An answered one is read by who answered; what waits is unread by everybody who was told."""
        thread_id, first = self.first[Thread] + number, self.first[Message] + number * 2
        last_by, last_side = speakers[-1]
        with_coach = number // WRITTEN // 4 % 2 == 0
        yield Thread, {
            "id": thread_id, "key": ids.hexadecimal(12), "dossier_id": dossier_id, "sending_id": None,
            "subject": "Onze begroting", "language": "nl",
            "audience": Audience.both if with_coach else Audience.office,
            "waits_since": None if last_side is Side.office else at, "answerer_id": None, "settled": None,
            "settled_at": None, "settled_by": None, "messages": 2, "last_id": first + 1, "last_at": at,
            "last_side": last_side, "last_by": last_by.id,
        }  # fmt: skip
        for turn, (by, side) in enumerate(speakers):
            yield Message, {
                "id": first + turn, "thread_id": thread_id, "author_id": by.id, "side": side,
                "language": "nl", "salt": SALT, "text": SAID, "written_at": at,
            }  # fmt: skip
        office = (first + 1, first) if last_side is Side.office else (0, first + 1)
        marks = {self.team.coordinator.id: office, speakers[0][0].id: (first if office[0] else first + 1, 0)}
        if with_coach:
            marks[self.team.coach_of(number).id] = (0, first + 1)
        for person_id, (read, due) in marks.items():
            mark = {"thread_id": thread_id, "person_id": person_id}
            yield Mark, mark | {"read_id": read, "due_id": due, "told_id": due}

    def _mail(self, dossier_id: int, call_id: int, at: datetime) -> dict[str, Any]:
        return {
            "message_id": f"<{ids.hexadecimal(32)}@callflow>", "notice": "acknowledgement", "language": "nl",
            "recipient": "groep@voorbeeld.example", "recipient_id": None, "call_id": call_id,
            "dossier_id": dossier_id, "subject": "Uw project is binnen",
            "body": "Wij kregen uw project. " * 20, "state": MailState.sent, "hold": False, "attempts": 1,
            "not_before": at, "created_at": at, "sent_at": at, "version": 1,
        }  # fmt: skip


def _told(by: User, action: str, data: dict[str, Any], texts: dict[str, str] | None = None) -> Deed:
    return Deed(by.id, by.pseudonym, action, data, texts or {})
