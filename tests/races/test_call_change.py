"""Two coordinators confirm the same change at one moment: it is made once, the others see that it is done."""

import io
from collections import Counter

import pytest
from sqlalchemy import func, select

from callflow.core import trail
from callflow.core.actor import Role
from callflow.core.db import db
from callflow.core.trail import Event
from callflow.dossiers.states import State
from tests import factories as make
from tests.calls import files
from tests.races.visitors import Visitor, at_once, each_prepares
from tests.web.coordinator.test_call_change import COACHED_LATER, PAGE, dossiers
from tests.web.public.test_calls import load

pytestmark = pytest.mark.unverified  # states written by hand
EACH = 6


def test_a_change_that_several_confirm_at_once_is_made_once(committed):
    call = load()
    coached = dossiers(call, State.coached, 3)
    people = [make.person((Role.coordinator, "call", call.id)) for _ in range(2)]
    client = committed.client().sign_in(people[0])
    file = io.BytesIO(files.changed(*COACHED_LATER))
    path = client.submit(PAGE, {"file": (file, "oproep.yaml")}, form="form[enctype]").location
    db.session.rollback()

    with committed.web(processes=2) as address:
        visitors = [Visitor.signed_in(committed, address, who) for _ in range(EACH // 2) for who in people]
        given = {"why": "Samen beslist", "goes-coached": "screened"}
        form = "form[method=post][novalidate]"
        forms = each_prepares([lambda each=each: each.fill_in(path, form, **given) for each in visitors])
        answers = Counter(answer.status for answer in at_once([each.send for each in forms]))

    db.session.rollback()
    assert answers == {303: 1, 409: EACH - 1}
    changed = select(func.count()).where(Event.action == "call_changed")
    assert db.session.scalar(changed) == 1 + len(coached)
    states = db.session.scalars(select(make.Dossier.state).where(make.Dossier.reference.in_(coached)))
    assert set(states) == {State.screened}
    assert list(trail.check_all()) == []
