"""Strict and lenient jurors: an additive model of scores with shrinkage, beside the raw and trimmed means.

A score is its project's worth plus its juror's offset plus chance. Projects are fixed effects, jurors random
ones; docs/decisions/0008-calibration-and-meeting.md names the method, its source and its limits. Pure: no
database, and nothing depends on the order of the ratings.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Any

from callflow.jury.totals import mean, trimmed

Z = 1.959963984540054
"""The normal quantile of an interval of 95 %."""
LEAST_SHRINKAGE = 1e-3
"""Where chance explains nothing at all the equations would have no single answer."""
LEAST_FREEDOM = 3
"""Below so many degrees of freedom an interval would say more than is known."""
NOTHING = 1e-12
"""A share of the sum of squares that is left by rounding."""
PLACES = 6
"""Decimals in which two results are compared: what differs less is equal."""


@dataclass(frozen=True, order=True)
class Rating:
    """The score that one juror gave one dossier, both by a name or number of any kind."""

    juror: str
    dossier: str
    score: Decimal


@dataclass(frozen=True)
class Member:
    """A juror: how much higher than the others they score, with its interval where one can be said.

    ``offset`` is exactly 0 for a single score: it cannot tell a strict juror from a weak project.
    """

    juror: str
    scores: int
    mean: Fraction
    offset: float = 0.0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Standing:
    """A dossier by all three figures. ``place`` and ``raw_place`` are shared by equals.

    ``best`` and ``worst`` are its places by the model when each juror in turn is left out; ``spread`` is
    the standard deviation of its scores, None for a single one.
    """

    dossier: str
    jurors: frozenset[str]
    raw: Fraction
    trimmed: Fraction
    value: float
    low: float | None
    high: float | None
    least: Decimal
    most: Decimal
    spread: float | None
    raw_place: int = 0
    place: int = 0
    best: int = 0
    worst: int = 0

    @property
    def steady(self) -> bool:
        """Whether its place hangs on no single juror."""
        return self.best == self.worst

    @property
    def lift(self) -> float:
        """How much higher than the whole panel those score who scored this one."""
        return float(self.raw) - self.value


@dataclass(frozen=True)
class Tie:
    """Two dossiers with the same raw mean, in the order of the model."""

    first: Standing
    second: Standing

    @property
    def only_first(self) -> list[str]:
        """The jurors who scored the first and not the second."""
        return sorted(self.first.jurors - self.second.jurors)

    @property
    def only_second(self) -> list[str]:
        """The jurors who scored the second and not the first."""
        return sorted(self.second.jurors - self.first.jurors)


@dataclass(frozen=True)
class Calibration:
    """Dossiers best first and jurors by name. ``shrinkage`` is None where no offset could be estimated.

    ``parts`` counts the sets of jurors that share no project: across them offsets cannot be compared.
    """

    members: tuple[Member, ...]
    standings: tuple[Standing, ...]
    shrinkage: float | None
    parts: int
    freedom: int

    @property
    def offsets(self) -> dict[str, float]:
        """By juror."""
        return {member.juror: member.offset for member in self.members}


@dataclass(frozen=True)
class Home:
    """A juror who scored dossiers of their own area: how far above the model there, and elsewhere."""

    juror: str
    own: int
    above_own: float
    elsewhere: int
    above_elsewhere: float | None


@dataclass(frozen=True)
class _Fit:
    """What the equations give: values of dossiers, offsets of jurors, and half the width of intervals."""

    values: dict[str, float]
    offsets: dict[str, float]
    value_widths: dict[str, float]
    offset_widths: dict[str, float]
    shrinkage: float | None
    freedom: int


def calibrate(ratings: Iterable[Rating], *, low_is_good: bool = False) -> Calibration:
    """Everything about these ratings; one at most for each juror and dossier."""
    given = sorted(ratings)
    if not given:
        return Calibration((), (), None, 0, 0)
    sheets = _sheets(given)
    fit = _fitted(_equations(sheets))
    standings = _standings(given, fit, low_is_good=low_is_good)
    jurors = _by(given, lambda each: each.juror)
    ranges = _left_out(sheets, fit, low_is_good=low_is_good)
    return Calibration(
        tuple(_member(juror, scores, fit) for juror, scores in sorted(jurors.items())),
        tuple(
            replace(each, best=min(ranges[each.dossier]), worst=max(ranges[each.dossier]))
            for each in standings
        ),
        fit.shrinkage,
        _parts(given),
        fit.freedom,
    )


def at_home(
    found: Calibration, ratings: Iterable[Rating], own: Collection[tuple[str, str]]
) -> tuple[Home, ...]:
    """Jurors who scored dossiers of their own area, ``own`` being those pairs of juror and dossier."""
    values = {each.dossier: each.value for each in found.standings}
    above: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for each in sorted(ratings):
        residual = float(each.score) - values[each.dossier] - found.offsets[each.juror]
        above[each.juror][(each.juror, each.dossier) not in own].append(residual)
    return tuple(
        Home(juror, len(home), sum(home) / len(home), len(away), sum(away) / len(away) if away else None)
        for juror, (home, away) in sorted(above.items())
        if home
    )


def ties(found: Calibration) -> list[Tie]:
    """What the raw mean leaves equal, each with its neighbour in the order of the model."""
    groups: dict[Fraction, list[Standing]] = defaultdict(list)
    for each in found.standings:
        groups[each.raw].append(each)
    return [Tie(*pair) for group in groups.values() for pair in pairwise(group)]


def moved(found: Calibration) -> list[tuple[Standing, Standing]]:
    """Neighbours in the order of the model that the raw mean puts the other way round."""
    neighbours = pairwise(found.standings)
    return [(first, second) for first, second in neighbours if first.raw_place > second.raw_place]


def _by(given: Sequence[Rating], key: Any) -> dict[str, list[Rating]]:
    groups: dict[str, list[Rating]] = {}
    for each in given:
        groups.setdefault(key(each), []).append(each)
    return groups


@dataclass(frozen=True)
class _Equations:
    """The ratings as arrays. ``seats`` says who scored what, for jurors with two scores or more; ``pull`` is
    by juror the sum of their distances from the means of dossiers, ``within`` that of all squared.
    """

    dossiers: list[str]
    jurors: list[str]
    number: Any
    means: Any
    seats: Any
    pull: Any
    within: float


@dataclass(frozen=True)
class _Sheets:
    """The ratings as arrays: for each the number of its dossier, that of its juror, and the score."""

    dossiers: list[str]
    jurors: list[str]
    at: Any
    who: Any
    scores: Any


def _sheets(given: Sequence[Rating]) -> _Sheets:
    import numpy as np  # slow import

    dossiers, jurors = sorted({each.dossier for each in given}), sorted({each.juror for each in given})
    row = {dossier: number for number, dossier in enumerate(dossiers)}
    column = {juror: number for number, juror in enumerate(jurors)}
    return _Sheets(
        dossiers, jurors, np.array([row[each.dossier] for each in given]),
        np.array([column[each.juror] for each in given]), np.array([float(each.score) for each in given]),
    )  # fmt: skip


def _equations(sheets: _Sheets, without: int | None = None) -> _Equations:
    """Those of all, or of the others without the juror of this number."""
    import numpy as np  # slow import

    left = slice(None) if without is None else sheets.who != without
    at, who, scores = sheets.at[left], sheets.who[left], sheets.scores[left]
    seen, at = np.unique(at, return_inverse=True)
    columns = np.flatnonzero(np.bincount(who, minlength=len(sheets.jurors)) > 1)
    number = np.bincount(at, minlength=len(seen))
    means = np.bincount(at, weights=scores, minlength=len(seen)) / number
    distance = scores - means[at]
    pull = np.bincount(who, weights=distance, minlength=len(sheets.jurors))[columns]
    seats = np.zeros((len(seen), len(sheets.jurors)))
    seats[at, who] = 1
    return _Equations(
        [sheets.dossiers[each] for each in seen], [sheets.jurors[each] for each in columns], number, means,
        seats[:, columns], pull, float((distance**2).sum()),
    )  # fmt: skip


def _fitted(it: _Equations, *, surely: bool = True) -> _Fit:
    """Henderson's third method for the two variances, then the mixed model equations, dossiers absorbed;
    without intervals unless ``surely``.
    """
    import numpy as np  # slow import

    share = it.seats / it.number[:, None]
    inside = np.diag(it.seats.sum(axis=0)) - it.seats.T @ share
    error, ratio, freedom = _variances(it, inside, int(it.number.sum()) - len(it.dossiers))
    if ratio is None:
        offsets, known = np.zeros(len(it.jurors)), np.zeros_like(inside)
    else:
        inverse = np.linalg.inv(inside + np.eye(len(it.jurors)) * ratio)
        offsets, known = inverse @ it.pull, error * inverse
    values = _named(it.dossiers, it.means - share @ offsets)
    width = _quantile(freedom) if surely else None
    if width is None:
        return _Fit(values, _named(it.jurors, offsets), {}, {}, ratio, freedom)
    uncertain = np.sqrt(error / it.number + ((share @ known) * share).sum(axis=1))
    return _Fit(
        values, _named(it.jurors, offsets), _named(it.dossiers, width * uncertain),
        _named(it.jurors, width * np.sqrt(np.diag(known))), ratio, freedom,
    )  # fmt: skip


def _named(names: Sequence[str], figures: Any) -> dict[str, float]:
    return dict(zip(names, figures.tolist(), strict=True))


def _variances(it: _Equations, inside: Any, freedom: int) -> tuple[float, float | None, int]:
    """Variance of chance, its ratio to that of jurors (None when none can be told from chance), and the
    degrees of freedom behind it.
    """
    import numpy as np  # slow import

    rank = int(np.linalg.matrix_rank(inside)) if it.jurors else 0
    alone = (it.within / freedom if freedom else 0.0, None, freedom)
    if not rank or freedom <= rank:
        return alone
    explained = float(it.pull @ np.linalg.pinv(inside) @ it.pull)
    left = it.within - explained
    error = left / (freedom - rank) if left > NOTHING * it.within else 0.0
    between = (explained - rank * error) / float(np.trace(inside))
    if between <= NOTHING * it.within:
        return alone
    return error, max(error / between, LEAST_SHRINKAGE), freedom - rank


def _quantile(freedom: int) -> float | None:
    """Student's quantile for 95 % by its expansion around the normal one (Abramowitz and Stegun 26.7.5)."""
    if freedom < LEAST_FREEDOM:
        return None
    z, n = Z, freedom
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(z + sum(term / n**power for power, term in enumerate(terms, start=1)))


