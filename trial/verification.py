"""Patients without a reference diagnosis: accuracy corrected for them (Begg and Greenes), and how far it could be off.

The correction assumes that, given the test's result, who was verified has nothing to do with the disease. The bounds
assume nothing at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from trial.intervals import LEVEL, Estimate, Interval, check_counts, divide, find_normal_quantile

BEGG_GREENES = "Begg and Greenes 1983, variance of Zhou 1994, interval on the logit"
COMPLETE_CASE = "verified patients only"
NONE_VERIFIED = "nobody with this result was verified"
NO_TARGET = "no such patient is expected among those tested"
AT_THE_EDGE = "the estimate is 0 or 1: the interval on the logit is not defined"


@dataclass(frozen=True)
class Verified:
    """Of the patients with one test result: verified with and without the target, and not verified."""

    diseased: int
    healthy: int
    unverified: int

    @property
    def known(self) -> int:
        return self.diseased + self.healthy

    @property
    def total(self) -> int:
        return self.known + self.unverified


@dataclass(frozen=True)
class Bounds:
    """The lowest and highest value any truth about the unverified could give; None without a denominator."""

    low: float | None
    high: float | None
    says: str


@dataclass(frozen=True)
class PartialVerification:
    """Accuracy among all tested: corrected, of verified patients only, and the bounds."""

    positive: Verified
    negative: Verified
    level: float
    sensitivity: Estimate
    specificity: Estimate
    sensitivity_se: float | None
    specificity_se: float | None
    complete_case_sensitivity: float | None
    complete_case_specificity: float | None
    sensitivity_bounds: Bounds
    specificity_bounds: Bounds


def read_verified(counts: Mapping[str, float], name: str) -> Verified:
    """From {diseased, healthy, unverified}; raises CountError naming the count that cannot be."""
    keys = ("diseased", "healthy", "unverified")
    return Verified(*check_counts([counts[key] for key in keys], [f"{name} {key}" for key in keys]))


def estimate_begg_greenes(positive: Verified, negative: Verified, level: float = LEVEL) -> PartialVerification:
    """Sensitivity and specificity of everybody tested, verified or not."""
    find_normal_quantile(level)
    sensitivity, sensitivity_se = _estimate((positive, negative), True, level)
    specificity, specificity_se = _estimate((negative, positive), False, level)
    return PartialVerification(
        positive=positive,
        negative=negative,
        level=level,
        sensitivity=sensitivity,
        specificity=specificity,
        sensitivity_se=sensitivity_se,
        specificity_se=specificity_se,
        complete_case_sensitivity=divide(positive.diseased, positive.diseased + negative.diseased),
        complete_case_specificity=divide(negative.healthy, positive.healthy + negative.healthy),
        sensitivity_bounds=_bound(positive, negative, True),
        specificity_bounds=_bound(negative, positive, False),
    )


def compute_assuming(
    positive: Verified, negative: Verified, share_positive: float, share_negative: float
) -> tuple[float | None, float | None]:
    """Sensitivity and specificity if these shares of the unverified with each result had the target.

    Over all shares from 0 to 1 this is the region of Kosinski and Barnhart (2003) for verification that depends on disease.
    """
    hit = positive.diseased + share_positive * positive.unverified
    missed = negative.diseased + share_negative * negative.unverified
    alarm = positive.total - hit
    cleared = negative.total - missed
    return divide(hit, hit + missed), divide(cleared, cleared + alarm)


def _estimate(results: tuple[Verified, Verified], diseased: bool, level: float) -> tuple[Estimate, float | None]:
    """The share with the `first` result among those with (or without) the target, from both results' verified."""
    first, second = results
    rates = [_rate(result, diseased) for result in results]
    if rates[0] is None or rates[1] is None:
        return Estimate(None, None, BEGG_GREENES, NONE_VERIFIED), None
    parts = [result.total * rate for result, rate in zip(results, rates, strict=True) if rate is not None]
    value = divide(parts[0], sum(parts))
    if value is None:
        return Estimate(None, None, BEGG_GREENES, NO_TARGET), None
    error = sqrt(_variance((first, second), (rates[0], rates[1])))
    return _logit_estimate(value, error, level), error


def _rate(result: Verified, diseased: bool) -> float | None:
    """The share of this result's verified with (or without) the target; a result nobody had weighs nothing."""
    if result.total == 0:
        return 0.0
    return divide(result.diseased if diseased else result.healthy, result.known)


def _variance(results: tuple[Verified, Verified], rates: tuple[float, float]) -> float:
    """Zhou's variance, multiplied out so that no cell divides."""
    (first, second), (p, q) = results, rates
    total = first.total + second.total
    share = first.total / total
    other = 1 - share
    scale = share * other / (share * p + other * q) ** 2
    spread = p * p * q * q * divide(1, total * share * other) if share * other else 0.0  # type: ignore[operator]
    spread += p * q * q * (1 - p) / first.known if first.known else 0.0
    spread += q * p * p * (1 - q) / second.known if second.known else 0.0
    return max(scale * scale * spread, 0.0)


def _logit_estimate(value: float, error: float, level: float) -> Estimate:
    if value in (0, 1):
        return Estimate(value, None, BEGG_GREENES, AT_THE_EDGE)
    reach = find_normal_quantile(level) * error / (value * (1 - value))
    middle = log(value / (1 - value))
    ends = [1 / (1 + exp(-(middle + step))) for step in (-reach, reach)]
    return Estimate(value, Interval(*ends), BEGG_GREENES)


def _bound(first: Verified, second: Verified, diseased: bool) -> Bounds:
    """`first` is the result that is right for this class: all its unverified in the class is the best that can be."""
    right, wrong = (first.diseased, second.diseased) if diseased else (first.healthy, second.healthy)
    unknown = first.unverified + second.unverified
    says = f"{unknown} not verified: every truth about them gives a value in between"
    return Bounds(
        divide(right, right + wrong + second.unverified),
        divide(right + first.unverified, right + first.unverified + wrong),
        says,
    )
