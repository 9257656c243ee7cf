"""The cohort's figures draw what was counted: every value once, denominators beside them, unknown apart."""

from datetime import date
from typing import Any

import pytest
import vl_convert

from exchange.palette import SUBTYPE_COLOURS, TRACER_COLOURS
from trial.cohort import CohortRecord, SubtypeCount, compute_enrolment
from trial.uptake import LesionUptake, UptakeGroup, compute_uptake
from views.charts_cohort import (
    NO_REFERENCE,
    SELECTION,
    chart_enrolment,
    chart_subtypes,
    chart_uptake,
    chart_weeks,
    name_subtype,
    sign_figure,
)
from views.names import subtype_name

PENTIXAFOR, DOTATATE = "68Ga-Pentixafor", "68Ga-DOTATATE"
RECORDS = [
    CohortRecord("P1", date(2026, 3, 4), reference="CPA", tracers=frozenset({PENTIXAFOR})),
    CohortRecord("P2", date(2026, 3, 4), reference="CPA", tracers=frozenset({PENTIXAFOR})),
    CohortRecord("P3", date(2026, 3, 20), tracers=frozenset({PENTIXAFOR, DOTATATE})),
]
UPTAKES = [
    LesionUptake("P1", PENTIXAFOR, "adrenal_left", 15.0, "adrenal"),
    LesionUptake("P2", PENTIXAFOR, "adrenal_left", 9.0, "adrenal", measured=False),
    LesionUptake("P3", DOTATATE, "lung", 22.5, "elsewhere"),
]


def tables(chart: Any) -> list[list[dict[str, Any]]]:
    return list(chart.to_dict()["datasets"].values())


def table_with(chart: Any, column: str) -> list[dict[str, Any]]:
    (found,) = (table for table in tables(chart) if column in table[0])
    return found


def groups() -> list[UptakeGroup]:
    made = compute_uptake(RECORDS, UPTAKES, ["CPA"], [PENTIXAFOR, DOTATATE])
    return [group for group in made if group.patients]


def test_the_stair_starts_at_nobody_and_ends_with_everybody() -> None:
    days = table_with(chart_enrolment(compute_enrolment(RECORDS)), "day")
    assert [line["total"] for line in days] == [0, 2, 3, 3]
    assert days[0]["day"].startswith("2026-03-02")
    assert days[-1]["day"].startswith("2026-03-22")


def test_the_target_stands_on_the_figure_and_inside_its_scale() -> None:
    document = chart_enrolment(compute_enrolment(RECORDS, target=70)).to_dict()
    assert [{"target": 70, "says": "Target 70"}] in document["datasets"].values()
    low, high = document["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low == 0
    assert high > 70


def test_a_copy_of_the_figure_says_that_the_data_are_synthetic() -> None:
    enrolment = compute_enrolment(RECORDS)
    assert "Synthetic data" in vl_convert.vegalite_to_svg(
        sign_figure(chart_enrolment(enrolment), "Synthetic data").to_json()
    )
    assert "title" not in sign_figure(chart_weeks(enrolment), None).to_dict()


def test_weeks_without_anybody_are_drawn_as_none() -> None:
    (weeks,) = tables(chart_weeks(compute_enrolment(RECORDS)))
    assert [week["enrolled"] for week in weeks] == [2, 0, 1]


def test_each_subtype_has_its_colour_and_no_reference_has_none() -> None:
    counts = [SubtypeCount("CD", 3), SubtypeCount("EAS", 0), SubtypeCount(None, 2)]
    lines = table_with(chart_subtypes(counts, subtype_name), "code")
    assert [(line["name"], line["patients"]) for line in lines] == [
        ("Cushing's disease", 3),
        ("Ectopic ACTH", 0),
        ("No reference yet", 2),
    ]
    assert lines[0]["colour"] == SUBTYPE_COLOURS["CD"]
    assert lines[2]["code"] == NO_REFERENCE
    assert lines[2]["colour"] not in SUBTYPE_COLOURS.values()


def test_a_click_on_a_bar_gives_its_subtype() -> None:
    document = chart_subtypes([SubtypeCount("CD", 3)], subtype_name).to_dict()
    (parameter,) = (param for param in document["params"] if param["name"] == SELECTION)
    assert parameter["select"]["fields"] == ["code"]


def test_every_value_is_one_point_that_names_patient_tracer_and_place() -> None:
    points = table_with(chart_uptake(groups(), subtype_name), "patient")
    assert {(point["patient"], point["suv_max"], point["tracer"]) for point in points} == {
        ("P1", 15.0, PENTIXAFOR),
        ("P2", 9.0, PENTIXAFOR),
        ("P3", 22.5, DOTATATE),
    }
    assert {point["patient"]: point["origin"] for point in points} == {
        "P1": "measured here",
        "P2": "as reported",
        "P3": "measured here",
    }
    assert {point["where"] for point in points} == {"adrenal left", "lung"}


def test_the_hover_shows_patient_value_and_tracer() -> None:
    drawn = chart_uptake(groups(), subtype_name).to_dict()["layer"][-1]["encoding"]
    assert {"patient", "suv_max", "tracer"} <= {tip["field"] for tip in drawn["tooltip"]}
    assert drawn["color"]["scale"]["range"] == [TRACER_COLOURS[PENTIXAFOR], TRACER_COLOURS[DOTATATE]]


def test_denominators_stand_beside_every_row() -> None:
    summaries = table_with(chart_uptake(groups(), subtype_name), "says")
    assert [(line["subtype"], line["says"]) for line in summaries] == [
        ("Adenoma", "Pentixafor 2 of 2"),
        ("Adenoma", "DOTATATE: nobody scanned"),
        ("No reference yet", "Pentixafor 0 of 1"),
        ("No reference yet", "DOTATATE 1 of 1"),
    ]


def test_one_value_is_a_point_without_a_median() -> None:
    summaries = table_with(chart_uptake(groups(), subtype_name), "says")
    assert [line["median"] for line in summaries] == [12.0, None, None, None]


def test_points_stay_in_their_row_and_tracers_do_not_mix() -> None:
    many = [
        LesionUptake("P1", tracer, str(order), 1.0 + order) for order in range(40) for tracer in (PENTIXAFOR, DOTATATE)
    ]
    drawn = chart_uptake(compute_uptake(RECORDS, many, ["CPA"], [PENTIXAFOR, DOTATATE], "lesion")[:2], subtype_name)
    points = table_with(drawn, "patient")
    highest = {tracer: max(p["place"] for p in points if p["tracer"] == tracer) for tracer in (PENTIXAFOR, DOTATATE)}
    lowest = {tracer: min(p["place"] for p in points if p["tracer"] == tracer) for tracer in (PENTIXAFOR, DOTATATE)}
    assert -0.5 < lowest[PENTIXAFOR] <= highest[PENTIXAFOR] < lowest[DOTATATE] <= highest[DOTATATE] < 0.5


def test_a_name_with_an_apostrophe_does_not_break_the_labels() -> None:
    records = [CohortRecord("P1", reference="CD", tracers=frozenset({PENTIXAFOR}))]
    made = compute_uptake(records, [LesionUptake("P1", PENTIXAFOR, "1", 4.0)], ["CD"], [PENTIXAFOR])[:1]
    drawn = vl_convert.vegalite_to_svg(chart_uptake(made, subtype_name).to_json())
    assert "Cushing's disease (1)" in drawn


@pytest.mark.parametrize("code", [None, "CD"])
def test_unknown_has_a_name_of_its_own(code: str | None) -> None:
    assert name_subtype(code, subtype_name) == ("No reference yet" if code is None else "Cushing's disease")
