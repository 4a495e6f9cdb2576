"""Forms of a project agreement that both sides use."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectField

from callflow.agreements.rules import is_iban, plain_iban, relations
from callflow.agreements.states import Relation
from callflow.core.i18n import lazy_gettext as _l
from callflow.dossiers.models import Dossier
from callflow.web.agreement_words import RELATIONS
from callflow.web.asking import Form
from callflow.web.figures import DayField, text
from callflow.web.inputs import short_text
from callflow.web.words import say


def let_go(*forms: tuple[Form, bool]) -> None:
    """Of each form whether the page still shows it: one that came back may have come too late."""
    for form, shown in forms:
        if not shown:
            form.gone()


class PayeeForm(Form):
    """Who receives the money: name, what it is to the group, account."""

    name = short_text(
        _l("Who receives the money?"), _l("Fill in the name of who receives the money."), longest=200,
        description=_l("The holder of the account, as the bank knows it."),
    )  # fmt: skip
    relation = SelectField(_l("What is that to your group?"), validate_choice=False)
    iban = short_text(
        _l("Account number (IBAN)"), _l("Fill in the account number."), longest=60,
        description=_l("For example BE68 5390 0754 7034 or FR14 2004 1010 0505 0001 3M02 606."),
    )  # fmt: skip

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """The number is looked at here too, so that the field says what is wrong with it."""
        good: bool = super().validate(*args, **kwargs)
        if self.iban.data and not self.iban.errors and not is_iban(plain_iban(self.iban.data)):
            self.iban.errors = [say("iban_wrong")]
            good = False
        if self.relation.data not in set(Relation):
            self.relation.errors = [say("relation_missing")]
            good = False
        return good

    def offer(self, dossier: Dossier) -> "PayeeForm":
        """What a payee can be to this group."""
        form = dossier.group.legal_form if dossier.group else ""
        self.relation.choices = [SelectChoice(each.value, RELATIONS[each]) for each in relations(form)]
        return self

    @property
    def chosen(self) -> Relation:
        """What was chosen; only of a form that was found valid."""
        return Relation(self.relation.data)


class ChangeForm(PayeeForm):
    """Another payee than the one agreed upon, and why."""

    why = text(
        _l("Why must this change?"), longest=2000, needed=_l("Write why: the authority decides upon it.")
    )


class WhyForm(Form):
    """Why an agreement goes back, to be changed."""

    why = text(
        _l("What must change, and why?"), longest=2000, needed=_l("Write why: the other side reads it.")
    )


class UntilForm(Form):
    """A change of payee is granted: until when the members accept the new text."""

    due_on = DayField(
        _l("The group accepts the new text by"), description=_l("It is reminded a week and a day before.")
    )


class RefuseForm(Form):
    """Why a change of payee is refused."""

    why = text(_l("Why is it refused?"), longest=2000, needed=_l("Write why: the group reads it."))


class AcceptForm(Form):
    """One member accepts exactly the text with this digest."""

    sha256 = HiddenField()
    read = BooleanField(_l("I have read this text and accept it on behalf of the group."))
