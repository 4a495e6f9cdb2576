"""What invented people of a village write, from lines.yaml: own sentences in Dutch and French, chosen by
dice.
"""

from functools import lru_cache
from pathlib import Path
from random import Random

import yaml

Texts = dict[str, dict[str, str | list[str]]]


@lru_cache(maxsize=1)
def _texts() -> Texts:
    found: Texts = yaml.safe_load(Path(__file__).with_name("lines.yaml").read_text(encoding="utf-8"))
    return found


def tongue(language: str) -> str:
    """The language of these sentences that comes nearest."""
    return "fr" if language == "fr" else "nl"


def word(key: str, language: str) -> str:
    """The one text of this key."""
    return str(_texts()[key][tongue(language)])


def choices(key: str, language: str) -> list[str]:
    """Every text of this key."""
    return list(_texts()[key][tongue(language)])


def one_of(key: str, language: str, dice: Random) -> str:
    """One of the texts of this key."""
    return dice.choice(choices(key, language))


def sentences(language: str, dice: Random, *, longest: int, count: int = 3) -> str:
    """Some different sentences, as many as fit; at least one, cut off where even that is too long."""
    chosen = dice.sample(choices("sentences", language), count)
    text = chosen[0]
    for each in chosen[1:]:
        text = f"{text} {each}" if len(text) + len(each) < longest else text
    return text[:longest]


def person(language: str, dice: Random) -> str:
    """A name that nobody has."""
    return f"{one_of('first_names', language, dice)} {one_of('last_names', language, dice)}"
