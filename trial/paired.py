"""Two tests in the same patients: McNemar, Tango's and Newcombe's intervals, sensitivity and specificity side by side.

A paired table is [both positive, test 1 only, test 2 only, neither]. Differences are test 1 minus test 2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt

from scipy.optimize import brentq
from scipy.stats import binom
from statsmodels.stats.contingency_tables import mcnemar

from trial.intervals import LEVEL, Estimate, Interval, check_counts, compute_wilson, divide, find_normal_quantile

CELLS = ("both positive", "test 1 only", "test 2 only", "neither")
NOBODY = "nobody had both tests"
TANGO = "Tango 1998 score interval"
NEWCOMBE = "Newcombe 1998, method 10"


@dataclass(frozen=True)
class PairedTable:
    """How many were found by both tests, by one only, by neither."""

    both: int
    only_1: int
    only_2: int
    neither: int

    @property
    def total(self) -> int:
        return self.both + self.only_1 + self.only_2 + self.neither

    @property
    def positive_1(self) -> int:
        return self.both + self.only_1

    @property
    def positive_2(self) -> int:
        return self.both + self.only_2

    def swapped(self) -> "PairedTable":
        """The same patients with the two tests' names exchanged."""
        return PairedTable(self.both, self.only_2, self.only_1, self.neither)

    def inverted(self) -> "PairedTable":
        """The same patients counted by negative results."""
        return PairedTable(self.neither, self.only_2, self.only_1, self.both)


@dataclass(frozen=True)
class McNemar:
    """b and c are the discordant pairs. Without any, the chi-squares have no denominator and both p are 1."""

    b: int
    c: int
    chi2: float | None
    chi2_corrected: float | None
    p_exact: float
    p_mid: float
    says: str = ""


@dataclass(frozen=True)
class PairedDifference:
    """One proportion measured by two tests in the same `n` patients."""

    n: int
    test_1: float | None
    test_2: float | None
    difference: Estimate
    newcombe: Estimate
    mcnemar: McNemar


@dataclass(frozen=True)
class PairedAccuracy:
    """Sensitivity among the diseased and specificity among the healthy, never pooled."""

    diseased: PairedTable
    healthy: PairedTable
    level: float
    sensitivity: PairedDifference
    specificity: PairedDifference


def read_paired_table(cells: Sequence[float]) -> PairedTable:
    """From [both, test 1 only, test 2 only, neither]; raises CountError for a cell that cannot be."""
    return PairedTable(*check_counts(cells, CELLS))


def compare_mcnemar(b: int, c: int) -> McNemar:
    """Chi-square with and without continuity correction, exact binomial p (statsmodels) and Fagerland's mid-p (2013)."""
    b, c = check_counts((b, c), ("b", "c"))
    if b + c == 0:
        return McNemar(b, c, None, None, 1.0, 1.0, "the tests never disagree: p is 1")
    exact = float(mcnemar([[0, b], [c, 0]], exact=True).pvalue)
    observed = float(binom.pmf(min(b, c), b + c, 0.5))
    return McNemar(
        b=b,
        c=c,
        chi2=(b - c) ** 2 / (b + c),
        chi2_corrected=max(abs(b - c) - 1, 0) ** 2 / (b + c),
        p_exact=min(exact, 1.0),
        p_mid=1 - observed / 2 if b == c else min(exact, 1.0) - observed,
    )


def estimate_tango(table: PairedTable, level: float = LEVEL) -> Estimate:
    """Difference of paired proportions, test 1 minus test 2, with Tango's score interval."""
    n = table.total
    reach = find_normal_quantile(level)
    if n == 0:
        return Estimate(None, None, TANGO, NOBODY)
    difference = (table.only_1 - table.only_2) / n
    below = _find_crossing(lambda delta: _score(table, delta) - reach, -1.0, difference)
    above = _find_crossing(lambda delta: _score(table, delta) + reach, 1.0, difference)
    return Estimate(difference, Interval(below, above), TANGO)


def estimate_newcombe10(table: PairedTable, level: float = LEVEL, corrected: bool = False) -> Estimate:
    """The same difference from two Wilson intervals and their correlation; `corrected`: phi with continuity correction."""
    n = table.total
    find_normal_quantile(level)
    method = f"{NEWCOMBE}{', phi corrected' if corrected else ''}"
    if n == 0:
        return Estimate(None, None, method, NOBODY)
    p1, p2 = table.positive_1 / n, table.positive_2 / n
    w1, w2 = (compute_wilson(x, n, level) for x in (table.positive_1, table.positive_2))
    phi = _compute_phi(table, corrected)
    low = _join(p1 - w1.low, w2.high - p2, phi)
    high = _join(w1.high - p1, p2 - w2.low, phi)
    difference = (table.only_1 - table.only_2) / n
    return Estimate(difference, Interval(max(difference - low, -1.0), min(difference + high, 1.0)), method)


def compare_paired(table: PairedTable, level: float = LEVEL) -> PairedDifference:
    """The share found by test 1 and by test 2, their difference and McNemar's test."""
    return PairedDifference(
        n=table.total,
        test_1=divide(table.positive_1, table.total),
        test_2=divide(table.positive_2, table.total),
        difference=estimate_tango(table, level),
        newcombe=estimate_newcombe10(table, level),
        mcnemar=compare_mcnemar(table.only_1, table.only_2),
    )


def compare_accuracy(diseased: PairedTable, healthy: PairedTable, level: float = LEVEL) -> PairedAccuracy:
    """Sensitivity and specificity of two tests in the same patients. Both tables count positive results."""
    return PairedAccuracy(
        diseased=diseased,
        healthy=healthy,
        level=level,
        sensitivity=compare_paired(diseased, level),
        specificity=compare_paired(healthy.inverted(), level),
    )


def _score(table: PairedTable, delta: float) -> float:
    """Tango's statistic for a true difference of delta: falls from +inf to -inf as delta rises from -1 to 1."""
    n, b, c = table.total, table.only_1, table.only_2
    top = b - c - n * delta
    second = (2 * n - b + c) * delta - b - c
    third = -c * delta * (1 - delta)
    root = sqrt(max(second * second - 8 * n * third, 0.0))
    share = -2 * third / (second + root) if second > 0 else (root - second) / (4 * n)
    variance = n * (2 * share + delta * (1 - delta))
    if variance <= 0:
        return inf if top > 0 else -inf if top < 0 else 0.0
    return top / sqrt(variance)


def _find_crossing(distance: Callable[[float], float], end: float, estimate: float) -> float:
    """Where the statistic crosses the limit between the estimate and the end of the scale; the end when it never does."""
    if estimate == end or distance(end) * distance(estimate) >= 0:
        return end
    bounded: Callable[[float], float] = lambda delta: max(min(distance(delta), 1e6), -1e6)  # noqa: E731
    return float(brentq(bounded, end, estimate, xtol=1e-13, rtol=1e-13))


def _compute_phi(table: PairedTable, corrected: bool) -> float:
    product = table.both * table.neither - table.only_1 * table.only_2
    n = table.total
    margins = table.positive_1 * (n - table.positive_1) * table.positive_2 * (n - table.positive_2)
    if margins == 0:
        return 0.0
    if corrected and product > 0:
        return max(product - n / 2, 0.0) / sqrt(margins)
    return product / sqrt(margins)


def _join(one: float, other: float, phi: float) -> float:
    return sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))
