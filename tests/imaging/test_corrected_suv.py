"""A reader's values in the place of a header's: the same rules, the right ratio, a reason for each, impossible ones refused."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from imaging.corrected_document import correct_document, read_entered
from imaging.corrected_suv import compute_corrected_suv, find_refusal, read_inputs
from imaging.correction import Correction, read_correction, write_correction
from imaging.correction_check import check_correction
from imaging.dicom import load_volume, read_study
from imaging.header import Agent, Header
from imaging.kept_headers import read_headers, write_headers
from imaging.moving import shift_document
from imaging.problem import ImagingError
from imaging.provenance import document_series
from imaging.suv import compute_suv
from tests.imaging.dicom_files import pet_series, write_files

HALF_LIFE_S = 4057.7


def headers(folder: Path, **changes: Any) -> tuple[Header, ...]:
    return read_study(write_files(folder, pet_series(3, **changes))).series[0].headers


def at(clock: str, day: str = "2026-03-02") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")


def factor(given: tuple[Header, ...], correction: Correction) -> float:
    result = compute_corrected_suv(given, correction)
    assert result.factors, find_refusal(result)
    return result.factors[0]


def test_nothing_entered_changes_nothing(tmp_path: Path) -> None:
    given = headers(tmp_path)
    assert compute_corrected_suv(given, Correction()) == compute_suv(given)


def test_the_weight_changes_the_factor_in_proportion_and_says_what_stood_there(tmp_path: Path) -> None:
    given = headers(tmp_path, PatientWeight=72000)
    result = compute_corrected_suv(given, Correction(weight_kg=60))
    assert result.factors and compute_suv(given).factors
    assert result.factors[0] / compute_suv(given).factors[0] == pytest.approx(60 / 72)  # type: ignore[index]
    assert result.reasons[0] == "Weight 60 kg entered by the reader instead of 72000 kg in the header."
    assert not [problem for problem in result.problems if problem.code == "weight_in_grams"]


def test_a_weight_the_header_lacks_is_supplied(tmp_path: Path) -> None:
    gap = headers(tmp_path / "gap", PatientWeight=None)
    assert compute_suv(gap).factors is None
    assert factor(gap, Correction(weight_kg=60)) == factor(headers(tmp_path / "whole"), Correction())
    assert compute_corrected_suv(gap, Correction(weight_kg=60)).reasons[0].endswith("the header has none.")


def test_the_residual_is_decayed_back_to_the_injection_and_taken_off(tmp_path: Path) -> None:
    given = headers(tmp_path)
    half_life_later = at("11:07:37.7")
    correction = Correction(residual_mbq=5.0, residual_at=half_life_later)
    assert factor(given, correction) / factor(given, Correction()) == pytest.approx(150 / (150 - 10))
    both = replace(correction, activity_mbq=140.0)
    assert factor(given, both) / factor(given, Correction()) == pytest.approx(150 / (140 - 10))


def test_a_later_injection_lowers_the_suv_by_the_decay_between(tmp_path: Path) -> None:
    given = headers(tmp_path)
    later = compute_corrected_suv(given, Correction(injected_at=at("10:30:00")))
    assert later.factors and later.factors[0] / factor(given, Correction()) == pytest.approx(
        0.5 ** (1800 / HALF_LIFE_S)
    )
    assert later.uptake_minutes == 30.0


@pytest.mark.parametrize("decay", ["START", "NONE"])
def test_a_later_scan_clock_raises_the_suv_by_the_decay_between(tmp_path: Path, decay: str) -> None:
    given = headers(tmp_path, DecayCorrection=decay, CorrectedImage=["ATTN", *(["DECY"] if decay == "START" else [])])
    later = compute_corrected_suv(given, Correction(reference_at=at("11:10:00")))
    assert later.factors and later.factors[0] / factor(given, Correction()) == pytest.approx(2 ** (600 / HALF_LIFE_S))
    assert later.uptake_minutes == 70.0


def test_the_entered_scan_clock_goes_before_the_scanners_own(tmp_path: Path) -> None:
    given = tuple(replace(one, siemens_reference="20260302105000") for one in headers(tmp_path))
    result = compute_corrected_suv(given, Correction(reference_at=at("11:00:00")))
    assert (result.reference_time, result.reference_time_source) == ("2026-03-02T11:00:00", "entered by the reader")


def test_the_half_life_of_the_nuclide_given_is_used(tmp_path: Path) -> None:
    given = headers(tmp_path, item={"RadionuclideHalfLife": 6586.2})
    right = factor(headers(tmp_path / "right"), Correction())
    assert factor(given, Correction(half_life_s=HALF_LIFE_S)) == pytest.approx(right)


@pytest.mark.parametrize(
    ("correction", "ratio"),
    [
        (Correction(weight_kg=30.0), 0.5),
        (Correction(activity_mbq=300.0), 0.5),
        (Correction(injected_at=at("10:30:00")), 0.5 ** (1800 / HALF_LIFE_S)),
    ],
)
@pytest.mark.parametrize(("units", "suv_type"), [("GML", None), ("GML", "LBMJANMA"), ("CM2ML", "BSA")])
def test_pixels_that_are_suv_already_are_rescaled_from_the_headers_values(
    tmp_path: Path, units: str, suv_type: str | None, correction: Correction, ratio: float
) -> None:
    given = headers(tmp_path, Units=units, SUVType=suv_type)
    assert factor(given, correction) / factor(given, Correction()) == pytest.approx(ratio)


def test_suv_pixels_of_an_unknown_weight_cannot_be_corrected(tmp_path: Path) -> None:
    given = headers(tmp_path, Units="GML", PatientWeight=None)
    refusal = find_refusal(compute_corrected_suv(given, Correction(weight_kg=60.0)))
    assert refusal and "does not say with which value" in refusal.says


def test_counts_with_the_makers_activity_factor_follow_the_weight(tmp_path: Path) -> None:
    given = tuple(replace(one, philips_activity_factor=3.0) for one in headers(tmp_path, Units="CNTS"))
    assert factor(given, Correction(weight_kg=30.0)) / factor(given, Correction()) == pytest.approx(0.5)


def test_the_makers_own_factor_made_from_the_wrong_weight_is_no_doubt_about_the_right_one(tmp_path: Path) -> None:
    plain = headers(tmp_path, Units="CNTS")
    made = compute_suv(tuple(replace(one, units="BQML") for one in plain)).factors
    assert made
    given = tuple(replace(one, philips_activity_factor=3.0, philips_suv_factor=3.0 * made[0]) for one in plain)
    codes = [problem.code for problem in compute_corrected_suv(given, Correction(weight_kg=30.0)).problems]
    assert "philips_factors_disagree" not in codes
    gap = tuple(replace(one, weight=None) for one in given)
    codes = [problem.code for problem in compute_corrected_suv(gap, Correction(weight_kg=30.0)).problems]
    assert "philips_factors_disagree" in codes, (
        "where the header has no weight, the maker's factor checks the entered one"
    )


@pytest.mark.parametrize(
    ("correction", "field", "says"),
    [
        (Correction(weight_kg=0.0), "weight_kg", "A weight of 0 kg is not possible (from 2 to 350 kg)"),
        (Correction(weight_kg=900.0), "weight_kg", "A weight of 900 kg is not possible"),
        (Correction(height_cm=1.62), "height_cm", "write the height in centimetres"),
        (Correction(activity_mbq=7000.0), "activity_mbq", "An injected activity of 7000 MBq is not possible"),
        (Correction(half_life_s=68.0 / 60), "half_life_s", "write the half-life in seconds"),
        (Correction(residual_mbq=150.0, residual_at=at("10:05:00")), "residual_mbq", "nothing was injected"),
        (Correction(residual_mbq=5.0), "residual_at", "Write when the residual activity was measured"),
        (Correction(residual_at=at("10:05:00")), "residual_mbq", "A time without an activity"),
        (Correction(residual_mbq=5.0, residual_at=at("09:55:00")), "residual_at", "measured after the injection"),
        (Correction(residual_mbq=5.0, residual_at=at("10:05:00", "2026-03-03")), "residual_at", "check the date"),
        (Correction(injected_at=at("11:05:00")), "injected_at", "after the scan's clock (2026-03-02 11:00:00)"),
        (Correction(injected_at=at("10:00:00", "2026-03-01")), "injected_at", "25 h before the scan"),
        (Correction(reference_at=at("09:00:00")), "reference_at", "before the injection"),
        (Correction(reference_at=at("11:00:00", "2026-03-12")), "reference_at", "does not fit the acquisition"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(tmp_path: Path, correction: Correction, field: str, says: str) -> None:
    wrong = check_correction(headers(tmp_path), correction)
    assert set(wrong) == {field}
    assert says in wrong[field]


def test_what_could_be_is_not_questioned(tmp_path: Path) -> None:
    possible = Correction(
        weight_kg=61.5, height_cm=162.0, activity_mbq=155.0, residual_mbq=4.2, residual_at=at("10:08:00"),
        injected_at=at("10:03:00"), reference_at=at("11:02:00"), half_life_s=4058.0, tracer="68Ga-DOTATATE",
    )  # fmt: skip
    assert check_correction(headers(tmp_path), possible) == {}
    assert read_correction(json.loads(json.dumps(write_correction(possible)))) == possible


def test_pixels_corrected_to_the_injection_take_no_scan_clock(tmp_path: Path) -> None:
    given = headers(tmp_path, DecayCorrection="ADMIN")
    assert "no scan clock enters" in check_correction(given, Correction(reference_at=at("11:05:00")))["reference_at"]


def test_what_the_header_says_is_read_in_the_units_of_the_form(tmp_path: Path) -> None:
    inputs = read_inputs(headers(tmp_path, item={"RadionuclideTotalDose": 150.0}))
    assert (inputs.weight_kg, inputs.height_cm, inputs.activity_mbq) == (60.0, 160.0, 150.0)
    assert (inputs.injected_at, inputs.reference_at) == (at("10:00:00"), at("11:00:00"))
    assert inputs.tracer == "68Ga-Pentixafor"


def test_kept_headers_give_the_same_suv_and_name_nobody(tmp_path: Path) -> None:
    slices = pet_series(4, PatientName="Doe^Jane", PatientID="H123", StudyDescription="Dr. Roe", StationName="ROOM7")
    for number, one in enumerate(slices):
        one.RescaleSlope = 1 + number / 3
    given = read_study(write_files(tmp_path, slices)).series[0].headers
    given = tuple(replace(one, other_agents=(Agent(1e8, 6586.2, None, "20260302080000"),)) for one in given)
    text = json.dumps(write_headers(given))
    assert compute_suv(read_headers(json.loads(text))) == compute_suv(given)
    assert not any(word in text for word in ("Doe", "H123", "Roe", "20260302"))
    moved = shift_document(json.loads(text), 10)
    assert read_headers(moved)[0].start_datetime == "20260312100000"
    assert read_headers(moved)[0].series_date == "20260312"
    assert [one.slope for one in read_headers(json.loads(text))] == [one.slope for one in given]


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    series = read_study(write_files(tmp_path, pet_series(3, PatientWeight=None))).series[0]
    kept: dict[str, Any] = json.loads(json.dumps(document_series(series, load_volume(series))))
    return kept


def test_a_kept_document_is_corrected_and_can_be_taken_back(document: dict[str, Any]) -> None:
    assert document["suv_factors"] is None
    corrected = correct_document(document, Correction(weight_kg=60.0), "scales of the day")
    assert corrected["suv_type"] == "SUVbw" and corrected["suv_factors"][0] > 0
    assert not [one for one in corrected["problems"] if one["code"] == "no_weight"]
    assert "weight 60 kg entered by the reader; the header has none" in corrected["provenance"]
    assert {one["item"]: one["level"] for one in corrected["quality"]}["weight"] == "ok"
    assert read_entered(corrected) == Correction(weight_kg=60.0)
    back = correct_document(corrected, Correction(), "undone")
    same = ("suv_factors", "suv_type", "problems", "provenance", "uptake_minutes", "tracer")
    assert {name: back[name] for name in same} == {name: document[name] for name in same}


def test_a_tracer_the_header_gets_wrong_is_corrected(document: dict[str, Any]) -> None:
    corrected = correct_document(document, Correction(weight_kg=60.0, tracer="68Ga-DOTATATE"), "the order says so")
    assert corrected["tracer"] == "68Ga-DOTATATE"
    assert correct_document(corrected, Correction(weight_kg=60.0), "undone")["tracer"] == "68Ga-Pentixafor"


def test_a_document_without_headers_says_what_to_do(document: dict[str, Any]) -> None:
    with pytest.raises(ImagingError, match="upload the study again"):
        correct_document({**document, "suv_headers": None}, Correction(weight_kg=60.0), "scales")


def test_headers_that_do_not_give_the_kept_suv_are_not_believed(document: dict[str, Any]) -> None:
    with pytest.raises(ImagingError, match="do not give the SUV this scan was stored with"):
        correct_document({**document, "suv_factors": [0.0004]}, Correction(weight_kg=60.0), "scales")
