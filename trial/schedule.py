"""The plan of enrolment that the registry does not give: when it began, how long it shall last. The file is plan.toml."""

import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from trial.accrual import PlannedPoint, Projection, compute_planned_line, project_bayesian, project_linear
from trial.accrual_band import BandPoint, Prior, foresee_bayesian, foresee_linear
from trial.cohort import Enrolment

PLAN_FILE = Path(__file__).with_name("plan.toml")
DAYS_A_MONTH = 365.25 / 12
UNPLANNED = "Bayesian, constant rate, no plan as prior (Gajewski 2008)"
NO_PLAN = "The planned line is not known: the registry gives no start and no duration, and the team has not set them."


@dataclass(frozen=True)
class Schedule:
    """`start` None or `days` None: not known. `prior_weight`, `half_width`, `expected_share` are shares."""

    start: date | None
    days: float | None
    prior_weight: float
    half_width: float
    expected_share: float
    source: str


@dataclass(frozen=True)
class Outlook:
    """The planned line (empty when not known), both projections and their bands by name, and what to say about the plan.

    A band is empty where its projection cannot be told or the target is reached.
    """

    planned: tuple[PlannedPoint, ...]
    projections: tuple[tuple[str, Projection], ...]
    says: str
    bands: tuple[tuple[str, tuple[BandPoint, ...]], ...] = ()


@lru_cache(maxsize=1)
def load_schedule() -> Schedule:
    """The team's plan, from plan.toml."""
    document = tomllib.loads(PLAN_FILE.read_text(encoding="utf-8"))
    return Schedule(
        start=date.fromisoformat(document["start"]) if document["start"] else None,
        days=document["months"] * DAYS_A_MONTH if document["months"] else None,
        prior_weight=document["prior_weight"],
        half_width=document["half_width"],
        expected_share=document["expected_share"],
        source=document["source"],
    )


def foresee_enrolment(enrolment: Enrolment, schedule: Schedule, until: date) -> Outlook:
    """Both projections from what is enrolled `until` that day; without a plan the Bayesian one gives the plan no weight."""
    first = enrolment.days[0].day if enrolment.days else until
    start, known = schedule.start or first, schedule.start is not None and schedule.days is not None
    days = schedule.days or float((until - start).days + 1)
    weight = schedule.prior_weight if known else 0.0
    linear = project_linear(enrolment, until)
    bayesian = project_bayesian(enrolment, start, until, days, weight)
    if not known:
        bayesian = replace(bayesian, method=UNPLANNED)
    end = max(until, start + timedelta(days=1))
    planned = compute_planned_line(start, days, enrolment.target, end) if known else ()
    prior = Prior(enrolment.target * weight, days * weight)
    names = ("weighted linear", "Bayesian" if known else "Bayesian, without a plan")
    bands = (foresee_linear(enrolment, until, linear), foresee_bayesian(enrolment, start, until, bayesian, prior))
    return Outlook(
        planned=planned,
        projections=tuple(zip(names, (linear, bayesian), strict=True)),
        says=schedule.source if known else NO_PLAN,
        bands=tuple(zip(names, bands, strict=True)),
    )
