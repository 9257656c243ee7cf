"""The plan of enrolment: not known is said, a plan that is given draws its line, and the projection weighs it."""

from dataclasses import replace
from datetime import date, timedelta

from trial.cohort import CohortRecord, Enrolment, compute_enrolment
from trial.schedule import NO_PLAN, Schedule, foresee_enrolment, load_schedule

START = date(2026, 1, 5)
PLANNED = Schedule(START, 365.0, 0.5, 0.1, 0.9, "set by the team")


def enrol(each_week: int, weeks: int, target: int = 100) -> Enrolment:
    days = [START + timedelta(days=7 * week) for week in range(weeks) for _ in range(each_week)]
    return compute_enrolment([CohortRecord(f"P{n}", day) for n, day in enumerate(days)], target)


def test_what_the_registry_does_not_give_is_said_and_no_line_is_drawn() -> None:
    schedule = load_schedule()
    outlook = foresee_enrolment(enrol(2, 10), replace(schedule, start=None, days=None), START + timedelta(days=70))
    assert outlook.planned == ()
    assert outlook.says == NO_PLAN
    assert "without a plan" in outlook.projections[1][0]
    assert "no plan as prior" in outlook.projections[1][1].method


def test_a_plan_draws_its_line_to_the_target() -> None:
    outlook = foresee_enrolment(enrol(2, 10), PLANNED, START + timedelta(days=70))
    assert outlook.planned[-1].planned == 100
    assert outlook.planned[0].planned == 0


def test_a_slow_trial_is_projected_later_the_less_the_plan_weighs() -> None:
    slow, until = enrol(1, 10), START + timedelta(days=70)
    days = [
        foresee_enrolment(slow, replace(PLANNED, prior_weight=weight), until).projections[1][1].day
        for weight in (1.0, 0.1)
    ]
    assert days[0] is not None
    assert days[1] is not None
    assert days[0] < days[1]


def test_two_enrolled_on_one_day_cannot_be_projected_by_a_line() -> None:
    outlook = foresee_enrolment(enrol(2, 1), PLANNED, START)
    assert outlook.projections[0][1].day is None
    assert "not estimable" in outlook.projections[0][1].says


def test_nobody_is_no_crash() -> None:
    outlook = foresee_enrolment(enrol(0, 0), PLANNED, START)
    assert all(projection.day is None for _, projection in outlook.projections)
