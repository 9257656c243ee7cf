"""Enrolment in time: recent rates, the planned line, and when the target is reached, by two methods with intervals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt

import numpy as np
from scipy.stats import beta, chi2
from scipy.stats import t as student

from trial.cohort import WEEK, Enrolment
from trial.intervals import LEVEL, CountError, Estimate, Interval, divide

RECENT_WEEKS = (4, 8, 12)
LINEAR = "weighted linear: recent days weigh more (as accrualPlot); interval of the counts around the line"
BAYESIAN = "Bayesian, constant rate, the plan as prior (Gajewski 2008)"
POISSON = "exact Poisson interval"
TOO_FEW = "not estimable: fewer than two enrolled"
ONE_DAY = "not estimable: everybody was enrolled on one day"
NO_RISE = "not estimable: enrolment does not rise"
REACHED = "the target is reached"
BEYOND = timedelta(days=365 * 100)


@dataclass(frozen=True)
class RecentRate:
    """Patients a week over the last `weeks`; exact Poisson interval. None while the trial is younger than that."""

    weeks: int
    enrolled: int
    per_week: Estimate


@dataclass(frozen=True)
class Projection:
    """The day the target is reached; `says` when that cannot be told or is past. An open end of the interval is None."""

    method: str
    day: date | None
    earliest: date | None
    latest: date | None
    says: str = ""


@dataclass(frozen=True)
class LinearFit:
    """Patients a day with their standard error, the counts' variance a day, and the quantile an interval reaches to."""

    slope: float
    error: float
    scatter: float
    reach: float


@dataclass(frozen=True)
class PlannedPoint:
    """How many should be enrolled by a day according to the plan."""

    day: date
    planned: float


@dataclass(frozen=True)
class CompletionTime:
    """Total duration in the unit of the input; the interval is the predictive one."""

    expected_total: Estimate
    median_total: float | None


def compute_recent_rates(enrolment: Enrolment, until: date, level: float = LEVEL) -> tuple[RecentRate, ...]:
    """The rate of the last 4, 8 and 12 weeks up to and including `until`."""
    first = enrolment.days[0].day if enrolment.days else None
    rates = []
    for weeks in RECENT_WEEKS:
        count = enrolment.count_last(weeks, until)
        if first is None or until - first < weeks * WEEK - timedelta(days=1):
            rates.append(
                RecentRate(weeks, count, Estimate(None, None, POISSON, f"enrolment is younger than {weeks} weeks"))
            )
            continue
        ends = _poisson_interval(count, level)
        rates.append(
            RecentRate(weeks, count, Estimate(count / weeks, Interval(ends[0] / weeks, ends[1] / weeks), POISSON))
        )
    return tuple(rates)


def compute_planned_line(start: date, planned_days: float, target: int, until: date) -> tuple[PlannedPoint, ...]:
    """The straight line of the plan from `start` to the target, up to `until` or its end, whichever is later."""
    if planned_days <= 0:
        raise CountError(f"planned duration {planned_days:g} days: a plan lasts longer than none")
    end = start + timedelta(days=ceil(planned_days))
    days = sorted({start, end, *([until] if start < until else [])})
    return tuple(PlannedPoint(day, min(target * (day - start).days / planned_days, target)) for day in days)


def project_linear(enrolment: Enrolment, until: date, level: float = LEVEL) -> Projection:
    """Weighted least squares of the running total on the day, every day since the first with weight 1/n … 1.

    The day runs from today's total at the slope (as accrualPlot). The interval is predictive: the slope's uncertainty from
    the daily counts it is a weighted sum of (running totals are not independent, so the fit's own residuals would promise
    too much) and the scatter of those still to come.
    """
    if settled := _settle(enrolment, LINEAR):
        return settled
    fit = fit_linear(enrolment, until, level)
    if isinstance(fit, str):
        return Projection(LINEAR, None, None, None, fit)
    left = enrolment.target - enrolment.enrolled
    return _project(LINEAR, until, (left / fit.slope, *_find_horizons(fit, left)))


