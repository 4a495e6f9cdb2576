"""Forms of accounts: signing in, making an account, changing it."""

from wtforms import BooleanField, PasswordField, RadioField, SelectChoice
from wtforms.validators import DataRequired, Length

from callflow.core.i18n import lazy_gettext as _l
from callflow.messages.states import Often
from callflow.people import passwords
from callflow.web.asking import Form
from callflow.web.inputs import language_choice, mail_address, phone_number, short_text


class LinkForm(Form):
    """Asking for a link by mail."""

    email = mail_address(
        _l("Your mail address"), own=True, description=_l("We send a link to it. No password is needed.")
    )


class PasswordForm(Form):
    """Signing in with a password."""

    email = mail_address(_l("Your mail address"), own=True, autocomplete="username")
    password = PasswordField(
        _l("Password"), [DataRequired(_l("Fill in your password."))],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


class RegisterForm(Form):
    """Making an account."""

    name = short_text(
        _l("Your name"), _l("Fill in your first name and your name."), longest=120, autocomplete="name",
        description=_l("First name and name, as your group knows you."),
    )  # fmt: skip
    email = mail_address(
        _l("Your mail address"), own=True, description=_l("We send a link to it. No password is needed.")
    )
    language = language_choice(_l("In which language do we write to you?"))


class AccountForm(Form):
    """One's own name, language and telephone number."""

    name = short_text(
        _l("Your name"), _l("Fill in your first name and your name."), longest=120, autocomplete="name"
    )
    language = language_choice(_l("In which language do we write to you?"))
    phone = phone_number(
        _l("Telephone number"),
        autocomplete="tel",
        description=_l("Only the coordinator and your coach see it, to call you."),
    )


class NewPasswordForm(Form):
    """A new password; the present one is asked where it is not proven otherwise."""

    present = PasswordField(_l("Present password"), render_kw={"autocomplete": "current-password"})
    password = PasswordField(
        _l("New password"),
        [
            DataRequired(_l("Choose a password.")),
            Length(max=passwords.LONGEST, message=_l("Use at most %(max)d characters.")),
        ],
        render_kw={"autocomplete": "new-password"},
        description=_l("At least 12 characters. Four words in a row are easy to remember and hard to guess."),
    )

    def judge(self, *known: str) -> None:
        """Refuse what is too weak."""
        code = passwords.weakness(self.password.data or "", *known)
        if code:
            self.refuse(code, field="password", length=passwords.SHORTEST)


class NoticesForm(Form):
    """What one wants to be told of messages. Letters and days that end always come: the page says so."""

    often = RadioField(
        _l("When somebody writes to you"),
        [DataRequired(_l("Choose how often."))],
        choices=[
            SelectChoice(Often.at_once.value, _l("One mail at once, then none until you have read it")),
            SelectChoice(Often.daily.value, _l("One mail a day with all that is new")),
            SelectChoice(Often.never.value, _l("No mail: I look in my account")),
        ],
        coerce=lambda value: value.value if isinstance(value, Often) else str(value or ""),
    )
    with_text = BooleanField(
        _l("Put the first words of the message in the mail"),
        description=_l("Others can read your mail on its way. Without this it says who wrote, not what."),
    )


class Button(Form):
    """A form that is only a button."""
