"""Inputs that several forms share: names, mail addresses, telephone numbers, languages."""

import unicodedata
from typing import Any

from wtforms import EmailField, Field, RadioField, SelectChoice, StringField, TelField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from callflow.core.i18n import lazy_gettext as _l
from callflow.web.pages import LANGUAGE_NAMES

PHONE = r"^[+0-9][0-9 ./()-]{5,}$"
TURNS_TEXT_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def bare(text: Any) -> Any:
    """One line without the spaces around it: no control character, nothing that turns other text around."""
    if not isinstance(text, str):
        return text
    kept = "".join(each for each in text if not _unseen(each)).strip()
    return "" if all(unicodedata.category(each) in ("Cf", "Zs") for each in kept) else kept


def _unseen(each: str) -> bool:
    return unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") or each in TURNS_TEXT_AROUND


def short_text(
    label: Any, needed: Any, *, longest: int, autocomplete: str = "off", **options: Any
) -> StringField:
    """One line; ``needed`` says what to fill in, ``autocomplete`` what a browser may fill in by itself."""
    tests = [DataRequired(needed), Length(max=longest, message=_l("Use at most %(max)d characters."))]
    return StringField(label, tests, filters=[bare], render_kw={"autocomplete": autocomplete}, **options)


def mail_address(label: Any, *, own: bool = False, autocomplete: str = "off", **options: Any) -> EmailField:
    """An address as people type it: their ``own``, or somebody else's."""
    wrong = _l("Write the whole mail address, for example name@example.org.")
    needed = _l("Fill in your mail address.") if own else _l("Fill in a mail address.")
    tests = [DataRequired(needed), Length(max=254, message=wrong), Email(wrong)]
    return EmailField(label, tests, filters=[bare], render_kw={"autocomplete": autocomplete}, **options)


def phone_number(label: Any, *, autocomplete: str = "off", **options: Any) -> TelField:
    """A telephone number, or nothing."""
    wrong = _l("Write the number in figures, for example +32 50 00 00 10.")
    tests = [Optional(), Length(max=40, message=wrong), Regexp(PHONE, message=wrong)]
    return TelField(label, tests, filters=[bare], render_kw={"autocomplete": autocomplete}, **options)


def language_choice(label: Any, languages: tuple[str, ...] = ("nl", "fr", "en")) -> Field:
    """One of the languages, each in its own name."""
    return RadioField(
        label,
        [DataRequired(_l("Choose a language."))],
        choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in languages],
    )
