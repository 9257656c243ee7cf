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


def test_on_the_logit_the_interval_stays_inside_and_is_symmetric_there() -> None:
    found = estimate_auc(LABELS, SCORES)
    assert found.on_logit is not None and found.variance is not None and found.area.value is not None
    area, ends = found.area.value, np.array([found.on_logit.low, found.area.value, found.on_logit.high])
    odds = np.log(ends / (1 - ends))
    reach = norm.ppf(0.975) * np.sqrt(found.variance) / (area * (1 - area))
    assert np.diff(odds) == pytest.approx([reach, reach])


@pytest.mark.parametrize(("labels", "scores"), [([1, 1, 0, 0], [4, 3, 2, 1]), ([1, 0, 0], [2, 1, 3]), ([1, 1], [1, 2])])
def test_on_the_logit_nothing_is_told_where_there_is_no_variance(labels: list[int], scores: list[float]) -> None:
    assert estimate_auc(labels, scores).on_logit is None


def test_on_the_logit_an_area_next_to_one_has_finite_ends() -> None:
    found = estimate_auc([1, 1, *[0] * 20000], [20001, 19998.5, *range(20000)]).on_logit
    assert found is not None and 0 <= found.low < found.high <= 1


def test_near_one_the_logit_covers_where_the_symmetric_interval_does_not() -> None:
    rng = np.random.default_rng(4)
    labels, truth = np.repeat([1, 0], [15, 40]), 0.95
    shift, held, draws = norm.ppf(truth) * np.sqrt(2), np.zeros(2), 1000
    for _ in range(draws):
        found = estimate_auc(labels, rng.normal(shift * labels, 1))
        for number, one in enumerate((found.on_logit, found.area.interval)):
            held[number] += one is not None and one.low <= truth <= one.high
    assert 0.92 < held[0] / draws < 0.97
    assert held[1] / draws < 0.88
