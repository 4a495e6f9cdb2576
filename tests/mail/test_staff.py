"""What staff may do with a mail, in each of its states, and what is refused."""

import pytest

from callflow.core import clock, outbox
from callflow.core.db import db, unit_of_work
from callflow.core.errors import Changed, Refused
from callflow.core.outbox import MailState, OutboxMail
from tests.mail.post import found, queued, state_of

STATES = list(MailState)
NOT_GONE = {
    MailState.waiting,
    MailState.held,
    MailState.queued,
    MailState.retry,
    MailState.bounced,
    MailState.failed,
}
ALLOWED = {
    "hold": {MailState.waiting, MailState.queued, MailState.retry},
    "release": {MailState.held},
    "cancel": NOT_GONE,
    "retry": {MailState.retry, MailState.bounced, MailState.failed},
    "arrived": {MailState.uncertain},
    "lost": {MailState.uncertain},
    "edit": NOT_GONE,
}
LEADS_TO = {
    "hold": {MailState.waiting: MailState.waiting, None: MailState.held},
    "release": {None: MailState.queued},
    "cancel": {None: MailState.cancelled},
    "retry": {None: MailState.queued},
    "arrived": {None: MailState.sent},
    "lost": {None: MailState.queued},
}


def in_state(state: MailState) -> int:
    (mail_id,) = queued()
    with unit_of_work():
        mail = db.session.get_one(OutboxMail, mail_id)
        mail.state, mail.hold = state, state is MailState.held
        mail.sent_at = clock.now() if state is MailState.sent else None
        mail.lease_until = clock.now() if state is MailState.sending else None
    return mail_id


def act(deed: str, mail: OutboxMail) -> None:
    more = {
        "edit": {"version": mail.version, "recipient": "x@y.example", "subject": "s", "body": "b"},
    }
    getattr(outbox, deed)(mail, **more.get(deed, {}))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("deed", list(ALLOWED))
def test_each_deed_in_each_state(app, deed, state):
    mail_id = in_state(state)

    if state not in ALLOWED[deed]:
        with pytest.raises(Changed), unit_of_work():
            act(deed, db.session.get_one(OutboxMail, mail_id))
        assert state_of(mail_id) == state
        return
    with unit_of_work():
        act(deed, db.session.get_one(OutboxMail, mail_id))

    leads = LEADS_TO.get(deed, {None: state})
    assert state_of(mail_id) == leads.get(state, leads[None])


def test_an_edit_on_a_stale_version_is_refused(app):
    (mail_id,) = queued()

    with pytest.raises(Changed), unit_of_work():
        mail = db.session.get_one(OutboxMail, mail_id)
        outbox.edit(mail, version=mail.version - 1, recipient="x@y.example", subject="s", body="b")

    assert found(mail_id).body == "Er is een brief.\n"


@pytest.mark.parametrize("address", ["", "nobody", "a b@c.example", "x@y.example\nBcc: z@z.example"])
def test_an_edit_to_an_address_that_is_none_is_refused_at_its_field(app, address):
    (mail_id,) = queued()

    with pytest.raises(Refused) as refused, unit_of_work():
        mail = db.session.get_one(OutboxMail, mail_id)
        outbox.edit(mail, version=mail.version, recipient=address, subject="s", body="b")

    assert refused.value.field == "recipient"


def test_other_words_leave_out_the_html_that_said_the_old_ones(app):
    (mail_id,) = queued(html="<p>Er is een brief.</p>")

    with unit_of_work():
        mail = db.session.get_one(OutboxMail, mail_id)
        outbox.edit(mail, version=mail.version, recipient=mail.recipient, subject="s", body="Andere woorden")

    assert (found(mail_id).html, found(mail_id).body) == (None, "Andere woorden")


def test_a_mail_held_while_it_waits_for_its_letter_can_be_released_before_it_is_made(app):
    (mail_id,) = queued(awaits="letter:abc", hold=True)

    with unit_of_work():
        outbox.release(db.session.get_one(OutboxMail, mail_id))

    assert (found(mail_id).state, found(mail_id).hold) == (MailState.waiting, False)
