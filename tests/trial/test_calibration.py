"""Calibration: exact on small tables, near 1 where probabilities are true, below where they are too sure."""

import numpy as np
import pytest

from trial.calibration import assess_calibration, compare_scores, compute_reliability


def draw_true(patients: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet([1.0, 1.0, 1.0], patients)
    truth = (shares.cumsum(axis=1) < generator.random((patients, 1))).sum(axis=1)
    return shares, truth.astype(np.int64)


def test_brier_by_hand() -> None:
    found = assess_calibration(np.array([[0.8, 0.2], [0.4, 0.6]]), np.array([0, 0]), bins=1, draws=10, seed=1)
    assert found.brier.value == pytest.approx((0.08 + 0.72) / 2)
    assert (found.patients, found.right) == (2, 1)


def test_true_probabilities_have_a_slope_near_one_within_its_interval() -> None:
    shares, truth = draw_true(3000)
    slope = assess_calibration(shares, truth, bins=5, draws=100, seed=1).slope
    assert slope.low < 1 < slope.high
    assert slope.value == pytest.approx(1, abs=0.1)


def test_too_sure_probabilities_show_in_slope_brier_and_reliability() -> None:
    shares, truth = draw_true(2000)
    sure = shares**3 / (shares**3).sum(axis=1, keepdims=True)
    found = assess_calibration(sure, truth, bins=5, draws=100, seed=1)
    assert found.slope.value == pytest.approx(1 / 3, abs=0.05)
    assert found.bins[-1].said > found.bins[-1].high
    assert compare_scores(shares, sure, truth, draws=200, seed=1).high < 0


def test_reliability_counts_everyone_once_also_with_fewer_patients_than_groups() -> None:
    said, right = np.array([0.9, 0.6, 0.7]), np.array([True, False, True])
    bins = compute_reliability(said, right, 5)
    assert [group.patients for group in bins] == [1, 1, 1]
    assert sum(group.right for group in bins) == 2
    assert all(0 <= group.low <= group.share_right <= group.high <= 1 for group in bins)


def test_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one patient"):
        assess_calibration(np.empty((0, 3)), np.empty(0, dtype=np.int64), bins=5, draws=10, seed=1)
