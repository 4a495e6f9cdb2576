"""Passwords: what is stored of them, whether one fits, and which are too weak to keep."""

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
EASY = ("wachtwoord", "password", "motdepasse", "azerty", "qwerty", "123456", "bonjour", "welkom", "callflow")

_hasher = PasswordHasher()
_nobodys: list[str] = []


def install(*, cheap: bool) -> None:
    """Choose how much work a password costs; ``cheap`` is for tests only."""
    global _hasher  # noqa: PLW0603 - chosen once, when the application is made
    _hasher = PasswordHasher.from_parameters(profiles.CHEAPEST) if cheap else PasswordHasher()
    _nobodys.clear()


def hashed(password: str) -> str:
    """What is stored of a password. Slow on purpose: never call it inside a transaction."""
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether this is the password; for somebody without one it takes just as long to say no."""
    if stored is None and not _nobodys:
        _nobodys.append(hashed("nobody has this password"))
    try:
        return _hasher.verify(stored or _nobodys[0], password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, *known: str) -> str | None:
    """The code of what makes a password too weak, or None. ``known`` are names and addresses of its owner."""
    if len(password) < SHORTEST:
        return "password_short"
    plain = password.casefold()
    parts = {part for each in known for part in each.casefold().replace("@", " ").split() if len(part) > 3}
    left = plain
    for word in sorted({*EASY, *parts}, key=len, reverse=True):
        left = left.replace(word, "")
    return "password_common" if len(set(left) - set("0123456789!. ")) < 4 else None
