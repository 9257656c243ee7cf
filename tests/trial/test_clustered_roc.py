"""ROC over lesions with the patient as the unit: the published method, its limits and its coverage."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from trial.clustered_roc import TOO_FEW_PATIENTS, compare_clustered_auc, estimate_clustered_auc
from trial.intervals import CountError
from trial.roc import compare_auc, estimate_auc

DRAW = np.random.default_rng(21)
LABELS = [1] * 17 + [0] * 24
A = np.round(DRAW.normal(LABELS, 1), 1).tolist()
B = np.round(DRAW.normal(np.array(LABELS) * 0.5, 1), 1).tolist()
ALONE = list(range(41))


def test_one_lesion_in_every_patient_is_delong() -> None:
    found, plain = compare_clustered_auc(LABELS, A, B, ALONE), compare_auc(LABELS, A, B)
    assert found.a.auc.variance == pytest.approx(plain.a.variance)
    assert (found.difference.low, found.difference.high) == pytest.approx((plain.difference.low, plain.difference.high))
    assert (found.z, found.p) == pytest.approx((plain.z, plain.p))
    assert found.a.design_effect == found.b.design_effect == found.design_effect == pytest.approx(1)
    single = estimate_clustered_auc(LABELS, A, ALONE)
    assert (single.auc.area.low, single.patients) == (pytest.approx(estimate_auc(LABELS, A).area.low), 41)


def test_variances_and_difference_are_those_of_the_authors_program_in_r() -> None:
    """24 patients with 1 to 4 lesions drawn at random; expected values from the Cleveland Clinic's R functions."""
    case = json.loads(Path(__file__).with_name("clustered_roc_r.json").read_text(encoding="utf-8"))
    found = compare_clustered_auc(case["labels"], case["scores_a"], case["scores_b"], case["clusters"])
    assert (found.a.auc.area.value, found.b.auc.area.value) == pytest.approx((case["auc_a"], case["auc_b"]), abs=1e-12)
    assert (found.a.auc.variance, found.b.auc.variance) == pytest.approx((case["var_a"], case["var_b"]), abs=1e-12)
    assert found.p == pytest.approx(case["p"], abs=1e-10)
    assert found.difference.interval is not None
    reach = norm.ppf(0.975) * np.sqrt(case["var_diff"])
    assert found.difference.interval.width == pytest.approx(2 * reach, abs=1e-10)


def test_the_variance_is_the_sum_over_patients_written_out() -> None:
    labels, scores, owners = [1, 1, 0, 0, 1, 0, 0], [5, 3, 3, 1, 4, 2, 4], ["p", "p", "p", "q", "q", "r", "r"]
    wins = np.array([[(c > h) + 0.5 * (c == h) for h in (3, 1, 2, 4)] for c in (5, 3, 4)])
    area = wins.mean()
    of_cases, of_controls = wins.mean(axis=1), wins.mean(axis=0)
    x = np.array([of_cases[0] + of_cases[1] - 2 * area, of_cases[2] - area, 0])
    y = np.array([of_controls[0] - area, of_controls[1] - area, of_controls[2] + of_controls[3] - 2 * area])
    by_hand = (2 / 1 * x @ x / 3) / 3 + (3 / 2 * y @ y / 4) / 4 + 2 * (3 / 2 * x @ y) / 12
    found = estimate_clustered_auc(labels, scores, owners)
    assert (found.auc.area.value, found.auc.variance) == (pytest.approx(area), pytest.approx(by_hand))


def test_copies_of_a_patients_lesion_add_nothing_but_a_design_effect() -> None:
    once = estimate_clustered_auc(LABELS, A, ALONE)
    thrice = estimate_clustered_auc(LABELS * 3, A * 3, ALONE * 3)
    assert thrice.auc.variance == pytest.approx(once.auc.variance)
    assert thrice.patients == 41
    assert thrice.design_effect is not None and thrice.design_effect > 2.9


def test_the_order_of_lesions_and_the_names_of_patients_change_nothing() -> None:
    owners = [n // 2 for n in range(41)]
    order = np.random.default_rng(3).permutation(41)
    found = compare_clustered_auc(LABELS, A, B, owners)
    moved = compare_clustered_auc(
        *[[column[i] for i in order] for column in (LABELS, A, B)], [f"P{owners[i]}" for i in order]
    )
    assert (moved.difference.low, moved.p) == pytest.approx((found.difference.low, found.p))


@pytest.mark.parametrize("owners", [["a"] * 6, ["a", "a", "a", "b", "c", "d"]])
def test_too_few_patients_of_a_class_have_an_area_without_interval(owners: list[str]) -> None:
    found = estimate_clustered_auc([1, 1, 1, 0, 0, 0], [3, 2, 1, 0, 2, 1], owners)
    assert found.auc.area.value is not None and found.auc.area.interval is None
    assert found.auc.area.says == TOO_FEW_PATIENTS and found.design_effect is None


def test_a_missing_class_and_nobody_have_no_area() -> None:
    for labels, scores, owners in (([], [], []), ([1, 1], [2, 3], ["a", "b"])):
        found = compare_clustered_auc(labels, scores, scores, owners)
        assert (found.difference.value, found.a.auc.area.value, found.z, found.design_effect) == (
            None,
            None,
            None,
            None,
        )


def test_the_same_score_twice_has_no_difference_and_no_design_effect() -> None:
    found = compare_clustered_auc(LABELS, A, A, [n // 2 for n in range(41)])
    assert (found.difference.value, found.p, found.z, found.design_effect) == (0, 1, None, None)


def test_the_patient_of_every_lesion_is_needed() -> None:
    with pytest.raises(CountError, match="3 labels but 2 clusters"):
        estimate_clustered_auc([1, 0, 1], [1, 2, 3], ["a", "b"])


def test_the_interval_covers_where_delong_promises_too_much() -> None:
    """60 patients of two lesions that share much of their uptake, both with the target or both without."""
    rng = np.random.default_rng(9)
    labels, owners = np.repeat([1, 0], 60), np.repeat(np.arange(60), 2)
    truth, draws = float(norm.cdf(1 / np.sqrt(2))), 1500
    held = {"clustered": 0, "delong": 0}
    for _ in range(draws):
        scores = labels + np.sqrt(0.8) * rng.normal(size=60)[owners] + np.sqrt(0.2) * rng.normal(size=120)
        both = {"clustered": estimate_clustered_auc(labels, scores, owners).auc.area}
        both["delong"] = estimate_auc(labels, scores).area
        for name, one in both.items():
            held[name] += one.interval is not None and one.interval.low <= truth <= one.interval.high
    assert 0.92 < held["clustered"] / draws < 0.965
    assert held["delong"] / draws < 0.89
