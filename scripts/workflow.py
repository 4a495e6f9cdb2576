"""Write docs/workflow.md from the procedures in the code."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from callflow.cli.playing.examples import as_they_run  # noqa: E402 - after the path is set
from callflow.lifecycle import drawing  # noqa: E402 - after the path is set

(ROOT / "docs" / "workflow.md").write_text(drawing.document(as_they_run()), encoding="utf-8")
