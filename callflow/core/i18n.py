"""Languages: which one a page speaks, and how a worker or a letter forces its own.

The catalogs and their extraction are Flask-Babel's. Looking a text up is done here, because a list of fifty
lines asks a thousand times which language is spoken, and Flask-Babel works that out anew each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale
from flask_babel.speaklater import LazyString

LANGUAGES = ("nl", "fr", "en")
LOCALES = {"nl": "nl_BE", "fr": "fr_FR", "en": "en_GB"}
CATALOGS = Path(__file__).resolve().parent.parent / "translations"
babel = Babel()
_in_force: ContextVar[str | None] = ContextVar("language_in_force", default=None)


def choose() -> str:
    """Asked for in the address, kept in the cookie, of the person, or of the browser: in that order."""
    if not has_request_context():
        return "nl"
    if (asked := request.args.get("lang")) in LANGUAGES:
        return str(asked)
    if (kept := request.cookies.get("lang")) in LANGUAGES:
        return str(kept)
    actor: Any = g.get("actor")
    if actor and actor.id is not None and actor.language in LANGUAGES:
        return str(actor.language)
    return request.accept_languages.best_match(LANGUAGES) or "nl"


def language() -> str:
    """The two letters of the language in force: forced, settled for this request, or worked out now."""
    return _in_force.get() or choose()


def settle() -> None:
    """Work it out once for this request, when the person is known: a list asks for it a thousand times."""
    _in_force.set(choose())


def release() -> None:
    """Forget it at the end of the request."""
    _in_force.set(None)


@lru_cache(maxsize=len(LANGUAGES))
def catalog(code: str) -> NullTranslations:
    """The texts of one language, read once per process."""
    return Translations.load(str(CATALOGS), [LOCALES[code]])


def _text(text: str) -> str:
    return str(catalog(language()).ugettext(text))


def _counted(one: str, many: str, num: int) -> str:
    return str(catalog(language()).ungettext(one, many, num))


def gettext(text: str, **parameters: Any) -> str:
    """The text in the language in force, with its parameters filled in."""
    said = _text(text)
    return said % parameters if parameters else said


def ngettext(one: str, many: str, num: int, **parameters: Any) -> str:
    """The text for one or for several; ``num`` is a parameter as well."""
    return _counted(one, many, num) % {"num": num, **parameters}


def lazy_gettext(text: str, **parameters: Any) -> LazyString:
    """A text that is looked up when it is shown: for labels of forms and tables of words."""
    return LazyString(gettext, text, **parameters)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Everything inside is said in this language: letters, mails, jobs."""
    token = _in_force.set(code)
    try:
        with force_locale(LOCALES[code]):
            yield
    finally:
        _in_force.reset(token)


def install(app: Flask) -> None:
    """Set the languages up for this application."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "nl_BE")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Brussels")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel.init_app(app, locale_selector=lambda: LOCALES[choose()])
    app.jinja_env.install_gettext_callables(_text, _counted, newstyle=True)  # type: ignore[attr-defined]  # of Jinja's i18n extension
