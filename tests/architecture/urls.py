"""The list of all addresses: what appears, moves or vanishes is seen in a review. `make urls` accepts it."""

import difflib
import os
from pathlib import Path

import pytest
from flask import Flask

from tests.architecture import tree

FILE = tree.ROOT / "tests" / "architecture" / "urls.txt"


def listed(app: Flask) -> str:
    """One line an address: methods, path, endpoint, and who may use it."""
    lines = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        access = getattr(app.view_functions[rule.endpoint], "access", "nobody said who may use it")
        lines.append(f"{rule.rule}  {methods}  {rule.endpoint}  {access}")
    return "\n".join(sorted(lines)) + "\n"


def accept() -> None:
    """Write the present lists into their files."""
    os.environ["CALLFLOW_ACCEPT"] = "yes"
    folder = str(tree.ROOT / "tests" / "architecture")
    raise SystemExit(pytest.main(["-q", f"{folder}/test_endpoints.py", f"{folder}/test_access.py"]))


def differing(written: str, file: Path) -> list[str]:
    """The lines that the file does not hold, or holds too many; `make urls` writes it anew."""
    if os.environ.get("CALLFLOW_ACCEPT"):
        file.write_text(written, encoding="utf-8")
    held = file.read_text(encoding="utf-8") if file.is_file() else ""
    lines = difflib.unified_diff(
        held.splitlines(), written.splitlines(), "held", "there is", lineterm="", n=0
    )
    return list(lines)


if __name__ == "__main__":
    accept()
