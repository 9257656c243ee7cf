"""Two tests in the same patients, derived again by brute force: enumeration, numeric derivatives, the likelihood itself."""

from math import comb, log, sqrt

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import chi2, norm

from trial.paired import PairedTable, compare_accuracy, compare_mcnemar, estimate_newcombe10, estimate_tango
from trial.predictive_values import assess_predictive_scores, compare_predictive_values

DISEASED, HEALTHY = PairedTable(41, 9, 3, 7), PairedTable(5, 2, 8, 60)
TABLES = [PairedTable(4, 9, 3, 16), PairedTable(20, 0, 5, 6), PairedTable(1, 1, 7, 12), PairedTable(30, 2, 2, 0)]


def enumerate_p(b: int, c: int) -> tuple[float, float]:
    """Every way the discordant pairs could have fallen: the exact and the mid-p value by definition."""
    n = b + c
    chances = {k: comb(n, k) / 2**n for k in range(n + 1)}
    as_far = sum(chance for k, chance in chances.items() if abs(2 * k - n) >= abs(b - c))
    equally_far = sum(chance for k, chance in chances.items() if abs(2 * k - n) == abs(b - c))
    return as_far, as_far - equally_far / 2


@pytest.mark.parametrize(("b", "c"), [(1, 7), (0, 5), (3, 3), (12, 30), (1, 1), (0, 1)])
def test_exact_and_mid_p_are_what_enumeration_gives(b: int, c: int) -> None:
    found = compare_mcnemar(b, c)
    assert (found.p_exact, found.p_mid) == pytest.approx(enumerate_p(b, c))


def profile_score(table: PairedTable, delta: float) -> float:
    """The score statistic with the nuisance parameter found by maximising the likelihood numerically."""
    n, b, c = table.total, table.only_1, table.only_2
    rest = n - b - c

    def minus_likelihood(q: float) -> float:
        parts = ((b, q + delta), (c, q), (rest, 1 - 2 * q - delta))
        return -sum(count * log(max(share, 1e-300)) for count, share in parts if count)

    low, high = max(0.0, -delta), (1 - delta) / 2
    q = minimize_scalar(minus_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
    return (b - c - n * delta) / sqrt(n * (2 * q + delta * (1 - delta)))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_tango_limits_are_where_the_profile_score_reaches_the_quantile(table: PairedTable, level: float) -> None:
    found = estimate_tango(table, level)
    assert found.interval is not None
    reach = norm.ppf(0.5 + level / 2)
    assert profile_score(table, found.interval.low) == pytest.approx(reach, abs=1e-4)
    assert profile_score(table, found.interval.high) == pytest.approx(-reach, abs=1e-4)


def test_tango_without_discordant_pairs_is_the_closed_form() -> None:
    found = estimate_tango(PairedTable(30, 0, 0, 10))
    limit = norm.ppf(0.975) ** 2 / (40 + norm.ppf(0.975) ** 2)
    assert (found.low, found.high) == pytest.approx((-limit, limit))


def test_newcombe_without_correlation_is_two_wilson_intervals_joined() -> None:
    table = PairedTable(9, 9, 9, 9)
    found = estimate_newcombe10(table)
    z2 = norm.ppf(0.975) ** 2
    half = norm.ppf(0.975) * sqrt(0.25 / 36 + z2 / (4 * 36**2)) / (1 + z2 / 36)
    assert (found.low, found.high) == pytest.approx((-sqrt(2) * half, sqrt(2) * half))


def test_the_continuity_correction_only_widens_a_positively_correlated_interval() -> None:
    table = PairedTable(20, 4, 7, 15)
    plain, corrected = estimate_newcombe10(table), estimate_newcombe10(table, corrected=True)
    assert plain.interval and corrected.interval and corrected.interval.width > plain.interval.width


def test_specificity_counts_negative_results_and_differences_are_test_1_minus_test_2() -> None:
    found = compare_accuracy(DISEASED, HEALTHY)
    assert (found.sensitivity.test_1, found.sensitivity.test_2) == (50 / 60, 44 / 60)
    assert (found.specificity.test_1, found.specificity.test_2) == (68 / 75, 62 / 75)
    assert found.sensitivity.difference.value == pytest.approx(6 / 60)
    assert found.specificity.difference.value == pytest.approx(6 / 75)


def log_ratio(cells: np.ndarray, positive: bool) -> float:
    """ln of test 2's predictive value over test 1's, from the eight cells (diseased then healthy)."""
    d, h = (cells[:4], cells[4:]) if positive else (cells[4:][::-1], cells[:4][::-1])
    value_1 = (d[0] + d[1]) / (d[0] + d[1] + h[0] + h[1])
    value_2 = (d[0] + d[2]) / (d[0] + d[2] + h[0] + h[2])
    return log(value_2 / value_1)


@pytest.mark.parametrize("positive", [True, False])
def test_the_variance_of_the_relative_predictive_value_is_the_numeric_delta_method(positive: bool) -> None:
    cells = np.array([41, 9, 3, 7, 5, 2, 8, 60], dtype=float)
    steps = np.eye(8) * 1e-4
    slope = np.array([(log_ratio(cells + s, positive) - log_ratio(cells - s, positive)) / 2e-4 for s in steps])
    spread = sqrt((cells * slope**2).sum() - (cells * slope).sum() ** 2 / cells.sum())
    found = compare_predictive_values(DISEASED, HEALTHY)
    side = found.ppv if positive else found.npv
    assert side.ratio.interval is not None and side.ratio.value is not None
    assert log(side.ratio.value) == pytest.approx(log_ratio(cells, positive))
    width = log(side.ratio.interval.high / side.ratio.interval.low)
    assert width == pytest.approx(2 * norm.ppf(0.975) * spread, rel=1e-5)


def test_the_generalised_score_counts_shared_patients_once() -> None:
    """Kosinski's variance from the patients one by one: residuals of a pooled value, weighted by each test's positives."""
    rows = []
    for truth, table in ((1, DISEASED), (0, HEALTHY)):
        for count, calls in zip(
            (table.both, table.only_1, table.only_2, table.neither), ((1, 1), (1, 0), (0, 1), (0, 0)), strict=True
        ):
            rows += [(truth, *calls)] * count
    truth, one, two = np.array(rows, dtype=float).T
    pooled = (truth @ (one + two)) / (one + two).sum()
    shared = ((one * two) * (truth - pooled) ** 2).sum() / (one + two).sum()
    variance = (pooled * (1 - pooled) - 2 * shared) * (1 / one.sum() + 1 / two.sum())
    value = ((truth @ two) / two.sum() - (truth @ one) / one.sum()) ** 2 / variance
    found = assess_predictive_scores(DISEASED, HEALTHY).ppv
    assert (found.chi2, found.p) == (pytest.approx(value), pytest.approx(chi2.sf(value, 1)))


def test_identical_tests_have_a_ratio_of_one_and_say_that_they_never_differ() -> None:
    same = PairedTable(40, 0, 0, 10)
    found = compare_predictive_values(same, PairedTable(5, 0, 0, 50)).ppv
    assert (found.ratio.value, found.ratio.low, found.ratio.high, found.p) == (1, 1, 1, 1)
    assert "same patients" in found.ratio.says
