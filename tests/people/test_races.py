"""Two at the same moment: a link is good once, the last two who may submit cannot both leave, and a burst
of tries counts as many.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from callflow.core.db import db, unit_of_work
from callflow.core.errors import DomainError
from callflow.core.outbox import OutboxMail
from callflow.people import queries, signing
from callflow.people.actions import invitations, members
from callflow.people.models import Membership, SignInAttempt, User
from callflow.people.states import Right
from tests import factories
from tests.conftest import Installation

AT_ONCE = 6


def all_at_once(installation: Installation, act, whos: list[int]) -> Counter:
    """``act(who)`` by each in a session of its own, started together: how often what came of it."""
    start = Barrier(len(whos))

    def one(who: int) -> str:
        with installation.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    act(who)
            except DomainError as refused:
                return refused.code
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(whos)) as pool:
        return Counter(pool.map(one, whos))


def secret_in_mail() -> str:
    return db.session.scalars(db.select(OutboxMail)).one().body.split("<")[1].split(">")[0]


def test_a_link_pressed_in_many_windows_signs_in_once(committed: Installation):
    with unit_of_work():
        signing.register("an@voorbeeld.example", name="An", language="nl", link_to=lambda each: f"<{each}>")
    secret = secret_in_mail()
    db.session.commit()

    outcomes = all_at_once(committed, lambda _: signing.use_link(secret), [0] * AT_ONCE)

    assert outcomes == {"done": 1, "link_unknown": AT_ONCE - 1}
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == 1


def test_of_many_who_may_submit_one_always_stays(committed: Installation):
    users = [factories.person() for _ in range(AT_ONCE)]
    group = factories.group(dict.fromkeys(users, Right.submit)).id
    whos = [user.id for user in users]
    db.session.commit()

    outcomes = all_at_once(
        committed, lambda who: members.leave(queries.actor(who), queries.group_for_change(group)), whos
    )

    db.session.rollback()
    assert outcomes == {"done": AT_ONCE - 1, "last_submitter": 1}
    assert len(db.session.scalars(db.select(Membership).where(Membership.group_id == group)).all()) == 1


def test_an_invitation_is_accepted_by_one_window_only(committed: Installation):
    an, bert = factories.person(), factories.person(email="bert@voorbeeld.example")
    group, guest = factories.group({an: Right.submit}).id, bert.id
    with unit_of_work():
        invitations.invite(
            queries.actor(an.id), queries.group_for_change(group), email="bert@voorbeeld.example",
            right=Right.edit, language="nl", link_to=lambda each: f"<{each}>",
        )  # fmt: skip
    secret = secret_in_mail()
    db.session.commit()

    def accept(who: int) -> None:
        locked, held = queries.group_for_change(group), queries.invitation(secret, lock=True)
        invitations.accept_invitation(queries.actor(who), locked, held)

    outcomes = all_at_once(committed, accept, [guest] * AT_ONCE)

    db.session.rollback()
    assert outcomes == {"done": 1, "invitation_unknown": AT_ONCE - 1}
    assert len(db.session.scalars(db.select(Membership).where(Membership.group_id == group)).all()) == 2


def test_a_burst_of_tries_passes_the_limit_by_none(committed: Installation):
    limit = signing.LINKS

    outcomes = all_at_once(
        committed,
        lambda number: signing.note_attempt(limit, email="an@voorbeeld.example", network=f"10.0.0.{number}"),
        list(range(limit.per_address + 4)),
    )

    db.session.rollback()
    assert outcomes == {"done": limit.per_address, "too_many_attempts": 4}
    assert len(db.session.scalars(db.select(SignInAttempt)).all()) == 2 * limit.per_address
