"""Finding rows by the beginnings of words, whatever accents and capitals: by a key kept in each."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, String, and_, event, or_
from sqlalchemy.orm import Mapped, Mapper, declared_attr, mapped_column
from sqlalchemy.orm.attributes import QueryableAttribute

LENGTH = 600
SHORTEST = 2
"""Letters that must be typed: one letter finds half of everybody."""
MOST_WORDS = 6
APART = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
A_NUMBER = re.compile(r"^\+?[\d\s./()-]{5,}$")
ABROAD = re.compile(r"^(?:00|\+)(?:32|33)")


def folded(text: str) -> str:
    """Lower case without accents, everything but letters and digits a space: "’t Één" is "t een"."""
    bare = unicodedata.normalize("NFKD", text.casefold().translate(APART))
    kept = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in kept).split())


def national(number: str) -> str:
    """The figures of a telephone number without country and nought: +32 50 … and 050 … are the same."""
    bare = re.sub(r"[^\d+]", "", number.replace("(0)", ""))
    return re.sub(r"\D", "", ABROAD.sub("", bare)).lstrip("0")


def key_of(texts: Iterable[str | None], *, phone: str | None = None) -> str:
    """What a row is found by: a space before every word."""
    words = [folded(each) for each in texts if each]
    words += [national(phone)] if phone else []
    return f" {' '.join(each for each in words if each)}"[:LENGTH]


def words_of(asked: str) -> list[str]:
    """The words that somebody looks for; a telephone number is one. Empty when it is too little."""
    if A_NUMBER.match(asked.strip()):
        return [national(asked)] if len(national(asked)) >= 5 else []
    words = folded(asked).split()[:MOST_WORDS]
    return words if words and max(map(len, words)) >= SHORTEST else []


def matches(words: list[str], *keys: QueryableAttribute[Any]) -> ColumnElement[bool]:
    """Each word begins a word of one of the keys. Folded words hold nothing that LIKE takes for a sign."""
    return and_(*(or_(*(key.like(f"% {word}%") for key in keys)) for word in words))


class Findable:
    """A table whose rows are found by words; ``searched`` gives them, and the key follows every change."""

    @declared_attr
    def search_key(cls) -> Mapped[str]:  # noqa: N805 - SQLAlchemy hands it the class
        return mapped_column(String(LENGTH), default="", server_default="")

    def searched(self) -> str:
        """The key as it should be."""
        raise TypeError(f"{type(self).__name__} does not say what it is found by")


def _keep(_mapper: Mapper[Any], _connection: Any, target: Findable) -> None:
    target.search_key = target.searched()


event.listen(Findable, "before_insert", _keep, propagate=True)
event.listen(Findable, "before_update", _keep, propagate=True)
