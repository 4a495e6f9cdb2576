"""How many mails of a call there are in each state: the rows that triggers wrote, added up now and then."""

from sqlalchemy import Enum, Index, and_, func
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core.db import Model
from callflow.core.outbox import LETTER_FAILED, MailState, OutboxMail
from callflow.core.sums import WORTH_IT, add_up

FAILED = and_(
    OutboxMail.state == MailState.waiting, func.coalesce(OutboxMail.last_answer, "") == LETTER_FAILED
)
"""Whether a mail waits for a letter that could not be made, as the triggers say it."""


class MailTally(Model):
    """So many mails more, or fewer, stand so: the sum over its rows is how many there are. Counted are those
    about what was handed in, by its lot, and those about a call as a whole, of no lot; mails about drafts
    and pilots are not, nor private ones. ``failed``: it waits for a letter that could not be made.

    Written by triggers of ``outbox_mail`` and ``dossier``, which only add rows, so that none waits for
    another.
    """

    __tablename__ = "mail_tally"
    __table_args__ = (Index("ix_mail_tally_call", "call_id", "lot_id", "state", "failed", "number"),)

    # whatever a mail may hold: what its row is checked for is not checked again
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int]
    lot_id: Mapped[int | None]
    state: Mapped[MailState] = mapped_column(Enum(MailState, native_enum=False, length=40))
    failed: Mapped[bool]
    number: Mapped[int]


def merge(worth_it: int = WORTH_IT) -> int:
    """One row for each cell of the calls in which much was written; how many rows went."""
    cell = (MailTally.call_id, MailTally.lot_id, MailTally.state, MailTally.failed)
    return add_up(MailTally, cell, (MailTally.number,), worth_it)
