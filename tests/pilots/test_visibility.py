"""Who sees which pilot: the predicate and its SQL twin agree, and nothing of applications reaches a pilot."""

import itertools

import pytest

from callflow.core import clock
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.errors import NotFound
from callflow.core.permissions import P, may
from callflow.dossiers import queries as dossiers
from callflow.dossiers.models import Dossier, Exclusion
from callflow.dossiers.rules import PILOTS, visible_to
from callflow.dossiers.states import State
from callflow.people.states import Right
from callflow.pilots import queries
from callflow.pilots.models import Pilot
from tests import factories as make
from tests.pilots.trio import Trio

OF_APPLICATIONS = (P.dossier_view, P.dossier_history, P.scores_view, P.coaching_view)


@pytest.fixture
def borderland(app):
    """Two calls with pilots in two lots, an application, and everybody who may want to see them."""
    trio, elsewhere = Trio(), Trio()
    pilots = [trio.proposed(), trio.proposed(lot=trio.other_lot), trio.upto(State.selected)]
    pilots.append(elsewhere.upto(State.submitted))
    resident = make.person()
    application = make.submitted(trio.lot, resident, make.group({resident: Right.submit}))
    scopes = [("all", 0), ("call", trio.call.id), ("lot", trio.other_lot.id)]
    roles = (Role.coordinator, Role.signatory, Role.coach, Role.juror, Role.admin)
    staff = [make.person((role, *scope)) for role, scope in itertools.product(roles, scopes)]
    with unit_of_work():
        for person in staff[::2]:
            db.session.add(
                Exclusion(dossier_id=pilots[2].id, person_id=person.id, reason="x", since=clock.now())
            )
    carrying = [trio.mayor, trio.maire, trio.clerk, trio.reader, *trio.guides, elsewhere.mayor]
    return pilots, application, [*staff, *carrying, resident, trio.stranger]


def test_the_predicate_and_its_sql_twin_agree_for_everybody(borderland):
    pilots, application, people = borderland

    for person, permission in itertools.product(people, sorted(PILOTS | set(OF_APPLICATIONS))):
        who = make.actor(person)
        listed = set(db.session.scalars(db.select(Dossier.id).where(visible_to(who, permission))))
        judged = {pilot.id for pilot in pilots if may(who, permission, loaded(pilot, who))}
        of_application = {application.id} if may(who, permission, loaded(application, who)) else set()
        assert listed == judged | of_application, f"{person.name} {who.grants} {permission}"
        assert not (judged and permission in OF_APPLICATIONS)
        assert not (of_application and permission in PILOTS)


def loaded(dossier, who):
    """The record with its standing, whoever asks."""
    found = db.session.scalars(
        db.select(Dossier)
        .where(Dossier.id == dossier.id)
        .options(db.selectinload(Dossier.parties))
        .execution_options(populate_existing=True)
    ).one()
    excluded = db.select(Exclusion.id).where(
        Exclusion.dossier_id == found.id, Exclusion.person_id == who.id
    )  # fmt: skip
    found.standing = dossiers.Standing(who.id, None, db.session.scalar(excluded) is not None)
    return found


def test_a_pilot_is_found_by_those_who_carry_it_and_by_no_route_of_applications(borderland):
    pilots, application, people = borderland
    carrying = people[15:22]

    for person in carrying:
        who = make.actor(person)
        assert queries.seen(pilots[0].reference, by=who).parties
        with pytest.raises(NotFound):
            queries.seen(pilots[3].reference, by=who)
        with pytest.raises(NotFound):
            dossiers.seen(pilots[0].reference, by=who)
    coordinator = make.actor(people[0])
    with pytest.raises(NotFound):
        dossiers.seen(pilots[0].reference, by=coordinator)
    with pytest.raises(NotFound):
        queries.seen(application.reference, by=coordinator)
    with pytest.raises(NotFound):
        dossiers.seen(application.reference, by=coordinator, kind=Pilot)
