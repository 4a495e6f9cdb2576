"""What can go wrong that a person can do something about. Each carries a code and parameters, never a
sentence.
"""

from typing import Any


class DomainError(Exception):
    """Root of all errors that end as a page in the person's language; ``status`` is the HTTP status of that
    page.
    """

    status = 400

    def __init__(self, code: str, /, **parameters: Any) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


class NotFound(DomainError):
    """It does not exist, or this person may not know that it does."""

    status = 404

    def __init__(self, code: str = "not_found", /, **parameters: Any) -> None:
        super().__init__(code, **parameters)


class Forbidden(DomainError):
    """The person sees the record but may not do this to it."""

    status = 403


class Changed(DomainError):
    """Somebody else changed the record meanwhile; what was typed is kept by the form."""

    status = 409


class Refused(DomainError):
    """The values cannot be accepted; ``field`` names the input that the message belongs to, if one does."""

    status = 422

    def __init__(self, code: str, /, *, field: str | None = None, **parameters: Any) -> None:
        super().__init__(code, **parameters)
        self.field = field


class TooMany(DomainError):
    """Too many attempts in a short time."""

    status = 429


class Repeated(Exception):
    """This form was already sent; ``outcome`` is where its first sending led."""

    def __init__(self, outcome: str | None) -> None:
        super().__init__(outcome or "")
        self.outcome = outcome
