"""How many will be enrolled on each day to come, with an interval: the band whose ends meet the target when a projection's do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

from trial.accrual import Projection, fit_linear
from trial.cohort import Enrolment
from trial.intervals import LEVEL

POINTS = 61
OPEN_END = 3  # an interval that never meets the target is followed three times as long as the projection itself

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class BandPoint:
    """Expected total on a day with the ends of its interval, none above the target."""

    day: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Prior:
    """The plan as the Bayesian projection takes it: patients and days it counts as, beside those seen."""

    patients: float = 0.0
    days: float = 0.0


def foresee_linear(
    enrolment: Enrolment, until: date, projection: Projection, level: float = LEVEL
) -> tuple[BandPoint, ...]:
    """Totals by the weighted line; empty where `projection` names no day to come."""
    fit, ahead = fit_linear(enrolment, until, level), _list_days(enrolment, until, projection)
    if isinstance(fit, str) or not len(ahead):
        return ()
    away = fit.reach * np.sqrt(fit.error**2 * ahead**2 + fit.scatter * ahead)
    return _join(enrolment, until, ahead, (fit.slope * ahead - away, fit.slope * ahead, fit.slope * ahead + away))


def foresee_bayesian(
    enrolment: Enrolment, start: date, until: date, projection: Projection, prior: Prior, level: float = LEVEL
) -> tuple[BandPoint, ...]:
    """Totals by the constant-rate model: those to come are negative binomial (Poisson with a gamma rate)."""
    ahead = _list_days(enrolment, until, projection)
    if not len(ahead):
        return ()
    seen, exposure = prior.patients + enrolment.enrolled, prior.days + (until - start).days + 1
    share = exposure / (exposure + ahead)
    low, high = (nbinom.ppf(tail, seen, share) for tail in (0.5 - level / 2, 0.5 + level / 2))
    return _join(enrolment, until, ahead, (low, seen / exposure * ahead, high))


def _list_days(enrolment: Enrolment, until: date, projection: Projection) -> Numbers:
    """Days from `until` to the end of the projection's interval, evenly spread."""
    if projection.day is None or projection.day <= until or enrolment.enrolled >= enrolment.target:
        return np.array([])
    last = projection.latest or until + OPEN_END * (projection.day - until)
    return np.unique(np.ceil(np.linspace(0, (last - until).days, POINTS)))


def _join(enrolment: Enrolment, until: date, ahead: Numbers, ends: Sequence[Numbers]) -> tuple[BandPoint, ...]:
    """Nobody leaves: a total never falls below today's; and enrolment stops at the target."""
    low, middle, high = (np.clip(enrolment.enrolled + one, enrolment.enrolled, enrolment.target) for one in ends)
    days = (until + timedelta(days=ceil(one)) for one in ahead)
    return tuple(BandPoint(*row) for row in zip(days, low.tolist(), middle.tolist(), high.tolist(), strict=True))
