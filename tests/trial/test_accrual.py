from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import binomtest

from trial.accrual import (
    compute_planned_line,
    compute_recent_rates,
    estimate_completion,
    project_bayesian,
    project_linear,
)
from trial.cohort import CohortRecord, Enrolment, compute_enrolment
from trial.intervals import CountError
from trial.precision import compute_sample_size, estimate_precision, find_needed

START = date(2026, 1, 5)


def enrol(counts: list[int], target: int = 160) -> Enrolment:
    days = [START + timedelta(days=index) for index, count in enumerate(counts) for _ in range(count)]
    return compute_enrolment([CohortRecord(str(n), enrolled_on=day) for n, day in enumerate(days)], target)


def last(counts: list[int]) -> date:
    return START + timedelta(days=len(counts) - 1)


def test_recent_rates_count_the_last_weeks_with_poisson_intervals() -> None:
    counts = [0, 1, 0, 0, 1, 0, 0] * 12
    counts[0] = 1
    four, eight, twelve = compute_recent_rates(enrol(counts), last(counts))
    assert (four.weeks, four.enrolled, four.per_week.value) == (4, 8, 2)
    assert (eight.enrolled, twelve.enrolled) == (16, 25)
    assert (four.per_week.low, four.per_week.high) == pytest.approx((3.4538 / 4, 15.7632 / 4), abs=1e-4)


def test_a_trial_younger_than_the_window_has_no_rate_of_it() -> None:
    four, eight, _ = compute_recent_rates(enrol([1] * 30), last([1] * 30))
    assert four.per_week.value == 7
    assert eight.per_week.value is None and "younger than 8 weeks" in eight.per_week.says
    assert compute_recent_rates(enrol([]), START)[0].per_week.value is None


def test_the_planned_line_runs_from_the_start_to_the_target() -> None:
    line = compute_planned_line(START, 100, 160, START + timedelta(days=25))
    assert [(point.day - START).days for point in line] == [0, 25, 100]
    assert [point.planned for point in line] == [0, 40, 160]
    with pytest.raises(CountError, match="lasts longer than none"):
        compute_planned_line(START, 0, 160, START)


def test_a_steady_trial_ends_when_division_says() -> None:
    counts = [1, 0] * 40
    found = project_linear(enrol(counts), last(counts))
    assert found.day is not None and abs((found.day - last(counts)).days - 240) <= 3
    assert found.earliest is not None and found.latest is not None and found.earliest < found.day < found.latest


def test_recent_days_weigh_more_than_early_ones() -> None:
    speeding = [0, 0, 0, 1] * 20 + [1, 1] * 20
    found = project_linear(enrol(speeding), last(speeding))
    even = (160 - sum(speeding)) / (sum(speeding) / len(speeding))
    assert found.day is not None and (found.day - last(speeding)).days < even


@pytest.mark.parametrize("counts", [[], [1], [5], [0, 0, 1, 0]])
def test_what_cannot_be_told_is_not_told(counts: list[int]) -> None:
    until = START + timedelta(days=20)
    found = project_linear(enrol(counts), until)
    assert (found.day, found.earliest, found.latest) == (None, None, None)
    assert found.says.startswith("not estimable")


def test_a_full_trial_is_done_on_the_day_it_filled() -> None:
    counts = [2, 0, 1, 5]
    for found in (
        project_linear(enrol(counts, 3), last(counts)),
        project_bayesian(enrol(counts, 3), START, last(counts), 90, 0.5),
    ):
        assert found.says == "the target is reached"
        assert found.day == START + timedelta(days=2)


def test_the_bayesian_projection_with_a_full_prior_and_nobody_yet_is_the_plan() -> None:
    found = estimate_completion(160, 24, 1.0, 0, 0)
    assert found.expected_total.value == pytest.approx(160 * 24 / 159)
    assert found.median_total == pytest.approx(24, rel=0.01)


def test_the_notes_own_example_of_this_trial() -> None:
    assert estimate_completion(160, 24, 0.5, 40, 8).expected_total.value == pytest.approx(28.17, abs=0.006)


