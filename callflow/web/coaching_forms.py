"""What coaches and coordinators fill in alike: a profile, a note for staff, a period; and hours as a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectChoice, SelectMultipleField

from callflow.coaching.models import CoachProfile
from callflow.coaching.rules import TEXT
from callflow.core.i18n import lazy_gettext as _l
from callflow.territory.models import Municipality
from callflow.web.asking import Form
from callflow.web.figures import DayField, WholeField, text
from callflow.web.pages import LANGUAGE_NAMES

ENDINGS = ("csv", "xlsx")


class NoteForm(Form):
    """A note for coach and coordinator."""

    note = text(_l("Note"), longest=TEXT)


class ProfileForm(Form):
    """What a coach can take on in a call."""

    languages = SelectMultipleField(
        _l("Languages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        description=_l("Only projects in these languages are proposed."),
    )
    days = WholeField(
        _l("Days for this call"),
        limits={"minimum": "0", "maximum": "366"},
        description=_l("Leave empty where nothing is agreed."),
    )
    most = WholeField(
        _l("Projects at most"),
        limits={"minimum": "0", "maximum": "999"},
        description=_l("Leave empty to work it out from the days."),
    )
    area = SelectMultipleField(
        _l("Municipalities near by"),
        description=_l("Projects there are proposed first. Nothing ticked means anywhere."),
    )

    @classmethod
    def showing(cls, profile: CoachProfile | None, spoken: str) -> "ProfileForm":
        """The form as it stands; where nothing was said yet, with the language of the person."""
        if profile is None:
            return cls(formdata=None, languages=[spoken], version=0)
        return cls(
            formdata=None, languages=profile.languages, area=profile.area, days=profile.days,
            most=profile.most, version=profile.version,
        )  # fmt: skip

    def within(self, places: Sequence[Municipality]) -> "ProfileForm":
        """Offer the municipalities of the call."""
        named = sorted(places, key=lambda place: (place.country, place.name))
        self.area.choices = [SelectChoice(place.code, f"{place.name} ({place.country})") for place in named]
        return self

    def told(self) -> Mapping[str, Any]:
        """What keep_profile() takes."""
        return {
            "languages": self.languages.data or [], "area": self.area.data or [], "days": self.days.data,
            "most": self.most.data, "version": self.seen_version if self.seen_version is not None else -1,
        }  # fmt: skip


class PeriodForm(Form):
    """From which day to which; read from the address."""

    class Meta(Form.Meta):
        csrf = False

    since = DayField(_l("From"))
    until = DayField(_l("Until"))
