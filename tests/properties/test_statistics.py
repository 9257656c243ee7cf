"""Identities that hold whatever the counts: of intervals, paired tests, curves, lesions and agreement."""

from math import isclose

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from trial.accuracy import compute_accuracy, compute_post_test
from trial.agreement import compare_readers
from trial.clustered import compare_clustered, estimate_clustered_proportion
from trial.intervals import estimate_proportion
from trial.paired import PairedTable, compare_accuracy, compare_mcnemar, estimate_newcombe10, estimate_tango
from trial.predictive_values import assess_predictive_scores, compare_predictive_values
from trial.reliability import compare_values, estimate_icc
from trial.roc import compare_auc, estimate_auc
from trial.verification import Verified, estimate_begg_greenes

unhurried = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
counts = st.integers(0, 200)
tables = st.builds(PairedTable, counts, counts, counts, counts)
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])
lesions = st.lists(st.lists(st.integers(0, 1), max_size=5), max_size=12)
lesion_pairs = st.lists(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=5), max_size=12)
patients = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(0, 9)), max_size=40)
verified = st.builds(Verified, counts, counts, counts)


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return isclose(one, other, rel_tol=1e-7, abs_tol=1e-9)


@unhurried
@given(counts, counts)
def test_exact_mcnemar_is_the_binomial_test(b: int, c: int) -> None:
    assume(b + c > 0)
    assert compare_mcnemar(b, c).p_exact == pytest.approx(binomtest(b, b + c, 0.5).pvalue)


@unhurried
@given(counts, counts)
def test_mid_p_lies_below_the_exact_p_and_above_none(b: int, c: int) -> None:
    found = compare_mcnemar(b, c)
    assert 0 <= found.p_mid <= found.p_exact <= 1


@unhurried
@given(tables, levels, st.booleans())
def test_swapping_the_tests_negates_differences(table: PairedTable, level: float, corrected: bool) -> None:
    for estimate in (estimate_tango, lambda t, lv: estimate_newcombe10(t, lv, corrected)):
        one, other = estimate(table, level), estimate(table.swapped(), level)
        if one.value is None or other.value is None:
            assert table.total == 0
            continue
        assert one.value == -other.value
        assert same(one.low, -(other.high or 0)) and same(one.high, -(other.low or 0))


@unhurried
@given(tables, tables)
def test_swapping_the_tests_inverts_ratios_and_keeps_the_tests(diseased: PairedTable, healthy: PairedTable) -> None:
    there = compare_predictive_values(diseased, healthy)
    back = compare_predictive_values(diseased.swapped(), healthy.swapped())
    for one, other in ((there.ppv, back.ppv), (there.npv, back.npv)):
        if one.ratio.value and other.ratio.value:
            assert same(one.ratio.value, 1 / other.ratio.value) and same(one.p, other.p)
            if one.ratio.low and other.ratio.high:
                assert same(one.ratio.low, 1 / other.ratio.high)
    scores = (
        assess_predictive_scores(diseased, healthy),
        assess_predictive_scores(diseased.swapped(), healthy.swapped()),
    )
    assert same(scores[0].ppv.chi2, scores[1].ppv.chi2) and same(scores[0].npv.p, scores[1].npv.p)


@unhurried
@given(tables, tables, levels)
def test_intervals_of_differences_hold_the_estimate_and_stay_on_the_scale(
    diseased: PairedTable, healthy: PairedTable, level: float
) -> None:
    found = compare_accuracy(diseased, healthy, level)
    for side in (found.sensitivity, found.specificity):
        for estimate in (side.difference, side.newcombe):
            if estimate.value is not None:
                assert estimate.interval is not None
                assert -1 <= estimate.interval.low <= estimate.value <= estimate.interval.high <= 1


@unhurried
@given(tables, tables)
def test_sensitivity_and_specificity_trade_places_with_the_results_names(
    diseased: PairedTable, healthy: PairedTable
) -> None:
    plain = compare_accuracy(diseased, healthy)
    turned = compare_accuracy(healthy.inverted(), diseased.inverted())
    assert plain.sensitivity == turned.specificity and plain.specificity == turned.sensitivity


@unhurried
@given(counts, counts, levels)
def test_both_intervals_hold_the_share_and_the_exact_one_is_not_much_narrower(x: int, more: int, level: float) -> None:
    assume(x + more > 0)
    found = estimate_proportion(x, x + more, level)
    assert found.wilson and found.exact and found.estimate is not None
    for interval in (found.wilson, found.exact):
        assert 0 <= interval.low <= found.estimate <= interval.high <= 1
    opposite = estimate_proportion(more, x + more, level)
    assert opposite.wilson is not None and same(found.wilson.low, 1 - opposite.wilson.high)


@unhurried
@given(counts, counts, counts, counts, st.integers(2, 50))
def test_sensitivity_does_not_move_with_prevalence(tp: int, fp: int, fn: int, tn: int, times: int) -> None:
    rare, common = compute_accuracy(tp, fp, fn, tn), compute_accuracy(tp, fp * times, fn, tn * times)
    assert rare.sensitivity == common.sensitivity
    assert rare.specificity.estimate == common.specificity.estimate
    assert rare.youden == common.youden or same(rare.youden, common.youden)
    if fp and tp:
        assert same(rare.lr_positive.value, common.lr_positive.value)


