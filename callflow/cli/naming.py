"""Names of jurors and dossiers in tables: in one coding of accents, and none that looks like another."""

import unicodedata
from dataclasses import dataclass, field

from callflow.core.spreadsheet import unguard
from callflow.core.tables import LOST, Line, Problem

LONGEST = 200
LATIN = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u03b1\u03bf\u03bd\u03b9",
    "aeopcyxijsdhqwaovi",
)
"""Small letters of other scripts that look like Latin ones."""


@dataclass
class Names:
    """What was read so far, by column and look, each with its line."""

    looks: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def read(self, line: Line, column: str) -> tuple[str, list[Problem]]:
        """The name in this column, and what is wrong with it."""
        name = unguard(unicodedata.normalize("NFC", line.cells[column].strip()))
        if not name:
            return name, [Problem(line.number, "name_missing", {"column": column})]
        if len(name) > LONGEST:
            return name, [Problem(line.number, "cell_too_long", {"column": column, "limit": LONGEST})]
        if LOST in name:
            return name, [Problem(line.number, "text_lost", {"column": column})]
        other, first = self.looks.setdefault((column, _look(name)), (name, line.number))
        if other == name:
            return name, []
        told = {"column": column, "name": name, "other": other, "first": first, "signs": _signs(name, other)}
        return name, [Problem(line.number, "name_looks_like", told)]


def _signs(name: str, other: str) -> str:
    """The signs that the second does not have; where there are none, those that the first does not have."""
    more = [sign for sign in name if sign not in other] or [sign for sign in other if sign not in name]
    return ", ".join(f"U+{ord(sign):04X}" for sign in dict.fromkeys(more)) or "-"


def _look(name: str) -> str:
    """A name as the eye takes it: no invisible signs, single spaces, small letters, Latin ones for others."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(LATIN)
    shown = (" " if sign.isspace() else sign for sign in plain if unicodedata.category(sign) != "Cf")
    return " ".join("".join(shown).split())
