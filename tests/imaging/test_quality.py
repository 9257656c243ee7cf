"""Each thing that decides whether a scan's numbers can be believed, in a sentence with its source."""

from pathlib import Path
from typing import Any

import pytest

from imaging.correction import Correction
from imaging.dicom import Series, load_volume, read_study
from imaging.quality import QualityLine, assess_liver, assess_quality, load_ranges
from imaging.quality_rules import load_applied, load_rules
from tests.imaging.dicom_files import ct_slice, pet_series, write_files


def series(folder: Path, **changes: Any) -> Series:
    return read_study(write_files(folder, pet_series(3, **changes))).series[0]


def lines(series: Series, **given: Any) -> dict[str, QualityLine]:
    return {line.item: line for line in assess_quality(series, **given)}


def test_a_good_scan_is_good(tmp_path: Path) -> None:
    scan = series(tmp_path)
    found = lines(scan, volume=load_volume(scan), liver_suv_mean=1.3)
    assert {item: line.level for item, line in found.items()} == dict.fromkeys(
        ("SUV", "tracer", "uptake time", "activity", "weight", "corrections", "liver", "slices"), "ok"
    )
    assert "NCT06246357" in found["uptake time"].says
    assert "unchecked" in found["activity"].says


def test_pentixafor_at_ten_minutes_is_asked_about(tmp_path: Path) -> None:
    line = lines(series(tmp_path, SeriesTime="101000", AcquisitionTime="101000"))["uptake time"]
    assert line.level == "check"
    assert "cut-offs do not carry over" in line.says


@pytest.mark.parametrize(("minutes", "level"), [(39, "check"), (40, "ok"), (90, "ok"), (91, "check")])
def test_the_dotatate_window_holds_at_its_limits(tmp_path: Path, minutes: int, level: str) -> None:
    clock = f"{10 + minutes // 60}{minutes % 60:02d}00"
    scan = series(tmp_path, SeriesTime=clock, AcquisitionTime=clock, item={"Radiopharmaceutical": "68Ga-DOTATATE"})
    assert lines(scan)["uptake time"].level == level


@pytest.mark.parametrize(("megabecquerel", "level"), [(50, "check"), (120, "ok"), (190, "check")])
def test_dotatate_activity_goes_by_weight(tmp_path: Path, megabecquerel: int, level: str) -> None:
    item = {"Radiopharmaceutical": "68Ga-DOTATATE", "RadionuclideTotalDose": megabecquerel * 1e6}
    assert lines(series(tmp_path, item=item))["activity"].level == level


def test_unknown_is_never_ok(tmp_path: Path) -> None:
    scan = series(tmp_path, PatientWeight=None, item={"Radiopharmaceutical": None, "RadionuclideTotalDose": None})
    found = lines(scan)
    assert found["SUV"].level == found["weight"].level == "problem"
    assert found["tracer"].level == found["activity"].level == found["liver"].level == "unknown"


def test_another_tracer_is_not_the_trials(tmp_path: Path) -> None:
    found = lines(series(tmp_path, item={"Radiopharmaceutical": "68Ga-PSMA"}), liver_suv_mean=3.0)
    assert found["tracer"].level == "check"
    assert found["uptake time"].level == found["liver"].level == "unknown"


@pytest.mark.parametrize(("mean", "level"), [(0.6, "check"), (0.7, "ok"), (2.5, "ok"), (2.6, "check")])
def test_a_liver_outside_the_published_range_is_questioned(tmp_path: Path, mean: float, level: str) -> None:
    assert lines(series(tmp_path), liver_suv_mean=mean)["liver"].level == level


def test_missing_slices_are_a_problem(tmp_path: Path) -> None:
    slices = pet_series(9)
    scan = read_study(write_files(tmp_path, slices[:4] + slices[6:])).series[0]
    assert lines(scan)["slices"].level == "problem"


def test_ct_has_no_uptake_to_judge(tmp_path: Path) -> None:
    ct = read_study(write_files(tmp_path, [ct_slice(n) for n in range(3)])).series[0]
    assert assess_quality(ct, None) == ()


def test_every_range_names_its_source_and_how_far_it_was_read() -> None:
    assert all(known.source and known.grade in ("verified", "recalled", "expert") for known in load_ranges().values())


def test_a_series_that_is_not_attenuation_corrected_says_what_that_does(tmp_path: Path) -> None:
    found = lines(series(tmp_path, CorrectedImage=["DECY", "SCAT"]))
    assert (found["corrections"].level, found["SUV"].level) == ("problem", "problem")
    assert "uptake deep in the body is far too low" in found["corrections"].says


@pytest.mark.parametrize(
    ("listed", "decay", "level", "says"),
    [
        (["DECY", "ATTN", "SCAT", "RAN"], "START", "ok", "Corrected for attenuation, scatter, decay, randoms."),
        (["DECAY", "ATTN", "SCAT"], "START", "ok", "Corrected for attenuation, scatter, decay."),
        (["DECY", "ATTN"], "START", "check", "low uptake beside hot organs (kidneys, bladder) reads too high"),
        (["ATTN", "SCAT"], "NONE", "ok", "each slice by its own time"),
        (None, "NONE", "problem", "whether attenuation is corrected is not known"),
    ],
)
def test_the_corrections_of_the_image_are_named(
    tmp_path: Path, listed: list[str] | None, decay: str, level: str, says: str
) -> None:
    line = lines(series(tmp_path, CorrectedImage=listed, DecayCorrection=decay))["corrections"]
    assert line.level == level
    assert says in line.says


def test_the_tracer_line_says_where_the_name_was_found(tmp_path: Path) -> None:
    assert "“Pentixafor”, half-life 4057.7 s" in lines(series(tmp_path / "named"))["tracer"].says
    described = series(tmp_path / "described", SeriesDescription="PET Pentixafor", item={"Radiopharmaceutical": None})
    assert "the radiopharmaceutical itself is not named" in lines(described)["tracer"].says


def test_what_a_reader_entered_is_said_as_that(tmp_path: Path) -> None:
    entered = Correction(weight_kg=60.0, residual_mbq=4.0, tracer="68Ga-DOTATATE")
    found = lines(series(tmp_path), entered=entered)
    assert "60 kg, entered by the reader" in found["weight"].says
    assert "4 MBq left in the syringe, entered by the reader, is taken off" in found["activity"].says
    assert found["tracer"].says == "68Ga-DOTATATE, as entered by the reader."


def test_the_liver_is_judged_by_itself_when_it_is_measured_later() -> None:
    assert assess_liver("68Ga-Pentixafor", None).level == "unknown"
    assert assess_liver("68Ga-Pentixafor", 1.3).level == "ok"
    assert "every SUV of this scan may be wrong" in assess_liver("68Ga-Pentixafor", 13.0).says


def test_every_rule_and_correction_has_its_words() -> None:
    assert all(rule.source and rule.says for rule in load_rules().values())
    assert {one.level for one in load_applied()} <= {"problem", "check", "ok"}
