"""What the checks of a set-up file write into."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from callflow.calls.reading import Document, Finding, Path


@dataclass
class Complaints:
    """The file that is checked and what was found. A refusal keeps the file out, a warning is shown."""

    document: Document
    value: dict[str, Any]
    found: list[Finding] = field(default_factory=list)

    def refuse(self, path: Path, code: str, **parameters: Any) -> None:
        self.found.append(Finding(self.document.line(path), code, parameters))

    def warn(self, path: Path, code: str, **parameters: Any) -> None:
        self.found.append(Finding(self.document.line(path), code, parameters, refuses=False))

    def once(self, entries: Iterable[tuple[Path, str]], code: str) -> None:
        """Refuse every value that stands there a second time."""
        entries = list(entries)
        counts = Counter(value for _, value in entries)
        seen: set[str] = set()
        for path, value in entries:
            if counts[value] > 1 and value in seen:
                self.refuse(path, code, given=value)
            seen.add(value)

    def known(self, path: Path, given: str, known: Iterable[str], code: str) -> None:
        """Refuse a name that is defined nowhere."""
        known = list(known)
        if given not in known:
            self.refuse(path, code, given=given, known=", ".join(known))


def money(text: str | None) -> Decimal | None:
    """An amount that the schema accepted."""
    return None if text is None else Decimal(text)
