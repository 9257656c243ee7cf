"""The statistics by name: a method, its input as plain JSON, and every key it answers to; null where nothing can be told."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from trial.accrual import estimate_completion
from trial.accuracy import compute_accuracy, compute_post_test
from trial.agreement import compare_many_readers, compare_readers, read_weights
from trial.clustered import compare_clustered, estimate_clustered_proportion
from trial.clustered_roc import compare_clustered_auc, estimate_clustered_auc
from trial.inconclusive import assess_inconclusive, read_three_by_two
from trial.intervals import CountError, Estimate, Proportion, estimate_proportion
from trial.paired import (
    PairedDifference,
    compare_accuracy,
    compare_mcnemar,
    estimate_newcombe10,
    estimate_tango,
    read_paired_table,
)
from trial.precision import compute_conformal_rank, compute_sample_size
from trial.predictive_values import RelativeValue, assess_predictive_scores, compare_predictive_values
from trial.reliability import estimate_icc
from trial.roc import compare_auc, compute_auc_power, estimate_auc
from trial.threshold import compute_net_benefit
from trial.verification import estimate_begg_greenes, read_verified

Answers = dict[str, float | None]
Cells = list[float]


class MethodError(ValueError):
    """A method that does not exist or an input it cannot use; the sentence says what would be right."""


def compute_method(method: str, inputs: Mapping[str, Any]) -> Answers:
    """Every key of one method. Raises MethodError naming the method or the input and what would be right."""
    if method not in METHODS:
        raise MethodError(f"method {method!r} is not known; the methods are {', '.join(METHODS)}")
    check_inputs(method, inputs)
    try:
        return METHODS[method](**inputs)
    except CountError as error:
        raise MethodError(str(error)) from error
    except (TypeError, KeyError, IndexError, ValueError, ArithmeticError) as error:
        raise MethodError(f"{method} cannot use this input: {error}") from error


def check_inputs(method: str, inputs: Mapping[str, Any]) -> None:
    """Raises MethodError naming the inputs that are missing or not known, and those the method takes."""
    takes = signature(METHODS[method]).parameters
    missing = [name for name, one in takes.items() if one.default is one.empty and name not in inputs]
    unknown = [name for name in inputs if name not in takes]
    if missing or unknown:
        wrong = [f"{name} is missing" for name in missing] + [f"{name!r} is not known" for name in unknown]
        raise MethodError(f"{method}: {', '.join(wrong)}; it takes {', '.join(takes)}")


def _proportion_interval(x: int, n: int, level: float = 0.95) -> Answers:
    found = estimate_proportion(x, n, level)
    return {"estimate": found.estimate, **_both_intervals(found)}


def _accuracy(tp: int, fp: int, fn: int, tn: int, level: float = 0.95) -> Answers:
    found = compute_accuracy(tp, fp, fn, tn, level)
    answers: Answers = {
        "youden": found.youden,
        "number_needed_to_diagnose": found.number_needed_to_diagnose,
        "accuracy": found.accuracy.estimate,
    }
    for name, share in found.proportions.items():
        answers |= {name: share.estimate, **_both_intervals(share, f"{name}_")}
    for name, ratio in found.ratios.items():
        answers |= {name: ratio.value, **_ends(ratio, f"{name}_")}
    return answers


def _paired_accuracy(diseased: Cells, healthy: Cells, level: float = 0.95) -> Answers:
    found = compare_accuracy(read_paired_table(diseased), read_paired_table(healthy), level)
    return _paired("sensitivity", found.sensitivity) | _paired("specificity", found.specificity)


def _relative_predictive_values(diseased: Cells, healthy: Cells, level: float = 0.95) -> Answers:
    found = compare_predictive_values(read_paired_table(diseased), read_paired_table(healthy), level)
    return _relative("rppv", found.ppv) | _relative("rnpv", found.npv)


def _weighted_generalized_score(diseased: Cells, healthy: Cells) -> Answers:
    found = assess_predictive_scores(read_paired_table(diseased), read_paired_table(healthy))
    return {
        "ppv_chi2": found.ppv.chi2,
        "ppv_p": found.ppv.p,
        "npv_chi2": found.npv.chi2,
        "npv_p": found.npv.p,
    }


def _mcnemar(b: int, c: int) -> Answers:
    found = compare_mcnemar(b, c)
    return {
        "chi2": found.chi2,
        "chi2_corrected": found.chi2_corrected,
        "p_exact": found.p_exact,
        "p_mid": found.p_mid,
    }


def _tango(table: Cells, level: float = 0.95) -> Answers:
    return _difference(estimate_tango(read_paired_table(table), level))


def _newcombe10(table: Cells, level: float = 0.95, corrected: bool = False) -> Answers:
    return _difference(estimate_newcombe10(read_paired_table(table), level, corrected))


def _roc(labels: list[int], scores: list[float], level: float = 0.95) -> Answers:
    found = estimate_auc(labels, scores, level)
    return {"auc": found.area.value, "variance": found.variance, **_ends(found.area)}


def _delong(labels: list[int], scores_a: list[float], scores_b: list[float], level: float = 0.95) -> Answers:
    found = compare_auc(labels, scores_a, scores_b, level)
    return {**_difference(found.difference), "z": found.z, "p": found.p}


def _clustered_roc(labels: list[int], scores: list[float], clusters: list[str | int], level: float = 0.95) -> Answers:
    found = estimate_clustered_auc(labels, scores, clusters, level)
    area = found.auc.area
    return {"auc": area.value, "variance": found.auc.variance, **_ends(area), "design_effect": found.design_effect}


def _clustered_delong(
    labels: list[int], scores_a: list[float], scores_b: list[float], clusters: list[str | int], level: float = 0.95
) -> Answers:
    found = compare_clustered_auc(labels, scores_a, scores_b, clusters, level)
    return {**_difference(found.difference), "z": found.z, "p": found.p, "design_effect": found.design_effect}


def _auc_power(auc: float, cases: int, controls: int, alpha: float = 0.05) -> Answers:
    return {"power": compute_auc_power(auc, cases, controls, alpha)}


def _clustered_paired(clusters: list[list[list[int]]]) -> Answers:
    found = compare_clustered(clusters)
    return {name: getattr(found, name) for name in ("mcnemar", "eliasziw", "obuchowski", "durkalski", "yang")}


def _clustered_proportion(clusters: list[list[int]], level: float = 0.95) -> Answers:
    found = estimate_clustered_proportion(clusters, level)
    return {
        "estimate": found.estimate.value,
        "standard_error": found.standard_error,
        "design_effect": found.design_effect,
        "effective_n": found.effective_n,
        **_ends(found.estimate),
    }


def _begg_greenes(positive: Mapping[str, float], negative: Mapping[str, float], level: float = 0.95) -> Answers:
    found = estimate_begg_greenes(read_verified(positive, "positive"), read_verified(negative, "negative"), level)
    return {
        "sensitivity": found.sensitivity.value,
        "specificity": found.specificity.value,
        "sensitivity_se": found.sensitivity_se,
        "specificity_se": found.specificity_se,
        "complete_case_sensitivity": found.complete_case_sensitivity,
        "complete_case_specificity": found.complete_case_specificity,
    }


def _kappa(table: list[list[float]], weights: str | None = "none", level: float = 0.95) -> Answers:
    found = compare_readers(table, read_weights(weights), level)
    return {
        "kappa": found.kappa.value,
        "standard_error": found.standard_error,
        **_ends(found.kappa),
        "ac1": found.ac1.value,
        "agreement": found.agreement,
    }


def _fleiss(counts: list[list[float]], level: float = 0.95) -> Answers:
    found = compare_many_readers(counts, level)
    return {"kappa": found.kappa.value, **_ends(found.kappa)}


def _icc(ratings: list[list[float]], level: float = 0.95) -> Answers:
    found = estimate_icc(ratings, level)
    return {name: getattr(found, name).value for name in ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")}


def _net_benefit(n: int, tp: int, fp: int, threshold: float) -> Answers:
    return {"net_benefit": compute_net_benefit(n, tp, fp, threshold)}


def _sample_size(
    sensitivity: float, specificity: float, half_width: float, prevalence: float, level: float = 0.95
) -> Answers:
    found = compute_sample_size(sensitivity, specificity, half_width, prevalence, level)
    return {
        "total_for_sensitivity": found.total_for_sensitivity,
        "total_for_specificity": found.total_for_specificity,
    }


def _post_test_probability(pre_test: float, likelihood_ratio: float) -> Answers:
    return {"post_test": compute_post_test(pre_test, likelihood_ratio)}


def _conformal_rank(n: int, alpha: float) -> Answers:
    found = compute_conformal_rank(n, alpha)
    return {"rank": found.rank, "possible": int(found.possible)}


def _accrual_completion(
    target: int, planned_duration: float, prior_weight: float, enrolled: int, elapsed: float
) -> Answers:
    found = estimate_completion(target, planned_duration, prior_weight, enrolled, elapsed)
    return {"expected_total": found.expected_total.value}


def _inconclusive(diseased: Cells, healthy: Cells, level: float = 0.95) -> Answers:
    found = assess_inconclusive(read_three_by_two(diseased, healthy), level)
    answers: Answers = {"yield": found.conclusive_share}
    for choice, counted in found.options.items():
        answers[f"{choice}_sensitivity"] = counted.sensitivity.estimate
        answers[f"{choice}_specificity"] = counted.specificity.estimate
    return answers


def _both_intervals(share: Proportion, prefix: str = "") -> Answers:
    return {
        f"{prefix}{name}_{end}": None if interval is None else getattr(interval, end)
        for name, interval in (("wilson", share.wilson), ("exact", share.exact))
        for end in ("low", "high")
    }


def _ends(estimate: Estimate, prefix: str = "") -> Answers:
    return {f"{prefix}low": estimate.low, f"{prefix}high": estimate.high}


def _difference(estimate: Estimate) -> Answers:
    return {"difference": estimate.value, **_ends(estimate)}


def _paired(name: str, found: PairedDifference) -> Answers:
    return {
        f"{name}_1": found.test_1,
        f"{name}_2": found.test_2,
        f"{name}_difference": found.difference.value,
        **_ends(found.difference, f"{name}_"),
        f"{name}_chi2": found.mcnemar.chi2,
        f"{name}_chi2_corrected": found.mcnemar.chi2_corrected,
        f"{name}_p_exact": found.mcnemar.p_exact,
        f"{name}_p_mid": found.mcnemar.p_mid,
    }


def _relative(name: str, found: RelativeValue) -> Answers:
    return {name: found.ratio.value, **_ends(found.ratio, f"{name}_"), f"{name}_p": found.p}


METHODS: dict[str, Callable[..., Answers]] = {
    "proportion_interval": _proportion_interval,
    "accuracy": _accuracy,
    "paired_accuracy": _paired_accuracy,
    "relative_predictive_values": _relative_predictive_values,
    "weighted_generalized_score": _weighted_generalized_score,
    "mcnemar": _mcnemar,
    "tango": _tango,
    "newcombe10": _newcombe10,
    "roc": _roc,
    "delong": _delong,
    "clustered_roc": _clustered_roc,
    "clustered_delong": _clustered_delong,
    "auc_power": _auc_power,
    "clustered_paired": _clustered_paired,
    "clustered_proportion": _clustered_proportion,
    "begg_greenes": _begg_greenes,
    "kappa": _kappa,
    "fleiss": _fleiss,
    "icc": _icc,
    "net_benefit": _net_benefit,
    "sample_size": _sample_size,
    "post_test_probability": _post_test_probability,
    "conformal_rank": _conformal_rank,
    "accrual_completion": _accrual_completion,
    "inconclusive": _inconclusive,
}
