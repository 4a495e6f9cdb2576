"""The page of a project agreement, for group and staff: one text, who accepted it, who is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from callflow.agreements import queries, rules
from callflow.agreements.models import Acceptance, Payee, ProjectAgreement
from callflow.agreements.states import OPEN, AgreementState
from callflow.applications.models import Application
from callflow.calls.procedure import Procedure
from callflow.core.actor import Actor
from callflow.core.db import db
from callflow.core.errors import NotFound
from callflow.core.workflow import Reason
from callflow.decisions import queries as decisions
from callflow.decisions.models import Decision
from callflow.dossiers.states import AFTER_SELECTION
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.lifecycle import agreeing
from callflow.people.models import Membership, User
from callflow.people.states import Right


@dataclass(frozen=True)
class AgreementPage:
    """``text`` is what was offered last, ``signed`` who accepted it; ``payees`` the present one first, each
    with who named it. ``offers`` are the steps of this person, with what holds each back.
    """

    dossier: Application
    decision: Decision
    agreement: ProjectAgreement | None
    letter: Letter | None
    signed: Sequence[Acceptance]
    payees: Sequence[tuple[Payee, str]]
    needs_payee: bool
    signers: Sequence[str]
    offers: Mapping[str, Sequence[Reason]]

    @property
    def payee(self) -> Payee | None:
        """Who is paid now."""
        return next((each for each, _name in self.payees if each.replaced_at is None), None)

    @property
    def open(self) -> bool:
        """Whether it is still to be offered, or offered again."""
        return not self.over and (self.agreement is None or self.agreement.state in OPEN)

    @property
    def payable(self) -> bool:
        """Whether somebody can still be named who is paid."""
        return self.open and bool(self.decision.amount or self.payees)

    @property
    def over(self) -> bool:
        """Whether it no longer holds."""
        return self.agreement is not None and self.agreement.ended_at is not None

    @property
    def shown(self) -> LetterContext | None:
        """The text that both sides see: not one that was taken back."""
        prepared = self.agreement is None or self.agreement.state is AgreementState.prepared
        return None if self.letter is None or prepared else LetterContext.of(self.letter.context)

    @property
    def missing(self) -> int:
        """How many members still have to accept."""
        return max(self.agreement.signatures - len(self.signed), 0) if self.agreement else 0


def agreement_page(dossier: Application, by: Actor) -> AgreementPage:
    """The page of a dossier that was loaded for this person.

    Raises NotFound where the call makes no agreements, or before the group was told that it is selected.
    """
    decision = decisions.released(dossier.id)
    asked = Procedure.of(dossier.call.procedure).agreement and dossier.shown_state in AFTER_SELECTION
    agreement = queries.agreement_of(dossier)
    if decision is None or not (asked or agreement):
        raise NotFound
    return AgreementPage(
        dossier=dossier,
        decision=decision,
        agreement=agreement,
        letter=queries.letter_of(agreement),
        signed=queries.acceptances_of(agreement),
        payees=_payees(dossier),
        needs_payee=rules.needs_payee(dossier, decision.amount),
        signers=_signers(dossier),
        offers=agreeing.offers(agreement, by) if agreement else {},
    )


def _payees(dossier: Application) -> list[tuple[Payee, str]]:
    rows = db.session.execute(
        select(Payee, User.name)
        .join(User, User.id == Payee.named_by)
        .where(Payee.dossier_id == dossier.id)
        .order_by(Payee.id.desc())
    )
    return [(payee, name) for payee, name in rows]


def _signers(dossier: Application) -> list[str]:
    """The members who may accept for the group."""
    rows = db.session.scalars(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == dossier.group_id, Membership.right == Right.submit, User.active)
        .order_by(User.name)
    )
    return list(rows)
