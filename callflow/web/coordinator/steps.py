"""The form of each step: which trigger asks for what, and how it becomes the step's values."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from wtforms import BooleanField, FieldList, FormField, SelectMultipleField
from wtforms import Form as PlainForm

from callflow.applications.models import Application
from callflow.core import clock
from callflow.core.errors import Refused
from callflow.core.i18n import language
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.twin import said
from callflow.decisions.queries import hearing_of
from callflow.desk.screening import findings
from callflow.lifecycle import values
from callflow.web import outcome_words
from callflow.web.coordinator.preapplying import InvitingForm, TurnAwayForm
from callflow.web.coordinator.presenting import InviteForm, PresentedForm
from callflow.web.coordinator.step_form import StepForm
from callflow.web.figures import DayField, MoneyField, WholeField, line, text
from callflow.web.settling import SettleForm
from callflow.web.words import say

COMMENTING = timedelta(days=15)
"""How long a group has, unless the coordinator says otherwise."""


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


class DemandForm(PlainForm):
    """One condition; a row that is left empty counts for nothing."""

    text = text(_l("What must hold"), longest=1000)
    proof = line(_l("Proof that is asked"), longest=400)
    due_on = DayField(_l("Proof at the latest"))

    @property
    def begun(self) -> bool:
        """Whether anything was filled in."""
        return bool(self.text.data or self.proof.data or self.due_on.data)


class ConditionsForm(SelectForm):
    """Selected with conditions: like selected, and what must still be proved."""

    conditions = FieldList(FormField(DemandForm), min_entries=4, max_entries=8)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A condition that was begun is filled in whole."""
        good: bool = super().validate(*args, **kwargs)
        for row in (each.form for each in self.conditions if each.form.begun):
            for field, needed in (
                (row.text, _l("Write what must hold.")),
                (row.proof, _l("Write which proof is asked.")),
                (row.due_on, _l("Choose the day by which the proof is there.")),
            ):
                if not field.data and not field.errors:
                    field.errors = [needed]
                    good = False
        if not any(each.form.begun for each in self.conditions):
            self.conditions[0].form.text.errors = [say("conditions_missing")]
        return good and not self.conditions[0].form.text.errors

    def values(self) -> values.SelectingWithConditions:  # type: ignore[override]  # its own values
        demands = tuple(
            values.Demand(each.form.text.data, each.form.proof.data, each.form.due_on.data)
            for each in self.conditions
            if each.form.begun
        )
        return values.SelectingWithConditions(
            self.amount.data, self.coaching_days.data, demands, self.motivation.data or ""
        )


class PromoteForm(SelectForm):
    """An offer to a project on the reserve list."""

    answer_by = DayField(
        _l("The group answers by"),
        description=_l("Without an answer by this day the offer lapses by itself."),
    )
    order = text(
        _l("Why this project comes first"), longest=1000,
        description=_l(
            "Only needed where another project on the list stands as high or higher, for example: "
            "it asks more than is left. It stands in the history, not in the letter."
        ),
    )  # fmt: skip

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """The day is asked for: an offer without one never ends."""
        good: bool = super().validate(*args, **kwargs)
        return _wanted(self.answer_by, _l("Choose the day by which the group answers.")) and good

    def values(self) -> values.Promoting:  # type: ignore[override]  # its own values
        answer_by: Any = self.answer_by.data
        return values.Promoting(
            self.amount.data, self.coaching_days.data, answer_by, self.motivation.data or "",
            self.order.data or "",
        )  # fmt: skip

    def suggest(self, dossier: Application) -> None:
        super().suggest(dossier)
        self.answer_by.data = clock.today() + values.ANSWERING


class PostponeForm(StepForm):
    """Put off to a day, or to a later round, with the reason."""

    until = DayField(_l("Decided by"), description=_l("Leave empty for a later round."))
    motivation = text(
        _l("Why it is put off"),
        needed=_l("Write why: the group reads it in the letter."),
        description=_l("In the language of the authority. The letter quotes it."),
    )

    def values(self) -> values.Postponing:
        return values.Postponing(self.until.data, self.motivation.data or "")


