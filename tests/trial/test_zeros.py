"""Empty cells and zeros: finite, named answers; null without a denominator; never infinite, never not-a-number."""

from itertools import product
from math import isfinite
from typing import Any

import pytest

from trial.accuracy import CORRECTED, compute_accuracy
from trial.methods import METHODS, compute_method

SQUARES = [
    [],
    [[5]],
    [[0, 0], [0, 0]],
    [[5, 0], [0, 0]],
    [[0, 5], [0, 0]],
    [[0, 5], [5, 0]],
    [[5, 0, 0], [0, 0, 0], [0, 0, 2]],
]
CLUSTERS = [[], [[]], [[1]], [[1, 1], [1]], [[0], [0, 0]], [[1, 0], [1, 0]], [[1, 1], [0, 0]]]
PAIRS = [
    [],
    [[]],
    [[[1, 1]]],
    [[[1, 0]]],
    [[[1, 0]], [[0, 1]]],
    [[[1, 0], [1, 0]], [[1, 0], [1, 0]]],
    [[[1, 0], [0, 1]]],
]
LABELS = [([], []), ([1], [1]), ([1, 0], [1, 1]), ([1, 0, 0], [3, 1, 1]), ([1, 1, 0, 0], [3, 4, 1, 2])]
TABLES = [list(cells) for cells in product((0, 3), repeat=4)]
INPUTS: dict[str, list[dict[str, Any]]] = {
    "proportion_interval": [{"x": 0, "n": 0}, {"x": 0, "n": 1}, {"x": 1, "n": 1}],
    "accuracy": [dict(zip(("tp", "fp", "fn", "tn"), cells, strict=True)) for cells in TABLES],
    "paired_accuracy": [{"diseased": one, "healthy": other} for one in TABLES for other in TABLES],
    "relative_predictive_values": [{"diseased": one, "healthy": other} for one in TABLES for other in TABLES],
    "weighted_generalized_score": [{"diseased": one, "healthy": other} for one in TABLES for other in TABLES],
    "mcnemar": [{"b": b, "c": c} for b, c in product((0, 1, 2), repeat=2)],
    "tango": [{"table": cells} for cells in TABLES],
    "newcombe10": [{"table": cells, "corrected": way} for cells in TABLES for way in (True, False)],
    "roc": [{"labels": labels, "scores": scores} for labels, scores in LABELS],
    "delong": [{"labels": labels, "scores_a": scores, "scores_b": scores[::-1]} for labels, scores in LABELS],
    "clustered_roc": [
        {"labels": labels, "scores": scores, "clusters": owners[: len(labels)]}
        for labels, scores in LABELS
        for owners in (["a"] * 4, ["a", "b", "a", "b"], [1, 2, 3, 4])
    ],
    "clustered_delong": [
        {"labels": labels, "scores_a": scores, "scores_b": scores[::-1], "clusters": owners[: len(labels)]}
        for labels, scores in LABELS
        for owners in (["a"] * 4, ["a", "b", "a", "b"], [1, 2, 3, 4])
    ],
    "auc_power": [{"auc": 0.7, "cases": a, "controls": b, "alpha": 0.05} for a, b in product((0, 4), repeat=2)],
    "clustered_paired": [{"clusters": pairs} for pairs in PAIRS],
    "clustered_proportion": [{"clusters": clusters} for clusters in CLUSTERS],
    "begg_greenes": [
        {name: dict(zip(("diseased", "healthy", "unverified"), half, strict=True)) for name, half in halves}
        for cells in product((0, 4), repeat=6)
        for halves in [(("positive", cells[:3]), ("negative", cells[3:]))]
    ],
    "kappa": [{"table": table, "weights": way} for table in SQUARES for way in ("none", "linear", "quadratic")],
    "fleiss": [{"counts": counts} for counts in ([], [[3, 0]], [[3, 0], [3, 0]], [[3, 0], [0, 3]], [[2, 1], [1, 2]])],
    "icc": [{"ratings": ratings} for ratings in ([], [[1]], [[1, 2]], [[1], [2]], [[1, 1], [1, 1]], [[1, 1], [2, 2]])],
    "net_benefit": [{"n": 0, "tp": 0, "fp": 0, "threshold": 0.5}, {"n": 4, "tp": 2, "fp": 2, "threshold": 1}],
    "sample_size": [
        {"sensitivity": 0.9, "specificity": 1, "half_width": 0.1, "prevalence": share} for share in (0, 0.5, 1)
    ],
    "post_test_probability": [{"pre_test": p, "likelihood_ratio": r} for p, r in product((0, 0.5, 1), (0, 1, 9))],
    "conformal_rank": [{"n": n, "alpha": 0.1} for n in (0, 1, 8, 9)],
    "accrual_completion": [
        {"target": t, "planned_duration": d, "prior_weight": p, "enrolled": m, "elapsed": e}
        for t, d, p, m, e in product((0, 160), (0, 24), (0, 0.5), (0, 1, 2, 200), (0, 8))
    ],
    "inconclusive": [
        {"diseased": list(one), "healthy": list(other)}
        for one in product((0, 3), repeat=3)
        for other in product((0, 2), repeat=3)
    ],
}


