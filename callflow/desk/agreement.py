"""The page of a project agreement, for group and staff: one text, who accepted it, who is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from callflow.agreements import queries, rules
from callflow.agreements.models import Acceptance, Payee, PayeeChange, ProjectAgreement
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
from callflow.lifecycle import agreeing, amending
from callflow.lifecycle.amending import CHANGEABLE
from callflow.people.models import Membership, User
from callflow.people.states import Right


@dataclass(frozen=True)
class Asked:
    """A change of payee, who asked for it, and the text that it changed or would have changed."""

    change: PayeeChange
    by: str
    before: Letter


@dataclass(frozen=True)
class AgreementPage:
    """``text`` is what was offered last, ``signed`` who accepted it; ``payees`` the present one first, each
    with who named it. ``offers`` are the steps of this person, with what holds each back; ``change_offers``
    those of the change of payee that is under way.
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
    changes: Sequence["Asked"] = ()
    change_offers: Mapping[str, Sequence[Reason]] = field(default_factory=dict)
    signed_change: Sequence[Acceptance] = ()

    @property
    def change(self) -> PayeeChange | None:
        """The change of payee that is under way."""
        return next((each.change for each in self.changes if each.change.ended_at is None), None)

    @property
    def changeable(self) -> bool:
        """Whether another payee can be asked for."""
        accepted = self.agreement is not None and self.agreement.state is AgreementState.accepted
        going_on = accepted and not self.over and self.dossier.shown_state in CHANGEABLE
        return going_on and self.change is None and bool(self.decision.amount)

    @property
    def changed(self) -> LetterContext | None:
        """The text that a change under way offers."""
        letter = self.change.letter if self.change else None
        return LetterContext.of(letter.context) if letter else None

    @property
    def missing_change(self) -> int:
        """How many members still have to accept that text."""
        return max(self.agreement.signatures - len(self.signed_change), 0) if self.agreement else 0

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
    agreement = queries.agreement_of(dossier, with_text=True)
    if decision is None or not (asked or agreement):
        raise NotFound
    changes = _changes(agreement) if agreement else []
    change = next((each.change for each in changes if each.change.ended_at is None), None)
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
        changes=changes,
        change_offers=amending.offers(change, by) if change and not change.agreement.ended_at else {},
        signed_change=queries.acceptances_of_change(change) if change else (),
    )


def _changes(agreement: ProjectAgreement) -> list[Asked]:
    """Every change of payee that was asked for, the last first."""
    before, text = aliased(Letter), aliased(Letter)
    rows = db.session.execute(
        select(PayeeChange, User.name, before)
        .join(User, User.id == PayeeChange.asked_by)
        .join(before, before.id == PayeeChange.before_id)
        .outerjoin(text, text.id == PayeeChange.letter_id)
        .where(PayeeChange.agreement_id == agreement.id)
        .options(contains_eager(PayeeChange.letter.of_type(text)))
        .order_by(PayeeChange.id.desc())
    )
    found = [Asked(change, name, letter) for change, name, letter in rows]
    for each in found:
        set_committed_value(each.change, "agreement", agreement)  # loaded already, and nothing to be written
    return found


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
