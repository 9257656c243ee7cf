from dataclasses import replace

import numpy as np
import pytest

from trial.cutoffs import load_cutoffs, question_uptake
from trial.threshold import (
    Score,
    assess_threshold,
    compute_decision_curve,
    compute_net_benefit,
    estimate_best_threshold,
    find_side_changes,
)

SCORES = [Score(f"P{n}", value, n % 2 == 0) for n, value in enumerate([9.0, 2.0, 7.5, 5.0, 5.0, 6.0, 1.0, 5.0])]


def draw(patients: int, shift: float, seed: int) -> tuple[list[int], list[float]]:
    rng = np.random.default_rng(seed)
    labels = [1] * (patients // 2) + [0] * (patients - patients // 2)
    return labels, (rng.normal(0, 1, patients) + shift * np.array(labels)).tolist()


def test_at_the_cut_off_is_positive() -> None:
    found = assess_threshold(SCORES, 5.0)
    assert found.true_positive == ("P0", "P2", "P4")
    assert found.false_positive == ("P3", "P5", "P7")
    assert (found.false_negative, found.true_negative) == (("P6",), ("P1",))
    assert found.accuracy.sensitivity.estimate == 0.75


def test_moving_the_cut_off_names_who_changes_side() -> None:
    up = find_side_changes(SCORES, before=5.0, after=7.0)
    assert (up.became_positive, up.became_negative) == ((), ("P3", "P4", "P5", "P7"))
    down = find_side_changes(SCORES, before=7.0, after=5.0)
    assert (down.became_positive, down.became_negative) == (up.became_negative, ())


def test_net_benefit_of_treating_all_is_zero_at_the_prevalence() -> None:
    accuracy = assess_threshold(SCORES, 5.0).accuracy
    (point,) = compute_decision_curve(accuracy, [0.5])
    assert point.treat_all == pytest.approx(0) and point.treat_none == 0
    assert point.test == pytest.approx(compute_net_benefit(8, 3, 3, 0.5))


def test_the_best_threshold_is_the_one_trying_all_of_them_finds() -> None:
    labels, scores = draw(60, 1.0, 3)
    found = estimate_best_threshold(labels, scores, resamples=50)
    table = [Score(str(n), score, label == 1) for n, (score, label) in enumerate(zip(scores, labels, strict=True))]
    by_trial = max(sorted(set(scores)), key=lambda cut: assess_threshold(table, cut).accuracy.youden or 0)
    assert found.threshold.value == by_trial
    assert found.apparent_sensitivity == assess_threshold(table, by_trial).accuracy.sensitivity.estimate


def test_the_correction_is_the_plain_loop() -> None:
    """The same draws, one resample at a time; ties go to the lowest cut-off, counted in whole numbers."""
    labels, scores = draw(24, 1.0, 9)
    resamples, seed = 40, 5
    groups = [np.sort([s for s, y in zip(scores, labels, strict=True) if y == want]) for want in (1, 0)]
    values, rng, honest = np.unique(scores), np.random.default_rng(seed), []
    drawn = [rng.integers(0, 12, (resamples, 12)) for _ in groups]
    for rows in zip(*drawn, strict=True):
        ill, well = (group[row] for group, row in zip(groups, rows, strict=True))
        cut = values[int(np.argmax([(ill >= cut).sum() + (well < cut).sum() for cut in values]))]
        out = [np.delete(group, row) for group, row in zip(groups, rows, strict=True)]
        honest.append(((out[0] >= cut).mean(), (out[1] < cut).mean()))
    left_out = np.mean(honest, axis=0)
    found = estimate_best_threshold(labels, scores, resamples, seed)
    apparent = np.array([found.apparent_sensitivity, found.apparent_specificity])
    luck = (apparent.sum() - left_out.sum()) / (apparent.sum() - 1)
    weight = 0.632 / (1 - 0.368 * luck)
    expected = (1 - weight) * apparent + weight * left_out
    assert (found.corrected_sensitivity, found.corrected_specificity) == pytest.approx(tuple(expected))
    assert found.optimism == pytest.approx(apparent.sum() - expected.sum())


def test_a_useless_score_looks_good_by_luck_and_the_correction_takes_most_of_it_away() -> None:
    apparent, corrected = [], []
    for seed in range(40):
        found = estimate_best_threshold(*draw(40, 0.0, seed), resamples=200)
        apparent.append((found.apparent_sensitivity or 0) + (found.apparent_specificity or 0) - 1)
        corrected.append((found.corrected_sensitivity or 0) + (found.corrected_specificity or 0) - 1)
    assert np.mean(apparent) > 0.15
    assert abs(np.mean(corrected)) < 0.35 * np.mean(apparent)


def test_the_same_seed_gives_the_same_numbers_whatever_the_order() -> None:
    labels, scores = draw(50, 0.8, 1)
    order = np.random.default_rng(0).permutation(50)
    first = estimate_best_threshold(labels, scores, resamples=100)
    again = estimate_best_threshold([labels[i] for i in order], [scores[i] for i in order], resamples=100)
    assert first == again


def test_one_patient_of_a_class_cannot_be_corrected_and_says_so() -> None:
    found = estimate_best_threshold([1, 0, 0, 0], [3.0, 1.0, 2.0, 4.0], resamples=20)
    assert found.corrected_sensitivity is None and found.apparent_sensitivity == 1
    assert "one patient of a class" in found.threshold.says


def test_a_missing_class_has_no_threshold() -> None:
    assert estimate_best_threshold([1, 1], [1.0, 2.0]).threshold.value is None


def test_published_cut_offs_have_sources_and_intervals_from_their_own_counts() -> None:
    cutoffs = load_cutoffs().cutoffs
    assert len(cutoffs) >= 7 and all(one.source and one.population for one in cutoffs)
    (ding,) = (one for one in cutoffs if one.code == "suvmax_7_1")
    assert ding.sensitivity is not None and ding.sensitivity.wilson is not None
    assert round(100 * (ding.sensitivity.estimate or 0), 1) == 90.9
    assert load_cutoffs().find("llr", "68Ga-DOTATATE") == ()


def test_a_cut_off_of_another_uptake_time_is_never_applied_without_a_warning() -> None:
    at_ten = next(one for one in load_cutoffs().cutoffs if one.uptake_minutes == 10)
    assert "does not apply" in str(question_uptake(at_ten, 60))
    assert "not known" in str(question_uptake(at_ten, None))
    assert question_uptake(at_ten, 12) is None
    assert "may not fit" in str(question_uptake(replace(at_ten, uptake_minutes=None), 60))
