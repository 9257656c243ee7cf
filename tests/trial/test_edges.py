"""The edges of every method by name: zeros, one class, ties, nobody, other levels; against scipy, statsmodels and arithmetic."""

from math import ceil, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa

from trial.methods import Answers, MethodError, compute_method

RNG = np.random.default_rng(31)
LABELS, SCORES = [1, 1, 1, 0, 0, 0, 0], [5, 4, 2, 3, 2, 1, 1]
LEVELLED: dict[str, tuple[dict[str, Any], str]] = {
    "proportion_interval": ({"x": 7, "n": 20}, "wilson"),
    "accuracy": ({"tp": 9, "fp": 3, "fn": 2, "tn": 11}, "lr_positive"),
    "paired_accuracy": ({"diseased": [20, 6, 2, 5], "healthy": [3, 1, 4, 22]}, "sensitivity"),
    "relative_predictive_values": ({"diseased": [20, 6, 2, 5], "healthy": [3, 1, 4, 22]}, "rppv"),
    "tango": ({"table": [20, 6, 2, 5]}, ""),
    "newcombe10": ({"table": [20, 6, 2, 5]}, ""),
    "roc": ({"labels": LABELS, "scores": SCORES}, ""),
    "delong": ({"labels": LABELS, "scores_a": SCORES, "scores_b": [3, 5, 1, 2, 4, 1, 2]}, ""),
    "clustered_roc": ({"labels": LABELS, "scores": SCORES, "clusters": [1, 1, 2, 2, 3, 3, 4]}, ""),
    "clustered_proportion": ({"clusters": [[1, 1, 0], [1], [0, 1], [0]]}, ""),
    "kappa": ({"table": [[20, 5], [4, 30]]}, ""),
    "fleiss": ({"counts": [[3, 0], [2, 1], [0, 3], [3, 0], [1, 2]]}, ""),
}


def ask(method: str, **inputs: Any) -> Answers:
    return compute_method(method, inputs)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(("x", "n"), [(0, 1), (1, 1), (0, 25), (25, 25), (1, 25), (24, 25), (130, 160)])
def test_proportions_are_scipys_at_every_level(x: int, n: int, level: float) -> None:
    found = ask("proportion_interval", x=x, n=n, level=level)
    for name in ("wilson", "exact"):
        theirs = binomtest(x, n).proportion_ci(level, method=name)
        assert (found[f"{name}_low"], found[f"{name}_high"]) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize("method", LEVELLED)
def test_a_higher_level_is_wider_and_holds_the_lower_one(method: str) -> None:
    inputs, name = LEVELLED[method]
    low, high = (f"{name}_{end}" if name else end for end in ("low", "high"))
    widths = []
    for level in (0.5, 0.8, 0.9, 0.95, 0.99):
        found = ask(method, **inputs, level=level)
        assert found[low] is not None and found[high] is not None
        widths.append((found[low], found[high]))
    assert all(a[0] >= b[0] and a[1] <= b[1] and a != b for a, b in zip(widths, widths[1:], strict=False))


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_that_is_none_is_refused_in_a_sentence(level: float) -> None:
    for method, (inputs, _) in LEVELLED.items():
        with pytest.raises(MethodError, match="a level lies between 0 and 1"):
            ask(method, **inputs, level=level)
    perfect = {"diseased": 4, "healthy": 0, "unverified": 0}, {"diseased": 0, "healthy": 4, "unverified": 0}
    with pytest.raises(MethodError, match="a level lies between 0 and 1"):
        ask("begg_greenes", positive=perfect[0], negative=perfect[1], level=level)


def test_without_anybody_healthy_only_what_needs_them_is_null() -> None:
    found = ask("accuracy", tp=8, fp=0, fn=2, tn=0)
    null = {key.removesuffix("_low").removesuffix("_high").split("_wilson")[0].split("_exact")[0]
            for key, value in found.items() if value is None}  # fmt: skip
    assert null == {
        "specificity",
        "lr_positive",
        "lr_negative",
        "diagnostic_odds_ratio",
        "youden",
        "number_needed_to_diagnose",
    }
    assert (found["sensitivity"], found["ppv"], found["npv"], found["accuracy"]) == (0.8, 1, 0, 0.8)


