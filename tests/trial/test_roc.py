"""ROC, derived again pair by pair."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score, roc_curve

from trial.intervals import CountError
from trial.roc import compare_auc, compute_auc_power, compute_roc, estimate_auc

DRAW = np.random.default_rng(11)
LABELS = [1] * 23 + [0] * 31
SCORES = [np.round(DRAW.normal(0.8 * label, 1), 1) for label in LABELS]
OTHERS = [np.round(score * 0.5 + DRAW.normal(0.3 * label, 1), 1) for label, score in zip(LABELS, SCORES, strict=True)]


def place(scores: list[float]) -> np.ndarray:
    """Every case against every control: 1, a half for a tie, 0."""
    values, truth = np.array(scores), np.array(LABELS) == 1
    cases, controls = values[truth][:, None], values[~truth][None, :]
    return (cases > controls) + 0.5 * (cases == controls)


def covariance(one: np.ndarray, other: np.ndarray) -> float:
    rows = np.cov(one.mean(axis=1), other.mean(axis=1))[0, 1] / len(one)
    return float(rows + np.cov(one.mean(axis=0), other.mean(axis=0))[0, 1] / one.shape[1])


def test_area_and_variance_are_those_of_all_pairs() -> None:
    pairs = place(SCORES)
    found = estimate_auc(LABELS, SCORES)
    assert found.area.value == pytest.approx(pairs.mean()) == pytest.approx(roc_auc_score(LABELS, SCORES))
    assert found.variance == pytest.approx(covariance(pairs, pairs))


def test_the_difference_uses_the_covariance_of_all_pairs() -> None:
    a, b = place(SCORES), place(OTHERS)
    spread = np.sqrt(covariance(a, a) + covariance(b, b) - 2 * covariance(a, b))
    found = compare_auc(LABELS, SCORES, OTHERS)
    assert found.difference.value == pytest.approx(a.mean() - b.mean())
    assert found.z == pytest.approx((a.mean() - b.mean()) / spread)
    assert found.p == pytest.approx(2 * norm.sf(abs(found.z or 0)))


def test_the_direction_is_never_picked_from_the_data() -> None:
    upside_down = [-score for score in SCORES]
    found = estimate_auc(LABELS, upside_down)
    assert found.area.value == pytest.approx(1 - (estimate_auc(LABELS, SCORES).area.value or 0))
    assert found.area.value < 0.5


def test_every_point_of_the_curve_is_scikit_learns() -> None:
    rates, hits, cuts = roc_curve(LABELS, SCORES, drop_intermediate=False)
    found = compute_roc(LABELS, SCORES)
    assert found is not None
    assert np.allclose(found.false_positive_rate, rates) and np.allclose(found.sensitivity, hits)
    assert np.allclose(found.thresholds[1:], cuts[1:]) and found.thresholds[0] > max(SCORES)


def test_classes_wholly_apart_say_that_the_interval_cannot_be_believed() -> None:
    found = estimate_auc([1, 1, 0, 0], [4, 3, 2, 1])
    assert (found.area.value, found.area.low, found.area.high) == (1, 1, 1)
    assert "not known that well" in found.area.says


def test_a_missing_class_has_no_area_and_says_so() -> None:
    found = estimate_auc([1, 1], [4, 3])
    assert found.area.value is None and "with and without the target" in found.area.says
    assert compute_roc([0, 0], [1, 2]) is None


def test_one_patient_of_a_class_has_an_area_without_interval() -> None:
    found = estimate_auc([1, 0, 0], [2, 1, 3])
    assert (found.area.value, found.area.interval, found.variance) == (0.5, None, None)


def test_a_score_that_is_no_number_is_named() -> None:
    with pytest.raises(CountError, match=r"scores\[1\]: a score is a finite number"):
        estimate_auc([1, 0], [1.0, float("nan")])


def test_power_rises_with_the_area_and_with_patients() -> None:
    assert (compute_auc_power(0.7, 20, 40) or 0) < (compute_auc_power(0.8, 20, 40) or 0)
    assert (compute_auc_power(0.7, 20, 40) or 0) < (compute_auc_power(0.7, 40, 80) or 0)
    assert compute_auc_power(0.7, 0, 40) is None
