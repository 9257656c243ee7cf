"""Predictive values of two tests in the same patients: their ratio (Moskowitz and Pepe) and a test (Kosinski)."""

from dataclasses import dataclass
from math import erfc, exp, log, sqrt

from trial.intervals import LEVEL, Estimate, Interval, divide, find_normal_quantile
from trial.paired import PairedTable

RATIO_METHOD = "Moskowitz and Pepe 2006, test 2 / test 1"
SCORE_METHOD = "Kosinski 2013, weighted generalised score"
NO_POSITIVE = "a test has no such result in anyone"
NO_SPREAD = "the two tests give this result in the same patients"
ROUNDING = 1e-14  # a variance below is the computer's: the two tests give this result in the same patients
ZERO = "one of the two predictive values is 0: the logarithm of the ratio is not defined"


@dataclass(frozen=True)
class RelativeValue:
    """A predictive value of each test, their ratio (test 2 / test 1) and the p of no difference."""

    test_1: float | None
    test_2: float | None
    ratio: Estimate
    p: float | None


@dataclass(frozen=True)
class RelativePredictiveValues:
    """Relative positive and negative predictive value."""

    ppv: RelativeValue
    npv: RelativeValue


@dataclass(frozen=True)
class ScoreTest:
    """A chi-square with one degree of freedom; None when the two tests never differ or one has no such result."""

    chi2: float | None
    p: float | None
    method: str = SCORE_METHOD
    says: str = ""


@dataclass(frozen=True)
class PredictiveScores:
    """The weighted generalised score test of both predictive values."""

    ppv: ScoreTest
    npv: ScoreTest


def compare_predictive_values(
    diseased: PairedTable, healthy: PairedTable, level: float = LEVEL
) -> RelativePredictiveValues:
    """Ratio of predictive values with its log interval. Both tables count positive results."""
    return RelativePredictiveValues(
        ppv=_compare_value(diseased, healthy, level),
        npv=_compare_value(healthy.inverted(), diseased.inverted(), level),
    )


def assess_predictive_scores(diseased: PairedTable, healthy: PairedTable) -> PredictiveScores:
    """Kosinski's test that both tests have the same predictive value. Both tables count positive results."""
    return PredictiveScores(
        ppv=_score(diseased, healthy),
        npv=_score(healthy.inverted(), diseased.inverted()),
    )


def _compare_value(right: PairedTable, wrong: PairedTable, level: float) -> RelativeValue:
    """`right`: results of this kind that are true, by test; `wrong`: those that are false."""
    value_1, value_2 = _values(right, wrong)
    if value_1 is None or value_2 is None:
        return RelativeValue(value_1, value_2, Estimate(None, None, RATIO_METHOD, NO_POSITIVE), None)
    if not value_1 or not value_2:
        return RelativeValue(value_1, value_2, Estimate(divide(value_2, value_1), None, RATIO_METHOD, ZERO), None)
    ratio = value_2 / value_1
    variance = _variance(right, wrong, value_1, value_2)
    spread = sqrt(variance) if variance > ROUNDING else 0.0
    reach = find_normal_quantile(level) * spread
    interval = Interval(exp(log(ratio) - reach), exp(log(ratio) + reach))
    says = "" if spread else NO_SPREAD
    return RelativeValue(value_1, value_2, Estimate(ratio, interval, RATIO_METHOD, says), _p(log(ratio), spread))


def _variance(right: PairedTable, wrong: PairedTable, value_1: float, value_2: float) -> float:
    """Of the log ratio (delta method on the eight multinomial cells), in counts."""
    first, second = right.positive_1, right.positive_2
    each = (1 - value_1) / first + (1 - value_2) / second
    shared = right.both * (1 - value_1 - value_2) + (right.both + wrong.both) * value_1 * value_2
    return each - 2 * shared / (first * second)


def _score(right: PairedTable, wrong: PairedTable) -> ScoreTest:
    n_1, n_2 = (right.positive_1 + wrong.positive_1, right.positive_2 + wrong.positive_2)
    value_1, value_2 = _values(right, wrong)
    if value_1 is None or value_2 is None:
        return ScoreTest(None, None, says=NO_POSITIVE)
    pooled = (right.positive_1 + right.positive_2) / (n_1 + n_2)
    shared = (right.both * (1 - pooled) ** 2 + wrong.both * pooled**2) / (n_1 + n_2)
    variance = (pooled * (1 - pooled) - 2 * shared) * (1 / n_1 + 1 / n_2)
    if variance <= 1e-15:
        return ScoreTest(None, 1.0 if value_1 == value_2 else None, says=NO_SPREAD)
    chi2 = (value_2 - value_1) ** 2 / variance
    return ScoreTest(chi2, _p(sqrt(chi2), 1.0))


def _values(right: PairedTable, wrong: PairedTable) -> tuple[float | None, float | None]:
    return (
        divide(right.positive_1, right.positive_1 + wrong.positive_1),
        divide(right.positive_2, right.positive_2 + wrong.positive_2),
    )


def _p(distance: float, spread: float) -> float | None:
    if not spread:
        return 1.0 if abs(distance) < 1e-12 else None
    return erfc(abs(distance) / spread / sqrt(2))
