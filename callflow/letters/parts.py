"""The parts that a letter must have, by kind and law; the templates mark each with ``data-part``."""

from callflow.calls.states import Law
from callflow.letters.states import LetterKind

K = LetterKind

EVERY_LETTER = (
    "logos", "authority", "addressee", "number", "date", "handler", "language", "subject", "sender",
    "funding", "privacy", "rules", "verify", "history",
)  # fmt: skip
DECISION = ("resolution", "basis", "appeal", "abroad")
"""What comes with every decision of the deciding body, or that touches money."""

OWN: dict[LetterKind, tuple[str, ...]] = {
    K.acknowledgement: ("received", "contents", "next-steps", "service"),
    K.incomplete: ("missing", "deadline", "consequence", "how-to-add", "completion-basis"),
    K.inadmissible: (*DECISION, "condition", "article", "facts", "reentry"),
    K.not_invited: (*DECISION, "why", "talk", "next-call"),
    K.selected: (*DECISION, "offer", "contact", "conditions", "obligations", "reasons", "acceptance"),
    K.selected_with_conditions: (
        *DECISION, "offer", "contact", "conditions", "to-prove", "how-to-prove", "otherwise", "obligations",
        "reasons", "acceptance",
    ),
    K.conditions_met: ("met", "effects"),
    K.postponed: (*DECISION, "until", "why", "effects"),
    K.lapsed: ("valid-until", "effects"),
    K.hearing: ("basis", "intention", "article", "facts", "comment-until", "how-to-comment", "effects"),
    K.revoked: (*DECISION, "taken-back", "article", "facts", "heard", "remarks", "repayment", "effects"),
    K.reserve: (*DECISION, "threshold", "why-not-now", "rank", "valid-until", "strike-off", "reasons"),
    K.not_selected: (*DECISION, "reasons", "threshold", "talk", "next-call"),
    K.withdrawal_confirmed: ("withdrawn-by", "withdrawn-at", "effects"),
    K.report_approved: ("basis", "approved-costs", "balance", "effects"),
    K.agreement: ("basis", "parties", "term", "obligations", "articles", "acceptance"),
    K.agreement_accepted: ("accepted-text", "accepted-by", "effects"),
}  # fmt: skip
WITH_MONEY: dict[LetterKind, tuple[str, ...]] = {
    K.selected: ("amount", "payment", "de-minimis"),
    K.selected_with_conditions: ("amount", "payment", "de-minimis"),
    K.report_approved: ("appeal", "abroad"),
    K.agreement: ("amount", "payment"),
}
BY_LAW: dict[tuple[LetterKind, Law], tuple[str, ...]] = {
    (K.acknowledgement, Law.fr_public): ("silence", "remedies", "abroad", "missing-papers"),
    (K.incomplete, Law.fr_public): ("silence",),
}
DECISIONS = frozenset(kind for kind, parts in OWN.items() if "resolution" in parts)


def mandatory(kind: LetterKind, law: Law, *, money: bool) -> tuple[str, ...]:
    """The names of all parts this letter must have; ``money`` says that an amount was granted."""
    with_money = WITH_MONEY.get(kind, ()) if money else ()
    return (*EVERY_LETTER, *OWN[kind], *with_money, *BY_LAW.get((kind, law), ()))
