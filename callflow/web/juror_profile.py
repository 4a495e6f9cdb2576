"""The form about a juror of a call, for the juror and for the coordinator alike."""

from wtforms import SelectChoice, SelectField, SelectMultipleField

from callflow.core import i18n
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.core.twin import said
from callflow.desk.assigning import JurorPage
from callflow.jury.profiles import NAME, NAMES, Known
from callflow.web.asking import Form
from callflow.web.figures import text

READS = {"nl": _l("Dutch"), "fr": _l("French"), "en": _l("English")}


class ProfileForm(Form):
    """Languages, where somebody lives, with whom, for whom they work or sit, what they know."""

    languages = SelectMultipleField(_l("Reads well"))
    municipality = SelectField(
        _l("Lives in"),
        description=_l("Nobody judges applications of their own municipality."),
    )
    bodies = text(
        _l("Works for, or sits on the board of"), longest=NAMES * NAME,
        description=_l(
            "One name a line, as it is written in applications: associations, companies, authorities."
        ),
    )  # fmt: skip
    household = text(
        _l("Household and close family"), longest=NAMES * NAME,
        description=_l("One name or mail address a line. It serves only to find conflicts of interest."),
    )  # fmt: skip
    lots = SelectMultipleField(_l("Knows these parts of the call well"))

    def about(self, juror: JurorPage) -> "ProfileForm":
        """Offer what the call has, filled in with what is kept."""
        self.languages.choices = [SelectChoice(code, str(READS[code])) for code in juror.languages]
        self.municipality.choices = [SelectChoice("", _("not said"))] + [
            SelectChoice(each.code, f"{each.name} ({each.country})") for each in juror.towns
        ]
        self.lots.choices = [
            SelectChoice(key, said(name, i18n.language())) for key, name in juror.lots.items()
        ]
        return self

    def filled(self, juror: JurorPage) -> "ProfileForm":
        """As it stands."""
        kept = juror.profile
        self.about(juror)
        self.languages.data = list(kept.languages) if kept else []
        self.municipality.data = (kept.municipality_code if kept else None) or ""
        self.bodies.data, self.household.data = (
            ("\n".join(kept.bodies), "\n".join(kept.household)) if kept else ("", "")
        )
        self.lots.data = list(kept.lots) if kept else []
        self.version.data = kept.version if kept else 0
        return self

    def known(self) -> Known:
        """What was filled in."""
        return Known(
            tuple(self.languages.data or ()), self.municipality.data or None, _lines(self.bodies.data),
            _lines(self.household.data), tuple(self.lots.data or ()),
        )  # fmt: skip


def _lines(typed: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in (typed or "").splitlines() if each.strip()))