class HearForm(StepForm):
    """The invitation to comment before a decision is revoked."""

    article = line(
        _l("Law or article of the rules that a revocation would rest on"),
        needed=_l("Name the law or the article, for example art. 12 of the rules."),
        longest=200,
    )
    facts = text(
        _l("Facts"),
        needed=_l("Write the facts: the group comments on them."),
        description=_l("In the language of the authority. The letter quotes it."),
    )
    comment_until = DayField(_l("The group can comment until"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """The group must know how long it has."""
        good: bool = super().validate(*args, **kwargs)
        return _wanted(self.comment_until, _l("Choose the day until which the group can comment.")) and good

    def values(self) -> values.Inviting:
        until: Any = self.comment_until.data
        return values.Inviting(self.article.data or "", self.facts.data or "", until)

    def suggest(self, dossier: Application) -> None:
        self.comment_until.data = clock.today() + COMMENTING


class RemarksForm(StepForm):
    """What the group said by letter or in a talk."""

    text = text(_l("What the group said"), needed=_l("Write what the group said."))

    def values(self) -> values.Reason:
        return values.Reason(self.text.data or "")


class DropForm(StepForm):
    """Nothing is revoked."""

    text = text(_l("Why nothing is revoked"), needed=_l("Write why: it stands in the history."))

    def values(self) -> values.Reason:
        return values.Reason(self.text.data or "")


class RevokeForm(StepForm):
    """The revocation: ground, facts, repayment. The remarks of the group are put into the letter."""

    article = line(
        _l("Law or article of the rules that it rests on"),
        needed=_l("Name the law or the article, for example art. 12 of the rules."),
        longest=200,
    )
    motivation = text(
        _l("Facts, and what is answered to the comments"),
        needed=_l("Write the facts: the group reads them in the letter."),
        description=_l("In the language of the authority. The letter quotes it."),
    )
    repayment = MoneyField(_l("To pay back (euro)"), description=_l("Leave empty where nothing was paid."))

    def values(self) -> values.Revoking:
        return values.Revoking(self.article.data or "", self.motivation.data or "", self.repayment.data)

    def suggest(self, dossier: Application) -> None:
        hearing = hearing_of(dossier.id)
        if hearing is not None:
            self.article.data, self.motivation.data = hearing.article, hearing.facts


def _wanted(field: Any, needed: Any) -> bool:
    """Whether a field was filled in; its message if not."""
    if field.data is None and not field.errors:
        field.errors = [needed]
    return not field.errors


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


class ApproveInterimForm(StepForm):
    """The report halfway approved, with words for the group."""

    remarks = text(_l("Remarks for the group"), longest=4000)

    def values(self) -> values.Remarking:
        return values.Remarking(self.remarks.data or "")


class ReturnForm(StepForm):
    """A report sent back: what must change."""

    text = text(_l("What must change, and why?"), needed=_l("Write what must change: the group reads it."))

    def values(self) -> values.Reason:
        return values.Reason(self.text.data or "")


FORMS: dict[str, type[StepForm]] = {
    "invite": InvitingForm,
    "turn_away": TurnAwayForm,
    "judge_as_is": JudgeForm,
    "refuse": RefuseForm,
    "select": SelectForm,
    "select_with_conditions": ConditionsForm,
    "promote": PromoteForm,
    "postpone": PostponeForm,
    "hear": HearForm,
    "note_remarks": RemarksForm,
    "drop_hearing": DropForm,
    "revoke": RevokeForm,
    "reserve": ReserveForm,
    "decline": DeclineForm,
    "close": CloseForm,
    "invite_to_present": InviteForm,
    "note_presentation": PresentedForm,
    "approve_interim": ApproveInterimForm,
    **dict.fromkeys(("return_interim", "return_report"), ReturnForm),
    "score_again": AgainForm,
    "settle": SettleStep,
}
"""Steps that ask something; every other step of the staff is only confirmed."""

PAGES = {"return_for_completion": "coordinator.completion"}
"""Steps that ask so much that they have a page of their own."""

MONEY = frozenset({"select", "select_with_conditions", "reserve", "promote", "lapse"})
"""Steps for which the lot is locked first, because its money, days and ranks are shared."""

STOPS = frozenset(
    {
        "refuse",
        "turn_away",
        "decline",
        "reopen",
        "lapse",
        "lapse_invitation",
        "hear",
        "revoke",
        "return_interim",
        "return_report",
        *outcome_words.RESTORING,
    }
)
"""Steps that take something away: their button says so by its colour as well."""


def articles_of(dossier: Application) -> Sequence[Any]:
    """The articles of the call's rules."""
    return dossier.call.rules.get("articles") or ()


def form_of(trigger: str, **more: Any) -> StepForm:
    """The form for a step, empty or with what was sent."""
    return FORMS.get(trigger, StepForm)(**more)
