"""A figure and its limit, and the line that says whether it holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One thing measured. ``ratio`` counts bare requests (or bare renderings); the limit is on it where it is
    given.

    ``at_least`` turns the limit round: for letters a second.
    """

    name: str
    value: float
    unit: str
    limit: float
    ratio: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        judged = self.value if self.ratio is None else self.ratio
        return judged >= self.limit if self.at_least else judged <= self.limit

    def line(self) -> str:
        """``name value unit ratio limit ok``; a dash where there is no ratio."""
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = "ok" if self.holds else "OVER"
        return f"{self.name} {self.value:.2f} {self.unit} {ratio} {self.limit:g} {verdict}"
