"""Set-up files for tests: the demonstration calls, with places changed."""

from functools import cache
from pathlib import Path

import callflow.calls
from callflow.calls.reading import Finding
from callflow.calls.setup import parse

EXAMPLES = Path(callflow.calls.__file__).parent / "examples"
COACHED = EXAMPLES / "dorpen-aan-zet-2026.yaml"
IDEAS = EXAMPLES / "zaad-voor-het-dorp-2026.yaml"


def text(path: Path = COACHED) -> str:
    return path.read_text(encoding="utf-8")


def line_of(part: str, whole: str) -> int:
    """The line on which the first of these parts begins."""
    assert part in whole, f"the file no longer holds {part!r}"
    return whole.count("\n", 0, whole.index(part)) + 1


def between(first: str, after: str, path: Path = COACHED) -> str:
    """From the beginning of one part to the beginning of the next."""
    whole = text(path)
    begin = whole.index(first)
    return whole[begin : whole.index(after, begin)]


def changed(*replaced: tuple[str, str], path: Path = COACHED) -> bytes:
    """The file with the first occurrence of each part replaced."""
    whole = text(path)
    for old, new in replaced:
        assert old in whole, f"the file no longer holds {old!r}"
        whole = whole.replace(old, new, 1)
    return whole.encode()


@cache
def findings(data: bytes) -> tuple[Finding, ...]:
    """What is found in a file; kept, because several tests ask the same."""
    return parse(data).findings
