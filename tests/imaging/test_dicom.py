"""Studies as they arrive: published objects with known SUV, real scans, odd folders, damaged series."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from pydicom.uid import ImplicitVRLittleEndian, RLELossless

from imaging.dicom import Series, StudyError, load_volume, read_study
from imaging.problem import ImagingError
from tests.imaging.dicom_files import ct_slice, pet_series, pet_slice, write_files

OBJECTS = ("0_0", "1_0", "2_0", "2_1", "2_4", "3_1", "3_2", "4_0", "5_0")
FDG_FACTOR = 0.000242902977


def pet_of(path: Path) -> Series:
    return next(series for series in read_study(path).series if series.modality == "PT")


def codes(series: Series) -> list[str]:
    return [problem.code for problem in series.problems]


@pytest.fixture(scope="module")
def scans(shared: Path) -> Path:
    return shared / "imaging" / "dicom"


@pytest.mark.parametrize("name", OBJECTS)
def test_every_reference_object_has_its_published_suv(scans: Path, tmp_path: Path, name: str) -> None:
    archive = scans / f"ibsi_dro_{name}.zip"
    with zipfile.ZipFile(archive) as opened:
        mask_file = opened.extract("mask/DRO_mask.nii.gz", tmp_path)
    inside = sitk.GetArrayFromImage(sitk.ReadImage(mask_file)) > 0
    series = pet_of(archive)
    volume = load_volume(series)
    suv = volume.values[inside]
    assert volume.unit == "SUVbw"
    assert [suv.min(), np.median(suv), suv.max()] == pytest.approx([0.20, 1.00, 4.00], abs=0.0015)
    assert all(problem.severity == "warning" for problem in series.problems)


def test_the_gallium_object_is_none_of_the_trials_tracers(scans: Path) -> None:
    series = pet_of(scans / "ibsi_dro_5_0.zip")
    assert series.tracer == "Ga68-PSMA"
    assert codes(series) == ["tracer_not_in_trial"]


def test_a_real_scan_of_six_beds_with_a_slope_on_every_slice(scans: Path) -> None:
    series = pet_of(scans / "sts001_ge_bqml_pet.zip")
    assert series.suv is not None and series.suv.factors is not None
    assert series.suv.factors == pytest.approx((FDG_FACTOR,) * 267, rel=1e-6)
    assert (series.tracer, series.size, series.reference_time_source) == ("18F-FDG", (128, 128, 267), "SeriesTime")
    assert codes(series) == ["uneven_spacing", "tracer_not_in_trial"]


def test_the_same_patients_two_exports_agree(scans: Path) -> None:
    whole = load_volume(pet_of(scans / "sts001_ge_bqml_pet.zip")).values[:59, 45:88, 59:100]
    part = load_volume(pet_of(scans / "sts001_pet_ct.zip")).values
    assert np.abs(whole - part).max() <= 2e-4 * part.max()


def test_pet_and_ct_of_one_upload_share_one_space(scans: Path) -> None:
    study = read_study(scans / "sts001_pet_ct.zip")
    assert [series.modality for series in study.series] == ["PT", "CT", "MR", "RTSTRUCT", "RTSTRUCT", "RTSTRUCT"]
    pet, ct = (load_volume(series) for series in study.series[:2])
    assert (pet.unit, ct.unit) == ("SUVbw", "HU")
    assert np.abs(np.array(pet.origin_mm) - ct.origin_mm).max() < 3


def test_a_folder_of_unnamed_files_in_any_order(tmp_path: Path) -> None:
    pixels = [np.full((4, 5), number) for number in range(6)]
    write_files(tmp_path / "a" / "b c" / "ü", [pet_slice(3.0 * n, p, RescaleSlope=n + 1) for n, p in enumerate(pixels)])
    series = pet_of(tmp_path)
    volume = load_volume(series)
    assert series.suv is not None and series.suv.factors is not None
    assert volume.values[:, 0, 0] == pytest.approx([n * (n + 1) * series.suv.factors[0] for n in range(6)])
    assert volume.values.dtype == np.float32
    assert (volume.spacing_mm, volume.origin_mm) == ((4.0, 4.0, 3.0), (-10.0, -20.0, 0.0))


def test_slices_stacked_from_head_to_feet_point_the_right_way(tmp_path: Path) -> None:
    slices = [pet_slice(3.0 * n, np.full((4, 5), n), ImageOrientationPatient=[1, 0, 0, 0, -1, 0]) for n in range(4)]
    volume = load_volume(pet_of(write_files(tmp_path, slices)))
    assert volume.point_at((0, 0, 0)) == pytest.approx((-10, -20, 9))
    assert volume.values[0, 0, 0] > volume.values[-1, 0, 0] == 0
    assert np.linalg.det(np.reshape(volume.direction, (3, 3))) == pytest.approx(1)


def test_one_file_alone_is_a_study(tmp_path: Path) -> None:
    write_files(tmp_path, [pet_slice()])
    assert codes(pet_of(tmp_path / "IM0000")) == ["single_slice"]


def test_compressed_slices_are_read(tmp_path: Path) -> None:
    pixels = np.arange(20).reshape(4, 5)
    slices = [pet_slice(3.0 * n, pixels + n) for n in range(3)]
    plain = load_volume(pet_of(write_files(tmp_path / "plain", slices)))
    for one in slices:
        one.compress(RLELossless)
    assert np.array_equal(load_volume(pet_of(write_files(tmp_path / "rle", slices))).values, plain.values)


def test_two_patients_in_one_upload_are_refused(tmp_path: Path) -> None:
    write_files(tmp_path / "a", pet_series(2))
    write_files(tmp_path / "b", pet_series(2, PatientID="P002", SeriesInstanceUID="1.2.3.7"))
    with pytest.raises(StudyError, match="2 patients"):
        read_study(tmp_path)


def test_a_file_without_a_patient_id_is_not_a_second_patient(tmp_path: Path) -> None:
    slices = pet_series(2, PatientName="DOE^JO") + [pet_slice(6.0, PatientID=None, PatientName="Doe^Jo^")]
    assert read_study(write_files(tmp_path / "same", slices)).series[0].size == (5, 4, 3)
    slices[2].PatientName = "ROE^JO"
    with pytest.raises(StudyError, match="2 patients"):
        read_study(write_files(tmp_path / "other", slices))


def test_a_ct_in_another_space_is_said(tmp_path: Path) -> None:
    write_files(tmp_path, pet_series(2))
    write_files(tmp_path, [ct_slice(n, FrameOfReferenceUID="9.9") for n in range(2)], prefix="CT")
    write_files(tmp_path, [ct_slice(n, SeriesInstanceUID="1.2.3.8") for n in range(2)], prefix="C2")
    problems = {series.series_uid: codes(series) for series in read_study(tmp_path).series}
    assert problems == {"1.2.3.1": [], "1.2.3.2": ["other_frame_of_reference"], "1.2.3.8": []}


def test_a_slice_sent_twice_is_used_once(tmp_path: Path) -> None:
    write_files(tmp_path, pet_series(3))
    shutil.copy(tmp_path / "IM0001", tmp_path / "copy")
    series = pet_of(tmp_path)
    assert series.size == (5, 4, 3)
    assert codes(series) == ["duplicate_slices"]


def test_missing_slices_are_said_and_their_neighbours_stay_in_place(tmp_path: Path) -> None:
    slices = [pet_slice(3.0 * n, np.full((4, 5), 100 * n)) for n in range(8) if n not in (3, 4)]
    series = pet_of(write_files(tmp_path, slices))
    problem = next(problem for problem in series.problems if problem.code == "missing_slices")
    assert (problem.severity, "2 slices" in problem.says) == ("error", True)
    volume = load_volume(series)
    assert volume.values.shape[0] == 8
    assert volume.values[7, 0, 0] / volume.values[1, 0, 0] == pytest.approx(7)


def test_unevenly_spaced_slices_lie_on_an_even_grid(tmp_path: Path) -> None:
    places = [0, 3, 6, 9, 13, 17, 21, 25]
    slices = [pet_slice(float(z), np.full((4, 5), 10 * z)) for z in places]
    series = pet_of(write_files(tmp_path, slices))
    volume = load_volume(series)
    assert codes(series) == ["uneven_spacing"]
    per_mm = volume.values[:, 0, 0] / (np.arange(volume.values.shape[0]) * volume.spacing_mm[2] + 1e-9)
    assert per_mm[1:] == pytest.approx(per_mm[1], rel=1e-4)


def test_time_frames_become_volumes_with_one_reference_time(tmp_path: Path) -> None:
    first = pet_series(3, AcquisitionTime="110000")
    second = pet_series(3, AcquisitionTime="110500", FrameReferenceTime=360_000)
    study = read_study(write_files(tmp_path, first + second))
    assert [series.series_uid for series in study.series] == ["1.2.3.1", "1.2.3.1#2"]
    assert [series.size for series in study.series] == [(5, 4, 3)] * 2
    one, other = (series.suv.factors for series in study.series if series.suv)
    assert one == other is not None


def test_two_passes_over_two_beds_become_two_volumes(tmp_path: Path) -> None:
    times = ("110000", "110200", "110400", "110600")
    beds = [[pet_slice(6.0 * (n % 2) + z, AcquisitionTime=at) for z in (0, 3)] for n, at in enumerate(times)]
    study = read_study(write_files(tmp_path, sum(beds, [])))
    assert [series.size for series in study.series] == [(5, 4, 4)] * 2
    assert {header.acquisition_time for header in study.series[0].headers} == {"110000", "110200"}


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize(
    ("group", "owner", "offset", "text"),
    [(0x0009, "GEMS_PETD_01", 0x0D, "20260302110500.00"), (0x0071, "SIEMENS MED PT", 0x22, "20260302110500")],
)
def test_private_reference_times_are_found_in_files(
    tmp_path: Path, implicit: bool, group: int, owner: str, offset: int, text: str
) -> None:
    slices = pet_series(2, AcquisitionTime="111000")
    for one in slices:
        one.private_block(group, "SOMEONE ELSE", create=True).add_new(offset, "LO", "20260302090000")
        one.private_block(group, owner, create=True).add_new(offset, "DT", text)
        one.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else one.file_meta.TransferSyntaxUID
    assert pet_of(write_files(tmp_path, slices)).reference_time == "2026-03-02T11:05:00"


def test_philips_factors_are_found_in_files(tmp_path: Path) -> None:
    slices = pet_series(2, Units="CNTS")
    for one in slices:
        one.private_block(0x7053, "Philips PET Private Group", create=True).add_new(0x00, "DS", "0.000728")
    series = pet_of(write_files(tmp_path, slices))
    assert series.suv is not None
    assert series.suv.factors == pytest.approx((0.000728, 0.000728))


def test_names_beyond_ascii_are_kept(tmp_path: Path) -> None:
    series = pet_of(
        write_files(tmp_path, pet_series(2, SeriesDescription="Hypophyse für 垂体", SpecificCharacterSet="ISO_IR 192"))
    )
    assert series.description == "Hypophyse für 垂体"


def test_repeated_places_without_a_time_are_not_stacked(tmp_path: Path) -> None:
    series = pet_of(write_files(tmp_path, pet_series(3) + pet_series(2)))
    assert "overlapping_slices" in codes(series)
    with pytest.raises(ImagingError, match="same place"):
        load_volume(series)


def test_a_series_without_suv_stays_in_its_own_unit(tmp_path: Path) -> None:
    series = pet_of(write_files(tmp_path, pet_series(2, PatientWeight=None)))
    volume = load_volume(series)
    assert (volume.unit, float(volume.values.max())) == ("Bq/ml", 200.0)


def test_ct_is_in_hounsfield_units(tmp_path: Path) -> None:
    study = read_study(write_files(tmp_path, [ct_slice(n, np.full((4, 5), 1064)) for n in range(3)]))
    volume = load_volume(study.series[0])
    assert (volume.unit, float(volume.values.mean())) == ("HU", 40.0)
    assert study.series[0].suv is None


def test_an_enhanced_multiframe_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    enhanced = pet_slice(0, np.ones((8, 5)), SOPClassUID="1.2.840.10008.5.1.4.1.1.130", NumberOfFrames=2, Rows=4)
    series = pet_of(write_files(tmp_path, [enhanced]))
    assert "enhanced_multiframe" in codes(series)
    with pytest.raises(ImagingError, match="single-slice"):
        load_volume(series)


def test_progress_counts_every_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_study(write_files(tmp_path, pet_series(3)), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