def test_no_method_is_left_out() -> None:
    assert set(INPUTS) == set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_zeros_give_finite_numbers_or_null(method: str) -> None:
    for inputs in INPUTS[method]:
        for key, value in compute_method(method, inputs).items():
            assert value is None or isfinite(value), (inputs, key, value)


@pytest.mark.parametrize("method", METHODS)
def test_every_key_is_there_whatever_the_zeros(method: str) -> None:
    assert len({frozenset(compute_method(method, inputs)) for inputs in INPUTS[method]}) == 1


@pytest.mark.parametrize(("x", "n"), [(0, 1), (0, 40), (1, 1), (40, 40)])
def test_none_of_n_and_all_of_n_have_finite_bounds(x: int, n: int) -> None:
    found = compute_method("proportion_interval", {"x": x, "n": n})
    assert all(value is not None and 0 <= value <= 1 for value in found.values())
    assert found["wilson_high" if x == 0 else "wilson_low"] not in (0, 1)


def test_nobody_is_null_and_never_zero() -> None:
    assert set(compute_method("accuracy", {"tp": 0, "fp": 0, "fn": 0, "tn": 0}).values()) == {None}
    assert compute_method("tango", {"table": [0, 0, 0, 0]}) == {"difference": None, "low": None, "high": None}


def test_a_likelihood_ratio_without_false_positives_is_corrected_and_says_so() -> None:
    found = compute_accuracy(tp=20, fp=0, fn=5, tn=30)
    assert found.lr_positive.value == pytest.approx((20.5 / 26) / (0.5 / 31))
    assert found.lr_positive.says == CORRECTED
    assert (found.lr_negative.value, found.lr_negative.says) == (pytest.approx(0.2), "")


def test_a_likelihood_ratio_of_zero_stays_zero_with_a_finite_upper_end() -> None:
    found = compute_accuracy(tp=25, fp=3, fn=0, tn=30).lr_negative
    assert found.value == 0 and found.low == 0
    assert found.high is not None and 0 < found.high < 0.5


def test_tests_that_never_disagree_have_p_one_and_no_chi_square() -> None:
    assert compute_method("mcnemar", {"b": 0, "c": 0}) == {
        "chi2": None,
        "chi2_corrected": None,
        "p_exact": 1,
        "p_mid": 1,
    }


def test_lesions_that_are_all_alike_are_counted_by_patient() -> None:
    found = compute_method("clustered_proportion", {"clusters": [[1, 1, 1], [1, 1], [1]]})
    by_patient = compute_method("proportion_interval", {"x": 3, "n": 3})
    assert found["effective_n"] == 3 and found["design_effect"] is None
    assert (found["low"], found["high"]) == (by_patient["wilson_low"], by_patient["wilson_high"])
