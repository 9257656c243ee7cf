"""Traps that make an SUV wrong in silence, each as files on disk read by the command line.

Expected values are written out from weight, activity and clock, never taken from the program.
"""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.imaging.dicom_files import pet_series, pet_slice
from tests.imaging.inspected import AT_INJECTION, GALLIUM, after, codes, factor

NO_DATE = {"RadiopharmaceuticalStartDateTime": None}
NO_TIME = {"RadiopharmaceuticalStartTime": None}


def with_private(slices: list[Dataset], group: int, owner: str | None, offset: int, value: str, vr: str = "DT") -> Any:
    """A private element on every slice; `owner` None leaves out the element that says whose it is."""
    for one in slices:
        one.private_block(group, owner or "X", create=True).add_new(offset, vr, value)
        if owner is None:
            del one[group, 0x10]
    return slices


def test_1_and_2_a_slope_on_every_slice_beyond_16_bits(read: Any) -> None:
    slopes = [0.5, 40.0, 0.0002]
    series = read([pet_slice(3.0 * n, np.full((4, 5), 30000), RescaleSlope=slope) for n, slope in enumerate(slopes)])
    assert factor(series) == pytest.approx(after(60))
    assert series["suv_max"] == pytest.approx(30000 * 40 * after(60), rel=1e-4)


def test_3_what_is_corrected_to_injection_is_not_decayed_again(read: Any) -> None:
    assert factor(read(pet_series(2, DecayCorrection="ADMIN"))) == pytest.approx(AT_INJECTION)


def test_4_without_decay_correction_every_slice_has_its_own_factor(read: Any) -> None:
    kept = {"DecayCorrection": "NONE", "CorrectedImage": ["NORM", "ATTN", "SCAT"]}
    series = read([pet_slice(3.0 * n, AcquisitionTime=f"11{4 * n:02d}00", **kept) for n in range(3)])
    average = np.log(2) / GALLIUM * 120
    mean = average / (1 - np.exp(-average))
    assert series["suv_factors"] == pytest.approx([after(60 + 4 * n) * mean for n in range(3)])


def test_5_a_series_time_of_the_reconstruction_is_not_the_reference(read: Any) -> None:
    start = {"SeriesTime": "114530", "AcquisitionTime": "110000", "FrameReferenceTime": 0}
    assert factor(read(pet_series(2, **start))) == pytest.approx(after(60))


def test_5_five_microseconds_after_is_the_same_moment(read: Any) -> None:
    assert factor(read(pet_series(2, AcquisitionTime="105959.999995"))) == pytest.approx(after(60))


def test_6_one_acquisition_time_for_all_beds_with_growing_frame_times(read: Any) -> None:
    beds = [pet_slice(3.0 * n, FrameReferenceTime=243_000.0 * n, Manufacturer="GE MEDICAL SYSTEMS") for n in range(6)]
    assert factor(read(beds)) == pytest.approx(after(60))


def test_7_the_series_time_before_a_later_beds_acquisition(read: Any) -> None:
    later = {"AcquisitionTime": "111843", "FrameReferenceTime": 1_183_000, "ActualFrameDuration": 120_000}
    assert factor(read(pet_series(2, **later))) == pytest.approx(after(60))


def test_7_a_biograph_acquiring_from_feet_to_head(read: Any) -> None:
    """Siemens: each bed its own acquisition time; the private reference is the series time (0071,1022)."""
    beds = [pet_slice(3.0 * n, AcquisitionTime=f"11{20 - 4 * n:02d}01", FrameReferenceTime=60_000 + 240_000 * (5 - n),
                      Manufacturer="SIEMENS", ActualFrameDuration=240_000) for n in range(6)]  # fmt: skip
    series = read(with_private(beds, 0x0071, "SIEMENS MED PT", 0x22, "20260302110000.000000"))
    assert factor(series) == pytest.approx(after(60))
    assert series["reference_time_source"] == "Siemens (0071,1022)"


