"""The timeline: dated results only, an arrow only against a stated limit, events by day."""

from datetime import date
from typing import Any

from decision.case import Result, read_case
from views.charts_timeline import ABOVE, chart_timeline, dated_results


def results(*items: dict[str, Any]) -> tuple[Result, ...]:
    return read_case({"case_id": "T", "results": list(items)}).results


def points(*items: dict[str, Any]) -> list[dict[str, Any]]:
    tables = chart_timeline(results(*items)).to_dict()["datasets"].values()
    return next(rows for rows in tables if rows and "test" in rows[0])


ACTH = {"test": "acth_plasma", "value": 70, "unit": "pg/mL", "uln": 60, "collected_at": "2026-03-08T08:05"}


def test_a_result_without_a_day_is_not_drawn() -> None:
    potassium = {"test": "potassium", "value": 3.1, "unit": "mmol/L"}
    assert [result.test for result in dated_results(results(ACTH, potassium))] == ["acth_plasma"]


def test_an_arrow_stands_only_against_a_stated_limit() -> None:
    unlimited = {**ACTH, "test": "dheas", "unit": "ug/dL", "uln": None}
    found = {point["test"]: (point["mark"], point["colour"] == ABOVE) for point in points(ACTH, unlimited)}
    assert found == {"ACTH": ("triangle-up", True), "DHEAS": ("circle", False)}


def test_one_test_twice_is_one_line_in_order_of_time() -> None:
    earlier = {**ACTH, "value": 40, "collected_at": "2026-02-01"}
    assert [point["value"] for point in points(ACTH, earlier)] == ["40 pg/mL", "70 pg/mL"]


def test_events_of_one_day_share_a_line() -> None:
    day = date(2026, 3, 10)
    tables = chart_timeline(results(ACTH), [(day, "68Ga-Pentixafor"), (day, "MDT")]).to_dict()["datasets"].values()
    events = next(rows for rows in tables if rows and "head" in rows[0])
    assert [event["name"] for event in events] == ["68Ga-Pentixafor, MDT"]
