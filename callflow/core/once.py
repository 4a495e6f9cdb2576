"""Form tokens: a form that is sent twice is carried out once, and the second sending is shown the first
outcome.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core import clock
from callflow.core.db import Model, UtcDateTime, db
from callflow.core.errors import Repeated


class UsedToken(Model):
    """A form that was carried out, and where it led."""

    __tablename__ = "used_token"
    __table_args__ = (UniqueConstraint("user_id", "endpoint", "token", name="uq_used_token_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer)
    endpoint: Mapped[str] = mapped_column(String(120))
    token: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(400))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass
class FormToken:
    """The token that a page put into its form; ``outcome`` is the address that this sending will lead to."""

    user_id: int
    endpoint: str
    token: str
    outcome: str | None = None
    row: UsedToken | None = None

    def claim(self) -> None:
        """Mark the token as used inside the running unit of work; raises Repeated with the first outcome."""
        row = UsedToken(
            user_id=self.user_id,
            endpoint=self.endpoint,
            token=self.token,
            outcome=self.outcome,
            used_at=clock.now(),
        )
        self.row = row
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            raise Repeated(self._first_outcome()) from None

    def lead_to(self, outcome: str) -> None:
        """Where this sending leads, when that is known only once it was carried out; after claim()."""
        if self.row is not None:
            self.row.outcome = outcome

    def _first_outcome(self) -> str | None:
        return db.session.scalar(
            select(UsedToken.outcome).where(
                UsedToken.user_id == self.user_id,
                UsedToken.endpoint == self.endpoint,
                UsedToken.token == self.token,
            )
        )