@pytest.mark.parametrize(
    ("maker", "frame_ms", "start_s"),
    [("SIEMENS", 659_000, 0), ("GE MEDICAL SYSTEMS", 600_000, 0), ("", 659_000, 0), ("UIH", 659_000, 0)],
)
def test_8_the_frame_reference_time_of_each_maker(read: Any, maker: str, frame_ms: int, start_s: int) -> None:
    """The scan began at 11:00, this bed ten minutes later; only GE counts to the frame's start."""
    bed = {"SeriesTime": "120000", "AcquisitionTime": "111000", "ActualFrameDuration": 120_000}
    series = read(pet_series(2, Manufacturer=maker or None, FrameReferenceTime=frame_ms, **bed))
    assert factor(series) == pytest.approx(after(60), rel=5e-4)


def test_8_the_decay_factor_tells_the_convention_whoever_made_it(read: Any) -> None:
    bed = {"SeriesTime": "120000", "AcquisitionTime": "111000", "ActualFrameDuration": 120_000}
    average = np.log(2) / GALLIUM * 120
    mean = np.log(average / (1 - np.exp(-average))) / (np.log(2) / GALLIUM)
    decayed = {"FrameReferenceTime": 600_000, "DecayFactor": float(2 ** ((600 + mean) / GALLIUM))}
    assert factor(read(pet_series(2, Manufacturer="SIEMENS", **decayed, **bed))) == pytest.approx(after(60))


@pytest.mark.parametrize("owner", ["GEMS_PETD_01", None])
def test_9_ges_own_scan_time_with_and_without_its_owners_element(read: Any, owner: str | None) -> None:
    late = pet_series(2, SeriesTime="113000", AcquisitionTime="113000", Manufacturer="GE MEDICAL SYSTEMS")
    series = read(with_private(late, 0x0009, owner, 0x0D, "20260302110000.000000"))
    assert factor(series) == pytest.approx(after(60))
    assert codes(series) == []


def test_9_a_private_time_another_maker_wrote_there_is_not_ges(read: Any) -> None:
    series = read(with_private(pet_series(2), 0x0009, "SOMEBODY ELSE", 0x0D, "20260302103000.000000"))
    assert factor(series) == pytest.approx(after(60))


@pytest.mark.parametrize(
    ("direct", "activity", "expected"),
    [
        ("0.000728", None, 0.000728),
        ("0.000728", "0", 0.000728),
        ("0", "1.602563", 1.602563 * after(60)),
        (None, "1.602563", 1.602563 * after(60)),
        ("0", "0", None),
        ("-1", None, None),
        (None, None, None),
    ],
)
def test_10_philips_counts(read: Any, direct: str | None, activity: str | None, expected: float | None) -> None:
    slices = pet_series(2, Units="CNTS", Manufacturer="Philips Medical Systems")
    for offset, value in ((0x00, direct), (0x09, activity)):
        if value is not None:
            with_private(slices, 0x7053, "Philips PET Private Group", offset, value, "DS")
    series = read(slices)
    if expected is None:
        assert series["suv_factors"] is None
        assert codes(series) == ["counts_without_factors"]
    else:
        assert factor(series) == pytest.approx(expected)


def test_10_philips_factor_of_each_slice(read: Any) -> None:
    slices = pet_series(3, Units="CNTS")
    for number, one in enumerate(slices):
        with_private([one], 0x7053, "Philips PET Private Group", 0x09, str(1 + number), "DS")
    assert read(slices)["suv_factors"] == pytest.approx([after(60) * n for n in (1, 2, 3)])


def test_10_counts_without_decay_correction_have_no_direct_factor(read: Any) -> None:
    slices = pet_series(2, Units="CNTS", DecayCorrection="NONE", CorrectedImage=["ATTN"])
    series = read(with_private(slices, 0x7053, "Philips PET Private Group", 0x00, "0.000728", "DS"))
    assert (series["suv_factors"], codes(series)) == (None, ["counts_not_decay_corrected"])


