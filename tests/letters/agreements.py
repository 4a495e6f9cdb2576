"""What the letters about a project agreement say, with invented facts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from callflow.calls.states import Law
from callflow.letters import legal
from callflow.letters.states import LetterKind
from callflow.letters.terms import Agreed, Article, PaidTo, Signature, Signed

K = LetterKind


def _twin(nl: str, fr: str) -> dict[str, str]:
    return {"nl": nl, "fr": fr}


def agreed(law: Law, amount: Decimal, terms: str) -> dict[LetterKind, dict[str, Any]]:
    """A project agreement with a payee, and the letter that says who accepted it."""
    articles = (
        Article(
            _twin("Steun", "Soutien"),
            _twin("De overheid betaalt in twee schijven.", "L’autorité verse en deux tranches."),
        ),
        Article(
            _twin("Verslagen", "Rapports"),
            _twin("De groep zegt hoe ver ze staat.", "Le groupe dit où il en est."),
        ),
    )
    made = Agreed(
        amount,
        5,
        date(2027, 2, 11),
        date(2027, 9, 30),
        date(2028, 2, 28),
        date(2027, 3, 15),
        2,
        PaidTo("Dorpshuis vzw", "association", "BE**\u00a0****\u00a07034"),
        {},
        legal.duties(law, amount, agreeing=True),
        articles,
        terms,
    )
    by = (
        Signature("Marleen Voorbeeld", datetime(2027, 3, 1, 18, 4, tzinfo=UTC)),
        Signature("Wim Voorbeeld", datetime(2027, 3, 2, 8, 30, tzinfo=UTC)),
    )
    return {
        K.agreement: {"agreement": made, "basis": legal.grounds(law, money=True)},
        K.agreement_accepted: {"signed": Signed(3, date(2027, 2, 20), "5e1f" * 16, by)},
    }  # fmt: skip
