"""Forms of accounts: signing in, making an account, changing it."""

from typing import Any

from wtforms import EmailField, Field, PasswordField, RadioField, StringField, TelField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from callflow.core.i18n import lazy_gettext as _l
from callflow.people import passwords
from callflow.web.asking import Form
from callflow.web.pages import LANGUAGE_NAMES

PHONE = r"^[+0-9][0-9 ./()-]{5,}$"


def bare(text: Any) -> Any:
    """Without the spaces around it, and without control characters, which no name or address holds."""
    return "".join(each for each in text if each.isprintable()).strip() if isinstance(text, str) else text


def short_text(label: Any, needed: Any, *, longest: int, **options: Any) -> StringField:
    """One line; ``needed`` says what to fill in."""
    tests = [DataRequired(needed), Length(max=longest, message=_l("Use at most %(max)d characters."))]
    return StringField(label, tests, filters=[bare], **options)


def mail_address(label: Any, **options: Any) -> EmailField:
    """An address as people type it."""
    wrong = _l("Write the whole mail address, for example name@example.org.")
    tests = [DataRequired(_l("Fill in your mail address.")), Length(max=254, message=wrong), Email(wrong)]
    return EmailField(label, tests, filters=[bare], **options)


def phone_number(label: Any, **options: Any) -> TelField:
    """A telephone number, or nothing."""
    wrong = _l("Write the number in figures, for example +32 50 00 00 10.")
    tests = [Optional(), Length(max=40, message=wrong), Regexp(PHONE, message=wrong)]
    return TelField(label, tests, filters=[bare], **options)


def language_choice(label: Any, languages: tuple[str, ...] = ("nl", "fr", "en")) -> Field:
    """One of the languages, each in its own name."""
    return RadioField(
        label,
        [DataRequired(_l("Choose a language."))],
        choices=[(code, LANGUAGE_NAMES[code]) for code in languages],
    )


class LinkForm(Form):
    """Asking for a link by mail."""

    email = mail_address(
        _l("Your mail address"), description=_l("We send a link to it. No password is needed.")
    )


class PasswordForm(Form):
    """Signing in with a password."""

    email = mail_address(_l("Your mail address"))
    password = PasswordField(_l("Password"), [DataRequired(_l("Fill in your password."))])


class RegisterForm(Form):
    """Making an account."""

    name = short_text(
        _l("Your name"), _l("Fill in your first name and your name."), longest=120,
        description=_l("First name and name, as your group knows you."),
    )  # fmt: skip
    email = mail_address(
        _l("Your mail address"), description=_l("We send a link to it. No password is needed.")
    )
    language = language_choice(_l("In which language do we write to you?"))


class AccountForm(Form):
    """One's own name, language and telephone number."""

    name = short_text(_l("Your name"), _l("Fill in your first name and your name."), longest=120)
    language = language_choice(_l("In which language do we write to you?"))
    phone = phone_number(
        _l("Telephone number"), description=_l("Only the coordinator and your coach see it, to call you.")
    )


class NewPasswordForm(Form):
    """A new password; the present one is asked where it is not proven otherwise."""

    present = PasswordField(_l("Present password"))
    password = PasswordField(
        _l("New password"),
        [DataRequired(_l("Choose a password."))],
        description=_l("At least 12 characters. Four words in a row are easy to remember and hard to guess."),
    )

    def judge(self, *known: str) -> None:
        """Refuse what is too weak."""
        code = passwords.weakness(self.password.data or "", *known)
        if code:
            self.refuse(code, field="password", length=passwords.SHORTEST)


class Button(Form):
    """A form that is only a button."""
