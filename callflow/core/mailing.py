"""Mails: what a notice says in a language, the message that is handed over, and what the mail server
answered.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from flask import current_app
from jinja2 import Environment, StrictUndefined

from callflow.core import clock, i18n
from config import Settings

TIMEOUT = 30
"""Seconds that a mail server gets for each answer."""
PLAIN = policy.SMTP.clone(cte_type="7bit")
ACCENTED = PLAIN.clone(utf8=True)


@dataclass(frozen=True)
class Composed:
    """A notice put into words. ``subject`` is one line."""

    subject: str
    body: str
    html: str


def compose(notice: str, language: str, /, **context: Any) -> Composed:
    """The notice of templates/mail/<notice>/ in this language; ``base_url`` is known to every template.

    Raises jinja2.UndefinedError when the context lacks something that the words need.
    """
    environment = _environment()
    known = {"base_url": current_app.config["SETTINGS"].base_url, "language": language, **context}
    with i18n.speaking(language):
        said = {
            name: environment.get_template(f"mail/{notice}/{name}").render(known)
            for name in ("subject.txt", "body.txt", "body.html")
        }
    return Composed(one_line(said["subject.txt"]), said["body.txt"].strip() + "\n", said["body.html"])


def _environment() -> Environment:
    """The templates of the pages, but loud about whatever is missing."""
    kept: Environment | None = current_app.extensions.get("callflow_mail")
    if kept is None:
        kept = current_app.jinja_env.overlay(undefined=StrictUndefined)
        current_app.extensions["callflow_mail"] = kept
    return kept


def one_line(text: str) -> str:
    """A header's value: no line break or other control can begin a header of its own."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip()[:250]


class Outcome(StrEnum):
    """What came of handing a mail over. ``uncertain``: it may or may not have been taken."""

    sent = "sent"
    later = "later"
    bounced = "bounced"
    refused = "refused"
    uncertain = "uncertain"


@dataclass(frozen=True)
class Answer:
    """The outcome, and the words of the mail server or of the failure; a code where the reason is ours."""

    outcome: Outcome
    words: str = ""


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a mail."""

    name: str
    content: bytes


def message(
    settings: Settings, *, message_id: str, recipient: str, subject: str, body: str, html: str | None,
    written_at: Any, attachment: Attachment | None = None,
) -> EmailMessage:  # fmt: skip
    """The same bytes each time it is built for one row: identity and date are those of the row.

    Raises ValueError for an address that is none.
    """
    built = EmailMessage(policy=PLAIN)
    try:
        built["From"] = settings.mail_from
        built["To"] = Address(addr_spec=recipient)
        built["Subject"] = one_line(subject)
    except (HeaderParseError, MessageError, IndexError) as wrong:
        raise ValueError(f"not an address: {recipient!r}") from wrong
    built["Date"] = format_datetime(clock.local(written_at))
    built["Message-ID"] = message_id
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(body)
    if html:
        built.add_alternative(html, subtype="html")
    if attachment:
        built.add_attachment(
            attachment.content, maintype="application", subtype="pdf", filename=attachment.name
        )
    return built


class Carrier:
    """A connection to the mail server, made when the first mail needs it; a context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, politely where it still stands."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.quit()
            except (OSError, smtplib.SMTPException):
                line.close()

    def carry(self, mail: EmailMessage, recipient: str) -> Answer:
        """Hand over one mail to one address and say what came of it; never raises for what a server does."""
        try:
            line = self._connected()
        except (OSError, smtplib.SMTPException) as failed:
            self.hang_up()
            return Answer(Outcome.later, _words(failed))
        answer = self._converse(line, mail, recipient)
        if answer.outcome is not Outcome.sent:
            self.hang_up()
        return answer

    def _connected(self) -> smtplib.SMTP:
        if self._line is None:
            settings = self.settings
            line = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
            self._line = line
            line.ehlo_or_helo_if_needed()
            if settings.smtp_starttls:
                line.starttls(context=ssl.create_default_context())
                line.ehlo()
            if settings.smtp_user:
                line.login(settings.smtp_user, settings.smtp_password)
        return self._line

    def _converse(self, line: smtplib.SMTP, mail: EmailMessage, recipient: str) -> Answer:
        international = not (recipient.isascii() and str(mail["From"]).isascii())
        if international and not line.has_extn("smtputf8"):
            return Answer(Outcome.bounced, "no_accents")
        sender = parseaddr(self.settings.mail_from)[1]
        content = mail.as_bytes(policy=ACCENTED if international else PLAIN)
        try:
            if refused := self._envelope(line, sender, recipient, international):
                return refused
            code, words = line.docmd("DATA")
        except (OSError, smtplib.SMTPException) as failed:
            return Answer(Outcome.later, _words(failed))
        if code != 354:
            return _judged(code, words, Outcome.refused)
        # from here on a lost connection leaves open whether the mail was taken
        try:
            line.send(_dotted(content))
            code, words = line.getreply()
        except (OSError, smtplib.SMTPException) as failed:
            return Answer(Outcome.uncertain, _words(failed))
        return (
            Answer(Outcome.sent, _text(code, words)) if code == 250 else _judged(code, words, Outcome.refused)
        )

    @staticmethod
    def _envelope(line: smtplib.SMTP, sender: str, recipient: str, international: bool) -> Answer | None:
        """MAIL FROM and RCPT TO; an answer when either is refused."""
        code, words = line.mail(sender, ["SMTPUTF8"] if international else [])
        if code != 250:
            return _judged(code, words, Outcome.refused)
        code, words = line.rcpt(recipient)
        return None if code in (250, 251) else _judged(code, words, Outcome.bounced)


def _judged(code: int, words: bytes, final: Outcome) -> Answer:
    """5xx is final, anything else is tried again."""
    return Answer(final if 500 <= code < 600 else Outcome.later, _text(code, words))


def _text(code: int, words: bytes) -> str:
    return one_line(f"{code} {words.decode('utf-8', 'replace')}")


def _words(failed: Exception) -> str:
    return one_line(f"{type(failed).__name__}: {failed}")


def _dotted(content: bytes) -> bytes:
    """A message as it goes over the line: a leading dot doubled, a lone one at the end."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    return (stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n") + b".\r\n"


def address(path: str) -> str:
    """The absolute address of a page, for mails and letters: ``/c/3f2a…`` on this installation."""
    return f"{current_app.config['SETTINGS'].base_url}{path}"
