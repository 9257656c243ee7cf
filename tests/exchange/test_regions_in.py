"""Regions drawn by others lie where they were drawn, and what cannot be placed is refused or said."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from exchange.dicom_object import encode_object
from exchange.dicom_rtstruct import write_rtstruct
from exchange.dicom_seg import write_seg
from exchange.dicom_source import SourceImages, read_source_images
from exchange.lesion import Lesion
from exchange.regions_in import compute_region_statistics, read_regions
from imaging.dicom import load_volume
from imaging.problem import ImagingError
from tests.exchange.exports import make_small_study, make_stamp, measure_hottest, read_back, read_pet


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SourceImages:
    study = make_small_study(tmp_path_factory.mktemp("study"), "GE")
    return read_source_images(read_pet(study.folder / "PT"))


@pytest.fixture(scope="module")
def lesion(source: SourceImages) -> Lesion:
    return measure_hottest(source.series)


@pytest.fixture
def segmentation(lesion: Lesion, source: SourceImages) -> Dataset:
    return read_back(write_seg([lesion], source, make_stamp()))


@pytest.fixture
def structures(lesion: Lesion, source: SourceImages) -> Dataset:
    return read_back(write_rtstruct([lesion], source, make_stamp()))


def read_member(place: Path, member: str) -> bytes:
    with zipfile.ZipFile(place) as archive:
        return archive.read(member)


@pytest.mark.parametrize("number", ["0_0", "5_0"])
def test_the_reference_object_has_its_published_values_inside_its_region(shared: Path, number: str) -> None:
    place = shared / "imaging" / "dicom" / f"ibsi_dro_{number}.zip"
    series = read_pet(place)
    volume = load_volume(series)
    (region,) = read_regions(read_member(place, f"RS/RS_dro_{number}.dcm"), volume, series)
    found = compute_region_statistics(volume, region.mask)
    assert (round(found.min, 2), round(found.median, 2), round(found.max, 2)) == (0.20, 1.00, 4.00)
    assert found.unit == "SUVbw"
    assert (region.name, region.says) == ("region_1", "")


def test_the_structures_of_a_real_patient_lie_on_its_pet(shared: Path) -> None:
    place = shared / "imaging" / "dicom" / "sts001_ge_bqml_pet.zip"
    series = read_pet(place)
    volume = load_volume(series)
    mass, oedema = read_regions(read_member(place, "mask/1-1.dcm"), volume, series)
    assert (mass.name, oedema.name) == ("GTV_Mass", "GTV_Edema")
    found = compute_region_statistics(volume, mass.mask)
    assert found.volume_ml == pytest.approx(366.1, rel=0.01)
    assert found.max == pytest.approx(7.911, rel=1e-3)
    assert found.peak is not None and found.mean < found.peak < found.max
    # The mass was drawn first and the oedema around it: one encloses the other.
    assert (mass.mask & oedema.mask).sum() > 0.97 * mass.mask.sum()


def test_structures_drawn_on_pet_mr_and_ct_agree_on_the_pet(shared: Path) -> None:
    place = shared / "imaging" / "dicom" / "sts001_pet_ct.zip"
    series = read_pet(place)
    volume = load_volume(series)
    drawn = [
        read_regions(read_member(place, f"{folder}/mask/RS.dcm"), volume, series)[0].mask
        for folder in ("PET", "MR_T1", "CT")
    ]
    for other in drawn[1:]:
        assert 2 * (drawn[0] & other).sum() / (drawn[0].sum() + other.sum()) > 0.98


def shift_planes(dataset: Dataset, by_mm: float) -> Dataset:
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        place = frame.PlanePositionSequence[0]
        x, y, z = (float(n) for n in place.ImagePositionPatient)
        place.ImagePositionPatient = [x, y, z + by_mm]
    return dataset


@pytest.mark.parametrize("drift_mm", [-0.045, 0.045, 1.2])
def test_planes_that_drift_a_little_belong_to_the_nearest_slice(
    segmentation: Dataset, lesion: Lesion, source: SourceImages, drift_mm: float
) -> None:
    drifted = encode_object(shift_planes(segmentation, drift_mm))
    for series in (None, source.series):
        assert np.array_equal(read_regions(drifted, lesion.volume, series)[0].mask, lesion.mask)


def test_the_named_source_slice_decides_over_a_wrong_position(
    segmentation: Dataset, lesion: Lesion, source: SourceImages
) -> None:
    step = lesion.volume.spacing_mm[2]
    wrong = encode_object(shift_planes(segmentation, 3 * step))
    by_position = read_regions(wrong, lesion.volume)[0].mask
    assert np.array_equal(by_position[3:], lesion.mask[:-3])
    assert np.array_equal(read_regions(wrong, lesion.volume, source.series)[0].mask, lesion.mask)


def test_planes_beside_the_scan_are_left_out_and_said(segmentation: Dataset, lesion: Lesion) -> None:
    (region,) = read_regions(encode_object(shift_planes(segmentation, 5000.0)), lesion.volume)
    assert not region.mask.any()
    assert "lie beside this scan's slices" in region.says
    with pytest.raises(ImagingError, match="no voxel of this scan"):
        compute_region_statistics(lesion.volume, region.mask)


def test_contours_beside_the_scan_are_left_out_and_said(structures: Dataset, lesion: Lesion) -> None:
    away = replace(lesion.volume, origin_mm=(*lesion.volume.origin_mm[:2], 9000.0))
    (region,) = read_regions(encode_object(structures), away)
    assert not region.mask.any()
    assert "lie beside this scan's slices" in region.says


def test_contours_on_every_other_slice_are_said_to_be_sparse(structures: Dataset, lesion: Lesion) -> None:
    contours = structures.ROIContourSequence[0].ContourSequence
    structures.ROIContourSequence[0].ContourSequence = contours[::2]
    (region,) = read_regions(encode_object(structures), lesion.volume)
    assert "2.0 slices apart" in region.says


def test_a_fractional_segmentation_holds_what_is_at_least_half_inside(segmentation: Dataset, lesion: Lesion) -> None:
    inside = segmentation.pixel_array.astype(np.uint8)
    segmentation.SegmentationType, segmentation.MaximumFractionalValue = "FRACTIONAL", 200
    segmentation.SegmentationFractionalType = "OCCUPANCY"
    segmentation.BitsAllocated, segmentation.BitsStored, segmentation.HighBit = 8, 8, 7
    data = (inside * 99 + 1).astype(np.uint8)
    segmentation.PixelData = data.tobytes() + b"\0" * (data.size % 2)
    assert np.array_equal(read_regions(encode_object(segmentation), lesion.volume)[0].mask, lesion.mask)


def test_a_label_map_holds_its_segments_by_their_numbers(segmentation: Dataset, lesion: Lesion) -> None:
    labels = segmentation.pixel_array.astype(np.uint8)
    segmentation.SegmentationType = "LABELMAP"
    segmentation.BitsAllocated, segmentation.BitsStored, segmentation.HighBit = 8, 8, 7
    segmentation.PixelData = labels.tobytes() + b"\0" * (labels.size % 2)
    (region,) = read_regions(encode_object(segmentation), lesion.volume)
    assert np.array_equal(region.mask, lesion.mask)


def test_regions_of_another_frame_of_reference_are_refused(
    segmentation: Dataset, structures: Dataset, lesion: Lesion, source: SourceImages
) -> None:
    headers = tuple(replace(header, frame_of_reference="1.2.3.4") for header in source.series.headers)
    other = replace(source.series, headers=headers)
    for dataset in (segmentation, structures):
        with pytest.raises(ImagingError, match="another frame of reference"):
            read_regions(encode_object(dataset), lesion.volume, other)


def test_a_segmentation_on_another_pixel_grid_is_refused(segmentation: Dataset, lesion: Lesion) -> None:
    finer = replace(lesion.volume, spacing_mm=(4.0, 4.0, lesion.volume.spacing_mm[2]))
    with pytest.raises(ImagingError, match="another pixel grid"):
        read_regions(encode_object(segmentation), finer)


def test_contours_oblique_to_the_slices_are_refused(structures: Dataset, lesion: Lesion) -> None:
    turn = np.array([[1, 0, 0], [0, np.cos(0.3), -np.sin(0.3)], [0, np.sin(0.3), np.cos(0.3)]])
    oblique = replace(lesion.volume, direction=tuple(turn.ravel().tolist()))
    with pytest.raises(ImagingError, match="oblique"):
        read_regions(encode_object(structures), oblique)


def test_points_and_open_lines_are_left_out_and_said(structures: Dataset, lesion: Lesion) -> None:
    structures.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = "POINT"
    (region,) = read_regions(encode_object(structures), lesion.volume)
    assert "1 points or open lines enclose nothing" in region.says
    assert region.mask.sum() < lesion.mask.sum()


def test_an_empty_region_of_a_structure_set_is_empty(structures: Dataset, lesion: Lesion) -> None:
    del structures.ROIContourSequence[0].ContourSequence
    (region,) = read_regions(encode_object(structures), lesion.volume)
    assert not region.mask.any()


def drop_frames(dataset: Dataset) -> None:
    del dataset.PerFrameFunctionalGroupsSequence


def drop_pixels(dataset: Dataset) -> None:
    dataset.PixelData = dataset.PixelData[:10]


def drop_segments(dataset: Dataset) -> None:
    del dataset.SegmentSequence


@pytest.mark.parametrize("damage", [drop_frames, drop_pixels, drop_segments])
def test_a_damaged_segmentation_is_refused(
    segmentation: Dataset, lesion: Lesion, damage: Callable[[Dataset], None]
) -> None:
    damage(segmentation)
    with pytest.raises(ImagingError, match="incomplete or damaged"):
        read_regions(encode_object(segmentation), lesion.volume)


def test_a_damaged_contour_is_refused(structures: Dataset, lesion: Lesion) -> None:
    contour = structures.ROIContourSequence[0].ContourSequence[0]
    contour.ContourData = list(contour.ContourData)[:-1]
    with pytest.raises(ImagingError, match="damaged"):
        read_regions(encode_object(structures), lesion.volume)


def test_files_that_hold_no_regions_are_named(lesion: Lesion, source: SourceImages, tmp_path: Path) -> None:
    with pytest.raises(ImagingError, match="is not DICOM"):
        read_regions(b"a letter" * 40, lesion.volume)
    with pytest.raises(ImagingError, match="modality PT"):
        read_regions(source.series.files[0].path, lesion.volume)
    with pytest.raises(ImagingError, match="absent.dcm cannot be read"):
        read_regions(tmp_path / "absent.dcm", lesion.volume)