def _standings(given: Sequence[Rating], fit: _Fit, *, low_is_good: bool) -> list[Standing]:
    found = []
    for dossier, ratings in _by(given, lambda each: each.dossier).items():
        scores = [each.score for each in ratings]
        value, width = fit.values[dossier], fit.value_widths.get(dossier)
        found.append(
            Standing(
                dossier, frozenset(each.juror for each in ratings), mean(scores), trimmed(scores), value,
                None if width is None else value - width, None if width is None else value + width,
                min(scores), max(scores), _spread(scores),
            )
        )  # fmt: skip
    raw = _places({each.dossier: float(each.raw) for each in found}, low_is_good=low_is_good)
    model = _places(fit.values, low_is_good=low_is_good)
    placed = [replace(each, raw_place=raw[each.dossier], place=model[each.dossier]) for each in found]
    return sorted(placed, key=lambda each: (each.place, each.raw_place, each.dossier))


def _spread(scores: Sequence[Decimal]) -> float | None:
    if len(scores) < 2:
        return None
    middle = mean(scores)
    squares = sum((Fraction(score) - middle) ** 2 for score in scores)
    return sqrt(squares / (len(scores) - 1))


def _places(values: Mapping[str, float], *, low_is_good: bool) -> dict[str, int]:
    """Place by value, the best first, shared by what is equal in all the decimals that are compared."""
    sign = 1 if low_is_good else -1
    ordered = sorted(round(sign * value, PLACES) for value in values.values())
    first: dict[float, int] = {}
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
    return {name: first[round(sign * value, PLACES)] for name, value in values.items()}


