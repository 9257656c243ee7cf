"""Enhanced multi-frame PET and CT: the same numbers as from single slices, or a sentence."""

import math
import warnings
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
from highdicom.legacy import LegacyConvertedEnhancedCTImage, LegacyConvertedEnhancedPETImage
from pydicom.dataset import Dataset
from pydicom.uid import RLELossless

from imaging.dicom import Series, load_volume, read_study
from tests.imaging.dicom_files import ct_slice, pet_slice, write_files
from tests.imaging.enhanced_files import enhanced_pet, filled, mapping, save

GROWTH = 2 ** (3600 / 4057.7)
PLAIN = 1000 * 60 / 150e6 * GROWTH
LEGACY = {"StudyTime": "100000", "AccessionNumber": "", "PatientName": "A^B", "PatientBirthDate": "", "StudyID": "1"}
MORE = {
    "ReferringPhysicianName": "", "Manufacturer": "GE MEDICAL SYSTEMS", "InstanceNumber": 1, "BodyPartExamined": "CHEST",
    "ImageType": ["ORIGINAL", "PRIMARY"], "SeriesNumber": 2,
}  # fmt: skip


def pet_of(path: Path) -> Series:
    return next(series for series in read_study(path).series if series.modality == "PT")


def factors(series: Series) -> tuple[float, ...]:
    assert series.suv is not None and series.suv.factors is not None, series.problems
    return series.suv.factors


def codes(series: Series) -> list[str]:
    return [problem.code for problem in series.problems]


def legacy(slices: list[Dataset], kind: Any) -> Dataset:
    """Single slices in one converted object, made by another library."""
    for number, one in enumerate(slices, 1):
        one.update(filled({**LEGACY, **MORE, "InstanceNumber": number}))
    uids = {"series_instance_uid": "1.2.3.8", "sop_instance_uid": "1.2.3.8.1"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(slices, series_number=1, instance_number=1, **uids)


def test_an_enhanced_pet_has_each_frames_own_slope_and_the_dose_in_mbq(tmp_path: Path) -> None:
    series = pet_of(save(enhanced_pet(), tmp_path))
    assert factors(series) == pytest.approx((PLAIN,) * 4)
    assert (series.size, series.spacing_mm, series.units) == ((5, 4, 4), (4.0, 4.0, 3.0), "BQML")
    assert (series.reference_time, series.reference_time_source) == ("2026-03-02T11:00:00", "DecayCorrectionDateTime")
    assert series.uptake_minutes == 60
    assert series.tracer == "68Ga-Pentixafor"
    assert codes(series) == []
    volume = load_volume(series)
    assert volume.values[:, 0, 0] == pytest.approx([(100 + n) * (n + 1) * PLAIN for n in range(4)])
    assert volume.unit == "SUVbw"


def test_another_library_reads_the_same_activity(tmp_path: Path) -> None:
    series = pet_of(save(enhanced_pet(), tmp_path))
    image = highdicom.imread(tmp_path / "enhanced")
    activity = image.get_frames(apply_real_world_transform=True)
    assert load_volume(series).values == pytest.approx(activity * PLAIN, rel=1e-6)


def test_frames_in_any_order_are_put_in_place(tmp_path: Path) -> None:
    dataset = enhanced_pet(3)
    frames = dataset.PerFrameFunctionalGroupsSequence
    for frame, height in zip(frames, (6.0, 0.0, 3.0), strict=True):
        frame.PlanePositionSequence[0].ImagePositionPatient = [-10, -20, height]
    volume = load_volume(pet_of(save(dataset, tmp_path)))
    assert volume.values[:, 0, 0] == pytest.approx([101 * 2 * PLAIN, 102 * 3 * PLAIN, 100 * PLAIN])


def test_compressed_frames_are_read(tmp_path: Path) -> None:
    plain = load_volume(pet_of(save(enhanced_pet(), tmp_path / "plain")))
    compressed = enhanced_pet()
    compressed.compress(RLELossless)
    assert np.array_equal(load_volume(pet_of(save(compressed, tmp_path / "rle"))).values, plain.values)


def test_a_mapping_to_suv_comes_before_one_to_activity(tmp_path: Path) -> None:
    maps = [mapping("Bq/ml", 2.0), mapping("{SUVlbm}g/ml", 0.4), mapping("{SUVbw}g/ml", 0.5)]
    series = pet_of(save(enhanced_pet(shared_maps=maps, PatientWeight=None), tmp_path))
    assert factors(series) == (1.0,) * 4
    assert load_volume(series).values[0, 0, 0] == 50.0


def test_a_mapping_to_lean_body_suv_is_turned_into_body_weight(tmp_path: Path) -> None:
    series = pet_of(save(enhanced_pet(shared_maps=[mapping("{SUVlbm(Janma)}g/ml", 0.4)]), tmp_path))
    assert factors(series)[0] == pytest.approx(60 / (9270 * 60 / (8780 + 244 * 60 / 1.6**2)))


def test_frames_without_decay_correction_are_corrected_from_their_own_moment(tmp_path: Path) -> None:
    dataset = enhanced_pet(2, DecayCorrected="NO", DecayCorrectionDateTime=None)
    dataset.PerFrameFunctionalGroupsSequence[1].FrameContentSequence[0].FrameReferenceDateTime = "20260302110500"
    series = pet_of(save(dataset, tmp_path))
    assert factors(series) == pytest.approx([1000 * 60 / 150e6 * 2 ** (s / 4057.7) for s in (3660, 3900)])


def test_without_its_own_moment_a_frames_mean_activity_decides(tmp_path: Path) -> None:
    dataset = enhanced_pet(1, DecayCorrected="NO", DecayCorrectionDateTime=None)
    del dataset.PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0].FrameReferenceDateTime
    decay = math.log(2) / 4057.7
    average = decay * 120 / (1 - math.exp(-decay * 120))
    assert factors(pet_of(save(dataset, tmp_path)))[0] == pytest.approx(PLAIN * average)


