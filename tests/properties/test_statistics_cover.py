"""Ten thousand draws: the intervals hold the truth about as often as they say. The bounds allow for the draw's own error."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from trial.accuracy import compute_accuracy
from trial.clustered import estimate_clustered_proportion
from trial.intervals import Interval, estimate_proportion
from trial.paired import PairedTable, estimate_newcombe10, estimate_tango
from trial.predictive_values import compare_predictive_values
from trial.roc import estimate_auc
from trial.verification import Verified, estimate_begg_greenes

DRAWS = 10_000
Draw = tuple[int, ...]


def cover(draws: np.ndarray, truth: float, interval: Callable[[Draw], Interval | None]) -> float:
    """The share of draws whose interval holds the truth; a table drawn twice is computed once."""
    times = Counter(tuple(int(cell) for cell in draw) for draw in draws)
    found = {draw: interval(draw) for draw in times}
    held = sum(count for draw, count in times.items() if (one := found[draw]) and one.low <= truth <= one.high)
    return held / len(draws)


@pytest.mark.parametrize(("n", "share"), [(12, 0.9), (40, 0.9), (40, 0.5), (160, 0.95)])
def test_wilson_covers_and_the_exact_interval_never_less_than_it_says(n: int, share: float) -> None:
    draws = np.random.default_rng(1).binomial(n, share, (DRAWS, 1))
    wilson = cover(draws, share, lambda draw: estimate_proportion(draw[0], n).wilson)
    exact = cover(draws, share, lambda draw: estimate_proportion(draw[0], n).exact)
    assert 0.925 < wilson < 0.985
    assert exact > 0.95 - 3 * np.sqrt(0.05 * 0.95 / DRAWS)


@pytest.mark.parametrize("shares", [(0.6, 0.2, 0.1, 0.1), (0.3, 0.3, 0.2, 0.2), (0.85, 0.06, 0.02, 0.07)])
def test_tango_and_newcombe_cover_the_paired_difference(shares: tuple[float, ...]) -> None:
    draws = np.random.default_rng(2).multinomial(40, shares, DRAWS)
    truth = shares[1] - shares[2]
    assert 0.93 < cover(draws, truth, lambda draw: estimate_tango(PairedTable(*draw)).interval) < 0.985
    assert 0.93 < cover(draws, truth, lambda draw: estimate_newcombe10(PairedTable(*draw)).interval) < 0.985


def test_likelihood_ratios_and_the_odds_ratio_cover() -> None:
    rng = np.random.default_rng(3)
    tp, fp = rng.binomial(60, 0.85, DRAWS), rng.binomial(60, 0.2, DRAWS)
    draws = np.stack([tp, fp, 60 - tp, 60 - fp], axis=1)
    truths = {"lr_positive": 0.85 / 0.2, "lr_negative": 0.15 / 0.8, "diagnostic_odds_ratio": 0.85 * 0.8 / (0.15 * 0.2)}
    for name, truth in truths.items():
        held = cover(draws, truth, lambda draw, name=name: compute_accuracy(*draw).ratios[name].interval)  # type: ignore[misc]
        assert 0.935 < held < 0.975, name


def test_the_relative_predictive_value_covers() -> None:
    shares = np.array([0.30, 0.06, 0.04, 0.05, 0.05, 0.05, 0.10, 0.35])
    draws = np.random.default_rng(4).multinomial(160, shares, DRAWS)
    truth = (0.34 / 0.49) / (0.36 / 0.46)

    def interval(draw: Draw) -> Interval | None:
        return compare_predictive_values(PairedTable(*draw[:4]), PairedTable(*draw[4:])).ppv.ratio.interval

    assert 0.935 < cover(draws, truth, interval) < 0.965


def test_begg_greenes_covers_what_the_verified_alone_miss() -> None:
    """Positive scans are verified nine times in ten, negative ones four in ten; the sensitivity of all is 0.8."""
    sensitivity, specificity, prevalence = 0.8, 0.75, 0.5
    cells = []
    for yes, no, checked in (
        (sensitivity, 1 - specificity, 0.9),
        (1 - sensitivity, specificity, 0.4),
    ):
        cells += [prevalence * yes * checked, (1 - prevalence) * no * checked]
        cells.append((prevalence * yes + (1 - prevalence) * no) * (1 - checked))
    draws = np.random.default_rng(5).multinomial(300, cells, DRAWS)

    def interval(draw: Draw) -> Interval | None:
        return estimate_begg_greenes(Verified(*draw[:3]), Verified(*draw[3:])).sensitivity.interval

    assert 0.935 < cover(draws, sensitivity, interval) < 0.965
    only_verified = draws[:, 0] / (draws[:, 0] + draws[:, 3])
    assert only_verified.mean() > sensitivity + 0.08


def test_delong_covers_the_area() -> None:
    rng = np.random.default_rng(6)
    truth = float(norm.cdf(1 / np.sqrt(2)))
    labels = [1] * 50 + [0] * 70
    held = 0
    for _ in range(DRAWS):
        area = estimate_auc(labels, rng.normal(labels, 1).tolist()).area
        held += area.low is not None and area.high is not None and area.low <= truth <= area.high
    assert 0.93 < held / DRAWS < 0.965


def test_lesions_are_covered_when_patients_are_the_unit_and_not_when_they_are_ignored() -> None:
    rng = np.random.default_rng(7)
    draws = 3000
    by_patient = by_lesion = 0
    for _ in range(draws):
        shares, sizes = rng.beta(1.6, 0.4, 60), rng.integers(1, 6, 60)
        clusters = [(rng.random(size) < share).astype(int).tolist() for share, size in zip(shares, sizes, strict=True)]
        found = estimate_clustered_proportion(clusters)
        plain = estimate_proportion(found.x, found.n).wilson
        assert found.estimate.low is not None and found.estimate.high is not None and plain is not None
        by_patient += found.estimate.low <= 0.8 <= found.estimate.high
        by_lesion += plain.low <= 0.8 <= plain.high
    assert 0.925 < by_patient / draws < 0.97
    assert by_lesion / draws < 0.88
