"""The form of each step: which trigger asks for what, and how it becomes the step's values."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectMultipleField

from callflow.applications.models import Application
from callflow.core.errors import Refused
from callflow.core.i18n import language
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.twin import said
from callflow.desk.screening import findings
from callflow.lifecycle import values
from callflow.web.asking import Form
from callflow.web.figures import DayField, MoneyField, WholeField, line, text
from callflow.web.settling import SettleForm


class StepForm(Form):
    """A step that asks nothing but to be confirmed."""

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


class RefuseForm(StepForm):
    """Inadmissible: the articles of the rules, chosen where the call has them, and the facts."""

    articles = SelectMultipleField(_l("Articles of the rules that are not met"), validate_choice=False)
    article = line(_l("Article of the rules that is not met"), longest=200)
    motivation = text(
        _l("What was found"),
        needed=_l("Write what was found: the group reads it in the letter."),
        description=_l("In the language of the authority. The letter quotes it."),
    )

    def values_for(self, dossier: Application) -> values.Refusing:
        known = [str(each["number"]) for each in articles_of(dossier)]
        chosen = [number for number in known if number in (self.articles.data or ())]
        if not (chosen if known else self.article.data):
            raise Refused("article_unnamed", field="articles" if known else "article")
        return values.Refusing(", ".join(chosen) if known else self.article.data or "", self.motivation.data)

    def offer(self, dossier: Application) -> None:
        self.articles.choices = [
            (str(each["number"]), f"{each['number']}. {said(each['title'], language())}")
            for each in articles_of(dossier)
        ]
        del self["article" if self.articles.choices else "articles"]

    def suggest(self, dossier: Application) -> None:
        """The articles and the facts of every point that is not in order, in the authority's language."""
        found, spoken = findings(dossier), dossier.lot.authority.language
        named = {part for each in found for part in re.findall(r"[0-9A-Za-z.]*[0-9A-Za-z]", each.article)}
        self.articles.data = sorted(named)
        self.article.data = ", ".join(dict.fromkeys(each.article for each in found))
        self.motivation.data = "\n".join(f"{said(each.text, spoken)}: {each.reason}" for each in found)


class JudgeForm(StepForm):
    """No longer waited for: why, which must be said while the group could still complete."""

    text = text(_l("Why you do not wait"), description=_l("Needed while the time of the group is not over."))

    def values(self) -> values.Reason:
        return values.Reason(self.text.data or "")


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


class AgainForm(StepForm):
    """A second round: why, and on which sheets."""

    why = text(
        _l("Why the jury scores this project again"),
        needed=_l("Write why: the jury and the history of the dossier read it."),
        longest=2000,
    )
    fresh = BooleanField(_l("On empty sheets; otherwise each member goes on from the first round"))

    def values(self) -> values.ScoringAgain:
        return values.ScoringAgain(self.why.data or "", bool(self.fresh.data))


class SettleStep(SettleForm, StepForm):
    """What the jury agrees, while its meeting is open."""


class CloseForm(StepForm):
    """The report approved: the costs, and remarks for the group."""

    approved_costs = MoneyField(
        _l("Costs approved (euro)"), description=_l("Leave empty where no money was given.")
    )
    remarks = text(_l("Remarks for the group"), longest=4000)

    def values(self) -> values.Approving:
        return values.Approving(self.approved_costs.data, self.remarks.data or "")


FORMS: dict[str, type[StepForm]] = {
    "judge_as_is": JudgeForm,
    "refuse": RefuseForm,
    "select": SelectForm,
    "reserve": ReserveForm,
    "decline": DeclineForm,
    "close": CloseForm,
    "score_again": AgainForm,
    "settle": SettleStep,
}
"""Steps that ask something; every other step of the staff is only confirmed."""

PAGES = {"return_for_completion": "coordinator.completion"}
"""Steps that ask so much that they have a page of their own."""

MONEY = frozenset({"select", "reserve"})
"""Steps for which the lot is locked first, because its money, days and ranks are shared."""

STOPS = frozenset({"refuse", "decline", "reopen"})
"""Steps that take something away: their button says so by its colour as well."""


def articles_of(dossier: Application) -> Sequence[Any]:
    """The articles of the call's rules."""
    return dossier.call.rules.get("articles") or ()


def form_of(trigger: str, **more: Any) -> StepForm:
    """The form for a step, empty or with what was sent."""
    return FORMS.get(trigger, StepForm)(**more)
