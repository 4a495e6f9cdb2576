"""Who must name a payee, which account numbers are real, and what a text shows of one."""

import re
from decimal import Decimal

from callflow.agreements.states import Relation
from callflow.dossiers.models import Dossier

NO_CAPACITY = re.compile(
    r"feitelijke|association de fait|collectif|non déclarée|bewoners|habitants|buren|voisins|residents"
)
CAPACITY = re.compile(
    r"\b(i?vzw|a[is]?sbl|stichting|fondation|association|gemeente|gemeentebestuur|stad|commune|ville|mairie"
    r"|municipality|provincie|département|communauté de communes|intercommunale|syndicat|epci|ocmw|ccas|cpas"
    r"|lokaal bestuur|collectivité|coöperatie|coöperatieve|cv|coopérative|scic|egts|gect|egtc)\b"
)
LENGTHS = {"BE": 16, "FR": 27, "NL": 18, "LU": 20, "DE": 22}
"""How long account numbers of the countries around are; elsewhere from 15 to 34."""
TEXT = 4000


def has_capacity(legal_form: str) -> bool:
    """Whether a group of this form, in the words it gave itself, can own an account.

    A form that nobody knows counts as none: then the group says who is paid, which can be itself. An
    undeclared association has no legal capacity in French law, a *feitelijke vereniging* none in Belgian law.
    """
    said = " ".join(legal_form.lower().replace("’", "'").split())
    return not NO_CAPACITY.search(said) and CAPACITY.search(said) is not None


def needs_payee(dossier: Dossier, amount: Decimal | None) -> bool:
    """Money goes to somebody who can receive it: a group without legal capacity names them."""
    form = dossier.group.legal_form if dossier.group else ""
    return bool(amount) and not has_capacity(form)


def relations(legal_form: str) -> tuple[Relation, ...]:
    """What a payee can be to a group of this form."""
    return (
        tuple(Relation) if has_capacity(legal_form) else tuple(each for each in Relation if each != "itself")
    )


def plain_iban(typed: str) -> str:
    """An account number without the spaces, points and dashes that people write."""
    return re.sub(r"[\s.\-\u00a0\u202f]", "", typed).upper()


def is_iban(number: str) -> bool:
    """Whether country, length and check digits agree (ISO 13616). Those are never 00, 01 or 99, which would
    come to the same as 97, 98 and 02.
    """
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number) or number[2:4] in ("00", "01", "99"):
        return False
    if len(number) != LENGTHS.get(number[:2], len(number)):
        return False
    return int("".join(str(int(each, 36)) for each in number[4:] + number[:4])) % 97 == 1


def grouped(number: str) -> str:
    """As it stands on a card, in fours."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def masked(number: str) -> str:
    """What a text shows of an account: its country and its last four signs, so that it can be recognised."""
    return f"{number[:2]}**\u00a0****\u00a0{number[-4:]}"
