"""Agreement of readers in words: Cohen's and weighted kappa, Gwet's AC1, Fleiss' kappa for any number of readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from trial.intervals import LEVEL, CountError, Estimate, Interval, divide, find_normal_quantile

Weights = Literal["none", "linear", "quadratic"]
WEIGHTS: tuple[Weights, ...] = ("none", "linear", "quadratic")
SPELLINGS: dict[str, Weights] = {"": "none", "unweighted": "none", "equal": "linear", "squared": "quadratic"}  # R's irr
COHEN = "Cohen's kappa, standard error of Fleiss, Cohen and Everitt 1969"
GWET = "Gwet 2008, AC1 (never weighted)"
FLEISS = "Fleiss 1971; interval from the subjects' contributions (Gwet 2021), Student's t"
NO_READS = "no case was read by both"
ONE_CATEGORY = "every read is the same, so agreement by chance is certain and kappa has no denominator; AC1 has one"
NO_SPREAD = "the standard error is 0 in these cases: the interval is too narrow to believe"
ONE_SUBJECT = "one case only: its uncertainty cannot be seen"

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """Two readers of `n` cases. `agreement` is the plain share of identical reads, whatever the weights."""

    n: int
    weights: Weights
    level: float
    agreement: float | None
    kappa: Estimate
    standard_error: float | None
    ac1: Estimate


@dataclass(frozen=True)
class ManyReaders:
    """Fleiss' kappa over `subjects` cases, each read by the same number of readers."""

    subjects: int
    readers: int
    level: float
    kappa: Estimate
    standard_error: float | None


def compare_readers(table: Sequence[Sequence[float]], weights: Weights = "none", level: float = LEVEL) -> Agreement:
    """Agreement from a square table: rows reader 1, columns reader 2, categories in order."""
    counts = _read_square(table)
    if weights not in WEIGHTS:
        raise CountError(f"weights {weights!r}: the weights are none, linear or quadratic")
    n = int(counts.sum())
    reach = find_normal_quantile(level)
    if n == 0:
        nothing = Estimate(None, None, COHEN, NO_READS)
        return Agreement(0, weights, level, None, nothing, None, Estimate(None, None, GWET, NO_READS))
    kappa, error = _estimate_kappa(counts, weights, reach)
    return Agreement(n, weights, level, float(np.trace(counts) / n), kappa, error, estimate_ac1(counts / n, n, level))


def read_weights(said: str | None) -> Weights:
    """The weights by any of their usual names; an unknown one is refused with those known."""
    word = (said or "").strip().lower()
    for weights in WEIGHTS:
        if weights in (word, SPELLINGS.get(word)):
            return weights
    raise CountError(f"weights {said!r}: the weights are {', '.join(WEIGHTS[:-1])} or {WEIGHTS[-1]}")


def tabulate_reads(first: Sequence[str], second: Sequence[str], categories: Sequence[str]) -> list[list[int]]:
    """The square table of two readers' words for the same cases; raises CountError for a word that is no category."""
    position = {category: index for index, category in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for one, other in zip(first, second, strict=True):
        for word in (one, other):
            if word not in position:
                raise CountError(f"read {word!r}: the categories are {', '.join(categories)}")
        table[position[one]][position[other]] += 1
    return table


def estimate_ac1(shares: Table, n: int, level: float = LEVEL) -> Estimate:
    """Gwet's AC1 from the table of shares, with his standard error and Student's t (as irrCAC)."""
    categories = len(shares)
    if categories < 2:
        return Estimate(None, None, GWET, "AC1 needs at least two categories")
    margin = (shares.sum(axis=0) + shares.sum(axis=1)) / 2
    chance = float((margin * (1 - margin)).sum()) / (categories - 1)
    value = (float(np.trace(shares)) - chance) / (1 - chance)
    if n < 2:
        return Estimate(value, None, GWET, ONE_SUBJECT)
    pull = 2 * (1 - value) * (1 - (margin[:, None] + margin[None, :]) / 2) / (categories - 1)
    second = float((shares * (np.eye(categories) - pull) ** 2).sum())
    spread = second - (float(np.trace(shares)) - 2 * (1 - value) * chance) ** 2
    error = sqrt(max(spread, 0.0) / n) / (1 - chance)
    return Estimate(value, _reach(value, error * _student(n - 1, level)), GWET)


def compare_many_readers(counts: Sequence[Sequence[float]], level: float = LEVEL) -> ManyReaders:
    """Fleiss' kappa (statsmodels) from how many readers put each case (row) in each category (column)."""
    table = np.asarray(counts, dtype=float)
    find_normal_quantile(level)
    if table.size == 0:
        return ManyReaders(0, 0, level, Estimate(None, None, FLEISS, NO_READS), None)
    readers = table.sum(axis=1)
    if (table < 0).any() or not np.isfinite(table).all() or len(set(readers)) > 1 or readers[0] < 2:
        raise CountError("counts: every case needs the same number of reads, two or more, and no count below 0")
    shares = table.mean(axis=0) / readers[0]
    chance = float((shares**2).sum())
    subjects = len(table)
    if chance > 1 - 1e-12:
        return ManyReaders(subjects, int(readers[0]), level, Estimate(None, None, FLEISS, ONE_CATEGORY), None)
    value = float(fleiss_kappa(table, method="fleiss"))
    if subjects < 2:
        return ManyReaders(subjects, int(readers[0]), level, Estimate(value, None, FLEISS, ONE_SUBJECT), None)
    error = _fleiss_error(table, shares, chance, value)
    interval = _reach(value, error * _student(subjects - 1, level))
    return ManyReaders(subjects, int(readers[0]), level, Estimate(value, interval, FLEISS), error)


def _estimate_kappa(counts: Table, weights: Weights, reach: float) -> tuple[Estimate, float | None]:
    n = counts.sum()
    rows, columns = counts.sum(axis=1) / n, counts.sum(axis=0) / n
    if divide(1, 1 - float((rows * columns).sum())) is None or (rows.max() > 1 - 1e-12 and (rows == columns).all()):
        return Estimate(None, None, COHEN, ONE_CATEGORY), None
    with np.errstate(divide="ignore", invalid="ignore"):  # its test of kappa = 0, not used here, may divide by 0
        found = cohens_kappa(counts, wt=None if weights == "none" else weights, return_results=True)
    value, error = float(found.kappa), sqrt(max(float(found.var_kappa), 0.0))
    return Estimate(value, _reach(value, error * reach), COHEN, "" if error else NO_SPREAD), error


def _fleiss_error(table: Table, shares: Table, chance: float, value: float) -> float:
    subjects, readers = len(table), table[0].sum()
    agreeing = (table * (table - 1)).sum(axis=1) / (readers * (readers - 1))
    own = (agreeing - chance) / (1 - chance)
    own = own - 2 * (1 - value) * (table @ shares / readers - chance) / (1 - chance)
    return sqrt(float(((own - value) ** 2).sum()) / (subjects * (subjects - 1)))


def _reach(value: float, distance: float) -> Interval:
    return Interval(max(value - distance, -1.0), min(value + distance, 1.0))


def _student(freedom: int, level: float) -> float:
    return float(student.ppf(0.5 + level / 2, freedom))


def _read_square(table: Sequence[Sequence[float]]) -> Table:
    if len({len(row) for row in table} | {len(table)}) != 1:
        raise CountError("table: reader 1's categories and reader 2's must be the same, in the same order")
    counts = np.asarray(table, dtype=float)
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.floor(counts)).any():
        raise CountError("table: a count is a whole number, 0 or more")
    return counts
