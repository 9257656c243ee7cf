"""Agreement of readers in numbers, such as SUVmax: intraclass correlations and the limits of agreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import f as fisher
from scipy.stats import t as student

from trial.intervals import LEVEL, CountError, Estimate, Interval, divide, find_normal_quantile

SHROUT_FLEISS = "Shrout and Fleiss 1979; intervals of McGraw and Wong 1996"
BLAND_ALTMAN = "Bland and Altman 1986 (limits), 1999 (their intervals)"
TOO_FEW = "at least two subjects and two readers are needed"
NO_VARIANCE = "the values do not vary, so the correlation has no denominator"
ROUNDING = 1e-24  # of the largest value squared: what is below is the computer's rounding, not variance
EXACT = "the readers never differ beyond a constant: the interval cannot be told"


@dataclass(frozen=True)
class MeanSquares:
    """Two-way analysis of variance of subjects × raters, one value each."""

    subjects: int
    raters: int
    between: float
    within: float
    between_raters: float
    residual: float


@dataclass(frozen=True)
class IntraclassCorrelations:
    """ICC(1,1), (2,1), (3,1) of one reader and ICC(1,k), (2,k), (3,k) of the mean of k."""

    subjects: int
    raters: int
    level: float
    icc1: Estimate
    icc2: Estimate
    icc3: Estimate
    icc1k: Estimate
    icc2k: Estimate
    icc3k: Estimate


@dataclass(frozen=True)
class BlandAltman:
    """Reader 1 minus reader 2 in the unit measured; `points` are (mean of the pair, difference)."""

    n: int
    level: float
    bias: Estimate
    lower_limit: Estimate
    upper_limit: Estimate
    standard_deviation: float | None
    points: tuple[tuple[float, float], ...]


def estimate_icc(ratings: Sequence[Sequence[float]], level: float = LEVEL) -> IntraclassCorrelations:
    """All six from a complete table of subjects (rows) × raters (columns)."""
    find_normal_quantile(level)
    squares = _compute_squares(ratings)
    if squares is None:
        rows = len(ratings)
        nothing = Estimate(None, None, SHROUT_FLEISS, TOO_FEW)
        return IntraclassCorrelations(rows, len(ratings[0]) if rows else 0, level, *[nothing] * 6)
    k = squares.raters
    ones = [_one_way(squares, level), _two_way_random(squares, level), _two_way_fixed(squares, level)]
    means = [_average(one, squares, index, k) for index, one in enumerate(ones)]
    return IntraclassCorrelations(squares.subjects, k, level, *ones, *means)


def compare_values(first: Sequence[float], second: Sequence[float], level: float = LEVEL) -> BlandAltman:
    """Bias and 95 % limits of agreement (at `level`) of two readers of the same lesions, each with its interval."""
    pairs = np.asarray([first, second], dtype=float)
    if len(first) != len(second) or not np.isfinite(pairs).all():
        raise CountError("both readers need a finite value for every lesion")
    n, reach = len(first), find_normal_quantile(level)
    apart = pairs[0] - pairs[1] if n else np.array([])
    points = tuple(zip(pairs.mean(axis=0).tolist(), apart.tolist(), strict=True)) if n else ()
    bias = float(apart.mean()) if n else None
    if n < 2 or bias is None:
        nothing = Estimate(None, None, BLAND_ALTMAN, "at least two lesions are needed")
        return BlandAltman(n, level, Estimate(bias, None, BLAND_ALTMAN, nothing.says), nothing, nothing, None, points)
    spread = float(apart.std(ddof=1))
    wide = float(student.ppf(0.5 + level / 2, n - 1)) * spread
    of_limit = wide * sqrt(1 / n + reach**2 / (2 * (n - 1)))
    lower, upper = bias - reach * spread, bias + reach * spread
    return BlandAltman(
        n=n,
        level=level,
        bias=_around(bias, wide / sqrt(n)),
        lower_limit=_around(lower, of_limit),
        upper_limit=_around(upper, of_limit),
        standard_deviation=spread,
        points=points,
    )


def _compute_squares(ratings: Sequence[Sequence[float]]) -> MeanSquares | None:
    if len({len(row) for row in ratings}) > 1:
        raise CountError("ratings: every subject needs a value from every rater")
    table = np.asarray(ratings, dtype=float)
    if not np.isfinite(table).all():
        raise CountError("ratings: every value is a finite number")
    if table.ndim != 2 or min(table.shape) < 2:
        return None
    n, k = table.shape
    subjects, raters, grand = table.mean(axis=1), table.mean(axis=0), table.mean()
    residual = table - subjects[:, None] - raters[None, :] + grand
    squares = (
        k * ((subjects - grand) ** 2).sum() / (n - 1),
        ((table - subjects[:, None]) ** 2).sum() / (n * (k - 1)),
        n * ((raters - grand) ** 2).sum() / (k - 1),
        (residual**2).sum() / ((n - 1) * (k - 1)),
    )
    rounding = ROUNDING * float(np.abs(table).max()) ** 2
    return MeanSquares(n, k, *[float(square) if square > rounding else 0.0 for square in squares])


def _one_way(squares: MeanSquares, level: float) -> Estimate:
    n, k = squares.subjects, squares.raters
    return _from_f(squares.between, squares.within, k, (n - 1, n * (k - 1)), level)


def _two_way_fixed(squares: MeanSquares, level: float) -> Estimate:
    n, k = squares.subjects, squares.raters
    return _from_f(squares.between, squares.residual, k, (n - 1, (n - 1) * (k - 1)), level)


def _from_f(between: float, error: float, k: int, freedom: tuple[int, int], level: float) -> Estimate:
    value = divide(between - error, between + (k - 1) * error)
    if value is None:
        return Estimate(None, None, SHROUT_FLEISS, NO_VARIANCE)
    if error <= 1e-12 * between:
        return Estimate(value, None, SHROUT_FLEISS, EXACT)
    tail = 0.5 + level / 2
    ratio = between / error
    low = ratio / float(fisher.ppf(tail, *freedom))
    high = ratio * float(fisher.ppf(tail, *reversed(freedom)))
    return Estimate(value, Interval((low - 1) / (low + k - 1), (high - 1) / (high + k - 1)), SHROUT_FLEISS)


def _two_way_random(squares: MeanSquares, level: float) -> Estimate:
    n, k, between, error = squares.subjects, squares.raters, squares.between, squares.residual
    raters = squares.between_raters
    value = divide(between - error, between + (k - 1) * error + k * (raters - error) / n)
    if value is None:
        return Estimate(None, None, SHROUT_FLEISS, NO_VARIANCE)
    if error <= 1e-12 * between:
        return Estimate(value, None, SHROUT_FLEISS, EXACT)
    ratio = raters / error
    share = n * (1 + (k - 1) * value) - k * value
    freedom = (k - 1) * (n - 1) * (k * value * ratio + share) ** 2
    freedom /= (n - 1) * (k * value * ratio) ** 2 + share**2
    tail = 0.5 + level / 2
    upper, lower = float(fisher.ppf(tail, n - 1, freedom)), float(fisher.ppf(tail, freedom, n - 1))
    rest = k * raters + (k * n - k - n) * error
    low = n * (between - upper * error) / (upper * rest + n * between)
    high = n * (lower * between - error) / (rest + n * lower * between)
    return Estimate(value, Interval(low, high), SHROUT_FLEISS)


def _average(one: Estimate, squares: MeanSquares, index: int, k: int) -> Estimate:
    """The reliability of the mean of k raters, from the mean squares; its interval by Spearman and Brown."""
    error = (squares.within, squares.residual, squares.residual)[index]
    raters = (squares.between_raters - error) / squares.subjects if index == 1 else 0.0
    whole = squares.between + raters
    vanishes = abs(whole) <= 1e-9 * (squares.between + abs(raters) + error)
    value = None if vanishes else divide(squares.between - error, whole)
    if one.value is None or value is None:
        return Estimate(None, None, SHROUT_FLEISS, NO_VARIANCE)
    ends = (_step_up(one.low, k), _step_up(one.high, k))
    # Spearman and Brown's rule runs through infinity below -1 / (k - 1): no interval holds together across it.
    interval = (
        Interval(ends[0], ends[1]) if ends[0] is not None and ends[1] is not None and ends[0] <= ends[1] else None
    )
    return Estimate(value, interval, SHROUT_FLEISS, one.says)


def _step_up(value: float | None, k: int) -> float | None:
    return None if value is None else divide(k * value, 1 + (k - 1) * value)


def _around(value: float, distance: float) -> Estimate:
    return Estimate(value, Interval(value - distance, value + distance), BLAND_ALTMAN)
