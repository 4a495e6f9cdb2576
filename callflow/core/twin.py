"""Staff texts in several languages, as {"nl": …, "fr": …}, and how the right one is chosen."""

from collections.abc import Mapping
from typing import Any

LANGUAGES = ("nl", "fr", "en")
Twin = Mapping[str, str]


def said(twin: Twin | None, language: str) -> str:
    """The text in ``language``; else in the first of nl, fr, en that has one; else nothing."""
    if not twin:
        return ""
    return twin.get(language) or next((twin[code] for code in LANGUAGES if twin.get(code)), "")


def language_of(twin: Twin | None, language: str) -> str:
    """The language in which said() answers, for the lang attribute."""
    if not twin or twin.get(language):
        return language
    return next((code for code in LANGUAGES if twin.get(code)), language)


def missing(value: Any, languages: tuple[str, ...]) -> list[str]:
    """The languages in which this twin says nothing."""
    return [
        code for code in languages if not (isinstance(value, Mapping) and str(value.get(code) or "").strip())
    ]
