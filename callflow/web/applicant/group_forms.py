"""Forms of groups: details, inviting, rights, handing over, accepting an invitation."""

from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from callflow.core.i18n import lazy_gettext as _l
from callflow.people.actions.groups import Details
from callflow.people.models import Group, User
from callflow.web.asking import Form
from callflow.web.inputs import bare, language_choice, mail_address, phone_number, short_text
from callflow.web.words import RIGHTS

COUNTRIES = [SelectChoice("BE", _l("Belgium")), SelectChoice("FR", _l("France"))]


class Button(Form):
    """A form that is only a button."""


class DetailsForm(Form):
    """What a group says of itself."""

    name = short_text(
        _l("Name of the group"), _l("Fill in the name of the group."), longest=200,
        description=_l("As it may stand on a letter."),
    )  # fmt: skip
    country = RadioField(
        _l("In which country is the group?"), [DataRequired(_l("Choose the country."))], choices=COUNTRIES
    )
    legal_form = short_text(
        _l("What kind of group is it?"), _l("Write what kind of group it is."), longest=60,
        description=_l("In your country's words: residents' group, vzw, association loi 1901, municipality."),
    )  # fmt: skip
    language = language_choice(_l("In which language do we write to the group?"), ("nl", "fr"))
    contact_name = short_text(
        _l("Who gets the letters?"), _l("Fill in who gets the letters."), longest=120,
        description=_l("First name and name of one person of the group."),
    )  # fmt: skip
    contact_email = mail_address(_l("Mail address of this person"))
    contact_phone = phone_number(_l("Telephone number of this person"))
    street = short_text(_l("Street and number"), _l("Fill in the street and the number."), longest=200)
    postcode = short_text(_l("Postcode"), _l("Fill in the postcode."), longest=12)
    town = short_text(_l("Municipality"), _l("Fill in the municipality."), longest=120)

    @staticmethod
    def starting_with(person: User, language: str) -> dict[str, Any]:
        """What is known of who makes a group, so that nobody types it again."""
        return {
            "language": language if language in ("nl", "fr") else "nl", "country": person.country,
            "contact_name": person.name, "contact_email": person.email, "contact_phone": person.phone,
        }  # fmt: skip

    def details(self) -> Details:
        """The values of the form."""
        given = {name: self[name].data for name in Details.__dataclass_fields__}
        return Details(**{**given, "contact_phone": self.contact_phone.data or None})


def right_choice(label: Any) -> RadioField:
    """What a member may do."""
    choices = [SelectChoice(right.value, words) for right, words in RIGHTS.items()]
    return RadioField(label, [DataRequired(_l("Choose what this person may do."))], choices=choices)


class InviteForm(Form):
    """Inviting somebody by mail."""

    email = mail_address(_l("Mail address of who you invite"))
    right = right_choice(_l("What may this person do?"))
    language = language_choice(_l("Language of the invitation"), ("nl", "fr"))


class RightForm(Form):
    """Another right for a member."""

    right = right_choice(_l("What may this person do?"))


class HandOverForm(Form):
    """Making somebody else responsible for the group."""

    user_id = SelectField(_l("To whom?"), [DataRequired(_l("Choose a member."))], validate_choice=True)
    keep = RadioField(
        _l("And you?"),
        [DataRequired(_l("Choose what you do yourself."))],
        choices=[
            SelectChoice("submit", _l("I keep all my rights")),
            SelectChoice("view", _l("I only read from now on")),
            SelectChoice("leave", _l("I leave the group")),
        ],
    )

    def among(self, group: Group, person_id: int | None) -> "HandOverForm":
        """Offer the other members."""
        self.user_id.choices = [
            SelectChoice(str(member.user_id), member.user.name)
            for member in group.members
            if member.user_id != person_id
        ]
        return self


class AcceptForm(Form):
    """Accepting an invitation; who has no account yet says a name."""

    name = StringField(_l("Your name"), [Length(max=120)], filters=[bare])

    def valid_for(self, owner: User | None) -> bool:
        """Whether the form is right for who owns the invited address, or for somebody new."""
        if not self.valid():
            return False
        if owner is None and not self.name.data:
            self.refuse("name_needed", field="name")
        return self.accepted
