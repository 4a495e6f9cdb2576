"""Lots full of decided dossiers, and the signatory's button that releases them."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from callflow.applications.models import Application
from callflow.core.db import db
from callflow.core.outbox import OutboxMail
from callflow.decisions.models import Decision
from callflow.decisions.states import DecisionState
from callflow.letters.models import Letter
from callflow.lifecycle.values import Declining
from tests import factories as make
from tests.conftest import Installation
from tests.races.visitors import Prepared, Visitor
from tests.rounds import Round

ADDRESSES = 2
"""Who is written to: the contact of the group, and its member who may submit."""


@dataclass
class Body:
    """One call whose body decides on some dossiers at a time: not to select them, because money would end."""

    panel: Round = field(default_factory=Round)
    page: str = ""

    def __post_init__(self) -> None:
        self.page = f"/coordinator/calls/{self.panel.call.reference}/decisions/{self.panel.lot.key}"

    def decides(self, how_many: int) -> list[Application]:
        """That many more dossiers, prepared and decided, waiting for their release."""
        scored = [self.panel.scored() for _ in range(how_many)]
        made = [make.take(each, "decline", self.panel.coordinator, Declining()) for each in scored]
        self.panel.decide()
        db.session.rollback()
        return made

    def button(self, installation: Installation, address: str) -> Prepared:
        """The release form of the lot, as the signatory sees it now."""
        return self.button_for(Visitor.signed_in(installation, address, self.panel.signatory))

    def button_for(self, browser: Visitor) -> Prepared:
        """The same in this browser."""
        return browser.fill_in(self.page, "form#release")


@dataclass(frozen=True)
class Told:
    """What a release has done to some dossiers so far: how many show it, decisions, letters, mails."""

    shown: int
    released: int
    letters: int
    mails: int


def told(dossiers: list[Application]) -> Told:
    """All or nothing of these dossiers must be told; anything between is a torn release."""
    identities = [dossier.id for dossier in dossiers]
    db.session.rollback()
    outcomes = Decision.outcome

    def count(query: "object") -> int:
        return int(db.session.scalar(select(func.count()).select_from(query)) or 0)  # type: ignore[call-overload]  # a subquery

    mine = Decision.dossier_id.in_(identities)
    found = Told(
        shown=count(
            select(Application.id)
            .join(Decision, Decision.dossier_id == Application.id)
            .where(mine, Application.shown_state == outcomes)
            .subquery()
        ),
        released=count(select(Decision.id).where(mine, Decision.state == DecisionState.released).subquery()),
        letters=count(
            select(Letter.id)
            .join(Decision, Decision.dossier_id == Letter.dossier_id)
            .where(mine, Letter.kind == outcomes)
            .subquery()
        ),
        mails=count(
            select(OutboxMail.id)
            .join(Decision, Decision.dossier_id == OutboxMail.dossier_id)
            .where(mine, OutboxMail.notice == outcomes)
            .subquery()
        ),
    )
    db.session.rollback()
    return found


def whole(how_many: int) -> Told:
    """What a release of that many has done when nothing is left out."""
    return Told(how_many, how_many, how_many, ADDRESSES * how_many)


NOTHING = Told(0, 0, 0, 0)
