"""Measure and print one line a figure; ``python -m benchmarks pages`` takes only the modules named."""

import importlib
import sys

KINDS = ("pages", "writes", "saving", "letters", "assignment", "selection", "calls", "messages", "growth")


def main(chosen: list[str]) -> int:
    """Print every figure of the modules chosen; 1 when one of them is over its limit."""
    worst = 0
    for kind in chosen or KINDS:
        for figure in importlib.import_module(f"benchmarks.{kind}").figures():
            print(figure.line(), flush=True)
            worst = max(worst, 0 if figure.holds else 1)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
