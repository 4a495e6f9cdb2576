"""What must hold between projects and their agreements: accepted by enough members, and by what they read."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from callflow.agreements.models import Acceptance, Payee, PayeeChange, ProjectAgreement
from callflow.agreements.states import AgreementState, ChangeState
from callflow.calls.models import Call
from callflow.dossiers.models import Dossier
from callflow.dossiers.states import AFTER_SELECTION, Kind, State
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind
from callflow.lifecycle.checking import Checks, Query

check = Checks()
AFTER_AGREEMENT = tuple(each for each in AFTER_SELECTION if each is not State.selected)


@check
def agreement_missing() -> Query:
    """A project that goes on in a call with agreements has one that was accepted and holds."""
    holds = and_(
        ProjectAgreement.dossier_id == Dossier.id, ProjectAgreement.state == AgreementState.accepted,
        ProjectAgreement.ended_at.is_(None),
    )  # fmt: skip
    asked = and_(
        Dossier.kind == Kind.application, Dossier.state.in_(AFTER_AGREEMENT),
        Call.procedure["agreement"].as_boolean(),
    )  # fmt: skip
    return (
        select(Dossier.reference, Dossier.state)
        .join(Call, Call.id == Dossier.call_id)
        .outerjoin(ProjectAgreement, holds)
        .where(ProjectAgreement.id.is_(None), or_(Dossier.state == State.agreed, asked))
    )


@check
def agreement_unsigned() -> Query:
    """An accepted agreement was accepted by as many members as it asks, all of the text that holds."""
    given = func.count(Acceptance.id)
    same = and_(
        Acceptance.agreement_id == ProjectAgreement.id, Acceptance.letter_id == ProjectAgreement.letter_id
    )
    return (
        select(Dossier.reference, given)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .outerjoin(Acceptance, same)
        .where(ProjectAgreement.state == AgreementState.accepted)
        .group_by(Dossier.id, Dossier.reference, ProjectAgreement.signatures)
        .having(given < ProjectAgreement.signatures)
    )


@check
def agreement_text_differs() -> Query:
    """What a member accepted is, by its digest, the text of an agreement on their own project."""
    same = and_(
        Letter.dossier_id == Dossier.id, Letter.kind == LetterKind.agreement,
        Letter.context_sha256 == Acceptance.sha256,
    )  # fmt: skip
    return (
        select(Dossier.reference, Acceptance.name)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .join(Acceptance, Acceptance.agreement_id == ProjectAgreement.id)
        .join(Letter, Letter.id == Acceptance.letter_id)
        .where(~same)
    )


@check
def payee_change_disagrees() -> Query:
    """A change that was accepted was accepted by as many members as the agreement asks, of its own text."""
    given = func.count(Acceptance.id)
    return (
        select(Dossier.reference, given)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .join(PayeeChange, PayeeChange.agreement_id == ProjectAgreement.id)
        .outerjoin(Acceptance, Acceptance.letter_id == PayeeChange.letter_id)
        .where(PayeeChange.state == ChangeState.accepted)
        .group_by(Dossier.id, Dossier.reference, PayeeChange.id, ProjectAgreement.signatures)
        .having(given < ProjectAgreement.signatures)
    )


@check
def payee_differs() -> Query:
    """Who is paid is whom the last accepted change named."""
    later = aliased(PayeeChange)
    newer = exists(
        select(later.id).where(
            later.agreement_id == PayeeChange.agreement_id, later.state == ChangeState.accepted,
            later.id > PayeeChange.id,
        )
    )  # fmt: skip
    named = and_(
        Payee.dossier_id == Dossier.id, Payee.replaced_at.is_(None), Payee.iban == PayeeChange.iban,
        Payee.name == PayeeChange.name,
    )  # fmt: skip
    return (
        select(Dossier.reference, PayeeChange.name)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .join(PayeeChange, PayeeChange.agreement_id == ProjectAgreement.id)
        .outerjoin(Payee, named)
        .where(PayeeChange.state == ChangeState.accepted, ~newer, Payee.id.is_(None))
    )


@check
def agreement_stands() -> Query:
    """What was agreed ends with the project that it is about."""
    over = and_(
        Dossier.state == Dossier.shown_state,
        Dossier.state.in_((State.withdrawn, State.revoked, State.not_selected)),
    )
    return (
        select(Dossier.reference, Dossier.state)
        .join(ProjectAgreement, ProjectAgreement.dossier_id == Dossier.id)
        .where(ProjectAgreement.ended_at.is_(None), over)
    )
