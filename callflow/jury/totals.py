"""The arithmetic of the jury: exact fractions, no database, no rounding before the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from callflow.calls.states import Counting

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


@dataclass(frozen=True)
class Terms:
    """How a call counts. ``offsets`` are the frozen habits of its jurors in percent, None before there are
    any.
    """

    counting: Counting = Counting.mean
    offsets: Mapping[int, Decimal] | None = None


def mean(values: Sequence[Decimal | Fraction]) -> Fraction:
    """The plain mean of one value or more."""
    return sum((Fraction(value) for value in values), Fraction(0)) / len(values)


def trimmed(values: Sequence[Decimal | Fraction]) -> Fraction:
    """The mean without the lowest and the highest, from four values on; of fewer it is the plain mean."""
    return mean(sorted(values)[1:-1] if len(values) >= TRIMMED_FROM else values)


def total(
    lines: Sequence[Line],
    sheets: Sequence[Mapping[str, Decimal | None]],
    *,
    scale_max: int,
    counting: Counting = Counting.mean,
) -> Total:
    """Mean per criterion over the sheets that scored it, weighted over the criteria that have a mean.

    Only ``percent`` follows the counting: means and minima stay those of all the scores.

    A sheet maps the key of a criterion to its score; None or absent means not applicable, and counts nowhere:
    neither as zero nor in the divisor.
    """
    means: dict[str, Fraction] = {}
    counted: dict[str, Fraction] = {}
    for line in lines:
        given = [value for sheet in sheets if (value := sheet.get(line.key)) is not None]
        if given:
            means[line.key] = mean(given)
            counted[line.key] = trimmed(given) if counting is Counting.trimmed else means[line.key]
    weight = sum(line.weight for line in lines if line.key in means)
    if not weight:
        return Total(None, means, ())
    points = sum((counted[line.key] * line.weight for line in lines if line.key in means), Fraction(0))
    below = tuple(
        line.key
        for line in lines
        if line.minimum is not None and line.key in means and means[line.key] < line.minimum
    )
    return Total(points * 100 / (weight * scale_max), means, below)


def counted(
    lines: Sequence[Line],
    sheets: Mapping[int, Mapping[str, Decimal | None]],
    terms: Terms,
    *,
    scale_max: int,
    agreed: Decimal | None = None,
) -> Total:
    """What a dossier's sheets, by juror, come to in a call that counts like this.

    Where habits are taken out, the total is the plain one less the mean habit of the jurors who scored, kept
    between 0 and 100; it has no percent before the call was calibrated. What a meeting ``agreed`` goes
    before all of that.
    """
    found = total(lines, list(sheets.values()), scale_max=scale_max, counting=terms.counting)
    if agreed is not None:
        return replace(found, percent=Fraction(agreed))
    if terms.counting is not Counting.calibrated or found.percent is None:
        return found
    if terms.offsets is None:
        return replace(found, percent=None)
    scored = [juror for juror, given in sheets.items() if any(value is not None for value in given.values())]
    habit = mean([terms.offsets.get(juror, Decimal(0)) for juror in scored])
    return replace(found, percent=min(max(found.percent - habit, Fraction(0)), Fraction(100)))


def rounded(value: Fraction, places: int) -> Decimal:
    """The fraction as a decimal, half up, as people round."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
