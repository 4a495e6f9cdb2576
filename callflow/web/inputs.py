"""Inputs that several forms share: names, mail addresses, telephone numbers, languages."""

from typing import Any

from wtforms import EmailField, Field, RadioField, SelectChoice, StringField, TelField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from callflow.core.i18n import lazy_gettext as _l
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
        choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in languages],
    )
