"""What the law makes a letter say: appeal, legal basis, silence, duties that come with money. The words are
in law.yaml.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from callflow.calls.states import Law

Twin = Mapping[str, str]
LANGUAGES = ("nl", "fr")
CONVENTION_ABOVE = Decimal(23000)
"""Euro a year above which French law wants an agreement in writing."""

_SENTENCES = re.compile(r"(?<=[.?!])\s+")
_ABROAD = re.compile(
    r"\b(?:buiten België|buiten Frankrijk|ander land|buitenland"
    r"|hors de Belgique|hors de France|autre pays|à l['’]étranger)\b"
)


@lru_cache(maxsize=1)
def _law() -> dict[str, Any]:
    text = (Path(__file__).parent / "law.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def appeal(law: Law, own: Twin | None, authority: Twin) -> tuple[Twin, Twin]:
    """The appeal block and, apart, its sentence for residents abroad, which is a condition and always
    printed.

    ``own`` is the authority's wording and goes before ours; when it has a sentence for residents abroad,
    that one is taken. The block is empty where neither says anything: then no letter can be released.
    """
    block, abroad = {}, {}
    for language in LANGUAGES:
        general = _law()["appeal"].get(law.value, {}).get(language, "")
        name = authority.get(language) or next(iter(authority.values()), "")
        text = (own or {}).get(language) or general.replace("{authority}", name)
        block[language], abroad[language] = _parted(text, _law()["abroad"][law.value][language])
    return block, abroad


@lru_cache(maxsize=256)
def _parted(text: str, general: str) -> tuple[str, str]:
    """The text without its sentence for residents abroad, and that sentence; ``general`` where it has
    none.
    """
    sentences = _SENTENCES.split(text)
    found = next((each for each in sentences if _ABROAD.search(each)), None)
    if found is None:
        return text, general
    return " ".join(each for each in sentences if each is not found), found


def basis(law: Law, own: Iterable[Twin], *, money: bool, revoking: bool = False) -> tuple[Twin, ...]:
    """The authority's own texts, then those of its law that it did not name itself; ``revoking`` adds what
    the law says of taking back what was promised.
    """
    mine = tuple(own)
    named = " ".join(text for twin in mine for text in twin.values())
    general = [
        each["text"]
        for each in _law()["basis"].get(law.value, [])
        if (money or not each.get("money"))
        and (revoking or not each.get("revoking"))
        and not any(mark in named for mark in each["marks"])
    ]
    return (*mine, *general)


def duties(
    law: Law, amount: Decimal | None, own: Iterable[Twin] = (), *, agreeing: bool = False
) -> tuple[Twin, ...]:
    """What comes with money by law: purpose, proof, repayment, and for French authorities the agreement in
    writing.

    A duty that the call's ``own`` words name already is left out, as is the last one in the agreement
    itself (``agreeing``).
    """
    if not amount:
        return ()
    said = " ".join(text for twin in own for text in twin.values())
    general = [
        each["text"]
        for each in _law()["duties"][law.value]
        if not any(mark in said for mark in each.get("marks", ()))
    ]
    convention = law is Law.fr_public and amount > CONVENTION_ABOVE and not agreeing
    return (*general, *([_law()["convention"]] if convention else []))


def grounds(law: Law, *, money: bool) -> tuple[Twin, ...]:
    """What an agreement rests on beside the decision: acts on money, none on how decisions are reasoned."""
    return tuple(each["text"] for each in _law()["basis"].get(law.value, []) if money and each.get("money"))


def otherwise(law: Law) -> Twin:
    """What happens when a condition is not met by its day: nothing by itself, and not unheard."""
    words: Twin = _law()["otherwise"].get(law.value) or _law()["otherwise"]["private"]
    return words


def de_minimis(language: str) -> str:
    """The statement on aid to economic activities, as a condition: callflow does not judge what is
    economic.
    """
    return str(_law()["de_minimis"][language])


def least_days(law: Law) -> int:
    """How many days a group gets at least for what is missing: no law here names a number, a reasonable time
    is what all of them ask.
    """
    return int(_law()["completion"][law.value]["least_days"])


def completion_basis(law: Law) -> tuple[Twin, ...]:
    """What a request for missing papers rests on, beside the rules of the call."""
    return tuple(_law()["completion"][law.value]["basis"])


def silence_both_ways(language: str, *, day: str, suspended: str, court: Twin) -> str:
    """The same after a time limit for missing papers, which suspends the clock or does not."""
    words = str(_law()["silence_both_ways"][language])
    return words.format(day=day, suspended=suspended, court=_court(language, court))


def silence(language: str, *, day: str, court: Twin) -> str:
    """The sentence on silent refusal, with where to go then."""
    return str(_law()["silence"][language]).format(day=day, court=_court(language, court))


def _court(language: str, court: Twin) -> str:
    """The authority's own wording when it fits into the sentence and is not the court that we know with its
    address.
    """
    own, known = court.get(language, ""), str(_law()["court"][language])
    return own if own[:1].islower() and not known.startswith(own) else known


def funding(own: Twin | None) -> Twin:
    """The funding statement of the call; without one, that of the programme."""
    statement: Twin = own or _law()["funding"]
    return statement
