"""The text of a project agreement: gathered from the records, frozen as a letter when it is offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from callflow.agreements import queries, rules
from callflow.agreements.models import Acceptance, Payee, PayeeChange, ProjectAgreement
from callflow.core import clock, formats, i18n
from callflow.core.workflow import Reason
from callflow.decisions import queries as decisions
from callflow.decisions.models import Decision
from callflow.dossiers.models import Dossier
from callflow.letters import legal
from callflow.letters import rules as letters
from callflow.letters.context import LetterContext
from callflow.letters.models import Letter
from callflow.letters.states import LetterKind
from callflow.letters.terms import Agreed, Article, PaidTo, Signature, Signed
from callflow.lifecycle import letter
from callflow.lifecycle.frame import committed, context, filled, gather, in_each_language

Values = Mapping[str, Mapping[str, str]]
READING = timedelta(days=21)
"""How long a group has to accept, unless the coordinator says otherwise."""


def offer(dossier: Dossier, agreement: ProjectAgreement, change: PayeeChange | None = None) -> Letter:
    """Freeze the text as it is now, or as a change makes it, and write the mails to the group."""
    known = gather([dossier])
    written, values = _written(dossier, agreement, change)
    return letter.send(dossier, written, known, values)


def preview(
    dossier: Dossier, agreement: ProjectAgreement, change: PayeeChange | None = None
) -> LetterContext:
    """The text as an offer would freeze it now, under a code that checks nothing."""
    written, _ = _written(dossier, agreement, change)
    address = written.check_url.replace(written.code, letter.UNWRITTEN)
    return replace(written, code=letter.UNWRITTEN, check_url=address)


def obstacles(dossier: Dossier) -> tuple[Reason, ...]:
    """What the authority's record still lacks to conclude an agreement."""
    return tuple(letters.gaps(dossier.lot.authority))


def confirm(dossier: Dossier, text: Letter, given: Sequence[Acceptance]) -> None:
    """Write to the group that the agreement is concluded: which text, by whom, when."""
    known = gather([dossier])
    by = tuple(Signature(each.name, each.accepted_at) for each in given)
    signed = Signed(text.number, date.fromisoformat(text.context["written_on"]), text.context_sha256, by)
    written = context(dossier, LetterKind.agreement_accepted, known=known, values={}, signed=signed)
    letter.send(dossier, written, known, {})


def _written(
    dossier: Dossier, agreement: ProjectAgreement, change: PayeeChange | None
) -> tuple[LetterContext, Values]:
    decision = decisions.released(dossier.id)
    if decision is None:
        raise ValueError(f"{dossier.reference} has no decision that holds")
    said = _Said.of(dossier, agreement, change)
    values = _values(dossier, said, decision)
    money = bool(decision.amount)
    written = context(
        dossier, LetterKind.agreement, known=gather([dossier]), money=money, values=values,
        resolved=letter.resolved(decision), agreement=_agreed(dossier, said, decision, values),
    )  # fmt: skip
    return replace(written, basis=legal.grounds(dossier.lot.authority.law, money=money)), values


@dataclass(frozen=True)
class _Said:
    """Where a changed text differs from the one before: who is paid, until when it is accepted, and that it
    takes its place.
    """

    payee: Payee | PayeeChange | None
    due_on: date
    signatures: int
    terms: str

    @classmethod
    def of(cls, dossier: Dossier, agreement: ProjectAgreement, change: PayeeChange | None) -> "_Said":
        if change is None:
            payee = queries.payee_of(dossier)
            return cls(payee, agreement.due_on, agreement.signatures, agreement.terms)
        due = change.due_on or clock.today() + READING
        terms = "\n\n".join(each for each in (agreement.terms, _replacing(dossier, agreement)) if each)
        return cls(change, due, agreement.signatures, terms)


def _replacing(dossier: Dossier, agreement: ProjectAgreement) -> str:
    """The sentence that names the text before, in the language of the authority."""
    before = queries.letter_of(agreement)
    if before is None:
        raise ValueError(f"{dossier.reference} has no text that could be changed")
    with i18n.speaking(dossier.lot.authority.language):
        return i18n.gettext(
            "This agreement takes the place of that of %(day)s (SHA-256 %(digest)s): another payee or "
            "account is agreed. That one holds until this one is accepted.",
            day=formats.day(date.fromisoformat(before.context["written_on"])), digest=before.context_sha256,
        )  # fmt: skip


def _values(dossier: Dossier, agreement: _Said, decision: Decision) -> Values:
    """What the call's own words may name: what the decision letter knows, and what is agreed."""
    payee, told = agreement.payee, letter.decided(dossier, decision)
    more = in_each_language(
        interim_due=_day(dossier, "interim_due") or "",
        due=agreement.due_on,
        payee=payee.name if payee else (dossier.group.name if dossier.group else ""),
        amount=lambda: formats.euro(decision.amount or Decimal(0)),
    )
    return {language: {**told[language], **names} for language, names in more.items()}


def _agreed(dossier: Dossier, agreement: _Said, decision: Decision, values: Values) -> Agreed:
    payee, words = agreement.payee, _words(dossier, "agreement")
    law, own = dossier.lot.authority.law, committed(dossier, values)
    paid = PaidTo(payee.name, payee.relation.value, rules.masked(payee.iban)) if payee else None
    return Agreed(
        decision.amount, decision.coaching_days, letter.resolved(decision).on,
        _day(dossier, "interim_due"), _day(dossier, "report_due"), agreement.due_on, agreement.signatures,
        paid if decision.amount else None,
        filled(_words(dossier, "selected").get("payment"), dossier, values),
        (*own, *legal.duties(law, decision.amount, own, agreeing=True)),
        tuple(
            Article(filled(each["title"], dossier, values), filled(each["text"], dossier, values))
            for each in words.get("articles", ())
            if not each.get("lots") or dossier.lot.key in each["lots"]
        ),
        agreement.terms,
    )  # fmt: skip


def _words(dossier: Dossier, kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = dossier.call.texts.get("letters", {}).get(kind, {})
    return found


def _day(dossier: Dossier, key: str) -> date | None:
    written = dossier.call.calendar.get(key)
    return None if not written else date.fromisoformat(written[:10])
