"""What is asked when a group is invited to write the whole application, and when it is not."""

from callflow.applications.models import Application
from callflow.applications.rules import written_until
from callflow.core import formats
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.dossiers.states import State
from callflow.lifecycle import values
from callflow.web.coordinator.step_form import StepForm
from callflow.web.figures import text


class InvitingForm(StepForm):
    """Words for the group, which may be left out."""

    text = text(_l("What the group should think of"), longest=2000)

    def offer(self, dossier: Application) -> None:
        until = formats.moment(written_until(dossier, State.invited), weekday=True)
        self.text.description = _(
            "It stands in the mail, in the language of the group. The whole application can be handed in "
            "until %(until)s.",
            until=until,
        )

    def values(self) -> values.InvitingToApply:
        return values.InvitingToApply(self.text.data or "")


class TurnAwayForm(StepForm):
    """The reasons, which the letter gives."""

    motivation = text(
        _l("Why the group is not invited"),
        needed=_l("Write why: the group reads it in the letter."),
        description=_l("In the language of the authority. The letter quotes it."),
    )

    def values(self) -> values.TurningAway:
        return values.TurningAway(self.motivation.data or "")
