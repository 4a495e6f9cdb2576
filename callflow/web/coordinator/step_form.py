"""What every form of a step can say: its values, what can be chosen, what usually stands there."""

from typing import Any

from callflow.applications.models import Application
from callflow.web.asking import Form


class StepForm(Form):
    """A step that asks nothing but to be confirmed."""

    AT = {
        "motivation_missing": "motivation", "agreed_why": "motivation", "agreed_off_scale": "agreed",
        "amount_above_maximum": "amount", "amount_below_minimum": "amount", "envelope_exceeded": "amount",
        "envelope_exceeded_unsaid": "amount", "days_exceeded": "coaching_days",
        "days_exceeded_unsaid": "coaching_days",
        "order_reason_missing": "order", "article_missing": "article",
        "repayment_above_grant": "repayment", "return_why": "text", "again_why": "why",
        "reason_before_due": "text", "remarks_missing": "text",
    }  # fmt: skip

    def values(self) -> Any:
        """What the engine takes; None for a step without values."""
        return None

    def values_for(self, _dossier: Application) -> Any:
        """The same where it depends on what the call of the dossier offers. Raises Refused."""
        return self.values()

    def offer(self, dossier: Application) -> None:
        """What can be chosen in the call of this dossier."""

    def suggest(self, dossier: Application) -> None:
        """Fill in what usually stands there, on the empty form."""
