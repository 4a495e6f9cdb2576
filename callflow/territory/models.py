"""The table of municipalities."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from callflow.core.db import Model
from callflow.core.search import Findable, key_of


class Municipality(Findable, Model):
    """A municipality by its national code (NIS in Belgium, COG in France), with both names."""

    __tablename__ = "municipality"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    name_nl: Mapped[str] = mapped_column(String(120))
    name_fr: Mapped[str] = mapped_column(String(120))
    postcodes: Mapped[str] = mapped_column(String(120))
    grouping: Mapped[str] = mapped_column(String(120))

    def searched(self) -> str:
        return key_of((self.name_nl, self.name_fr))

    @property
    def name(self) -> str:
        """The official name: Dutch in Flanders, French in France."""
        return self.name_nl if self.country == "BE" else self.name_fr
