"""Reads of agreements."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from callflow.agreements.models import Acceptance, Payee, PayeeChange, ProjectAgreement
from callflow.core.db import db
from callflow.dossiers.models import Dossier
from callflow.letters.models import Letter


def agreement_of(dossier: Dossier, *, with_text: bool = False) -> ProjectAgreement | None:
    """The agreement of this dossier; None when there is none. ``with_text`` loads its letter too."""
    query = select(ProjectAgreement).where(ProjectAgreement.dossier_id == dossier.id)
    found = db.session.scalar(query.options(joinedload(ProjectAgreement.letter)) if with_text else query)
    if found is not None:
        set_committed_value(found, "dossier", dossier)  # loaded already, and nothing to be written
    return found


def payees_of(dossier: Dossier) -> Sequence[Payee]:
    """Everybody who was named as payee, the last first."""
    query = select(Payee).where(Payee.dossier_id == dossier.id).order_by(Payee.id.desc())
    return db.session.scalars(query).all()


def payee_of(dossier: Dossier) -> Payee | None:
    """Who is paid now."""
    return db.session.scalar(select(Payee).where(Payee.dossier_id == dossier.id, Payee.replaced_at.is_(None)))


def letter_of(agreement: ProjectAgreement | None) -> Letter | None:
    """The text that was offered last."""
    return db.session.get(Letter, agreement.letter_id) if agreement and agreement.letter_id else None


def change_of(agreement: ProjectAgreement) -> PayeeChange | None:
    """The change of payee that is under way with its text, as it is for whoever waited for its dossier."""
    query = (
        select(PayeeChange)
        .where(PayeeChange.agreement_id == agreement.id, PayeeChange.ended_at.is_(None))
        .options(joinedload(PayeeChange.letter))
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is not None:
        set_committed_value(found, "agreement", agreement)
    return found


def acceptances_of(agreement: ProjectAgreement | None) -> Sequence[Acceptance]:
    """Who accepted the text that holds, in their order."""
    if agreement is None:
        return ()
    query = select(Acceptance).where(
        Acceptance.agreement_id == agreement.id, Acceptance.letter_id == agreement.letter_id
    )
    return db.session.scalars(query.order_by(Acceptance.id)).all()


def acceptances_of_change(change: PayeeChange) -> Sequence[Acceptance]:
    """Who accepted its text, in their order."""
    query = select(Acceptance).where(
        Acceptance.agreement_id == change.agreement_id, Acceptance.letter_id == change.letter_id
    )
    return db.session.scalars(query.order_by(Acceptance.id)).all()
