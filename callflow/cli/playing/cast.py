"""The people of a play: staff with their roles, coaches and jurors in both languages, groups with a member
who submits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from callflow.calls.models import Call, Lot
from callflow.calls.procedure import Procedure
from callflow.cli.playing import lines
from callflow.cli.playing.story import Story
from callflow.core import tables
from callflow.core.actor import OPERATOR, Actor, Role
from callflow.core.db import db
from callflow.people import queries as people
from callflow.people import signing
from callflow.people.actions.groups import Details, create_group
from callflow.people.actions.roles import grant_role
from callflow.people.models import User

LOAD_COACH, LOAD_JUROR = 30, 45
"""Dossiers that one coach and one juror take at most."""


@dataclass
class Company:
    """Who works on a call. Coordinators and signatories by the id of their lot, the others by language."""

    coordinators: dict[int, Actor] = field(default_factory=dict)
    signatories: dict[int, Actor] = field(default_factory=dict)
    coaches: dict[str, list[Actor]] = field(default_factory=dict)
    jurors: dict[str, list[Actor]] = field(default_factory=dict)

    def everybody(self) -> list[Actor]:
        """Each once, by how they were hired."""
        groups = [
            self.coordinators.values(),
            self.signatories.values(),
            *self.coaches.values(),
            *self.jurors.values(),
        ]
        return list({actor.pseudonym: actor for group in groups for actor in group}.values())


def account(name: str, email: str, language: str) -> User:
    """The account with this address, made where there is none."""
    return people.by_email(email) or signing.make_account(email, name=name, language=language)


def hire(call: Call, stories: Sequence[Story], dice: Random) -> Company:
    """Staff for so many dossiers, in the caller's unit of work, with roles as an administrator gives them."""
    company, needed = Company(), Procedure.of(call.procedure).scores_needed
    for number, lot in enumerate(call.lots, start=1):
        language = lot.authority.language
        company.coordinators[lot.id] = _hired(f"coordinatie{number}", language, Role.coordinator, call, dice)
        company.signatories[lot.id] = _hired(f"handtekening{number}", language, Role.signatory, lot, dice)
    for language in sorted({story.language for story in stories}):
        count = sum(story.language == language for story in stories)
        coaches, jurors = _shares(count, LOAD_COACH), _shares(count * needed, LOAD_JUROR)
        company.coaches[language] = [
            _hired(f"begeleiding{number}", language, Role.coach, call, dice)
            for number in range(1, max(coaches, 2) + 1)
        ]
        company.jurors[language] = [
            _hired(f"jury{number}", language, Role.juror, call, dice)
            for number in range(1, max(jurors, needed + 3) + 1)
        ]
    return company


def _shares(work: int, load: int) -> int:
    return -(-work // load)


def _hired(key: str, language: str, role: Role, over: Call | Lot, dice: Random) -> Actor:
    user = account(lines.person(language, dice), f"{key}.{language}@oproep{over.call_id}.example", language)
    held = people.actor(user.id)
    if not held.covers(role, over):
        grant_role(OPERATOR, people.user_for_change(user.id), role, over=over)
        db.session.flush()  # the actor is read again with the new role
        held = people.actor(user.id)
    return held


def found(story: Story, lot: Lot, number: int, dice: Random) -> tuple[Actor, int]:
    """A group for an idea, made by its first member: who that is, and the id of the group."""
    language, country = story.language, lot.authority.country
    name = lines.person(language, dice)
    email = f"{tables.folded(name.split()[0])}.{number + 1}.{dice.getrandbits(32):08x}@dorpsgroep.example"
    member = people.actor(account(name, email, language).id)
    group = create_group(member, _details(story, country, name, email, dice))
    return replace(member, groups=(*member.groups, (group.id, "submit"))), group.id


def _details(story: Story, country: str, name: str, email: str, dice: Random) -> Details:
    language = story.language
    return Details(
        name=f"{lines.one_of('groups', language, dice)} {story.title[:80].strip()}",
        legal_form=lines.one_of("legal_forms", language, dice),
        country=country,
        language=language if language in ("nl", "fr") else "nl",
        contact_name=name,
        contact_email=email,
        contact_phone=None,
        street=f"{lines.one_of('streets', language, dice)} {dice.randint(1, 99)}",
        postcode="8600" if country == "BE" else "59000",
        town="Voorbeeldgem" if country == "BE" else "Villexemple",
    )
