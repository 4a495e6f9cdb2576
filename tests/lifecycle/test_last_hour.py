"""When the last hour for whole applications moves, who was invited is told by mail, once."""

from datetime import timedelta

import pytest

from callflow.core import formats, i18n
from callflow.core.db import unit_of_work
from callflow.core.errors import Refused
from callflow.lifecycle.changing.carrying import Confirmed, confirm
from callflow.lifecycle.changing.dry_run import dry_run
from callflow.people.states import Right
from tests import factories as make
from tests.setups import setup_of
from tests.two_steps import TwoSteps, mails


@pytest.fixture
def call(app):
    return TwoSteps()


def moves(call, until, *, place="call.calendar.full_until"):
    """The call is changed as its page does it, after a look at the dry run."""
    who, setup = make.actor(call.coordinator), setup_of(call.call.reference, {place: until})
    seen = dry_run(who, setup).digest
    with unit_of_work():
        confirm(who, setup, Confirmed(seen, "De feestdagen", {}), file_sha256="f" * 64)


def test_each_invited_group_is_told_once_when_its_last_hour_moves_from_when_to_when(call):
    french = make.person(name="Zoé Exemple", language="fr")
    watcher = make.person(name="Kijk Voorbeeld")
    members = {call.resident: Right.submit, french: Right.edit, watcher: Right.view}
    call.group = make.group(members)
    invited, reading, handed_in = call.invited(), call.preapplied(), call.whole()
    later = call.until + timedelta(days=7)

    moves(call, later.isoformat())
    with pytest.raises(Refused, match="nothing_to_change"):
        moves(call, later.isoformat())
    moves(call, "Andere samenvatting", place="call.summary.nl")

    told = {each.recipient_id: each for each in mails(invited, "full_moved")}
    assert set(told) == {call.resident.id, french.id}
    assert len(mails(invited, "full_moved")) == 2
    for language, person in (("nl", call.resident), ("fr", french)):
        with i18n.speaking(language):
            for moment in (call.until, later):
                assert formats.moment(moment, weekday=True) in told[person.id].body
    assert f"/applications/{invited.reference}" in told[french.id].body
    assert mails(reading, "full_moved") == mails(handed_in, "full_moved") == []
    moves(call, (later + timedelta(days=1)).isoformat())
    assert len(mails(invited, "full_moved")) == 4