def test_the_frames_own_radiopharmaceutical_is_used(tmp_path: Path) -> None:
    agents = [{"RadionuclideTotalDose": 999}, {"RadiopharmaceuticalAgentNumber": 2}]
    dataset = enhanced_pet(agents=agents)
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        frame.RadiopharmaceuticalUsageSequence = [filled({"RadiopharmaceuticalAgentNumber": 2})]
    series = pet_of(save(dataset, tmp_path))
    assert factors(series) == pytest.approx((PLAIN,) * 4)
    assert codes(series) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_decay_correction_time", {"DecayCorrectionDateTime": None}),
        ("no_decay_correction_time", {"DecayCorrectionDateTime": "20200101110000"}),
        ("not_attenuation_corrected", {"AttenuationCorrected": "NO"}),
        ("decay_correction", {"DecayCorrected": None}),
        ("no_weight", {"PatientWeight": None}),
        ("units", {"shared_maps": [mapping("1")]}),
        ("units", {"shared_maps": []}),
        ("reprojection", {"ImageType": ["DERIVED", "PRIMARY", "VOLUME", "MAX_IP"]}),
    ],
)
def test_what_an_enhanced_pet_does_not_say_is_refused(tmp_path: Path, code: str, changes: dict[str, Any]) -> None:
    series = pet_of(save(enhanced_pet(**changes), tmp_path))
    assert series.suv is not None and series.suv.factors is None
    assert [problem.code for problem in series.problems if problem.severity == "error"] == [code]


def test_an_object_that_does_not_describe_its_frames_is_refused(tmp_path: Path) -> None:
    dataset = enhanced_pet()
    del dataset.PerFrameFunctionalGroupsSequence[3]
    assert "enhanced_multiframe" in codes(pet_of(save(dataset, tmp_path)))


def test_time_frames_in_one_object_become_volumes(tmp_path: Path) -> None:
    dataset = enhanced_pet(6)
    for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        frame.PlanePositionSequence[0].ImagePositionPatient = [-10, -20, 3.0 * (number % 3)]
        frame.FrameContentSequence[0].TemporalPositionIndex = 1 + number // 3
    study = read_study(save(dataset, tmp_path))
    assert [series.size for series in study.series] == [(5, 4, 3)] * 2
    assert [load_volume(series).values[0, 0, 0] for series in study.series] == pytest.approx(
        [100 * PLAIN, 103 * 4 * PLAIN]
    )


def test_a_legacy_conversion_gives_what_its_slices_gave(tmp_path: Path) -> None:
    slices = [pet_slice(3.0 * n, np.full((4, 5), 10 * n), RescaleSlope=n + 1) for n in range(4)]
    single = pet_of(write_files(tmp_path / "single", slices))
    converted = pet_of(save(legacy(slices, LegacyConvertedEnhancedPETImage), tmp_path / "converted"))
    assert factors(converted) == pytest.approx(factors(single))
    assert (converted.uptake_minutes, converted.units) == (60, "BQML")
    assert np.array_equal(load_volume(converted).values, load_volume(single).values)


def test_a_converted_ct_is_in_hounsfield_units(tmp_path: Path) -> None:
    slices = [ct_slice(3.0 * n, np.full((4, 5), 1064 + n)) for n in range(3)]
    study = read_study(save(legacy(slices, LegacyConvertedEnhancedCTImage), tmp_path))
    volume = load_volume(study.series[0])
    assert (volume.unit, list(volume.values[:, 0, 0])) == ("HU", [40.0, 41.0, 42.0])


def test_a_real_series_converted_keeps_its_factor(shared: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(shared / "imaging" / "dicom" / "sts001_ge_bqml_pet.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("image/") and name.endswith(".dcm"))[:6]
        slices = [pydicom.dcmread(archive.open(name)) for name in names]
    series = pet_of(save(legacy(slices, LegacyConvertedEnhancedPETImage), tmp_path))
    assert factors(series) == pytest.approx((0.000242902977,) * 6, rel=1e-6)
