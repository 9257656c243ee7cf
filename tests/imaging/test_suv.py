"""SUV factors against published vectors and objects, and laws every factor obeys."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from imaging.header import Header, read_header
from imaging.suv import SuvResult, compute_suv
from tests.imaging.dicom_files import pet_series, pet_slice

GROWTH = 2 ** (3600 / 4057.7)
PLAIN = 1000 * 60 / 150e6 * GROWTH


def suv(count: int = 2, **changes: Any) -> SuvResult:
    return compute_suv([read_header(one) for one in pet_series(count, **changes)])


def factor(**changes: Any) -> float:
    result = suv(**changes)
    assert result.factors is not None, result.problems
    return result.factors[0]


def codes(result: SuvResult) -> list[str]:
    return [problem.code for problem in result.problems]


def dataset_of(vector: dict[str, Any]) -> Dataset:
    dataset, item = Dataset(), Dataset()
    for keyword, value in vector.items():
        if keyword == "PhilipsPETPrivateGroup":
            block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
            for offset, name in ((0x00, "SUVScaleFactor"), (0x09, "ActivityConcentrationScaleFactor")):
                if name in value:
                    block.add_new(offset, "DS", str(value[name]))
        else:
            setattr(item if keyword.startswith("Radio") else dataset, keyword, value)
    dataset.RadiopharmaceuticalInformationSequence = [item]
    return dataset


def test_every_published_header_gives_its_factor_or_is_refused(shared: Path) -> None:
    for vector in json.loads((shared / "imaging" / "suv_headers.json").read_text())["vectors"]:
        result = compute_suv([read_header(dataset_of(one)) for one in vector["input"]])
        if vector.get("must_refuse"):
            assert result.factors is None, vector["id"]
            assert any(problem.severity == "error" for problem in result.problems)
        else:
            assert result.factors is not None, (vector["id"], result.problems)
            assert result.factors[0] == pytest.approx(vector["expected"]["suvbw"], rel=1e-9), vector["id"]


def test_activity_corrected_to_the_start_of_the_scan() -> None:
    result = suv()
    assert result.factors == pytest.approx((PLAIN, PLAIN))
    assert result.suv_type == "SUVbw"
    assert (result.reference_time, result.reference_time_source) == ("2026-03-02T11:00:00", "SeriesTime")
    assert result.uptake_minutes == 60
    assert result.problems == ()


def test_activity_corrected_to_injection_is_never_decayed_again() -> None:
    assert factor(DecayCorrection="ADMIN") == pytest.approx(1000 * 60 / 150e6)


def test_activity_without_decay_correction_uses_each_slices_own_time() -> None:
    slices = [pet_slice(0, DecayCorrection="NONE"), pet_slice(3, DecayCorrection="NONE", AcquisitionTime="110400")]
    result = compute_suv([read_header(one) for one in slices])
    decay = math.log(2) / 4057.7
    average = decay * 120 / (1 - math.exp(-decay * 120))
    expected = [1000 * 60 / 150e6 * average * 2 ** (seconds / 4057.7) for seconds in (3600, 3840)]
    assert result.factors == pytest.approx(expected)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("units", {"Units": "PROPCPS"}),
        ("units", {"Units": None}),
        ("no_weight", {"PatientWeight": None}),
        ("no_weight", {"PatientWeight": 0}),
        ("no_dose", {"item": {"RadionuclideTotalDose": None}}),
        ("dose_impossible", {"item": {"RadionuclideTotalDose": 150_000}}),
        ("dose_impossible", {"item": {"RadionuclideTotalDose": 2e11}}),
        ("no_half_life", {"item": {"RadionuclideHalfLife": None}}),
        ("not_attenuation_corrected", {"CorrectedImage": ["DECY"]}),
        ("not_attenuation_corrected", {"CorrectedImage": None}),
        ("no_slope", {"RescaleSlope": None}),
        ("decay_contradiction", {"CorrectedImage": ["ATTN"]}),
        ("decay_correction", {"DecayCorrection": None}),
        ("reprojection", {"SeriesType": ["WHOLEBODY", "REPROJECTION"]}),
        ("not_pet", {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.20"}),
        ("enhanced_multiframe", {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.130"}),
        ("counts_without_factors", {"Units": "CNTS"}),
        ("suv_type", {"Units": "GML", "SUVType": "XYZ"}),
        ("no_height", {"Units": "GML", "SUVType": "LBM", "PatientSize": None}),
        ("no_sex", {"Units": "GML", "SUVType": "LBMJANMA", "PatientSex": None}),
        (
            "no_injection_time",
            {"item": {"RadiopharmaceuticalStartTime": None, "RadiopharmaceuticalStartDateTime": None}},
        ),
        ("no_reference_time", {"SeriesTime": "113000", "FrameReferenceTime": None}),
    ],
)
def test_what_cannot_be_right_is_refused(code: str, changes: dict[str, Any]) -> None:
    result = suv(**changes)
    assert result.factors is None
    assert result.suv_type is None
    refusal = next(problem for problem in result.problems if problem.severity == "error")
    assert refusal.code == code
    assert refusal.says.startswith("No SUV")


def test_slices_of_two_series_are_refused() -> None:
    slices = [pet_slice(0), pet_slice(3, PatientWeight=61)]
    assert codes(compute_suv([read_header(one) for one in slices])) == ["mixed_series"]


def test_a_series_in_suv_already_needs_no_weight_dose_or_time() -> None:
    bare = {
        "RadionuclideTotalDose": None,
        "RadiopharmaceuticalStartTime": None,
        "RadiopharmaceuticalStartDateTime": None,
    }
    assert factor(Units="GML", PatientWeight=None, item=bare) == 1


@pytest.mark.parametrize(
    ("units", "suv_type", "sex", "measure"),
    [
        ("GML", "LBM", "M", 1.10 * 60 - 120 * (60 / 160) ** 2),
        ("GML", "LBMJAMES128", "M", 1.10 * 60 - 128 * (60 / 160) ** 2),
        ("GML", "LBMJANMA", "F", 9270 * 60 / (8780 + 244 * 60 / 1.6**2)),
        ("GML", "IBW", "F", 45.5 + 0.91 * 8),
        ("CM2ML", "BSA", "F", 10 * 0.007184 * 60**0.425 * 160**0.725),
    ],
)
def test_other_suvs_become_body_weight_suv(units: str, suv_type: str, sex: str, measure: float) -> None:
    assert factor(Units=units, SUVType=suv_type, PatientSex=sex) == pytest.approx(60 / measure)


def test_sex_other_takes_the_mean_of_both_formulae() -> None:
    male, female, other = (60 / factor(Units="GML", SUVType="LBMJANMA", PatientSex=sex) for sex in "MFO")
    assert other == pytest.approx((male + female) / 2)


def test_units_people_mistake_are_recognised_and_said() -> None:
    grams = suv(PatientWeight=60_000)
    megabecquerel = suv(item={"RadionuclideTotalDose": 150})
    centimetres = suv(Units="GML", SUVType="LBMJANMA", PatientSize=160)
    assert grams.factors == pytest.approx(suv().factors)
    assert megabecquerel.factors == pytest.approx(suv().factors)
    assert centimetres.factors == pytest.approx(suv(Units="GML", SUVType="LBMJANMA").factors)
    assert [codes(one) for one in (grams, megabecquerel, centimetres)] == [
        ["weight_in_grams"], ["dose_in_mbq"], ["height_in_cm"],
    ]  # fmt: skip


def test_philips_counts_by_activity_factor_agree_with_the_suv_factor_or_say_so() -> None:
    headers = [read_header(one) for one in pet_series(2, Units="CNTS")]
    both = [_with(h, philips_activity_factor=2.0, philips_suv_factor=2 * PLAIN) for h in headers]
    apart = [_with(h, philips_activity_factor=2.0, philips_suv_factor=3 * PLAIN) for h in headers]
    assert compute_suv(both).factors == pytest.approx((2 * PLAIN,) * 2)
    assert codes(compute_suv(both)) == []
    assert codes(compute_suv(apart)) == ["philips_factors_disagree"]


def test_philips_factors_do_not_touch_activity() -> None:
    headers = [_with(read_header(one), philips_suv_factor=9.0) for one in pet_series(2)]
    assert compute_suv(headers).factors == pytest.approx((PLAIN, PLAIN))


def _with(header: Header, **changes: Any) -> Header:
    return Header(**{**{name: getattr(header, name) for name in Header.__dataclass_fields__}, **changes})


def test_half_life_of_another_nuclide_is_questioned() -> None:
    assert codes(suv(item={"Radiopharmaceutical": "68Ga-Pentixafor", "RadionuclideHalfLife": 6586.2})) == [
        "half_life_differs"
    ]


def test_unknown_weight_is_unknown_even_where_everything_else_is_known() -> None:
    says = next(problem.says for problem in suv(PatientWeight=None).problems)
    assert "weight" in says and "kg" in says


@settings(deadline=None, max_examples=50)
@given(weight=st.floats(20, 250), dose=st.floats(2e6, 1e9), share=st.floats(0.5, 2))
def test_suv_rises_with_weight_and_falls_with_dose(weight: float, dose: float, share: float) -> None:
    whole = factor(PatientWeight=weight, item={"RadionuclideTotalDose": dose})
    assert factor(PatientWeight=weight * share, item={"RadionuclideTotalDose": dose}) == pytest.approx(
        whole * share, rel=1e-6
    )
    assert factor(PatientWeight=weight, item={"RadionuclideTotalDose": dose * share}) == pytest.approx(
        whole / share, rel=1e-6
    )


@settings(deadline=None, max_examples=50)
@given(minutes=st.integers(0, 200))
def test_later_scans_of_the_same_injection_grow_by_decay_alone(minutes: int) -> None:
    clock = f"{10 + minutes // 60:02d}{minutes % 60:02d}00"
    grown = factor(SeriesTime=clock, AcquisitionTime=clock)
    assert grown == pytest.approx(1000 * 60 / 150e6 * 2 ** (minutes * 60 / 4057.7))