def test_the_bayesian_interval_is_that_of_simulated_waiting_times() -> None:
    rng = np.random.default_rng(2)
    rate = rng.gamma(160 * 0.5 + 40, 1 / (24 * 0.5 + 8), 200_000)
    totals = 8 + rng.gamma(120, 1 / rate)
    found = estimate_completion(160, 24, 0.5, 40, 8).expected_total
    assert (found.low, found.high) == pytest.approx(np.quantile(totals, [0.025, 0.975]), rel=0.01)


@pytest.mark.parametrize(("rate", "elapsed"), [(0.25, 150), (0.15, 220), (0.25, 540)])
def test_both_projections_cover_the_day_the_target_is_reached(rate: float, elapsed: int) -> None:
    rng = np.random.default_rng(4)
    hits = {"linear": 0, "bayesian": 0}
    trials = 0
    for _ in range(300):
        counts = rng.poisson(rate, 6000)
        seen = counts[:elapsed].tolist()
        if sum(seen) >= 160:
            continue
        trials += 1
        truth = START + timedelta(days=int(np.searchsorted(counts.cumsum(), 160)))
        enrolment, until = enrol(seen), last(seen)
        linear, bayes = project_linear(enrolment, until), project_bayesian(enrolment, START, until, 640, 0.0)
        for name, found in (("linear", linear), ("bayesian", bayes)):
            assert found.earliest is not None
            hits[name] += found.earliest <= truth and (found.latest is None or truth <= found.latest)
    for count in hits.values():
        assert binomtest(count, trials, 0.95).pvalue > 1e-4


def test_the_width_expected_at_the_target_follows_todays_mix() -> None:
    few, many, none = estimate_precision({"EAS": 4, "CD": 36, "PPNAD": 0}, 160, share=0.9, half_width=0.1)
    assert (few.expected, many.expected) == (16, 144)
    assert few.interval is not None and many.interval is not None and few.interval.width > many.interval.width
    assert few.more_needed == few.needed - 4
    assert few.enrol_needed == 10 * few.more_needed
    assert none.interval is None and none.enrol_needed is None and "nobody" in none.says


def test_the_precision_of_the_notes() -> None:
    """40, 80 and 120 patients at 0.90 give 0.770-0.960, 0.815-0.948 and 0.833-0.942."""
    rows = estimate_precision({"a": 1, "b": 2, "c": 3}, 240, share=0.9, half_width=0.1)
    limits = [(round(row.interval.low, 3), round(row.interval.high, 3)) for row in rows if row.interval]
    assert limits == [(0.769, 0.96), (0.815, 0.948), (0.833, 0.942)]


def test_the_number_needed_is_the_fewest() -> None:
    needed = find_needed(0.9, 0.1)
    (now,) = estimate_precision({"all": needed}, needed, share=0.9, half_width=0.1)
    (one_less,) = estimate_precision({"all": needed - 1}, needed - 1, share=0.9, half_width=0.1)
    assert now.interval and one_less.interval
    assert now.interval.width <= 0.2 < one_less.interval.width


def test_nobody_of_a_class_cannot_be_planned_for() -> None:
    found = compute_sample_size(0.9, 0.85, 0.1, prevalence=0)
    assert (found.total_for_sensitivity, found.total_for_specificity) == (None, 49)
    with pytest.raises(CountError, match="half_width 0"):
        compute_sample_size(0.9, 0.85, 0, 0.2)


def test_classes_without_the_target_are_one_group_and_count_for_specificity() -> None:
    rows = estimate_precision({"NNH": 6, "CD": 30, "NONE": 3, "EXO": 1}, 160, 0.9, 0.1, without={"NNH", "NONE", "EXO"})
    assert [row.group for row in rows] == ["CD", "NNH", "NONE", "EXO", "without the target"]
    assert [row.counts_for for row in rows] == ["sensitivity", *["specificity"] * 4]
    for row in rows[1:4]:
        assert (row.interval, row.needed, row.more_needed, row.enrol_needed) == (None, None, None, None)
        assert "counts for the specificity" in row.says
    assert (rows[1].now, rows[1].expected) == (6, 24)
    together = rows[-1]
    (alone,) = (row for row in estimate_precision({"all": 10, "CD": 30}, 160, 0.9, 0.1) if row.group == "all")
    assert (together.now, together.expected, together.interval) == (10, 40, alone.interval)
    assert (together.more_needed, together.enrol_needed) == (alone.more_needed, alone.enrol_needed)
