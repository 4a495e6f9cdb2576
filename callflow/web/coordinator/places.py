"""Where staff mends what holds a dossier back, and where they do what comes next."""

from flask import url_for

from callflow.core.gate import actor
from callflow.core.permissions import P, may
from callflow.desk.dossier import DossierPage

ON_THE_PAGE = {
    "checks_missing": "check", "checks_failed": "check", "sessions_missing": "coaching",
    "scores_missing": "people", "scores_open": "people", "recusals_open": "people",
    "not_met": "conditions", "conditions_open": "conditions", "completion_open": "completion",
    "next_screen": "check", "next_completion": "completion", "next_coach": "people",
    "next_coaching": "coaching", "next_jury": "people", "next_scores": "people",
    "next_recusal": "people", "next_replace": "people",
    "next_conditions": "conditions", "next_judge": "conditions",
}  # fmt: skip
"""By the code of a reason or of what comes next, the section of the page itself."""
MEETING = ("not_on_agenda", "quorum_missing")
AGREEMENT = (
    "agreement_missing", "next_agreement", "next_agreement_change", "next_agreement_answer",
    "next_payee_change", "next_payee_change_answer",
)  # fmt: skip
DECIDING = ("resolution_missing", "not_released", "next_decision")


def places(found: DossierPage) -> dict[str, str]:
    """Addresses by code, for what this person may do something about."""
    dossier, asking = found.dossier, actor()
    known = {code: f"#{section}" for code, section in ON_THE_PAGE.items() if section in sections(found)}
    if may(asking, P.jury_meet, dossier):
        known |= dict.fromkeys(MEETING, url_for("jury.meetings", call=dossier.call.reference))
    if may(asking, P.agreement_prepare, dossier):
        known |= dict.fromkeys(AGREEMENT, url_for("coordinator.agreement", ref=dossier.reference))
    if may(asking, P.dossier_decide, dossier):
        known["reasons_missing"] = url_for("coordinator.reasons", ref=dossier.reference)
    lot = url_for("coordinator.decisions_of_lot", reference=dossier.call.reference, lot=dossier.lot.key)
    return known | dict.fromkeys(DECIDING, lot)


def sections(found: DossierPage) -> set[str]:
    """Those of ON_THE_PAGE that the page has for this dossier."""
    call = found.dossier.call
    there = {
        "people": True,
        "check": bool(call.checklist) and not found.short,
        "coaching": bool(found.log) or call.procedure["coaching"] != "none",
        "conditions": bool(found.outcome.demands),
        "completion": bool(found.asked),
    }
    return {section for section, shown in there.items() if shown}
