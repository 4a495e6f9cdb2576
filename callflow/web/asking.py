"""Forms of pages: a token against double clicks, the version seen, refusals that come back in the form."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import redirect, request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto, _is_submitted
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, FileField, HiddenField
from wtforms.fields import FieldList, FormField
from wtforms.i18n import messages_path

from callflow.core import ids
from callflow.core.errors import Changed, Refused, Repeated, TooMany
from callflow.core.gate import actor
from callflow.core.i18n import language
from callflow.core.once import FormToken
from callflow.core.workflow import Blocked, NotOffered, Reason
from callflow.web.words import say


@dataclass(frozen=True)
class Problem:
    """A line of the summary: a code with parameters, or words already made; ``field`` is its input's id."""

    code: str
    parameters: dict[str, Any]
    field: str | None = None


@lru_cache(maxsize=3)
def _messages(code: str) -> NullTranslations:
    """WTForms' own messages in one language; Flask-WTF would read its file anew at every request."""
    return Translations.load(messages_path(), [code], domain="wtforms")


def _printable(text: Any) -> Any:
    """What comes back in a page, whoever wrote it there."""
    return "".join(filter(str.isprintable, text)) if isinstance(text, str) else text


class Form(FlaskForm):
    """A form with its token and the version of the record that the page showed."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> NullTranslations:
            return _messages(language())

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """What a page of ours sends as text; Flask-WTF would mix in files and JSON."""
            if formdata is not _Auto:
                return formdata
            return (request.form or None) if _is_submitted() else None

    AT: Mapping[str, str] = {}
    """By the code of a reason of the engine, the field that it is about, in the forms that have it."""

    token = HiddenField(filters=[_printable])
    version = HiddenField(filters=[_printable])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[Problem] = []
        self.status = 200
        self.repeated: str | None = None
        self.lost: list[tuple[str, str]] = []
        if not self.token.data:
            self.token.data = ids.secret()

    @property
    def accepted(self) -> bool:
        """Nothing was refused."""
        return not self.problems and self.status < 400

    @property
    def seen_version(self) -> int | None:
        """The version that the page showed. A number that is none counts as one that never was."""
        if not self.version.data:
            return None
        try:
            return int(self.version.data)
        except ValueError:
            return -1

    def once(self, outcome: str | None = None) -> FormToken:
        """The claim for unit_of_work(); ``outcome`` is the address this sending leads to."""
        token = str(self.token.data)[:64]
        return FormToken(actor().id or 0, str(request.endpoint), token, outcome or request.path)

    def valid(self) -> bool:
        """Whether the fields parse; what does not becomes the error summary, and the status 422."""
        if self.validate():
            return True
        for field in self:
            self.problems.extend(_problems(field))
        self.status = 422
        return False

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn what the engine or an action refuses into the error summary; wrap unit_of_work() in it."""
        try:
            yield
        except Repeated as repeated:
            self.repeated = repeated.outcome or request.path
        except Blocked as blocked:
            self._refuse(422, *map(self._about, blocked.reasons))
        except NotOffered as gone:
            self._refuse(409, Problem("not_offered", {"state": gone.state.value}))
        except Changed as changed:
            self._refuse(409, Problem(changed.code, changed.parameters))
        except TooMany as many:
            self._refuse(429, Problem(many.code, many.parameters))
        except Refused as refused:
            self._refuse(422, Problem(refused.code, refused.parameters, refused.field))

    def _about(self, reason: Reason) -> Problem:
        name = self.AT.get(reason.code)
        return Problem(reason.code, reason.parameters, name if name and name in self else None)

    def refuse(self, code: str, *, field: str | None = None, status: int = 422, **parameters: Any) -> None:
        """Add one line to the error summary by hand, at ``field`` (its name in this form) when it has one."""
        self._refuse(status, Problem(code, parameters, field))

    def _refuse(self, status: int, *problems: Problem) -> None:
        self.status = status
        for problem in problems:
            field = self[problem.field] if problem.field and problem.field in self else None
            if field is not None:
                field.errors = [*field.errors, say(problem.code, problem.parameters)]
                problem = replace(problem, field=field.id)
            self.problems.append(problem)

    def shows(self, version: int, *, still: bool = True) -> None:
        """The page has this form as the record is now, so that a button can be pressed knowingly once more;
        or, when it is ``still`` there no longer, only what was typed.
        """
        self.version.data = str(version)
        if self.problems:
            self.token.data = ids.secret()
        if not still:
            self.gone()

    def gone(self, *more: tuple[Any, str]) -> None:
        """The page no longer shows this form: what was refused is said and leads to no input, what was typed
        (and ``more`` that was sent beside the fields, with its label) can be copied.
        """
        self.problems = [replace(problem, field=None) for problem in self.problems]
        if self.problems:
            self.lost = [(str(label), words) for label, words in (*_typed(self), *more) if words.strip()]

    def leads_to(self, address: str) -> Response:
        """The redirect after an accepted form; after a repeated one, to where its first sending led."""
        return redirect(self.repeated or address, 303)


def reasons(found: list[Reason]) -> list[Problem]:
    """Reasons of the engine as lines for a page."""
    return [Problem(reason.code, reason.parameters) for reason in found]


def _typed(fields: Iterable[Field]) -> Iterator[tuple[str, str]]:
    """Label and words of every input that somebody writes in."""
    for field in fields:
        if isinstance(field, FormField | FieldList):
            yield from _typed(field)
        elif not isinstance(field, HiddenField | FileField | BooleanField):
            written = getattr(field, "_value", str)  # what an input shows; a choice has none
            yield field.label.text, str(written() or "")


def _problems(field: Field) -> Iterator[Problem]:
    """The messages of a field, and of those inside it, each with the id of the input that it belongs to."""
    if isinstance(field, FormField | FieldList):
        for inner in field:
            yield from _problems(inner)
        return
    for message in field.errors:
        yield Problem("words", {"words": str(message)}, field.id)
