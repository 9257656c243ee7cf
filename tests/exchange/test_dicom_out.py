"""What is measured leaves as DICOM that the standard's checker and a PACS accept, and comes back as the same numbers."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from exchange.dicom_capture import KeyImage, label_picture, write_capture
from exchange.dicom_object import encode_object
from exchange.dicom_rtstruct import write_rtstruct
from exchange.dicom_seg import write_seg
from exchange.dicom_source import SourceImages, read_source_images
from exchange.dicom_sr import write_sr
from exchange.lesion import Lesion, Stamp
from exchange.pacs_send import send_to_pacs
from exchange.regions_in import compute_region_statistics, read_regions
from imaging.orientation import turn_to_patient_axes
from imaging.problem import ImagingError
from imaging.render import render_slice
from imaging.window import suggest_window
from tests.exchange.exports import (
    AT,
    find_errors,
    make_small_study,
    make_stamp,
    measure,
    measure_hottest,
    read_back,
    read_pet,
)
from tests.exchange.orthanc import run_orthanc

TRACER = "68Ga-Pentixafor"
KINDS = ("SEG", "SR", "RTSTRUCT", "SC")


@pytest.fixture(scope="module", params=["GE", "SIEMENS", "PHILIPS_CNTS"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SourceImages:
    study = make_small_study(tmp_path_factory.mktemp("study"), request.param)
    return read_source_images(read_pet(study.folder / "PT"))


@pytest.fixture(scope="module")
def lesion(source: SourceImages) -> Lesion:
    return measure_hottest(source.series)


@pytest.fixture(scope="module")
def real(shared: Path) -> SourceImages:
    """The GE series of STS_001: 267 slices whose distances differ."""
    return read_source_images(read_pet(shared / "imaging" / "dicom" / "sts001_ge_bqml_pet.zip"))


def picture(lesion: Lesion) -> KeyImage:
    window = suggest_window(lesion.volume, TRACER)
    drawn = render_slice(lesion.volume, None, "axial", lesion.measurement.max_mm, window, "PET", size_px=200)
    return KeyImage(drawn.data, drawn.alt, 3)


def write_all(lesion: Lesion, source: SourceImages, stamp: Stamp) -> dict[str, Dataset]:
    segmentation = write_seg([lesion], source, stamp)
    return {
        "SEG": segmentation,
        "SR": write_sr([lesion], source, segmentation, TRACER, stamp),
        "RTSTRUCT": write_rtstruct([lesion], source, stamp),
        "SC": write_capture(picture(lesion), source, stamp),
    }


@pytest.fixture(scope="module")
def written(lesion: Lesion, source: SourceImages) -> dict[str, Dataset]:
    return write_all(lesion, source, make_stamp())


@pytest.fixture(scope="module")
def written_real(real: SourceImages) -> dict[str, Dataset]:
    return write_all(measure_hottest(real.series), real, make_stamp(synthetic=False))


@pytest.mark.parametrize("kind", KINDS)
def test_the_checker_finds_no_error(written: dict[str, Dataset], kind: str, tmp_path: Path) -> None:
    assert find_errors(written[kind], tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_checker_finds_no_error_on_a_real_series(
    written_real: dict[str, Dataset], kind: str, tmp_path: Path
) -> None:
    assert find_errors(written_real[kind], tmp_path) == []


def test_the_checker_does_find_errors(written: dict[str, Dataset], tmp_path: Path) -> None:
    broken = read_back(written["RTSTRUCT"])
    del broken.StructureSetLabel
    assert any("StructureSetLabel" in line for line in find_errors(broken, tmp_path))


@pytest.mark.parametrize("kind", ["SEG", "RTSTRUCT"])
def test_an_outline_comes_back_voxel_by_voxel(written: dict[str, Dataset], lesion: Lesion, kind: str) -> None:
    (region,) = read_regions(encode_object(written[kind]), lesion.volume)
    assert np.array_equal(region.mask, lesion.mask)
    assert (region.name, region.says) == ("Lesion 1 adrenal left", "")
    found = compute_region_statistics(lesion.volume, region.mask)
    assert found.max == lesion.measurement.suv_max
    assert found.mean == pytest.approx(lesion.measurement.suv_mean, rel=1e-12)
    assert found.volume_ml == pytest.approx(lesion.measurement.volume_ml, rel=1e-12)


@pytest.mark.parametrize("write", [write_seg, write_rtstruct])
def test_an_outline_on_a_real_series_comes_back_voxel_by_voxel(real: SourceImages, write: object) -> None:
    lesion = measure_hottest(real.series)
    data = encode_object(write([lesion], real, make_stamp()))  # type: ignore[operator]
    for series in (None, real.series):
        (region,) = read_regions(data, lesion.volume, series)
        assert np.array_equal(region.mask, lesion.mask)


def test_an_outline_with_a_hole_keeps_it(lesion: Lesion, source: SourceImages) -> None:
    mask = np.zeros_like(lesion.mask)
    mask[20:23, 30:37, 30:37] = True
    mask[21, 32:34, 32:35] = False
    data = encode_object(write_rtstruct([replace(lesion, mask=mask)], source, make_stamp()))
    (region,) = read_regions(data, lesion.volume)
    assert np.array_equal(region.mask, mask)


def test_an_outline_drawn_on_a_turned_volume_lies_at_the_same_place(lesion: Lesion, source: SourceImages) -> None:
    volume = lesion.volume
    turned = replace(
        volume,
        values=np.ascontiguousarray(volume.values[::-1]),
        origin_mm=volume.point_at((0, 0, len(volume.values) - 1)),
        direction=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
    )
    assert np.array_equal(turn_to_patient_axes(turned).values, volume.values)
    data = encode_object(write_seg([replace(lesion, mask=lesion.mask[::-1], volume=turned)], source, make_stamp()))
    assert np.array_equal(read_regions(data, volume)[0].mask, lesion.mask)
    assert np.array_equal(read_regions(data, turned)[0].mask, lesion.mask[::-1])


def test_the_report_holds_the_measured_numbers_with_their_units(written: dict[str, Dataset], lesion: Lesion) -> None:
    report = hd.sr.ComprehensiveSR.from_dataset(read_back(written["SR"]))
    (group,) = report.content.get_volumetric_roi_measurement_groups()
    found = {
        (one.name.meaning, one.derivation.meaning if one.derivation else None): (one.value, one.unit.value)
        for one in group.get_measurements()
    }
    measured = lesion.measurement
    assert found == {
        ("SUVbw", "Maximum"): (pytest.approx(measured.suv_max, rel=1e-9), "{SUVbw}g/ml"),
        ("SUVbw", "Mean"): (pytest.approx(measured.suv_mean, rel=1e-9), "{SUVbw}g/ml"),
        ("SUVbw", "Peak Value Within ROI"): (pytest.approx(measured.suv_peak, rel=1e-9), "{SUVbw}g/ml"),
        ("Volume", None): (pytest.approx(measured.volume_ml, rel=1e-9), "ml"),
        ("Integrated Intensity", None): (pytest.approx(measured.total_uptake, rel=1e-9), "g"),
    }


def test_the_report_names_site_side_tracer_and_segment(written: dict[str, Dataset], lesion: Lesion) -> None:
    report = hd.sr.ComprehensiveSR.from_dataset(read_back(written["SR"]))
    (group,) = report.content.get_volumetric_roi_measurement_groups()
    (site,) = group.finding_sites
    assert (site.value.meaning, site.laterality.meaning) == ("Adrenal gland", "Left")
    assert group.tracking_uid == lesion.tracking_uid == written["SEG"].SegmentSequence[0].TrackingUID
    assert group.referenced_segment[0].referenced_sop_instance_uid == written["SEG"].SOPInstanceUID
    assert TRACER in str(report)
    assert "^68^Gallium" in str(report)


def test_a_lesion_too_small_for_a_peak_has_none_in_the_report(lesion: Lesion, source: SourceImages) -> None:
    small = replace(lesion, measurement=replace(lesion.measurement, suv_peak=None))
    stamp = make_stamp()
    report = write_sr([small], source, write_seg([small], source, stamp), TRACER, stamp)
    assert "Peak Value" not in str(report)


def test_glucose_alone_is_called_glycolysis(lesion: Lesion, source: SourceImages) -> None:
    stamp = make_stamp()
    report = write_sr([lesion], source, write_seg([lesion], source, stamp), "18F-FDG", stamp)
    assert "Total Lesion Glycolysis" in str(report)


def test_an_outline_that_may_have_leaked_says_so_in_every_object(lesion: Lesion, source: SourceImages) -> None:
    doubtful = replace(lesion, measurement=replace(lesion.measurement, leaked=True, says="It reaches the edge."))
    written = write_all(doubtful, source, make_stamp())
    assert all(b"outline: It reaches the edge." in encode_object(written[kind]) for kind in KINDS[:3])
    sure = replace(lesion, measurement=replace(lesion.measurement, leaked=False, says=""))
    plain = write_all(sure, source, make_stamp())
    assert not any(b"Check the outline" in encode_object(plain[kind]) for kind in KINDS[:3])


def test_two_lesions_are_two_segments_and_two_regions(lesion: Lesion, source: SourceImages) -> None:
    values = np.where(lesion.mask, 0, lesion.volume.values)
    z, y, x = np.unravel_index(int(values.argmax()), values.shape)
    other = measure(lesion.volume, lesion.volume.point_at((float(x), float(y), float(z))), "2", "pituitary")
    for write in (write_seg, write_rtstruct):
        regions = read_regions(encode_object(write([lesion, other], source, make_stamp())), lesion.volume)
        assert [region.number for region in regions] == [1, 2]
        assert all(np.array_equal(a.mask, b.mask) for a, b in zip(regions, (lesion, other), strict=True))


def test_the_same_stamp_gives_the_same_bytes(lesion: Lesion, source: SourceImages) -> None:
    first, second = (write_all(lesion, source, make_stamp()) for _ in range(2))
    assert [encode_object(first[kind]) for kind in KINDS] == [encode_object(second[kind]) for kind in KINDS]


def test_every_object_is_of_the_patient_and_study_and_has_its_own_series(
    written: dict[str, Dataset], source: SourceImages
) -> None:
    header = source.series.headers[0]
    for dataset in map(read_back, written.values()):
        assert (dataset.PatientID, str(dataset.PatientName)) == (header.patient_id, header.patient_name)
        assert dataset.StudyInstanceUID == header.study_uid
        assert "SYNTHETIC DATA" in dataset.SeriesDescription
        assert dataset.InstanceCreationDate == f"{AT:%Y%m%d}"
    assert len({dataset.SeriesInstanceUID for dataset in written.values()} | {header.series_uid}) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_but_the_patient_is_named(written: dict[str, Dataset], kind: str) -> None:
    persons = [
        (element.keyword, str(element.value))
        for element in read_back(written[kind]).iterall()
        if element.VR == "PN" and str(element.value)
    ]
    assert {keyword for keyword, _ in persons} == {"PatientName"}


def test_real_data_are_not_called_synthetic(written_real: dict[str, Dataset]) -> None:
    assert not [kind for kind in KINDS if b"SYNTHETIC" in encode_object(written_real[kind])]


def test_the_key_image_keeps_its_pixels_and_says_what_it_is(written: dict[str, Dataset], lesion: Lesion) -> None:
    capture, key = read_back(written["SC"]), picture(lesion)
    shown = Image.open(BytesIO(key.data))
    assert np.array_equal(capture.pixel_array[: shown.height], np.asarray(shown.convert("RGB")))
    assert capture.Rows > shown.height
    assert (capture.BurnedInAnnotation, capture.ContentQualification) == ("NO", "RESEARCH")
    assert capture.LossyImageCompression == "01"
    assert "SYNTHETIC DATA" in capture.ImageComments and "not for diagnosis" in capture.ImageComments


def test_the_strip_below_a_picture_differs_for_synthetic_data(lesion: Lesion) -> None:
    plain, labelled = (label_picture(picture(lesion).data, make_stamp(synthetic)) for synthetic in (False, True))
    assert plain != labelled
    assert Image.open(BytesIO(plain)).size == Image.open(BytesIO(labelled)).size


def test_slices_without_a_frame_of_reference_are_refused(lesion: Lesion, source: SourceImages) -> None:
    headers = tuple(replace(header, frame_of_reference=None) for header in source.series.headers)
    bare = replace(source, series=replace(source.series, headers=headers))
    for write in (write_seg, write_rtstruct):
        with pytest.raises(ImagingError, match="slices lack a Frame of Reference UID"):
            write([lesion], bare, make_stamp())


def test_an_outline_of_another_scan_is_refused(lesion: Lesion, source: SourceImages) -> None:
    away = replace(lesion, volume=replace(lesion.volume, origin_mm=(0.0, 0.0, 9000.0)))
    with pytest.raises(ImagingError, match="another scan"):
        write_seg([away], source, make_stamp())


def test_no_lesion_is_nothing_to_write(source: SourceImages) -> None:
    for write in (write_seg, write_rtstruct):
        with pytest.raises(ImagingError, match="measure one first"):
            write([], source, make_stamp())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_orthanc(tmp_path_factory.mktemp("orthanc")) as url:
        yield url


@pytest.mark.service
def test_a_pacs_takes_every_kind(written: dict[str, Dataset], address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PACS_URL", address)
    answers = send_to_pacs([(kind, encode_object(written[kind])) for kind in KINDS])
    assert [(one.name, one.stored, one.says) for one in answers] == [(kind, True, "") for kind in KINDS]
