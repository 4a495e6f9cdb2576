"""The arithmetic of the jury: exact fractions, no database, no rounding before the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

TRIMMED_FROM = 4
"""So many scores it takes before the lowest and the highest can be left out."""


@dataclass(frozen=True)
class Line:
    """A criterion as the arithmetic needs it. Weight in percent; ``minimum`` on the scale, None where there
    is none.
    """

    key: str
    weight: int
    minimum: Decimal | None = None


@dataclass(frozen=True)
class Total:
    """What a dossier's scores add up to. ``percent`` is None when no criterion has a score.

    ``means`` are on the scale; ``below`` names the criteria under their minimum.
    """

    percent: Fraction | None
    means: dict[str, Fraction]
    below: tuple[str, ...]


def mean(values: Sequence[Decimal | Fraction]) -> Fraction:
    """The plain mean of one value or more."""
    return sum((Fraction(value) for value in values), Fraction(0)) / len(values)


def trimmed(values: Sequence[Decimal | Fraction]) -> Fraction:
    """The mean without the lowest and the highest, from four values on; of fewer it is the plain mean."""
    return mean(sorted(values)[1:-1] if len(values) >= TRIMMED_FROM else values)


def total(lines: Sequence[Line], sheets: Sequence[Mapping[str, Decimal | None]], *, scale_max: int) -> Total:
    """Mean per criterion over the sheets that scored it, weighted over the criteria that have a mean.

    A sheet maps the key of a criterion to its score; None or absent means not applicable, and counts nowhere:
    neither as zero nor in the divisor.
    """
    means: dict[str, Fraction] = {}
    for line in lines:
        given = [Fraction(value) for sheet in sheets if (value := sheet.get(line.key)) is not None]
        if given:
            means[line.key] = sum(given, Fraction(0)) / len(given)
    weight = sum(line.weight for line in lines if line.key in means)
    if not weight:
        return Total(None, means, ())
    points = sum((means[line.key] * line.weight for line in lines if line.key in means), Fraction(0))
    below = tuple(
        line.key
        for line in lines
        if line.minimum is not None and line.key in means and means[line.key] < line.minimum
    )
    return Total(points * 100 / (weight * scale_max), means, below)


def rounded(value: Fraction, places: int) -> Decimal:
    """The fraction as a decimal, half up, as people round."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
