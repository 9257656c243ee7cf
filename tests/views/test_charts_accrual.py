"""The figure of enrolment: a band for every method that can tell, none for one that cannot, and a picture of both."""

from datetime import date, timedelta
from typing import Any

from exchange.figures import write_png
from trial.cohort import CohortRecord, Enrolment, compute_enrolment
from trial.schedule import Schedule, foresee_enrolment
from views.charts_accrual import chart_accrual

START = date(2026, 1, 5)
PLAN = Schedule(START, 500.0, 0.5, 0.1, 0.9, "set by the team")


def enrol(weeks: int) -> Enrolment:
    days = [START + timedelta(days=7 * week) for week in range(weeks) for _ in range(2)]
    return compute_enrolment([CohortRecord(f"P{n}", day) for n, day in enumerate(days)], 160)


def draw(enrolment: Enrolment, schedule: Schedule = PLAN) -> tuple[dict[str, Any], bytes]:
    outlook = foresee_enrolment(enrolment, schedule, START + timedelta(days=150))
    chart = chart_accrual(enrolment, outlook.planned, outlook.projections, outlook.bands)
    return chart.to_dict(), write_png(chart.properties(width=600))


def find_areas(spec: dict[str, Any]) -> list[list[dict[str, Any]]]:
    marks = [layer for layer in spec["layer"] if layer["mark"]["type"] == "area"]
    return [spec["datasets"][layer["data"]["name"]] for layer in marks]


def test_both_methods_have_a_band_from_today_to_the_target() -> None:
    spec, picture = draw(enrol(20))
    (rows,) = find_areas(spec)
    assert {row["name"] for row in rows} == {"weighted linear", "Bayesian"}
    for name in ("weighted linear", "Bayesian"):
        ours = [row for row in rows if row["name"] == name]
        assert (ours[0]["low"], ours[0]["high"]) == (40, 40)
        assert ours[-1]["high"] == 160 and all(row["low"] <= row["middle"] <= row["high"] + 1 for row in ours)
    assert picture.startswith(b"\x89PNG")
    steps = next(layer for layer in spec["layer"] if layer["mark"].get("interpolate") == "step-after")
    assert spec["datasets"][steps["data"]["name"]][-1]["day"].startswith("2026-06-04"), (
        "weeks without anybody are drawn"
    )


def test_the_key_names_what_is_drawn_and_the_plan_only_where_there_is_one() -> None:
    for schedule, names in (
        (PLAN, ["enrolled", "plan", "weighted linear", "Bayesian"]),
        (Schedule(None, None, 0.5, 0.1, 0.9, ""), ["enrolled", "weighted linear", "Bayesian, without a plan"]),
    ):
        spec, _ = draw(enrol(20), schedule)
        assert spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == names


def test_what_cannot_be_projected_has_no_band_and_still_a_figure() -> None:
    for enrolment in (enrol(0), enrol(1), enrol(80)):
        spec, picture = draw(enrolment, Schedule(None, None, 0.5, 0.1, 0.9, ""))
        linear = [row for rows in find_areas(spec) for row in rows if row["name"] == "weighted linear"]
        assert linear == [] and picture.startswith(b"\x89PNG")