def test_a_useless_test_has_no_number_needed_to_diagnose() -> None:
    found = ask("accuracy", tp=3, fp=3, fn=7, tn=7)
    assert (found["youden"], found["number_needed_to_diagnose"], found["lr_positive"]) == (0, None, 1)


def test_a_perfect_test_has_corrected_ratios_of_all_four_cells() -> None:
    found = ask("accuracy", tp=10, fp=0, fn=0, tn=20)
    assert found["lr_positive"] == pytest.approx((10.5 / 11) / (0.5 / 21))
    assert found["lr_negative"] == 0 and found["lr_negative_low"] == 0
    assert found["diagnostic_odds_ratio"] == pytest.approx(10.5 * 20.5 / 0.25)
    spread = sqrt(1 / 10.5 + 1 / 20.5 + 4)
    assert found["diagnostic_odds_ratio_high"] == pytest.approx(10.5 * 20.5 / 0.25 * np.exp(norm.ppf(0.975) * spread))


@pytest.mark.parametrize(("b", "c"), [(0, 9), (9, 0), (1, 0), (4, 4), (30, 12), (2000, 2100)])
def test_mcnemar_is_statsmodels_and_symmetric(b: int, c: int) -> None:
    found, swapped = ask("mcnemar", b=b, c=c), ask("mcnemar", b=c, c=b)
    assert found == swapped
    assert found["p_exact"] == pytest.approx(mcnemar([[0, b], [c, 0]], exact=True).pvalue)
    assert found["chi2"] == pytest.approx(mcnemar([[0, b], [c, 0]], exact=False, correction=False).statistic)
    if b != c:
        theirs = mcnemar([[0, b], [c, 0]], exact=False, correction=True).statistic
        assert found["chi2_corrected"] == pytest.approx(theirs)
    assert found["p_mid"] is not None and found["p_exact"] is not None and found["p_mid"] <= found["p_exact"]


def test_all_pairs_alike_have_a_difference_of_zero_with_a_finite_interval() -> None:
    for table in ([12, 0, 0, 0], [0, 0, 0, 12], [7, 0, 0, 5]):
        limit = norm.ppf(0.975) ** 2 / (12 + norm.ppf(0.975) ** 2)
        found = ask("tango", table=table)
        assert (found["difference"], found["low"], found["high"]) == pytest.approx((0, -limit, limit))
        newcombe = ask("newcombe10", table=table, corrected=True)
        assert newcombe["difference"] == 0 and -1 < (newcombe["low"] or 0) <= 0 <= (newcombe["high"] or 0) < 1


def test_all_pairs_apart_reach_the_end_of_the_scale() -> None:
    found = ask("tango", table=[0, 8, 0, 0])
    assert (found["difference"], found["high"]) == (1, 1) and 0 < (found["low"] or 0) < 1
    assert ask("newcombe10", table=[0, 0, 8, 0])["low"] == pytest.approx(-1)


def test_clusters_whose_pairs_all_agree_have_no_chi_square() -> None:
    for clusters in ([[[1, 1], [0, 0]], [[1, 1]]], [[], [[1, 1]]], [[[0, 0]]]):
        assert set(ask("clustered_paired", clusters=clusters).values()) == {None}


def test_empty_clusters_change_nothing() -> None:
    pairs, ones = [[[1, 0], [1, 1]], [[0, 1]], [[1, 0]]], [[1, 0, 1], [1], [0, 0]]
    assert ask("clustered_paired", clusters=[*pairs, [], []]) == ask("clustered_paired", clusters=pairs)
    assert ask("clustered_proportion", clusters=[[], *ones]) == ask("clustered_proportion", clusters=ones)


def test_ties_everywhere_are_half_an_area() -> None:
    found = ask("roc", labels=[1, 0, 1, 0], scores=[2, 2, 2, 2])
    assert (found["auc"], found["variance"]) == (0.5, 0)
    twice = ask("delong", labels=LABELS, scores_a=SCORES, scores_b=SCORES)
    assert (twice["difference"], twice["z"], twice["p"]) == (0, None, 1)


def test_the_order_and_scale_of_scores_only_matter_as_ranks() -> None:
    order = RNG.permutation(len(LABELS))
    found = ask("roc", labels=[LABELS[i] for i in order], scores=[float(np.exp(SCORES[i])) for i in order])
    assert found["auc"] == pytest.approx(ask("roc", labels=LABELS, scores=SCORES)["auc"])
    assert found["low"] == pytest.approx(ask("roc", labels=LABELS, scores=SCORES)["low"])


