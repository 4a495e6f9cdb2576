"""What is asked when a group is invited to present its project, and when it is noted whether it came."""

from datetime import time

from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from callflow.applications.models import Application
from callflow.core import clock, formats
from callflow.core.i18n import lazy_gettext as _l
from callflow.jury.queries import presentation_of
from callflow.lifecycle import values
from callflow.web.coordinator.step_form import StepForm
from callflow.web.figures import DayField, line, text

HALF_HOURS = [time(hour, minute) for hour in range(8, 22) for minute in (0, 30)]


class InviteForm(StepForm):
    """When and where the group presents its project; an invitation can be given again."""

    held_on = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    hour = SelectField(_l("Hour"), choices=[], validate_choice=False)
    place = line(_l("Where"), needed=_l("Write where: the building and the room, or the link."))
    text = text(
        _l("What the group should know"),
        description=_l("For example how long it has, and what it can bring. In the language of the group."),
        longest=2000,
    )

    def values(self) -> values.Presenting:
        hour = self.hour.data if self.hour.data in {f"{each:%H:%M}" for each in HALF_HOURS} else "19:00"
        held_at = clock.at(self.held_on.data or clock.today(), time.fromisoformat(hour))
        return values.Presenting(held_at, self.place.data, self.text.data or "")

    def offer(self, dossier: Application) -> None:
        today = clock.today()
        self.hour.choices = [(f"{each:%H:%M}", formats.hour(clock.at(today, each))) for each in HALF_HOURS]

    def suggest(self, dossier: Application) -> None:
        """What stands in the invitation that was given."""
        held = presentation_of(dossier.id)
        self.hour.data = "19:00"
        if held is not None:
            at = clock.local(held.held_at)
            self.held_on.data, self.hour.data = at.date(), f"{at:%H:%M}"
            self.place.data, self.text.data = held.place, held.words


class PresentedForm(StepForm):
    """Whether somebody came, and what is to be remembered."""

    came = RadioField(
        _l("Did somebody of the group come?"),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        validators=[InputRequired(_l("Say whether somebody came."))],
    )  # fmt: skip
    text = text(_l("What is to be remembered"), description=_l("The jury reads it."), longest=2000)

    def values(self) -> values.Presented:
        return values.Presented(self.came.data == "yes", self.text.data or "")
