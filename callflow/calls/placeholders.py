"""The names in braces of letter and mail texts, and how they are filled in: never as template code."""

import re
from collections.abc import Mapping

from callflow.calls.procedure import Procedure

EVERYWHERE = frozenset({"group", "title", "call", "lot", "authority", "reference"})
BY_KIND: dict[str, frozenset[str]] = {
    "acknowledgement": frozenset({"received", "decision_on"}),
    "incomplete": frozenset({"due"}),
    "inadmissible": frozenset({"article", "decided"}),
    "not_invited": frozenset({"decided"}),
    "selected": frozenset({"amount", "days", "report_due", "decided"}),
    "reserve": frozenset({"rank", "valid_until", "threshold", "decided"}),
    "not_selected": frozenset({"threshold", "decided"}),
    "withdrawal_confirmed": frozenset(),
    "report_approved": frozenset({"costs"}),
    "selected_with_conditions": frozenset({"amount", "days", "report_due", "decided"}),
    "conditions_met": frozenset(),
    "postponed": frozenset({"decided"}),
    "lapsed": frozenset(),
    "hearing": frozenset(),
    "revoked": frozenset({"decided"}),
    "agreement": frozenset({"amount", "days", "interim_due", "report_due", "payee", "due", "decided"}),
    "agreement_accepted": frozenset(),
}
"""What each kind of letter, and the mail that goes with it, knows besides what all know."""
BY_THEMSELVES = frozenset(
    {
        "incomplete", "not_invited", "selected_with_conditions", "conditions_met", "postponed", "lapsed",
        "hearing", "revoked", "agreement_accepted",
    }
)  # fmt: skip
"""Letters that are whole without a word of the call: they are rare, and each is about one project."""


_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def allowed(kind: str) -> frozenset[str]:
    """Every name that a text of this kind may use."""
    return EVERYWHERE | BY_KIND[kind]


def named(text: str) -> list[str]:
    """The names a text uses, in order; a brace without a partner counts as an empty name."""
    return [found.group(1) or "" for found in _BRACES.finditer(text)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each name replaced by its value; a value's braces stay. KeyError for a missing one."""
    return _BRACES.sub(lambda found: values[found.group(1) or ""], text)


def reached(procedure: Procedure) -> list[str]:
    """The kinds of letters that dossiers of such a call can come to, in which the call may say something."""
    left_out: set[str] = set()
    for on, kinds in (
        (procedure.preapplication, {"not_invited"}),
        (procedure.reserve, {"reserve"}),
        (procedure.report, {"report_approved"}),
        (procedure.conditions, {"selected_with_conditions", "conditions_met"}),
        (procedure.postponing, {"postponed"}),
        (procedure.completion, {"incomplete"}),
        (procedure.agreement, {"agreement", "agreement_accepted"}),
    ):
        left_out |= set() if on else kinds
    return [kind for kind in BY_KIND if kind not in left_out]


def needed(procedure: Procedure) -> list[str]:
    """The kinds of letters in which the call must say something; the others say enough by themselves."""
    return [kind for kind in reached(procedure) if kind not in BY_THEMSELVES]
