"""A region file belongs to a scan when it was drawn in its space, also after the scan's UIDs were replaced."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from exchange.dicom_object import encode_object
from exchange.dicom_rtstruct import write_rtstruct
from exchange.dicom_seg import write_seg
from exchange.dicom_source import read_source_images
from exchange.region_file import ScanSpace, open_region_file
from exchange.regions_in import DrawnRegion, measure_drawn, place_regions
from imaging.deidentify import deidentify_study
from imaging.dicom import Series, load_volume
from imaging.problem import ImagingError
from imaging.pseudonym import Pseudonym
from tests.exchange.exports import make_small_study, make_stamp, measure_hottest, read_back, read_pet
from tests.imaging.phantoms import hot_voxel

SECRET = "a secret of the site, long enough"
KINDS = {"SEG": write_seg, "RTSTRUCT": write_rtstruct}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Series:
    """A PET as the hospital has it."""
    return read_pet(make_small_study(tmp_path_factory.mktemp("study"), "SIEMENS").folder / "PT")


@pytest.fixture(scope="module")
def taken_in(original: Series, tmp_path_factory: pytest.TempPathFactory) -> Series:
    """The same PET as the trial has it: under a pseudonym, with new UIDs."""
    folder = tmp_path_factory.mktemp("copy") / "P017"
    deidentify_study(original.files[0].path.parent, "P017", SECRET, folder)
    return read_pet(folder)


@pytest.fixture(scope="module")
def drawn(original: Series) -> dict[str, bytes]:
    """Regions drawn at the hospital on its own images."""
    source, lesion = read_source_images(original), measure_hottest(original)
    return {kind: encode_object(write([lesion], source, make_stamp())) for kind, write in KINDS.items()}


def space(series: Series) -> ScanSpace:
    return ScanSpace(series.series_uid, series.headers[0].frame_of_reference)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_the_same_images_fits_as_it_stands(original: Series, drawn: dict[str, bytes], kind: str) -> None:
    opened = open_region_file(drawn[kind], space(original))
    assert (opened.kind, opened.says) == (kind, "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_drawn_before_the_uids_were_replaced_lies_where_it_was_drawn(
    original: Series, taken_in: Series, drawn: dict[str, bytes], kind: str
) -> None:
    assert taken_in.headers[0].frame_of_reference != original.headers[0].frame_of_reference
    opened = open_region_file(drawn[kind], space(taken_in), Pseudonym("P017", SECRET).replace_uid)
    assert opened.says == ""
    (region,) = place_regions(opened.dataset, load_volume(taken_in), taken_in)
    lesion = measure_hottest(taken_in)
    assert np.array_equal(region.mask, lesion.mask)
    measured = measure_drawn(lesion.volume, region)
    assert measured.suv_max == lesion.measurement.suv_max
    assert measured.suv_mean == pytest.approx(lesion.measurement.suv_mean, rel=1e-12)
    assert (measured.suv_peak, measured.max_mm) == (lesion.measurement.suv_peak, lesion.measurement.max_mm)
    assert measured.centre_mm == pytest.approx(lesion.measurement.centre_mm)
    assert measured.total_uptake == pytest.approx(lesion.measurement.total_uptake)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("person", [None, Pseudonym("P017", SECRET + "!")])
def test_without_the_secret_by_which_the_uids_were_replaced_a_file_is_refused(
    taken_in: Series, drawn: dict[str, bytes], kind: str, person: Pseudonym | None
) -> None:
    with pytest.raises(ImagingError, match="another frame of reference than this scan"):
        open_region_file(drawn[kind], space(taken_in), person.replace_uid if person else None)


def test_a_file_of_another_study_is_refused(taken_in: Series, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = read_pet(make_small_study(tmp_path_factory.mktemp("other"), "GE", "P003").folder / "PT")
    data = encode_object(write_seg([measure_hottest(other)], read_source_images(other), make_stamp()))
    with pytest.raises(ImagingError, match="another frame of reference than this scan"):
        open_region_file(data, space(taken_in), Pseudonym("P017", SECRET).replace_uid)


def test_planes_of_a_renamed_segmentation_are_placed_by_the_slices_they_name(
    taken_in: Series, drawn: dict[str, bytes]
) -> None:
    dataset = open_region_file(drawn["SEG"], space(taken_in), Pseudonym("P017", SECRET).replace_uid).dataset
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        x, y, _ = frame.PlanePositionSequence[0].ImagePositionPatient
        frame.PlanePositionSequence[0].ImagePositionPatient = [x, y, 0]
    (region,) = place_regions(dataset, load_volume(taken_in), taken_in)
    assert np.array_equal(region.mask, measure_hottest(taken_in).mask)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_made_from_the_images_of_the_trial_fits_too(taken_in: Series, kind: str) -> None:
    data = encode_object(KINDS[kind]([measure_hottest(taken_in)], read_source_images(taken_in), make_stamp()))
    assert open_region_file(data, space(taken_in), Pseudonym("P017", SECRET).replace_uid).says == ""


@pytest.mark.parametrize("kind", KINDS)
def test_regions_of_another_series_in_the_same_space_are_said_to_be(
    original: Series, drawn: dict[str, bytes], kind: str
) -> None:
    other = replace(space(original), series_uid="1.2.3")
    assert open_region_file(drawn[kind], other).says.startswith("Drawn on another series in the same frame")


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_frame_of_reference_the_series_decides(original: Series, drawn: dict[str, bytes], kind: str) -> None:
    assert open_region_file(drawn[kind], ScanSpace(original.series_uid, None)).says == ""
    assert open_region_file(drawn[kind], ScanSpace(f"{original.series_uid}#2", None)).says == ""
    says = open_region_file(drawn[kind], ScanSpace("1.2.3", None)).says
    assert "Nothing says that the regions belong to this scan (this scan was kept without its frame" in says


def test_a_file_without_a_frame_of_reference_is_not_trusted_blindly(original: Series, drawn: dict[str, bytes]) -> None:
    dataset = open_region_file(drawn["RTSTRUCT"], space(original)).dataset
    del dataset.FrameOfReferenceUID, dataset.ReferencedFrameOfReferenceSequence
    for roi in dataset.StructureSetROISequence:
        roi.ReferencedFrameOfReferenceUID = ""
    opened = open_region_file(encode_object(dataset), space(original))
    assert "(the file names no frame of reference)" in opened.says


def test_only_region_files_are_opened(original: Series, tmp_path: Path) -> None:
    with pytest.raises(ImagingError, match="modality PT; regions are read from DICOM SEG and RTSTRUCT"):
        open_region_file(original.files[0].path, space(original))
    with pytest.raises(ImagingError, match="is not DICOM"):
        open_region_file(b"Dear colleague" * 40, space(original))
    with pytest.raises(ImagingError, match=r"absent\.dcm cannot be read"):
        open_region_file(tmp_path / "absent.dcm", space(original))


def test_a_region_without_a_voxel_or_a_scan_without_suv_is_not_measured() -> None:
    volume = hot_voxel()
    nothing = DrawnRegion(1, "empty", np.zeros(volume.values.shape, dtype=np.bool_), "")
    with pytest.raises(ImagingError, match="no voxel of this scan"):
        measure_drawn(volume, nothing)
    with pytest.raises(ImagingError, match="in Bq/ml, not SUV"):
        measure_drawn(hot_voxel(unit="Bq/ml"), nothing)


def test_a_claim_of_too_many_pixels_is_refused_before_they_are_unpacked(
    original: Series, drawn: dict[str, bytes]
) -> None:
    dataset = open_region_file(drawn["SEG"], space(original)).dataset
    dataset.Rows = dataset.Columns = 60_000
    with pytest.raises(ImagingError, match="million pixels, more than is read here"):
        list(place_regions(dataset, load_volume(original), original))


def break_structures(dataset: Dataset) -> Iterator[Dataset]:
    """Structure sets with something essential gone or wrong."""
    for damage in ("ROINumber", "StructureSetROISequence"):
        broken = read_back(dataset)
        target = broken if damage in broken else broken.StructureSetROISequence[0]
        del target[damage]
        yield broken
    broken = read_back(dataset)
    broken.ROIContourSequence[0].ContourSequence[0].ContourData[0] = "NaN"
    yield broken


def test_a_damaged_structure_set_is_refused(original: Series, drawn: dict[str, bytes]) -> None:
    volume = load_volume(original)
    for broken in break_structures(open_region_file(drawn["RTSTRUCT"], space(original)).dataset):
        with pytest.raises(ImagingError, match=r"damaged|holds no region"):
            list(place_regions(broken, volume, original))


@pytest.mark.filterwarnings("ignore")  # pydicom warns of damaged values that it then hands over
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_flipped_bytes_is_read_or_refused_in_a_sentence(
    original: Series, drawn: dict[str, bytes], kind: str
) -> None:
    volume, chance = load_volume(original), random.Random(20260504)
    refused = 0
    for _ in range(150):
        damaged = bytearray(drawn[kind])
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(132, len(damaged))] = chance.randrange(256)
        try:
            opened = open_region_file(bytes(damaged), space(original), Pseudonym("P017", SECRET).replace_uid)
            for region in place_regions(opened.dataset, volume, original):
                assert region.mask.shape == volume.values.shape
        except ImagingError as refusal:
            refused += 1
            assert str(refusal).endswith((".", ")"))
    assert 0 < refused < 150
