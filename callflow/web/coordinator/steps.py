"""The form of each step: which trigger asks for what, and how it becomes the step's values."""

from typing import Any

from callflow.applications.models import Application
from callflow.core.i18n import lazy_gettext as _l
from callflow.lifecycle import values
from callflow.web.asking import Form
from callflow.web.figures import DayField, MoneyField, WholeField, line, text


class StepForm(Form):
    """A step that asks nothing but to be confirmed."""

    def values(self) -> Any:
        """What the engine takes; None for a step without values."""
        return None

    def suggest(self, dossier: Application) -> None:
        """Fill in what usually stands there, on the empty form."""


class RefuseForm(StepForm):
    """Inadmissible: the article of the rules, and the facts."""

    article = line(
        _l("Article of the rules that is not met"),
        needed=_l("Name the article, for example art. 3."),
        longest=200,
    )
    motivation = text(
        _l("What was found"),
        needed=_l("Write what was found: the group reads it in the letter."),
        description=_l("In the language of the authority. The letter quotes it."),
    )

    def values(self) -> values.Refusing:
        return values.Refusing(self.article.data, self.motivation.data)


class SelectForm(StepForm):
    """Selected: the money, the days of coaching, and words of one's own."""

    amount = MoneyField(
        _l("Amount granted (euro)"), description=_l("Leave empty where the lot gives no money.")
    )
    coaching_days = WholeField(_l("Days of coaching"), limits={"minimum": "0", "maximum": "365"})
    motivation = text(_l("Words of the decision, beside the reasons per criterion"), longest=4000)

    def values(self) -> values.Selecting:
        return values.Selecting(self.amount.data, self.coaching_days.data, self.motivation.data or "")

    def suggest(self, dossier: Application) -> None:
        if dossier.lot.envelope is not None and dossier.requested is not None:
            most = dossier.lot.maximum_amount
            self.amount.data = dossier.requested if most is None else min(dossier.requested, most)
        self.coaching_days.data = dossier.lot.coaching_days_each


class ReserveForm(StepForm):
    """On the reserve list: the place, and how long it holds."""

    rank = WholeField(_l("Place on the reserve list"), limits={"minimum": "1", "maximum": "9999"})
    valid_until = DayField(_l("The place holds until"))
    motivation = text(_l("Words of the decision, beside the reasons per criterion"), longest=4000)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Both are asked for: the database keeps no reserve place without them."""
        good: bool = super().validate(*args, **kwargs)
        for field, needed in (
            (self.rank, _l("Fill in the place, for example 1.")),
            (self.valid_until, _l("Choose the day until which the place holds.")),
        ):
            if field.data is None and not field.errors:
                field.errors = [needed]
                good = False
        return good

    def values(self) -> values.Reserving:
        rank: Any = self.rank.data
        valid_until: Any = self.valid_until.data
        return values.Reserving(rank, valid_until, self.motivation.data or "")


class DeclineForm(StepForm):
    """Not selected: words beside the reasons per criterion."""

    motivation = text(_l("Words of the decision, beside the reasons per criterion"), longest=4000)

    def values(self) -> values.Declining:
        return values.Declining(self.motivation.data or "")


class CloseForm(StepForm):
    """The report approved: the costs, and remarks for the group."""

    approved_costs = MoneyField(
        _l("Costs approved (euro)"), description=_l("Leave empty where no money was given.")
    )
    remarks = text(_l("Remarks for the group"), longest=4000)

    def values(self) -> values.Approving:
        return values.Approving(self.approved_costs.data, self.remarks.data or "")


FORMS: dict[str, type[StepForm]] = {
    "refuse": RefuseForm,
    "select": SelectForm,
    "reserve": ReserveForm,
    "decline": DeclineForm,
    "close": CloseForm,
}
"""Steps that ask something; every other step of the staff is only confirmed."""

MONEY = frozenset({"select", "reserve"})
"""Steps for which the lot is locked first, because its money, days and ranks are shared."""

STOPS = frozenset({"refuse", "decline", "reopen"})
"""Steps that take something away: their button says so by its colour as well."""


def form_of(trigger: str, **more: Any) -> StepForm:
    """The form for a step, empty or with what was sent."""
    return FORMS.get(trigger, StepForm)(**more)
