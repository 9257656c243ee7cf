"""The band of totals to come: it meets the target where the projection says, and holds the totals of simulated trials."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from tests.trial.test_accrual import START, enrol, last
from tests.trial.test_schedule import PLANNED
from trial.accrual import estimate_completion, project_bayesian, project_linear
from trial.accrual_band import BandPoint, Prior, foresee_bayesian, foresee_linear
from trial.schedule import foresee_enrolment

STEADY = [1, 0, 0, 1, 0] * 50
NEVER = timedelta(days=10**6)


def meet(band: tuple[BandPoint, ...], end: str, target: int = 160) -> date:
    return next((point.day for point in band if getattr(point, end) >= target - 1e-6), START + NEVER)


@pytest.mark.parametrize("method", ["linear", "bayesian"])
def test_the_band_meets_the_target_where_the_projection_says(method: str) -> None:
    enrolment, until = enrol(STEADY), last(STEADY)
    if method == "linear":
        found = project_linear(enrolment, until)
        band = foresee_linear(enrolment, until, found)
    else:
        found = project_bayesian(enrolment, START, until, 600, 0.5)
        band = foresee_bayesian(enrolment, START, until, found, Prior(80, 300))
    assert found.earliest and found.latest and found.day
    step = timedelta(days=(found.latest - until).days // 60 + 2)
    assert abs(meet(band, "high") - found.earliest) <= step
    assert abs(meet(band, "low") - found.latest) <= step
    assert abs(meet(band, "middle") - found.day) <= 2 * step
    assert (band[0].day, band[0].low, band[0].high) == (until, enrolment.enrolled, enrolment.enrolled)


def test_a_band_only_rises_and_never_passes_the_target() -> None:
    outlook = foresee_enrolment(enrol(STEADY), PLANNED, last(STEADY))
    assert [name for name, _ in outlook.bands] == [name for name, _ in outlook.projections]
    for _, band in outlook.bands:
        assert all(100 <= point.low <= point.middle + 1 <= 161 and point.high <= 160 for point in band)
        for end in ("low", "middle", "high"):
            values = [getattr(point, end) for point in band]
            assert values == sorted(values)


def test_the_plan_narrows_the_bayesian_band() -> None:
    until = last(STEADY)
    widths = []
    for weight in (0.0, 1.0):
        band = foresee_enrolment(enrol(STEADY), replace(PLANNED, days=400.0, prior_weight=weight), until).bands[1][1]
        widths.append(next(p.high - p.low for p in band if p.day >= until + timedelta(days=60)))
    assert widths[1] < widths[0]


@pytest.mark.parametrize("counts", [[], [1], [5], [2] * 90])
def test_what_cannot_be_told_or_is_past_has_no_band(counts: list[int]) -> None:
    outlook = foresee_enrolment(enrol(counts), replace(PLANNED, prior_weight=0.0), START + timedelta(days=90))
    assert outlook.bands[0][1] == ()
    assert len(outlook.bands[1][1]) == 0 or outlook.projections[1][1].day is not None


def test_an_open_interval_is_followed_for_a_while_only() -> None:
    counts = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    found = project_linear(enrol(counts), last(counts))
    band = foresee_linear(enrol(counts), last(counts), found)
    assert found.latest is None and found.day is not None
    assert band[-1].day == last(counts) + 3 * (found.day - last(counts))
    assert band[-1].low < 160


def test_the_bayesian_totals_are_those_whose_waiting_times_the_projection_gives() -> None:
    """The target is met within T exactly when at least as many come within T: beta prime against negative binomial."""
    seen = enrol(STEADY)
    done = estimate_completion(160, 600, 0.5, seen.enrolled, len(STEADY)).expected_total
    assert done.low is not None
    until = last(STEADY)
    found = replace(project_bayesian(seen, START, until, 600, 0.5), latest=START + timedelta(days=int(done.low)))
    band = foresee_bayesian(seen, START, until, found, Prior(80, 300))
    assert band[-2].high < 160 <= band[-1].high + 1


def test_both_bands_hold_the_totals_of_simulated_trials() -> None:
    rng = np.random.default_rng(14)
    held = {"linear": 0, "bayesian": 0}
    trials, elapsed, later = 250, 250, 120
    for _ in range(trials):
        counts = rng.poisson(0.3, elapsed + later)
        seen = counts[:elapsed].tolist()
        enrolment, until = enrol(seen, 400), last(seen)
        day, truth = until + timedelta(days=later), int(counts.sum())
        linear, bayes = project_linear(enrolment, until), project_bayesian(enrolment, START, until, 900, 0.0)
        bands = {
            "linear": foresee_linear(enrolment, until, linear),
            "bayesian": foresee_bayesian(enrolment, START, until, bayes, Prior()),
        }
        for name, band in bands.items():
            low, high = (np.interp(day.toordinal(), [p.day.toordinal() for p in band], [getattr(p, end) for p in band])
                         for end in ("low", "high"))  # fmt: skip
            held[name] += low - 0.5 <= truth <= high + 0.5
    for count in held.values():
        assert 0.91 < count / trials < 0.995