@unhurried
@given(counts, counts, counts, counts)
def test_predictive_value_is_bayes_on_the_tables_own_prevalence(tp: int, fp: int, fn: int, tn: int) -> None:
    found = compute_accuracy(tp, fp, fn, tn)
    assume(tp and fp and tp + fn and fp + tn)
    prevalence = (tp + fn) / (tp + fp + fn + tn)
    assert same(found.ppv.estimate, compute_post_test(prevalence, found.lr_positive.value or 0))


@unhurried
@given(st.randoms(use_true_random=False), patients)
def test_permuting_patients_changes_no_curve(rng: object, rows: list[tuple[int, int, int]]) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    for method in (estimate_auc, compare_auc):
        columns = 2 if method is estimate_auc else 3
        one, other = (method(*[[row[i] for row in way] for i in range(columns)]) for way in (rows, shuffled))
        first = one.area if method is estimate_auc else one.difference  # type: ignore[union-attr]
        second = other.area if method is estimate_auc else other.difference  # type: ignore[union-attr]
        assert same(first.value, second.value) and same(first.low, second.low)


@unhurried
@given(patients)
def test_swapping_the_scores_negates_the_difference_of_areas(rows: list[tuple[int, int, int]]) -> None:
    labels, a, b = ([row[i] for row in rows] for i in range(3))
    one, other = compare_auc(labels, a, b), compare_auc(labels, b, a)
    assert same(one.difference.value, None if other.difference.value is None else -other.difference.value)
    assert same(one.p, other.p) and same(one.z, None if other.z is None else -other.z)


@unhurried
@given(patients)
def test_an_area_stays_the_same_under_any_rising_scale(rows: list[tuple[int, int, int]]) -> None:
    labels, scores = [row[0] for row in rows], [row[1] for row in rows]
    one, other = estimate_auc(labels, scores), estimate_auc(labels, [float(np.exp(score)) for score in scores])
    assert same(one.area.value, other.area.value) and same(one.variance, other.variance)


@unhurried
@given(st.randoms(use_true_random=False), lesions, lesion_pairs)
def test_permuting_patients_and_lesions_changes_nothing(
    rng: object, ones: list[list[int]], pairs: list[list[tuple[int, int]]]
) -> None:
    def shuffled(clusters: list[list[object]]) -> list[list[object]]:
        mixed = [rng.sample(cluster, len(cluster)) for cluster in clusters]  # type: ignore[attr-defined]
        rng.shuffle(mixed)  # type: ignore[attr-defined]
        return mixed

    one, other = estimate_clustered_proportion(ones), estimate_clustered_proportion(shuffled(ones))  # type: ignore[arg-type]
    assert same(one.standard_error, other.standard_error) and same(one.estimate.low, other.estimate.low)
    first, second = compare_clustered(pairs), compare_clustered(shuffled(pairs))  # type: ignore[arg-type]
    for name in ("mcnemar", "eliasziw", "obuchowski", "durkalski", "yang"):
        assert same(getattr(first, name), getattr(second, name))


@unhurried
@given(lesion_pairs)
def test_swapping_the_tests_keeps_every_clustered_chi_square(pairs: list[list[tuple[int, int]]]) -> None:
    one = compare_clustered(pairs)
    other = compare_clustered([[(pair[1], pair[0]) for pair in patient] for patient in pairs])
    for name in ("mcnemar", "eliasziw", "obuchowski", "durkalski", "yang"):
        assert same(getattr(one, name), getattr(other, name))


@unhurried
@given(verified, verified)
def test_the_corrected_accuracy_lies_within_its_bounds(positive: Verified, negative: Verified) -> None:
    found = estimate_begg_greenes(positive, negative)
    for value, bounds in (
        (found.sensitivity.value, found.sensitivity_bounds),
        (found.specificity.value, found.specificity_bounds),
    ):
        if value is not None and bounds.low is not None and bounds.high is not None:
            assert bounds.low - 1e-12 <= value <= bounds.high + 1e-12


@unhurried
@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_does_not_depend_on_who_is_first(table: list[list[int]]) -> None:
    turned = [list(column) for column in zip(*table, strict=True)]
    for weights in ("none", "linear", "quadratic"):
        one, other = compare_readers(table, weights), compare_readers(turned, weights)  # type: ignore[arg-type]
        assert same(one.kappa.value, other.kappa.value) and same(one.ac1.value, other.ac1.value)
        assert same(one.standard_error, other.standard_error)


values = st.lists(st.tuples(*[st.integers(0, 400).map(lambda tenth: tenth / 10)] * 2), min_size=2, max_size=20)


@unhurried
@given(values)
def test_readers_in_another_order_turn_the_bias_and_keep_the_icc(pairs: list[tuple[float, float]]) -> None:
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    one, other = compare_values(first, second), compare_values(second, first)
    assert same(one.bias.value, -(other.bias.value or 0)) and same(
        one.upper_limit.value, -(other.lower_limit.value or 0)
    )
    there, back = estimate_icc([list(pair) for pair in pairs]), estimate_icc([[b, a] for a, b in pairs])
    for name in ("icc1", "icc2", "icc3", "icc2k"):
        assert same(getattr(there, name).value, getattr(back, name).value)