def test_power_at_no_effect_is_half_of_alpha() -> None:
    assert ask("auc_power", auc=0.5, cases=30, controls=60, alpha=0.1)["power"] == pytest.approx(0.05)
    assert ask("auc_power", auc=0.8, cases=0, controls=60)["power"] is None


def test_with_everybody_verified_the_error_is_the_binomial_one() -> None:
    found = ask("begg_greenes", positive={"diseased": 36, "healthy": 6, "unverified": 0},
                negative={"diseased": 4, "healthy": 34, "unverified": 0})  # fmt: skip
    assert (found["sensitivity"], found["specificity"]) == (pytest.approx(0.9), pytest.approx(0.85))
    assert found["sensitivity_se"] == pytest.approx(sqrt(0.9 * 0.1 / 40))
    assert found["specificity_se"] == pytest.approx(sqrt(0.85 * 0.15 / 40))


def test_nobody_verified_is_null_in_every_key() -> None:
    nobody = {"diseased": 0, "healthy": 0, "unverified": 9}
    assert set(ask("begg_greenes", positive=nobody, negative=nobody).values()) == {None}


@pytest.mark.parametrize(
    ("said", "meant"), [(None, "none"), ("", "none"), ("unweighted", "none"), ("Linear", "linear"), ("equal", "linear"),
                        ("squared", "quadratic"), ("QUADRATIC", "quadratic")]
)  # fmt: skip
def test_weights_are_known_by_their_usual_names(said: str | None, meant: str) -> None:
    table = [[11, 2, 0], [3, 9, 2], [1, 2, 14]]
    assert ask("kappa", table=table, weights=said) == ask("kappa", table=table, weights=meant)


def test_an_unknown_weight_is_refused_with_those_known() -> None:
    with pytest.raises(MethodError, match="the weights are none, linear or quadratic"):
        ask("kappa", table=[[1, 2], [3, 4]], weights="cubic")


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_a_category_nobody_used_keeps_kappa_and_is_statsmodels(weights: str) -> None:
    table = [[11, 2, 0, 0], [3, 9, 0, 2], [0, 0, 0, 0], [1, 2, 0, 14]]
    theirs = cohens_kappa(np.array(table), wt=None if weights == "none" else weights, return_results=True)
    found = ask("kappa", table=table, weights=weights)
    assert (found["kappa"], found["standard_error"]) == pytest.approx((theirs.kappa, theirs.std_kappa))
    without = ask("kappa", table=[[11, 2, 0], [3, 9, 2], [1, 2, 14]], weights="none")
    if weights == "none":
        assert found["kappa"] == pytest.approx(without["kappa"])


def test_full_agreement_and_full_disagreement() -> None:
    assert ask("kappa", table=[[6, 0], [0, 4]])["kappa"] == ask("fleiss", counts=[[3, 0], [0, 3]])["kappa"] == 1
    opposite = ask("kappa", table=[[0, 5], [5, 0]])
    assert (opposite["kappa"], opposite["agreement"], opposite["low"]) == (-1, 0, -1)
    assert ask("fleiss", counts=[[4, 0], [4, 0]])["kappa"] is None


def test_readers_who_agree_to_the_digit_or_but_for_a_constant() -> None:
    alike = ask("icc", ratings=[[1, 1, 1], [5, 5, 5], [3, 3, 3]])
    assert set(alike.values()) == {1}
    shifted = ask("icc", ratings=[[1, 3], [5, 7], [3, 5]])
    assert shifted["icc3"] == shifted["icc3k"] == 1 and 0 < (shifted["icc2"] or 0) < 1
    assert set(ask("icc", ratings=[[2, 2], [2, 2]]).values()) == {None}


@pytest.mark.parametrize(("threshold", "expected"), [(0, 0.3), (0.5, 0.3 - 0.1), (0.2, 0.3 - 0.1 / 4), (1, None)])
def test_net_benefit_at_the_ends_of_the_scale(threshold: float, expected: float | None) -> None:
    assert ask("net_benefit", n=10, tp=3, fp=1, threshold=threshold)["net_benefit"] == pytest.approx(expected)


