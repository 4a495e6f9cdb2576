"""The list of municipalities that callflow ships with, and how people's names and codes find one.

Codes and names: Statbel; INSEE, IGN - Licence Ouverte.
Dutch names of French communes are traditional and unofficial.
"""

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "municipalities.csv"


@dataclass(frozen=True)
class Listed:
    """One municipality as the list has it; ``postcodes`` are separated by spaces."""

    code: str
    country: str
    name_nl: str
    name_fr: str
    postcodes: str
    grouping: str

    @property
    def name(self) -> str:
        """The official name: Dutch in Flanders, French in France."""
        return self.name_nl if self.country == "BE" else self.name_fr


@cache
def listed() -> tuple[Listed, ...]:
    """Every municipality of the list, in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Listed(
                code=row["code"],
                country=row["country"],
                name_nl=row["name_nl"],
                name_fr=row["name_fr"],
                postcodes=row["postal_code"],
                grouping=row["intercommunality"],
            )
            for row in csv.DictReader(file)
        )


def folded(name: str) -> str:
    """A name without case and accents, so that people need not know them."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return (
        "".join(character for character in plain if not unicodedata.combining(character))
        .replace("-", " ")
        .strip()
    )


@cache
def _by_name() -> dict[str, tuple[Listed, ...]]:
    """Official names first; the other language's name only where no municipality is officially called so."""
    official: dict[str, tuple[Listed, ...]] = {}
    other: dict[str, tuple[Listed, ...]] = {}
    for each in listed():
        official[folded(each.name)] = (*official.get(folded(each.name), ()), each)
        translated = folded(each.name_fr if each.country == "BE" else each.name_nl)
        other[translated] = (*other.get(translated, ()), each)
    return other | official


def found(written: str) -> tuple[Listed, ...]:
    """The municipalities that this code or name can mean: none, one, or several."""
    by_code = tuple(each for each in listed() if each.code == written)
    return by_code or _by_name().get(folded(written), ())


def close_to(written: str) -> str | None:
    """The official name of the municipality whose name is most like what was written, if any is like it."""
    import difflib  # slow import, only for a mistake

    names = difflib.get_close_matches(folded(written), list(_by_name()), n=1)
    return _by_name()[names[0]][0].name if names else None
