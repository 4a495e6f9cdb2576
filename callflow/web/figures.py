"""Inputs that read amounts, numbers and days as people write them, and keep what did not parse."""

from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import Field, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import DateInput, TextInput

from callflow.calls.fields.dates import read_date
from callflow.calls.fields.flaw import Reading
from callflow.calls.fields.numbers import read_money, read_number, write_money
from callflow.core.i18n import language
from callflow.core.i18n import lazy_gettext as _l
from callflow.web.words import say


class _Read(Field):
    """A field whose text is read by calls.fields; ``data`` is the value, ``typed`` what the person wrote."""

    widget = TextInput()
    typed = ""

    def __init__(self, label: Any, validators: Any = None, *, limits: Any = None, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.limits = limits or {}

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was sent, read; a ValueError with the words when it cannot be."""
        if not valuelist:
            return
        self.typed = valuelist[0][:200]
        reading = self.read(self.typed)
        if reading.flaws:
            self.data = None
            raise ValueError(" ".join(say(flaw.code, flaw.parameters) for flaw in reading.flaws))
        self.data = None if reading.value is None else self.value_of(reading.value)

    def read(self, typed: str) -> Reading:
        """How this kind of field reads."""
        raise TypeError(f"{type(self).__name__} reads nothing")

    def value_of(self, value: Any) -> Any:
        """The value as Python holds it."""
        return value

    def words_of(self, value: Any) -> str:
        """The value as the person would have typed it."""
        return str(value)

    def _value(self) -> str:
        return self.typed if self.raw_data or self.data is None else self.words_of(self.data)

    def pre_validate(self, form: Any) -> None:
        """A value that was not understood is not judged any further."""
        if self.errors or self.process_errors:
            raise StopValidation


class MoneyField(_Read):
    """Euros: a Decimal with cents, or None when left empty."""

    def read(self, typed: str) -> Reading:
        return read_money(self.limits, typed, language())

    def value_of(self, value: Any) -> Decimal:
        return Decimal(value)

    def words_of(self, value: Any) -> str:
        return write_money(str(value), language())


class WholeField(_Read):
    """A whole number, or None when left empty."""

    def read(self, typed: str) -> Reading:
        return read_number(self.limits, typed, language())


class DayField(_Read):
    """A day, chosen from a calendar or written out."""

    widget = DateInput()

    def read(self, typed: str) -> Reading:
        return read_date(self.limits, typed, language())

    def value_of(self, value: Any) -> date:
        return date.fromisoformat(value)


def plain(typed: Any) -> Any:
    """Line ends of one kind, and no control characters: databases and letters take neither."""
    if not isinstance(typed, str):
        return typed
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        each for each in lines if each in "\n\t" or each.isprintable() or each in "\u200c\u200d\u00a0\u202f"
    )
    return "".join(kept).strip()


def line(label: Any, *, needed: Any = None, longest: int = 200, **more: Any) -> StringField:
    """One line; ``needed`` says what to fill in when it may not stay empty."""
    return StringField(label, _tests(needed, longest), filters=[plain], **more)


def text(label: Any, *, needed: Any = None, longest: int = 4000, **more: Any) -> TextAreaField:
    """Several lines."""
    return TextAreaField(label, _tests(needed, longest), filters=[plain], **more)


def _tests(needed: Any, longest: int) -> list[Any]:
    first = InputRequired(needed) if needed else Optional()
    return [first, Length(max=longest, message=_l("Use at most %(max)d characters."))]