@pytest.mark.parametrize(("half_width", "level"), [(0.05, 0.95), (0.1, 0.9), (0.07, 0.99)])
def test_buderers_totals_are_the_formula_rounded_up(half_width: float, level: float) -> None:
    found = ask("sample_size", sensitivity=0.9, specificity=0.8, half_width=half_width, prevalence=0.3, level=level)
    z = norm.ppf(0.5 + level / 2)
    assert found["total_for_sensitivity"] == ceil(z**2 * 0.09 / half_width**2 / 0.3)
    assert found["total_for_specificity"] == ceil(z**2 * 0.16 / half_width**2 / 0.7)


@pytest.mark.parametrize(
    ("pre_test", "ratio", "expected"), [(0, 5, 0), (1, 5, 1), (0.5, 0, 0), (1, 0, None), (0.5, 1, 0.5), (0.2, 4, 0.5)]
)
def test_certainty_stays_certainty(pre_test: float, ratio: float, expected: float | None) -> None:
    assert ask("post_test_probability", pre_test=pre_test, likelihood_ratio=ratio)["post_test"] == expected


@pytest.mark.parametrize(
    ("n", "alpha", "rank", "possible"),
    [
        (0, 0.1, 1, 0),
        (8, 0.1, 9, 0),
        (9, 0.1, 9, 1),
        (18, 0.05, 19, 0),
        (19, 0.05, 19, 1),
        (99, 0.01, 99, 1),
        (3, 0.25, 3, 1),
    ],
)
def test_the_rank_is_exact_where_floating_point_is_not(n: int, alpha: float, rank: int, possible: int) -> None:
    assert ask("conformal_rank", n=n, alpha=alpha) == {"rank": rank, "possible": possible}


@pytest.mark.parametrize(
    ("enrolled", "elapsed", "weight", "expected"),
    [
        (0, 0, 1, 160 * 24 / 159),  # nobody yet: the plan
        (0, 6, 0.5, 6 + 160 * (12 + 6) / 79),  # nobody in six months
        (1, 3, 0, None),  # m - 1 is 0 and the plan weighs nothing
        (0, 3, 0, None),
        (2, 3, 0, 3 + 158 * 3 / 1),
        (160, 30, 0.5, 30),
        (200, 30, 0.5, 30),
    ],
)
def test_accrual_from_nobody_to_everybody(enrolled: int, elapsed: float, weight: float, expected: float | None) -> None:
    found = ask(
        "accrual_completion", target=160, planned_duration=24, prior_weight=weight, enrolled=enrolled, elapsed=elapsed
    )
    assert found["expected_total"] == pytest.approx(expected)


def test_everything_inconclusive() -> None:
    found = ask("inconclusive", diseased=[0, 6, 0], healthy=[0, 4, 0])
    assert (found["yield"], found["excluding_sensitivity"], found["excluding_specificity"]) == (0, None, None)
    assert (found["intention_to_diagnose_sensitivity"], found["intention_to_diagnose_specificity"]) == (0, 0)
    assert (found["as_positive_sensitivity"], found["as_positive_specificity"]) == (1, 0)
    assert (found["as_negative_sensitivity"], found["as_negative_specificity"]) == (0, 1)
    nobody = ask("inconclusive", diseased=[0, 0, 0], healthy=[0, 4, 0])
    assert nobody["as_positive_sensitivity"] is None and nobody["yield"] == 0


def test_two_identical_tests_have_no_difference_to_test() -> None:
    same = {"diseased": [30, 0, 0, 10], "healthy": [5, 0, 0, 50]}
    assert ask("weighted_generalized_score", **same) == {"ppv_chi2": None, "ppv_p": 1, "npv_chi2": None, "npv_p": 1}
    relative = ask("relative_predictive_values", **same)
    assert [relative[f"rppv{end}"] for end in ("", "_low", "_high", "_p")] == [1, 1, 1, 1]
    paired = ask("paired_accuracy", **same)
    assert (paired["sensitivity_difference"], paired["sensitivity_chi2"], paired["sensitivity_p_exact"]) == (0, None, 1)


def test_a_test_without_a_positive_has_no_predictive_value_to_compare() -> None:
    found = ask("relative_predictive_values", diseased=[0, 0, 6, 4], healthy=[0, 0, 2, 8])
    assert {found[key] for key in ("rppv", "rppv_low", "rppv_high", "rppv_p")} == {None}
    assert found["rnpv"] is not None
