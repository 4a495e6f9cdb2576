"""Languages: which one a page speaks, and how a worker or a letter forces its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy
from flask_babel import ngettext as _ngettext

LANGUAGES = ("nl", "fr", "en")
LOCALES = {"nl": "nl_BE", "fr": "fr_FR", "en": "en_GB"}
babel = Babel()

gettext, lazy_gettext, ngettext = _gettext, _lazy, _ngettext


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
    """The two letters of the language in force."""
    locale = get_locale()
    return locale.language if locale else "nl"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Everything inside is said in this language: letters, mails, jobs."""
    with force_locale(LOCALES[code]):
        yield


def install(app: Flask) -> None:
    """Set the languages up for this application."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "nl_BE")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Brussels")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel.init_app(app, locale_selector=lambda: LOCALES[choose()])
