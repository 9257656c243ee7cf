"""The two clocks of an SUV: what the pixels are corrected to, and when the tracer was given."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from imaging.clock import read_clock, read_datetime
from imaging.header import Header, read_header
from imaging.suv import SuvResult, compute_suv
from tests.imaging.dicom_files import pet_series


def suv(item: dict[str, Any] | None = None, **changes: Any) -> SuvResult:
    return compute_suv([read_header(one) for one in pet_series(2, item=item or {}, **changes)])


def codes(result: SuvResult) -> list[str]:
    return [problem.code for problem in result.problems]


def private(group: int, owner: str, offset: int, value: str, **changes: Any) -> SuvResult:
    slices = pet_series(2, **changes)
    for one in slices:
        one.private_block(group, owner, create=True).add_new(offset, "LO", value)
    return compute_suv([read_header(one) for one in slices])


@pytest.mark.parametrize("place", [(0x0009, "GEMS_PETD_01", 0x0D), (0x0071, "SIEMENS MED PT", 0x22)])
def test_the_scanners_own_reference_time_comes_first(place: tuple[int, str, int]) -> None:
    result = private(*place, "20260302110500.00", SeriesTime="113000", AcquisitionTime="111000")
    assert result.reference_time == "2026-03-02T11:05:00"
    assert result.uptake_minutes == 65


def test_a_reference_time_of_another_day_is_not_believed() -> None:
    result = private(0x0009, "GEMS_PETD_01", 0x0D, "20250101110500.00")
    assert result.reference_time_source == "SeriesTime"


def test_a_series_time_after_acquisition_is_replaced_by_the_frames_time() -> None:
    result = suv(SeriesTime="114500", AcquisitionTime="110100", FrameReferenceTime=60_000, ActualFrameDuration=2000)
    assert result.reference_time_source == "FrameReferenceTime"
    assert result.uptake_minutes == pytest.approx(60, abs=0.03)


def test_a_later_beds_acquisition_leaves_the_series_time_as_reference() -> None:
    result = suv(AcquisitionTime="111900", FrameReferenceTime=1_200_000, ActualFrameDuration=120_000)
    assert result.reference_time_source == "SeriesTime"
    assert codes(result) == []


def test_two_candidate_times_are_both_shown() -> None:
    result = suv(AcquisitionTime="111900", FrameReferenceTime=60_000)
    assert codes(result) == ["reference_time_ambiguous"]
    assert "11:00:00" in result.problems[0].says and "11:1" in result.problems[0].says


def test_ge_counts_the_frame_from_its_start() -> None:
    result = suv(
        SeriesTime="114500", AcquisitionTime="110400", FrameReferenceTime=240_000, Manufacturer="GE MEDICAL SYSTEMS"
    )
    assert result.reference_time == "2026-03-02T11:00:00"


def test_a_decay_factor_tells_the_convention() -> None:
    mid = suv(SeriesTime="114500", FrameReferenceTime=600_000, DecayFactor=2 ** (600 / 4057.7))
    start = suv(SeriesTime="114500", FrameReferenceTime=600_000, DecayFactor=2 ** (659.8 / 4057.7))
    assert start.reference_time == "2026-03-02T10:50:00"
    assert mid.reference_time is not None
    assert datetime.fromisoformat(mid.reference_time) - datetime(2026, 3, 2, 10, 50) > timedelta(seconds=59)


def test_the_frame_nearest_the_reference_decides_for_all_beds() -> None:
    slices = pet_series(3, SeriesTime="114500", Manufacturer="GE MEDICAL SYSTEMS")
    for number, one in enumerate(slices):
        one.FrameReferenceTime = number * 240_000
    result = compute_suv([read_header(one) for one in slices])
    assert result.reference_time == "2026-03-02T11:00:00"
    assert result.factors is not None and len(set(result.factors)) == 1


@pytest.mark.parametrize(
    "item",
    [
        {"RadiopharmaceuticalStartDateTime": None},
        {"RadiopharmaceuticalStartTime": None},
        {"RadiopharmaceuticalStartTime": "10:00:00", "RadiopharmaceuticalStartDateTime": None},
        {"RadiopharmaceuticalStartTime": "1000", "RadiopharmaceuticalStartDateTime": "20260302100000.00 "},
    ],
)
def test_every_way_to_write_the_injection(item: dict[str, Any]) -> None:
    result = suv(item)
    assert result.uptake_minutes == 60
    assert codes(result) == []


def test_an_injection_before_midnight() -> None:
    late = {"SeriesTime": "003000", "AcquisitionTime": "003000"}
    timed = suv({"RadiopharmaceuticalStartTime": "233000", "RadiopharmaceuticalStartDateTime": None}, **late)
    dated = suv(
        {"RadiopharmaceuticalStartTime": "233000", "RadiopharmaceuticalStartDateTime": "20260301233000"}, **late
    )
    assert timed.uptake_minutes == dated.uptake_minutes == 60


def test_a_shifted_injection_date_is_set_aside_and_said() -> None:
    result = suv({"RadiopharmaceuticalStartDateTime": "20260202100000"})
    assert result.uptake_minutes == 60
    assert codes(result) == ["injection_date_implausible"]


def test_an_injection_time_too_long_ago_is_refused() -> None:
    result = suv({"RadiopharmaceuticalStartTime": "030000", "RadiopharmaceuticalStartDateTime": None})
    assert result.factors is None
    assert codes(result) == ["injection_time_impossible"]


def test_a_scan_three_hours_after_injection_is_computed() -> None:
    result = suv({"RadiopharmaceuticalStartTime": "080000", "RadiopharmaceuticalStartDateTime": "20260302080000"})
    assert result.factors == pytest.approx((1000 * 60 / 150e6 * 2 ** (10800 / 4057.7),) * 2)


def test_a_long_lived_nuclide_needs_the_date() -> None:
    zirconium = {"RadionuclideHalfLife": 282_276, "RadiopharmaceuticalStartTime": "070000"}
    dated = suv({**zirconium, "RadiopharmaceuticalStartDateTime": "20260228070000"})
    timed = suv({**zirconium, "RadiopharmaceuticalStartDateTime": None})
    assert dated.uptake_minutes == 52 * 60
    assert codes(timed) == ["no_injection_date"]


def test_two_injection_times_that_disagree_are_said() -> None:
    assert codes(suv({"RadiopharmaceuticalStartTime": "101500"})) == ["injection_times_disagree"]


def test_unusual_uptake_times_are_asked_about() -> None:
    assert codes(suv(SeriesTime="101000", AcquisitionTime="101000")) == ["uptake_time_unusual"]
    assert codes(suv(SeriesTime="095000", AcquisitionTime="095000")) == ["injection_after_start"]


def test_zone_offsets_move_a_date_time_to_the_studys_clock() -> None:
    assert read_datetime("20260302080000.000000+0000", "+0200") == datetime(2026, 3, 2, 10)
    assert read_datetime("20260302100000.000000+0200") == datetime(2026, 3, 2, 10)


@pytest.mark.parametrize("text", ["", None, "xx", "2026", "20261302100000"])
def test_what_is_no_date_time_is_unknown(text: str | None) -> None:
    assert read_datetime(text) is None


def test_times_are_read_as_scanners_write_them() -> None:
    expected = datetime(2026, 3, 2, 9, 44)
    assert read_clock("2026.03.02", "09:44:00") == read_clock("20260302", "0944") == expected
    assert read_clock("20260302", "094400.5 ") == expected + timedelta(seconds=0.5)


def test_no_header_is_refused_not_crashed() -> None:
    empty: list[Header] = []
    assert codes(compute_suv(empty)) == ["empty_series"]
