"""Completeness with denominators that respect what applies, and checks that find what cannot be right and nothing else."""

from datetime import date
from typing import Any

import pytest

from trial.quality import QualityRecord, check_records, compute_completeness, does_apply, load_checks

SCAN = {"tracer_name": "Pentixafor", "window_low": 45.0, "window_high": 90.0, "window": "45 to 90 min"}


def codes(**parts: Any) -> list[str]:
    return [finding.check for finding in check_records([QualityRecord("P1", **parts)])]


def test_a_field_counts_only_those_it_applies_to() -> None:
    records = [
        QualityRecord("P1", frozenset({"dotatate_day"}), {"dotatate_scan": True}),
        QualityRecord("P2", frozenset(), {"dotatate_scan": True}),
        QualityRecord("P3", frozenset(), {"dotatate_scan": False}),
        QualityRecord("P4"),
    ]
    one = next(x for x in compute_completeness(records) if (x.form, x.name) == ("DOTATATE", "Day of the scan"))
    assert (one.present, one.expected, one.missing, one.untold) == (1, 2, ("P2",), ("P4",))
    assert one.share == 0.5


def test_a_field_that_applies_to_nobody_has_no_share() -> None:
    assert all(one.share is None and one.expected == 0 for one in compute_completeness([]))


def test_one_failed_condition_outweighs_an_unknown_one() -> None:
    record = QualityRecord("P1", conditions={"a": False, "b": None, "c": True})
    assert does_apply(record, ["a", "b"]) is False
    assert does_apply(record, ["b", "c"]) is None
    assert does_apply(record, ["c"]) is True
    assert does_apply(record, []) is True


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"places": ({"suv_max": 3.0, "suv_mean": 3.1, "region": "lung", "tracer_name": "x"},)}, "suv_max_below_mean"),
        ({"places": ({"suv_max": 3.0, "suv_peak": 3.1, "region": "lung", "tracer_name": "x"},)}, "suv_peak_above_max"),
        ({"facts": {"acth_pg_ml": 20.1, "acth_class": "independent", "reference": "Adenoma"}}, "independent_with_acth"),
        ({"facts": {"consented_on": date(2026, 1, 2)}, "scans": ({"scanned_on": date(2026, 1, 1)},)}, "consent_after_scan"),
        ({"facts": {"enrolled_on": date(2026, 1, 1), "consented_on": date(2026, 1, 2)}}, "enrolled_before_consent"),
        ({"facts": {"consented_on": date(2026, 1, 1), "screened_on": date(2026, 1, 2)}}, "consent_before_screening"),
        ({"scans": ({**SCAN, "uptake_minutes": 44.0},)}, "uptake_early"),
        ({"scans": ({**SCAN, "uptake_minutes": 91.0},)}, "uptake_late"),
        ({"facts": {"reference_on": date(2026, 1, 1)}, "scans": ({"scanned_on": date(2026, 1, 2)},)}, "reference_before_scan"),
        ({"facts": {"enrolled_on": date(2026, 1, 2)}, "scans": ({"scanned_on": date(2026, 1, 1)},)}, "scan_before_enrolment"),
        ({"facts": {"age_years": 9.0, "age_from": 10.0}}, "too_young"),
        ({"facts": {"age_years": 81.0, "age_to": 80.0}}, "too_old"),
        ({"facts": {"consent_type": "own consent", "consent_due": "other", "age_years": 12.0}}, "consent_of_another_age"),
    ],
)  # fmt: skip
def test_each_check_finds_its_fault_alone(parts: dict[str, Any], code: str) -> None:
    assert codes(**parts) == [code]


def test_every_check_has_such_a_fault_and_a_source() -> None:
    marks = test_each_check_finds_its_fault_alone.pytestmark  # type: ignore[attr-defined]
    assert {case[1] for case in marks[0].args[1]} == {check.code for check in load_checks()}
    assert all(check.source and check.grade in ("verified", "recalled", "expert") for check in load_checks())


@pytest.mark.parametrize(
    "parts",
    [
        {"facts": {"acth_pg_ml": 20.0, "acth_class": "independent"}},
        {"facts": {"acth_pg_ml": 90.0, "acth_class": "dependent"}},
        {"facts": {"acth_pg_ml": 90.0, "acth_class": None}},
        {"facts": {"consented_on": date(2026, 1, 1)}, "scans": ({"scanned_on": date(2026, 1, 1)}, {"scanned_on": None})},
        {"scans": ({**SCAN, "uptake_minutes": 45.0}, {**SCAN, "uptake_minutes": 90.0}, {**SCAN})},
        {"facts": {"age_years": 10.0, "age_from": 10.0, "age_to": 80.0}},
        {"places": ({"suv_max": 3.0, "suv_mean": 3.0}, {"suv_mean": 3.0}, {"suv_max": 3.0, "suv_mean": None})},
    ],
)  # fmt: skip
def test_limits_belong_to_the_right_side_and_the_unknown_is_no_finding(parts: dict[str, Any]) -> None:
    assert codes(**parts) == []


def test_the_sentence_names_the_values_and_the_patient() -> None:
    facts = {"enrolled_on": date(2026, 1, 1), "consented_on": date(2026, 1, 2)}
    (finding,) = check_records([QualityRecord("P7", facts=facts)])
    assert finding.says == "Enrolled on 1 Jan 2026, before consent of 2 Jan 2026."
    assert (finding.patient_id, finding.form, finding.field_name) == ("P7", "Enrolment", "Enrolment date")
    assert finding.severity == "error"


def test_a_person_entered_twice_is_named_in_both_records() -> None:
    twice = [QualityRecord(name, likeness="same", results=3) for name in ("P1", "P2")]
    found = check_records([*twice, QualityRecord("P3", likeness="other", results=9)])
    assert [(one.patient_id, one.check) for one in found] == [("P1", "duplicate"), ("P2", "duplicate")]
    assert "P2" in found[0].says
    assert not check_records([QualityRecord(name, likeness="same", results=2) for name in ("P1", "P2")])


def test_errors_come_first_and_the_order_of_patients_changes_nothing() -> None:
    late = QualityRecord("P1", scans=({**SCAN, "uptake_minutes": 91.0},))
    young = QualityRecord("P2", facts={"age_years": 9.0, "age_from": 10.0})
    assert [one.severity for one in check_records([late, young])] == ["error", "warning"]
    assert check_records([late, young]) == check_records([young, late])
