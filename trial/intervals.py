"""Estimates with their intervals: a proportion of n by Wilson and by Clopper and Pearson, and what they are made of.

A quantity without a denominator is None and says why; nothing here is ever infinite or not a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtri
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95


class CountError(ValueError):
    """Counts that cannot be: the sentence says which and what would be right."""


@dataclass(frozen=True)
class Interval:
    """Both ends included."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def negated(self) -> "Interval":
        return Interval(-self.high, -self.low)


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; `says` tells why one of them is missing, or how a zero was dealt with."""

    value: float | None
    interval: Interval | None = None
    method: str = ""
    says: str = ""

    @property
    def low(self) -> float | None:
        return self.interval.low if self.interval else None

    @property
    def high(self) -> float | None:
        return self.interval.high if self.interval else None


@dataclass(frozen=True)
class Proportion:
    """`x` of `n` with both intervals, all None when n is 0."""

    x: int
    n: int
    level: float
    estimate: float | None
    wilson: Interval | None
    exact: Interval | None
    says: str = ""


def divide(top: float, bottom: float) -> float | None:
    """The ratio, or None when there is no denominator."""
    return float(top / bottom) if bottom else None


def find_normal_quantile(level: float) -> float:
    """How many standard errors a two-sided interval of this level reaches to each side."""
    if not 0 < level < 1:
        raise CountError(f"level {level:g}: a level lies between 0 and 1, such as 0.95")
    return float(ndtri(0.5 + level / 2))


def check_counts(counts: Sequence[float], names: Sequence[str]) -> tuple[int, ...]:
    """The counts as whole numbers; raises CountError naming the first that is negative, missing or broken."""
    if len(counts) != len(names):
        raise CountError(f"{len(counts)} counts where {len(names)} are needed: {', '.join(names)}")
    for name, count in zip(names, counts, strict=True):
        if isinstance(count, bool) or not isinstance(count, int | float) or count < 0 or count != int(count):
            raise CountError(f"{name} = {count}: a count is a whole number, 0 or more")
    return tuple(int(count) for count in counts)


def estimate_proportion(x: int, n: int, level: float = LEVEL) -> Proportion:
    """x of n with the Wilson score and the Clopper-Pearson interval (statsmodels); finite for 0 of n and n of n."""
    x, n = check_counts((x, n), ("x", "n"))
    if x > n:
        raise CountError(f"x = {x} is more than n = {n}")
    find_normal_quantile(level)
    if n == 0:
        return Proportion(x, n, level, None, None, None, "there is nobody to count")
    wilson = compute_wilson(x, n, level)
    low, high = proportion_confint(x, n, alpha=1 - level, method="beta")
    exact = Interval(0.0 if x == 0 else float(low), 1.0 if x == n else float(high))
    return Proportion(x, n, level, x / n, wilson, exact)


def compute_wilson(x: float, n: float, level: float = LEVEL) -> Interval:
    """Wilson score interval; x and n may be fractions of patients, as an effective sample size is. n must be above 0."""
    low, high = proportion_confint(x, n, alpha=1 - level, method="wilson")
    return Interval(0.0 if x <= 0 else float(low), 1.0 if x >= n else float(high))
