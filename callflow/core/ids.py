"""Where every random number comes from, so that a rehearsal with one seed gives one result."""

import hashlib
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ALPHABET = (
    "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels and no look-alikes: a reference is read aloud on the telephone
)
_dice: ContextVar[random.Random | None] = ContextVar("ids_dice", default=None)
_system = secrets.SystemRandom()


def _random() -> random.Random:
    return _dice.get() or _system


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    """Everything drawn inside follows from ``seed``; never used for secrets of a real call."""
    dice = random.Random(seed)  # noqa: S311 - rehearsals only
    token = _dice.set(dice)
    try:
        yield dice
    finally:
        _dice.reset(token)


def letters(count: int) -> str:
    """``count`` characters of the telephone alphabet: 28 possibilities each."""
    dice = _random()
    return "".join(dice.choice(_ALPHABET) for _ in range(count))


def reference(prefix: str) -> str:
    """A dossier reference that tells nothing about how many others there are."""
    return f"{prefix}-{letters(5)}"


def hexadecimal(count: int) -> str:
    """``count`` hexadecimal digits."""
    return f"{_random().getrandbits(4 * count):0{count}x}"


def secret() -> str:
    """A token for a link in a mail: 256 bits, from the system even in a rehearsal."""
    return secrets.token_urlsafe(32)


def digest(secret_text: str) -> str:
    """What is stored of a secret: it cannot be turned back."""
    return hashlib.sha256(secret_text.encode()).hexdigest()