def fit_linear(enrolment: Enrolment, until: date, level: float = LEVEL) -> LinearFit | str:
    """The weighted line through the running totals up to `until`, or why there is none."""
    if not enrolment.days:
        return TOO_FEW
    first = enrolment.days[0].day
    span = (until - first).days + 1
    daily = np.zeros(max(span, 0))
    for day in enrolment.days:
        if day.day <= until:
            daily[(day.day - first).days] += day.enrolled
    if span < 2 or np.count_nonzero(daily) < 2:
        return ONE_DAY
    slope, error, scatter = _fit_slope(daily), *_slope_error(daily)
    reach = float(student.ppf(0.5 + level / 2, max(span // WEEK.days - 1, 1)))
    return LinearFit(slope, error, scatter, reach) if slope > 0 else NO_RISE


def project_bayesian(
    enrolment: Enrolment,
    start: date,
    until: date,
    planned_days: float,
    prior_weight: float,
    level: float = LEVEL,
) -> Projection:
    """Gajewski's constant-rate model: the plan weighs like `prior_weight` (0 … 1) of a trial that has been run."""
    if settled := _settle(enrolment, BAYESIAN):
        return settled
    elapsed = (until - start).days + 1
    done = estimate_completion(enrolment.target, planned_days, prior_weight, enrolment.enrolled, elapsed, level)
    total = done.expected_total
    if total.value is None or total.low is None or total.high is None:
        return Projection(BAYESIAN, None, None, None, f"not estimable: {total.says}")
    return _project(BAYESIAN, until, (total.value - elapsed, total.low - elapsed, total.high - elapsed))


def estimate_completion(
    target: int, planned_duration: float, prior_weight: float, enrolled: int, elapsed: float, level: float = LEVEL
) -> CompletionTime:
    """Expected total duration tm + (n - m)(T P + tm)/(n P + m - 1), and its beta-prime predictive interval (R accrual)."""
    if min(target, enrolled, planned_duration, prior_weight, elapsed) < 0:
        raise CountError("target, planned duration, prior weight, enrolled and elapsed are 0 or more")
    left = max(target - enrolled, 0)
    if left == 0:
        return CompletionTime(Estimate(elapsed, Interval(elapsed, elapsed), BAYESIAN, REACHED), elapsed)
    seen = target * prior_weight + enrolled
    exposure = planned_duration * prior_weight + elapsed
    if seen <= 1 or exposure <= 0:
        return CompletionTime(Estimate(None, None, BAYESIAN, "too few enrolled and no weight on the plan"), None)
    shares = beta.ppf([0.5 - level / 2, 0.5, 0.5 + level / 2], left, seen)
    low, middle, high = (float(exposure * share / (1 - share) + elapsed) for share in shares)
    value = elapsed + left * exposure / (seen - 1)
    return CompletionTime(Estimate(value, Interval(low, high), BAYESIAN), middle)


def _settle(enrolment: Enrolment, method: str) -> Projection | None:
    """The answers that need no model: the target is reached, or nothing can be told yet."""
    if enrolment.enrolled >= enrolment.target:
        reached = next(day.day for day in enrolment.days if day.total >= enrolment.target) if enrolment.days else None
        return Projection(method, reached, reached, reached, REACHED)
    return Projection(method, None, None, None, TOO_FEW) if enrolment.enrolled < 2 else None


def _fit_slope(daily: Iterable[float]) -> float:
    totals = np.cumsum(np.asarray(daily, dtype=float))
    days = np.arange(len(totals), dtype=float)
    weights = np.arange(1, len(totals) + 1) / len(totals)
    middle = np.average(days, weights=weights)
    top = float((weights * (days - middle) * (totals - np.average(totals, weights=weights))).sum())
    return divide(top, float((weights * (days - middle) ** 2).sum())) or 0.0


def _slope_error(daily: Iterable[float]) -> tuple[float, float]:
    """The slope's standard error and the counts' variance a day: Poisson's, or the weekly counts' where they scatter more."""
    counts = np.asarray(daily, dtype=float)
    n = len(counts)
    days = np.arange(n, dtype=float)
    weights = np.arange(1, n + 1) / n
    centred = weights * (days - np.average(days, weights=weights))
    share = centred[::-1].cumsum()[::-1] / (centred * days).sum()
    weeks = counts[: n - n % WEEK.days].reshape(-1, WEEK.days).sum(axis=1)
    seen = float(weeks.var(ddof=1)) / WEEK.days if len(weeks) > 1 else 0.0
    scatter = max(float(counts.mean()), seen)
    return sqrt(float((share**2).sum()) * scatter), scatter


def _find_horizons(fit: LinearFit, left: float) -> tuple[float, float | None]:
    """The days T at which the upper and the lower predictive count, slope T ± reach √(error² T² + scatter T), meet `left`."""
    square = fit.slope**2 - (fit.reach * fit.error) ** 2
    middle = 2 * left * fit.slope + fit.reach**2 * fit.scatter
    root = sqrt(max(middle**2 - 4 * square * left**2, 0.0))
    early = 2 * left**2 / (middle + root)
    return early, (middle + root) / (2 * square) if square > 0 else None


def _project(method: str, until: date, days: tuple[float, float, float | None]) -> Projection:
    return Projection(
        method, _add(until, days[0]), _add(until, days[1]), None if days[2] is None else _add(until, days[2])
    )


def _add(until: date, days: float) -> date | None:
    return until + timedelta(days=ceil(round(days, 6))) if days < BEYOND.days else None


def _poisson_interval(count: int, level: float) -> tuple[float, float]:
    low = float(chi2.ppf(0.5 - level / 2, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(0.5 + level / 2, 2 * count + 2)) / 2
