"""What a schema cannot say: that the parts of a set-up file agree with each other. Grouped by noun.

complaints.py what they write into;
means.py authorities, lots and procedure; selection.py what lots share; form.py forms, rubric and checklist;
texts.py languages, letters and mails.
"""

from typing import Any

from callflow.calls import calendar
from callflow.calls.checks import form, means, selection, texts
from callflow.calls.checks.complaints import Complaints
from callflow.calls.reading import Document, Finding


def checked(document: Document, value: dict[str, Any]) -> list[Finding]:
    """Every disagreement in a file that the schema accepts, and every warning; sorted by line."""
    c = Complaints(document, value)
    for part in (means.check, selection.check, form.check, texts.check, calendar.check):
        part(c)
    return sorted(c.found, key=lambda finding: finding.line)
