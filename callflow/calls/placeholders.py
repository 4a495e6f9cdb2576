"""The names in braces of letter and mail texts, and how they are filled in: never as template code."""

import re
from collections.abc import Mapping

from callflow.calls.procedure import Procedure

EVERYWHERE = frozenset({"group", "title", "call", "lot", "authority", "reference"})
BY_KIND: dict[str, frozenset[str]] = {
    "acknowledgement": frozenset({"received", "decision_on"}),
    "incomplete": frozenset({"due"}),
    "inadmissible": frozenset({"article", "decided"}),
    "selected": frozenset({"amount", "days", "report_due", "decided"}),
    "reserve": frozenset({"rank", "valid_until", "threshold", "decided"}),
    "not_selected": frozenset({"threshold", "decided"}),
    "withdrawal_confirmed": frozenset(),
    "report_approved": frozenset({"costs"}),
}
"""What each kind of letter, and the mail that goes with it, knows besides what all know."""

WORDLESS = frozenset({"incomplete"})
"""Kinds that say all they must without a word of the call: what is missing, why and until when."""

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
    """The kinds of letters that dossiers of such a call can come to; all but WORDLESS need its texts."""
    left_out = {"reserve"} if not procedure.reserve else set()
    if not procedure.report:
        left_out.add("report_approved")
    if not procedure.completion:
        left_out.add("incomplete")
    return [kind for kind in BY_KIND if kind not in left_out]