@pytest.mark.parametrize(("ratio", "said"), [(1.0, []), (1.5, ["philips_factors_disagree"])])
def test_11_activity_with_philips_factors_is_only_compared_with_them(read: Any, ratio: float, said: list[str]) -> None:
    slices = with_private(pet_series(2), 0x7053, "Philips PET Private Group", 0x09, "4.709921", "DS")
    direct = f"{4.709921 * after(60) * ratio:.9g}"
    series = read(with_private(slices, 0x7053, "Philips PET Private Group", 0x00, direct, "DS"))
    assert factor(series) == pytest.approx(after(60))
    assert codes(series) == said


def test_13_suv_in_the_pixels_needs_nothing_else(read: Any) -> None:
    bare = {"RadionuclideTotalDose": None, "RadionuclideHalfLife": None, **NO_DATE, **NO_TIME}
    lacking = {"PatientWeight": None, "SeriesTime": None, "AcquisitionTime": None, "SUVType": None}
    assert factor(read(pet_series(2, Units="GML", item=bare, **lacking))) == 1


def test_14_sex_other_does_not_hinder_body_weight(read: Any) -> None:
    assert factor(read(pet_series(2, PatientSex="O"))) == pytest.approx(after(60))


@pytest.mark.parametrize("dose", [150.0, 150e6])
def test_15_dose_in_mbq_or_bq(read: Any, dose: float) -> None:
    assert factor(read(pet_series(2, item={"RadionuclideTotalDose": dose}))) == pytest.approx(after(60))


@pytest.mark.parametrize("item", [NO_DATE, NO_TIME])
def test_16_either_injection_element_is_enough(read: Any, item: dict[str, Any]) -> None:
    assert factor(read(pet_series(2, item=item))) == pytest.approx(after(60))


@pytest.mark.parametrize("item", [NO_DATE, NO_TIME | {"RadiopharmaceuticalStartDateTime": "20260301233000"}])
def test_17_midnight_between_injection_and_scan(read: Any, item: dict[str, Any]) -> None:
    night = {"SeriesTime": "003000", "AcquisitionTime": "003000"}
    series = read(pet_series(2, item={"RadiopharmaceuticalStartTime": "233000", **item}, **night))
    assert factor(series) == pytest.approx(after(60))


def test_17_midnight_during_the_scan_without_acquisition_dates(read: Any) -> None:
    late = {"RadiopharmaceuticalStartTime": "225500", **NO_DATE}
    beds = [pet_slice(3.0 * n, SeriesTime="235500", AcquisitionDate=None, AcquisitionTime=at, item=late,
                      FrameReferenceTime=60_000 + 600_000 * n) for n, at in enumerate(("235500", "000500"))]  # fmt: skip
    series = read(beds)
    assert factor(series) == pytest.approx(after(60))
    assert series["reference_time"] == "2026-03-02T23:55:00"


def test_18_a_long_lived_nuclide_injected_the_day_before(read: Any) -> None:
    item = {"RadionuclideHalfLife": 282_276, "RadiopharmaceuticalStartDateTime": "20260301070000", **NO_TIME}
    assert factor(read(pet_series(2, item=item))) == pytest.approx(after(28 * 60, 282_276))


@pytest.mark.parametrize(("half_life", "said"), [(4057.7, []), (4080, []), (6586.2, ["half_life_differs"])])
def test_19_the_headers_half_life_counts_and_another_nuclides_is_said(
    read: Any, half_life: float, said: list[str]
) -> None:
    named = {"Radiopharmaceutical": "Ga-68 Pentixafor", "RadionuclideHalfLife": half_life}
    series = read(pet_series(2, item=named))
    assert factor(series) == pytest.approx(after(60, half_life))
    assert [code for code in codes(series) if not code.startswith("tracer")] == said


@pytest.mark.parametrize("half_life", [None, 0, 109.77, 1e12])
def test_19_a_half_life_is_never_assumed_nor_minutes_taken_for_seconds(read: Any, half_life: float | None) -> None:
    assert read(pet_series(2, item={"RadionuclideHalfLife": half_life}))["suv_factors"] is None
