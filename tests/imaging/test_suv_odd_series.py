"""Traps of series that are not a plain PET: dynamic, gated, uncorrected, shifted clocks, SPECT, several radiopharmaceuticals.

Expected values are written out from weight, activity and clock, never taken from the program.
"""

from copy import deepcopy
from typing import Any

import pytest

from tests.imaging.dicom_files import pet_series, pet_slice
from tests.imaging.inspected import after, codes, factor

NO_DATE = {"RadiopharmaceuticalStartDateTime": None}
NO_TIME = {"RadiopharmaceuticalStartTime": None}


def test_20_an_injection_a_moment_after_the_start_of_a_dynamic_scan(read: Any) -> None:
    item = {"RadiopharmaceuticalStartTime": "110000.1", **NO_DATE}
    series = read(pet_series(2, item=item, SeriesType=["DYNAMIC", "IMAGE"]))
    assert factor(series) == pytest.approx(after(-0.1 / 60))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("not_attenuation_corrected", {"CorrectedImage": ["DECY", "SCAT", "NORM"]}),
        ("units", {"Units": "PROPCPS"}),
        ("no_weight", {"PatientWeight": None}),
        ("no_weight", {"PatientWeight": 0}),
        ("weight_impossible", {"PatientWeight": 70_000_000}),
    ],
)
def test_21_and_22_what_has_no_suv_shows_none(read: Any, code: str, changes: dict[str, Any]) -> None:
    series = read(pet_series(2, **changes))
    assert (series["suv_factors"], series["suv_type"], series["suv_max"]) == (None, None, None)
    assert [problem["code"] for problem in series["problems"] if problem["severity"] == "error"] == [code]


def test_21_a_series_called_uncorrected_is_questioned(read: Any) -> None:
    assert codes(read(pet_series(2, SeriesDescription="PET WB NAC"))) == ["called_uncorrected"]


def test_23_one_shifted_clock_is_said_and_two_that_cannot_be_are_refused(read: Any) -> None:
    shifted = read(pet_series(2, item={"RadiopharmaceuticalStartDateTime": "20260131100000"}))
    assert factor(shifted) == pytest.approx(after(60))
    assert codes(shifted) == ["injection_date_implausible"]


def test_23_all_scan_clocks_shifted_but_the_injections(read: Any) -> None:
    """As dicognito leaves it: the time of day of the scan is another, that of the injection the old one."""
    series = read(pet_series(2, SeriesTime="201500", AcquisitionTime="201500", item=NO_DATE))
    assert (series["suv_factors"], codes(series)) == (None, ["injection_time_impossible"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"item": {"Radiopharmaceutical": "177Lu-DOTATATE", "RadionuclideHalfLife": 574_300}},
            "not_a_positron_emitter",
        ),
        ({"item": {"Radiopharmaceutical": None, "RadionuclideHalfLife": 21_624}}, "not_a_positron_emitter"),
        ({"SeriesDescription": "SPECT CT AC"}, "called_spect"),
    ],
)
def test_24_spect_stored_as_pet_is_recognised(read: Any, changes: dict[str, Any], code: str) -> None:
    assert code in codes(read(pet_series(2, DecayCorrection="ADMIN", **changes)))


def test_25_a_maker_left_empty_on_part_of_the_series(read: Any) -> None:
    bed = {"SeriesTime": "120000", "AcquisitionTime": "111000", "FrameReferenceTime": 600_000}
    slices = [pet_slice(3.0 * n, Manufacturer="GE MEDICAL SYSTEMS" if n else None, **bed) for n in range(3)]
    assert factor(read(slices)) == pytest.approx(after(60))


def test_two_radiopharmaceuticals_show_both_values(read: Any) -> None:
    slices = pet_series(2)
    for one in slices:
        first = one.RadiopharmaceuticalInformationSequence[0]
        second = deepcopy(first)
        second.RadionuclideTotalDose = 100e6
        one.RadiopharmaceuticalInformationSequence = [first, second]
    series = read(slices)
    assert factor(series) == pytest.approx(after(60))
    assert codes(series) == ["several_radiopharmaceuticals"]
    assert "+50.0%" in series["problems"][0]["says"]


@pytest.mark.parametrize(
    ("changes", "item", "minutes"),
    [
        ({"TimezoneOffsetFromUTC": "+0100"}, {"RadiopharmaceuticalStartDateTime": "20260302090000+0000"}, 60),
        ({"TimezoneOffsetFromUTC": "+0100"}, {"RadiopharmaceuticalStartDateTime": "20260302100000"}, 60),
        ({}, {"RadiopharmaceuticalStartDateTime": "20260302100000.000000+0100"}, 60),
        ({"SeriesTime": "11:00:00", "SeriesDate": "2026.03.02"}, {}, 60),
        ({"SeriesTime": "1100", "AcquisitionTime": "1100"}, {}, 60),
        ({}, {"RadiopharmaceuticalStartDateTime": "20260302100000.00 "}, 60),
    ],
)
def test_34_dates_and_times_as_they_are_written(
    read: Any, changes: dict[str, Any], item: dict[str, Any], minutes: int
) -> None:
    series = read(pet_series(2, item=item, **changes))
    assert factor(series) == pytest.approx(after(minutes))
    assert codes(series) == []


def test_34_a_zone_that_nothing_confirms_is_asked_about(read: Any) -> None:
    series = read(pet_series(2, item={"RadiopharmaceuticalStartDateTime": "20260302100000+0300", **NO_TIME}))
    assert codes(series) == ["time_zone_unknown"]
