"""What becomes of one mail: sent, tried again, bounced, refused or in doubt."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from callflow.core import clock, outbox
from callflow.core.db import db, unit_of_work
from callflow.core.jobs import identity
from callflow.core.outbox import PAUSES, MailState, OutboxMail
from callflow.core.storage import storage
from tests.mail.post import drain, dropping_server, found, make_due, queued, state_of

SECOND = timedelta(seconds=1)


def test_a_mail_arrives_as_text_and_html_with_a_stable_identity(committed, smtp):
    (mail_id,) = queued(html="<p>Er is een brief.</p>", subject="Beslissing over été")

    assert drain() == 1

    (message,) = smtp.messages
    mail = found(mail_id)
    assert (mail.state, mail.attempts) == (MailState.sent, 1)
    assert message["Message-ID"] == mail.message_id
    assert message["Subject"] == "Beslissing over été"
    assert message["To"] == "mail1@voorbeeld.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs(parsedate_to_datetime(message["Date"]) - mail.created_at) <= SECOND
    assert message.get_body(("plain",)).get_content().strip() == "Er is een brief."
    assert "<p>Er is een brief.</p>" in message.get_body(("html",)).get_content()


def test_it_carries_the_pdf_of_its_letter(committed, smtp):
    sha256 = storage().put(b"%PDF-1.7 one letter")
    (mail_id,) = queued(awaits="letter:abc", attachment_name="DAZ26-1.pdf")
    assert (drain(), state_of(mail_id)) == (0, MailState.waiting)

    with unit_of_work():
        outbox.letter_made("letter:abc", sha256)
    drain()

    (attachment,) = smtp.messages[0].iter_attachments()
    assert attachment.get_filename() == "DAZ26-1.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == b"%PDF-1.7 one letter"


def test_a_mail_without_attachment_name_only_waits_for_its_letter(committed, smtp):
    queued(awaits="letter:abc")
    with unit_of_work():
        outbox.letter_made("letter:abc", "0" * 64)
    drain()

    assert list(smtp.messages[0].iter_attachments()) == []


def test_a_held_mail_stays_even_when_its_letter_is_made(committed, smtp):
    (mail_id,) = queued(awaits="letter:abc", hold=True)
    with unit_of_work():
        outbox.letter_made("letter:abc", "0" * 64)

    assert (drain(), state_of(mail_id)) == (0, MailState.held)


def test_4xx_is_tried_again_later_and_given_up_after_the_last_pause(committed, smtp):
    smtp.answers["mail1@voorbeeld.example"] = "451 come back later"
    (mail_id,) = queued()

    drain()

    mail = found(mail_id)
    assert (mail.state, mail.last_answer) == (MailState.retry, "451 come back later")
    assert abs(mail.not_before - clock.now() - PAUSES[0]) < timedelta(seconds=20)
    assert drain() == 0
    for _ in PAUSES:
        make_due(mail_id)
        drain()
    assert (state_of(mail_id), found(mail_id).attempts) == (MailState.failed, len(PAUSES) + 1)


def test_it_arrives_once_the_server_takes_it(committed, smtp):
    smtp.answers["mail1@voorbeeld.example"] = "450 greylisted"
    (mail_id,) = queued()
    drain()
    smtp.answers.clear()
    make_due(mail_id)

    drain()

    assert (state_of(mail_id), len(smtp.messages)) == (MailState.sent, 1)


def test_5xx_at_the_recipient_is_a_bounce_and_holds_nobody_up(committed, smtp):
    smtp.answers["mail1@voorbeeld.example"] = "550 no such person"
    first, second = queued(2)

    drain()

    assert (state_of(first), state_of(second)) == (MailState.bounced, MailState.sent)
    assert found(first).last_answer == "550 no such person"


@pytest.mark.parametrize(
    "address",
    ["no address", "a@b@c.example", "two@x.example, three@x.example", "x@y.example\r\nBcc: z@z.example"],
)
def test_an_address_that_is_none_bounces_here(committed, smtp, address):
    (mail_id,) = queued(recipient=address)

    drain()

    assert (state_of(mail_id), smtp.messages) == (MailState.bounced, [])


def test_without_a_server_it_is_tried_again(committed):
    (mail_id,) = queued()

    drain()

    assert state_of(mail_id) == MailState.retry


def test_a_line_dropped_after_the_message_leaves_the_mail_uncertain(committed, smtp_port):
    (mail_id,) = queued()

    with dropping_server(smtp_port, after=b"\r\n.\r\n") as heard:
        drain()

    assert b"Er is een brief." in b"".join(heard)
    assert state_of(mail_id) == MailState.uncertain
    assert drain() == 0


def test_a_line_dropped_before_the_message_is_tried_again(committed, smtp_port):
    (mail_id,) = queued()

    with dropping_server(smtp_port, after=b"rcpt TO"):
        drain()

    assert state_of(mail_id) == MailState.retry


def test_no_header_can_be_slipped_in(committed, smtp):
    queued(subject="Hallo\r\nBcc: z@z.example\r\n\r\n<script>", body=".\r\n.\r\nRSET\r\n..\r\n")

    drain()

    (message,) = smtp.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "Hallo Bcc: z@z.example <script>"
    assert message.get_content().splitlines() == [".", ".", "RSET", ".."]


def test_a_mail_that_a_dead_worker_was_sending_is_shown_uncertain_and_never_sent_again(committed, smtp):
    (mail_id,) = queued()
    gone = identity("w9").rsplit(":", 2)[0] + ":4000000:dead"
    outbox.claim(gone)

    assert outbox.sweep() == 1
    assert drain() == 0
    assert (state_of(mail_id), smtp.messages) == (MailState.uncertain, [])


def test_a_mail_that_somebody_is_sending_is_left_alone(committed):
    (mail_id,) = queued()
    outbox.claim(identity("w1"))

    assert outbox.sweep() == 0
    assert state_of(mail_id) == MailState.sending


def test_a_lease_that_ran_out_is_freed_wherever_its_worker_lived(committed):
    (mail_id,) = queued()
    outbox.claim("w1@elsewhere:12:abc")
    with unit_of_work():
        db.session.get_one(OutboxMail, mail_id).lease_until = clock.now() - SECOND

    assert outbox.sweep() == 1


def test_a_worker_that_was_given_up_but_did_send_says_so(committed, smtp):
    (mail_id,) = queued()
    holder = identity("slow")
    parcel = outbox.claim(holder)
    with unit_of_work():
        db.session.get_one(OutboxMail, mail_id).lease_until = clock.now() - SECOND
    outbox.sweep()

    with outbox.Carrier(committed.app.config["SETTINGS"]) as carrier:
        outbox.note(mail_id, holder, outbox.hand_over(carrier, parcel))

    assert (state_of(mail_id), len(smtp.messages)) == (MailState.sent, 1)
