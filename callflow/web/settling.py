"""What a jury agrees on one project, as its meeting and the dossier page ask for it."""

import re
from decimal import Decimal
from typing import Any

from wtforms import StringField

from callflow.core import formats
from callflow.core.i18n import gettext as _
from callflow.core.i18n import lazy_gettext as _l
from callflow.lifecycle import values
from callflow.web.asking import Form
from callflow.web.figures import text

WRITTEN = re.compile(r"\d{1,3}([.,]\d{1,2})?", re.ASCII)


class PercentField(StringField):
    """A Decimal between 0 and 100 with two decimals at most, or None when left empty."""

    typed = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was sent, read; a ValueError with the words when it is no percentage."""
        self.typed = (valuelist[0] if valuelist else "")[:40]
        plain = re.sub(r"[\s%]", "", self.typed)
        self.data: Any = None
        if not plain:
            return
        if not WRITTEN.fullmatch(plain) or Decimal(plain.replace(",", ".")) > 100:
            raise ValueError(_("Write a figure from 0 to 100, for example 78,5."))
        self.data = Decimal(plain.replace(",", "."))

    def _value(self) -> str:
        return self.typed if self.raw_data or self.data is None else formats.number(self.data)


class SettleForm(Form):
    """What was agreed on one project."""

    agreed = PercentField(
        _l("Agreed total in percent"), description=_l("Leave empty where the scores stand.")
    )
    motivation = text(_l("Why the jury departs from the scores"), longest=4000)
    remarks = text(_l("What was said"), longest=4000)

    def values(self) -> values.Settling:
        """As the step takes it."""
        return values.Settling(
            self.agreed.data, str(self.motivation.data or ""), str(self.remarks.data or "")
        )
