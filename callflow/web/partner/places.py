"""Where a pilot's partners and its coordinator mend what holds a step back, and do what comes next."""

from flask import url_for

from callflow.core.gate import actor
from callflow.core.permissions import P, may
from callflow.pilots.models import Pilot

SECTIONS = {
    "pilot_government_missing": "partners", "pilot_guides_missing": "partners",
    "pilot_agreements_missing": "partners", "pilot_objections": "partners", "pilot_coaching_missing": "log",
    "pilot_report_not_approved": "report",
    "coaching": "log", "agree": "partners", "agreements": "partners", "milestone": "plan",
    "approval": "report",
}  # fmt: skip
"""By the code of a reason or of what comes next, the section of the pilot's page; each is always there."""
FORMS = {
    "pilot_text_missing": "partner.edit_text", "pilot_plan_missing": "partner.new_milestone",
    "pilot_report_day_missing": "partner.report_day", "pilot_report_missing": "partner.report",
    "pilot_method_missing": "partner.new_finding",
    "report": "partner.report", "report_day": "partner.report_day",
}  # fmt: skip
"""The same for what has a page of its own, for those who may write."""
GUIDING = ("pilot_government_missing", "pilot_guides_missing")


def places(pilot: Pilot) -> dict[str, str]:
    """Addresses by code, for whoever asks."""
    page, asking = url_for("partner.pilot", ref=pilot.reference), actor()
    known = {code: f"{page}#{section}" for code, section in SECTIONS.items()}
    if may(asking, P.pilot_manage, pilot):
        known |= dict.fromkeys(GUIDING, url_for("partner.partners", ref=pilot.reference))
    if may(asking, P.pilot_edit, pilot):
        known |= {code: url_for(endpoint, ref=pilot.reference) for code, endpoint in FORMS.items()}
    return known
