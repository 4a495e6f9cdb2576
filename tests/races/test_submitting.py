"""The same button at one moment by several people: an application is handed in once, letters leave once."""

from collections import Counter
from itertools import cycle, islice

from sqlalchemy import func, select

from callflow.applications.models import Submission
from callflow.core.actor import Role
from callflow.core.db import db, unit_of_work
from callflow.core.outbox import OutboxMail
from callflow.core.trail import Event
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter
from callflow.people.models import Membership
from callflow.people.states import Right
from tests import factories as make
from tests.races import bodies
from tests.races.visitors import Visitor, at_once, each_prepares
from tests.rounds import Round

MANY = 12


def browsers(installation, address, *people):
    return [Visitor.signed_in(installation, address, each) for each in islice(cycle(people), MANY)]


def test_two_members_who_submit_at_once_hand_in_one_version(committed):
    panel = Round()
    second = make.person(name="Jan Voorbeeld")
    with unit_of_work():
        db.session.add(
            Membership(
                group_id=panel.group.id, user_id=second.id, right=Right.submit, since=panel.call.opens_at
            )
        )
    dossier = make.draft(panel.lot, panel.resident, panel.group)
    reference, trail_id = dossier.reference, dossier.trail_id
    db.session.rollback()

    with committed.web(processes=2) as address:
        people = browsers(committed, address, panel.resident, second)
        path = f"/applications/{reference}/check"
        forms = each_prepares(
            [lambda who=who: who.fill_in(path, "form[action$='/submit']") for who in people]
        )
        answers = at_once([form.send for form in forms])

    db.session.rollback()
    submitted = select(func.count()).where(Event.trail_id == trail_id, Event.action == "submit")
    places = {answer.location for answer in answers}
    assert Counter(answer.status for answer in answers) == {303: MANY}
    assert places <= {f"/applications/{reference}/sent", f"/applications/{reference}"}
    assert db.session.scalar(submitted) == 1
    assert db.session.scalars(select(Submission.number)).all() == [1]
    assert [letter.kind.value for letter in db.session.scalars(select(Letter))] == ["acknowledgement"]


def test_two_signatories_who_release_at_once_send_each_letter_once(committed):
    body = bodies.Body()
    colleague = make.person((Role.signatory, "call", body.panel.call.id), name="Jef Voorbeeld")
    dossiers = body.decides(3)

    with committed.web(processes=2) as address:
        people = browsers(committed, address, body.panel.signatory, colleague)
        forms = each_prepares([lambda who=who: body.button_for(who) for who in people])
        answers = at_once([form.send for form in forms])

    db.session.rollback()
    told = [answer.summary for answer in answers if answer.status != 303]
    assert Counter(answer.status for answer in answers) == {303: 1, 409: MANY - 1}
    assert all(told)
    assert bodies.told(dossiers) == bodies.whole(3)
    per_dossier = db.session.execute(
        select(Dossier.reference, OutboxMail.recipient, func.count())
        .join(OutboxMail, OutboxMail.dossier_id == Dossier.id)
        .where(OutboxMail.notice == "not_selected")
        .group_by(Dossier.reference, OutboxMail.recipient)
    ).all()
    assert {row[2] for row in per_dossier} == {1}
