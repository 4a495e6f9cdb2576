"""A whole call played from real ideas to letters, when the shared data is there."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.server import ROOT
from config import Settings

IDEAS = ("ideas_nl_pabulib.csv", "ideas_fr_pabulib_toulouse.csv")
EXAMPLE = ROOT / "callflow/calls/examples/dorpen-aan-zet-2026.yaml"


def figures() -> Iterator[Figure]:
    """600 applications without PDFs and with them; nothing without the shared data."""
    shared = Settings.from_env().shared
    if shared is None:
        return
    ideas = [shared / "data/ideas" / name for name in IDEAS]
    yield Figure("rehearsal_600", _played(ideas), "s", 60)
    yield Figure("rehearsal_600_pdf", _played(ideas, "--pdf"), "s", 90)


def _played(ideas: list[Path], *more: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CALLFLOW_HOME": home, "DATABASE_URL": ""}
        _flask(environment, "db", "upgrade")
        _flask(environment, "call", "load", str(EXAMPLE))
        files = [word for path in ideas for word in ("--ideas", str(path))]
        start = time.perf_counter()
        _flask(
            environment,
            "rehearse",
            "--call",
            "dorpen-aan-zet-2026",
            *files,
            "--limit",
            "300",
            "--seed",
            "1",
            *more,
        )
        return time.perf_counter() - start


def _flask(environment: dict[str, str], *words: str) -> None:
    command = [str(Path(sys.executable).parent / "flask"), *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
