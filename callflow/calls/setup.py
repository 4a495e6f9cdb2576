"""From the bytes of a set-up file to a call that can be stored, or to everything that is wrong with it."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from callflow.calls.checks import checked
from callflow.calls.procedure import Procedure
from callflow.calls.reading import Document, Finding, Unreadable, read
from callflow.calls.schema import SETUP
from callflow.calls.schema.faults import faults
from callflow.calls.schema.words import typed
from callflow.calls.stored import stored
from callflow.core.trail import canonical


@dataclass(frozen=True)
class Setup:
    """A call as its tables will hold it: column values by table. ``digest`` changes with any of them."""

    authorities: dict[str, dict[str, Any]]
    call: dict[str, Any]
    lots: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    joints: list[dict[str, Any]]
    quotas: list[dict[str, Any]]
    digest: str

    @property
    def procedure(self) -> Procedure:
        """The stages of this call, for the checker in lifecycle, which lies above."""
        return Procedure.of(self.call["procedure"])


@dataclass(frozen=True)
class Reading:
    """What came out of a file: a set-up when nothing refuses it, and the findings by line."""

    setup: Setup | None
    findings: tuple[Finding, ...] = ()
    document: Document = field(default_factory=Document)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.refuses]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.refuses]


def parse(data: bytes) -> Reading:
    """Check a set-up file; needs no database. First its text, then each key, then whether they agree."""
    try:
        document = read(data)
    except Unreadable as unreadable:
        return Reading(None, unreadable.findings)
    value = typed(document.value, SETUP)
    if found := faults(document, value, SETUP):
        return Reading(None, tuple(found), document)
    found = checked(document, value)
    if any(finding.refuses for finding in found):
        return Reading(None, tuple(found), document)
    parts = stored(value)
    digest = hashlib.sha256(canonical(parts).encode()).hexdigest()
    return Reading(Setup(**parts, digest=digest), tuple(found), document)
