"""Write docs/workflow.md from the procedures in the code."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from callflow.lifecycle import drawing  # noqa: E402 - after the path is set

(ROOT / "docs" / "workflow.md").write_text(drawing.document(), encoding="utf-8")