def _left_out(sheets: _Sheets, fit: _Fit, *, low_is_good: bool) -> dict[str, list[int]]:
    """By dossier its places with the whole panel and without each juror; one that nobody else scored stands
    where it stood.
    """
    rests = (_equations(sheets, number) for number in range(len(sheets.jurors)))
    fits = (_fitted(rest, surely=False) for rest in rests if rest.dossiers)
    values = (fit.values, *({**fit.values, **each.values} for each in fits))
    places = [_places(each, low_is_good=low_is_good) for each in values]
    return {dossier: [each[dossier] for each in places] for dossier in fit.values}


def _member(juror: str, ratings: Sequence[Rating], fit: _Fit) -> Member:
    scores = [each.score for each in ratings]
    found = Member(juror, len(scores), mean(scores))
    if juror not in fit.offsets or fit.shrinkage is None:
        return found
    offset, width = fit.offsets[juror], fit.offset_widths.get(juror)
    low, high = (None, None) if width is None else (offset - width, offset + width)
    return replace(found, offset=offset, low=low, high=high)


def _parts(given: Sequence[Rating]) -> int:
    """Jurors are of one part when a chain of projects that two of them scored joins them."""
    leader: dict[str, str] = {each.juror: each.juror for each in given}

    def head(juror: str) -> str:
        while leader[juror] != juror:
            juror = leader[juror]
        return juror

    for ratings in _by(given, lambda each: each.dossier).values():
        for each in ratings[1:]:
            leader[head(each.juror)] = head(ratings[0].juror)
    return len({head(juror) for juror in leader})
