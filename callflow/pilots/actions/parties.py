"""Who carries a pilot: local governments and guiding partners join until it is selected."""

from dataclasses import dataclass

from sqlalchemy import select

from callflow.calls.models import Lot, LotMunicipality
from callflow.core import clock, trail
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import Refused
from callflow.core.permissions import P, require
from callflow.dossiers.models import Party
from callflow.dossiers.states import Part
from callflow.people import queries as people
from callflow.people import signing
from callflow.people.actions.groups import Details, create_group
from callflow.people.models import Group
from callflow.pilots import rules, telling
from callflow.pilots.models import Agreement, Entry, Milestone, Pilot
from callflow.pilots.states import WRITING


@dataclass(frozen=True)
class Organisation:
    """A partner as somebody of the staff knows it: by the address of its contact, who gets the account."""

    email: str
    name: str
    contact: str
    country: str
    language: str


def join(
    actor: Actor, pilot: Pilot, organisation: Organisation, *, part: Part, municipality_code: str | None
) -> Party:
    """Let an organisation carry this pilot too; one that is not known yet gets a group and an account."""
    require(actor, P.pilot_manage, pilot)
    _still_open(pilot)
    group = _group_of(organisation)
    party = Party(
        dossier_id=pilot.id, group_id=group.id, part=part, since=clock.now(),
        municipality_code=municipality_code if part is Part.government else None,
    )  # fmt: skip
    joined(actor, pilot, pilot.call_id, party)
    telling.invited(actor, pilot, party)
    return party


def joined(actor: Actor, pilot: Pilot, call_id: int, party: Party) -> None:
    """Add a party that somebody was asked about, and say so on the trail; inside another action."""
    if party.part is Part.government and party.municipality_code not in _area(call_id):
        raise Refused("pilot_place_outside", field="municipality_code")
    known = select(Party.id).where(Party.dossier_id == pilot.id, Party.group_id == party.group_id)
    if db.session.scalar(known) is not None:
        raise Refused("pilot_partner_twice", field="email")
    if party.part is Part.guide:
        party.municipality_code = None
    db.session.add(party)
    db.session.flush()  # for its id
    pilot.content_version += 1
    name = db.session.get_one(Group, party.group_id).name
    trail.record(
        pilot.trail, actor, "partner_joined", data={"party": party.id, "part": party.part.value},
        texts={"name": name},
    )  # fmt: skip


def leave(actor: Actor, pilot: Pilot, party_id: int) -> None:
    """Take a party out before the selection; what it was to see to is left without an owner."""
    require(actor, P.pilot_manage, pilot)
    _still_open(pilot)
    party = rules.named(pilot.parties, party_id)
    if party is None:
        raise Refused("pilot_partner_gone")
    for agreement in db.session.scalars(select(Agreement).where(Agreement.party_id == party.id)):
        db.session.delete(agreement)
    for milestone in db.session.scalars(select(Milestone).where(Milestone.party_id == party.id)):
        milestone.party_id, milestone.version = None, milestone.version + 1
    if _wrote(party):
        raise Refused("pilot_partner_wrote")
    data = {"party": party.id, "part": party.part.value}
    trail.record(pilot.trail, actor, "partner_left", data=data, texts={"name": party.group.name})
    pilot.content_version += 1
    db.session.flush()  # what refers to the party goes before it
    db.session.delete(party)


def _still_open(pilot: Pilot) -> None:
    if pilot.state not in WRITING:
        raise Refused("pilot_partners_fixed")


def _wrote(party: Party) -> bool:
    return db.session.scalar(select(Entry.id).where(Entry.party_id == party.id).limit(1)) is not None


def _area(call_id: int) -> set[str]:
    """The municipalities of all lots of the call: a pilot may cross the border."""
    found = select(LotMunicipality.code).join(Lot, Lot.id == LotMunicipality.lot_id)
    return set(db.session.scalars(found.where(Lot.call_id == call_id)))


def _group_of(said: Organisation) -> Group:
    address = said.email.strip().lower()
    query = select(Group).where(Group.contact_email == address).order_by(Group.id).limit(1)
    known = db.session.scalar(query)
    if known is not None:
        return known
    if not said.name.strip() or not said.contact.strip():
        raise Refused("pilot_partner_unknown", field="name")
    account = people.by_email(address) or signing.make_account(
        address, name=said.contact, language=said.language
    )
    details = Details(
        name=said.name, legal_form="", country=said.country, language=said.language,
        contact_name=said.contact, contact_email=address, contact_phone=None, street="", postcode="", town="",
    )  # fmt: skip
    group = create_group(people.actor(account.id), details)
    db.session.flush()  # the party refers to it
    return group
