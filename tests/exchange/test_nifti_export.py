"""A scan leaves as NIfTI with every value as measured, and a document of what its SUV rests on."""

import gzip
import json
from dataclasses import replace
from typing import Any

import nibabel
import numpy as np
import pytest

from exchange.lesion import Lesion, say_corrected
from exchange.nifti_export import write_mask_nifti, write_sidecar, write_suv_nifti
from imaging.corrected_document import correct_document
from imaging.correction import Correction
from imaging.dicom import Series
from imaging.provenance import document_series
from imaging.volume import Volume
from tests.exchange.exports import make_small_study, make_stamp, measure_hottest, read_pet


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Series:
    return read_pet(make_small_study(tmp_path_factory.mktemp("study"), "GE").folder / "PT")


@pytest.fixture(scope="module")
def lesion(series: Series) -> Lesion:
    return measure_hottest(series)


def open_nifti(data: bytes) -> Any:
    return nibabel.Nifti1Image.from_bytes(gzip.decompress(data))


def test_every_value_is_the_measured_float(lesion: Lesion) -> None:
    image = open_nifti(write_suv_nifti(lesion.volume))
    assert image.get_data_dtype() == np.float32
    assert np.array_equal(np.asarray(image.dataobj).transpose(2, 1, 0), lesion.volume.values)
    assert bytes(image.header["descrip"].tobytes()).startswith(b"SUVbw")


def test_a_voxel_lies_at_the_same_place_in_the_axes_of_nifti(lesion: Lesion) -> None:
    image = open_nifti(write_suv_nifti(lesion.volume))
    x, y, z = lesion.volume.point_at((3, 5, 7))
    assert image.affine @ [3, 5, 7, 1] == pytest.approx([-x, -y, z, 1], abs=1e-3)
    assert image.header.get_xyzt_units()[0] == "mm"


def test_the_outline_lies_on_the_same_grid(lesion: Lesion) -> None:
    outline, scan = open_nifti(write_mask_nifti(lesion.mask, lesion.volume)), open_nifti(write_suv_nifti(lesion.volume))
    assert np.array_equal(outline.affine, scan.affine)
    inside = np.asarray(outline.dataobj) == 1
    assert np.asarray(scan.dataobj)[inside].max() == lesion.measurement.suv_max


def test_a_flipped_volume_is_written_in_the_order_of_its_values(lesion: Lesion) -> None:
    flipped = replace(lesion.volume, values=lesion.volume.values[:, :, ::-1])
    image = open_nifti(write_suv_nifti(flipped))
    assert np.array_equal(np.asarray(image.dataobj).transpose(2, 1, 0), flipped.values)


def test_the_same_scan_gives_the_same_bytes(lesion: Lesion) -> None:
    assert write_suv_nifti(lesion.volume) == write_suv_nifti(lesion.volume)


def read_sidecar(series: Series, volume: Volume, lesion: Lesion, kept: bool = True) -> dict[str, Any]:
    inspection, files = document_series(series, volume), {"suv.nii.gz": "SUV"}
    return dict(json.loads(write_sidecar("P006", inspection, series if kept else None, [lesion], make_stamp(), files)))


def test_the_sidecar_has_every_input_of_the_suv(series: Series, lesion: Lesion) -> None:
    document = read_sidecar(series, lesion.volume, lesion)
    header, inputs = document["suv_inputs"]["header"], document["suv_inputs"]
    assert header["dose"] == pytest.approx(135.2e6)
    assert (header["weight"], header["units"], header["decay_correction"]) == (69.0, "BQML", "START")
    assert header["start_time"] and header["series_time"] and header["half_life_s"] > 4000
    assert len(header["slope"]) == len(series.headers)
    assert inputs["factors"] == pytest.approx(series.suv.factors[0])  # type: ignore[union-attr, index]
    assert inputs["reference_time_source"] == series.reference_time_source
    assert document["program"]["version"]
    assert document["synthetic"] is True


def test_the_factor_of_the_sidecar_makes_suv_of_the_stored_pixels(series: Series, lesion: Lesion) -> None:
    inputs = read_sidecar(series, lesion.volume, lesion)["suv_inputs"]
    header = inputs["header"]
    seconds = 63.5 * 60
    activity = header["dose"] * 0.5 ** (seconds / header["half_life_s"])
    assert inputs["factors"] == pytest.approx(1000 * header["weight"] / activity, rel=1e-4)


def test_the_sidecar_has_the_lesion_in_full(series: Series, lesion: Lesion) -> None:
    (written,) = read_sidecar(series, lesion.volume, lesion)["lesions"]
    assert written["suv_max"] == lesion.measurement.suv_max
    assert written["voxels"] == lesion.mask.sum()
    assert (written["site"], written["threshold"]) == ("adrenal_left", "41%")


def test_the_sidecar_names_nobody(series: Series, lesion: Lesion) -> None:
    headers = tuple(replace(one, patient_name="DOE^JANE", patient_id="H4711") for one in series.headers)
    hospital = replace(series, headers=headers, patient_id="H4711")
    text = json.dumps(read_sidecar(hospital, lesion.volume, lesion))
    assert "DOE" not in text and "H4711" not in text


def test_a_stored_scan_gives_the_headers_kept_with_it(series: Series, lesion: Lesion) -> None:
    document = read_sidecar(series, lesion.volume, lesion, kept=False)
    header = document["suv_inputs"]["header"]
    assert (header["weight"], header["dose"]) == (series.headers[0].weight, series.headers[0].dose)
    assert "MBq" in document["scan"]["provenance"]


def test_a_scan_stored_without_headers_says_so(series: Series, lesion: Lesion) -> None:
    inspection = document_series(series, lesion.volume) | {"suv_headers": None}
    document = json.loads(write_sidecar("P006", inspection, None, [lesion], make_stamp(), {}))
    assert document["suv_inputs"] is None
    assert "not kept" in document["suv_inputs_says"]


def test_a_correction_leaves_with_its_reason_and_without_a_name(series: Series, lesion: Lesion) -> None:
    inspection = correct_document(document_series(series, lesion.volume), Correction(weight_kg=70.0), "scales")
    inspection["corrections"]["log"] = [{"reader": "Reader A"}]
    corrected = replace(lesion, corrected=say_corrected(inspection))
    document = json.loads(write_sidecar("P006", inspection, None, [corrected], make_stamp(), {}))
    said = document["scan"]["corrections"]
    assert (said["entered"], said["reason"]) == ({"weight_kg": 70.0}, "scales")
    assert document["suv_inputs"]["header"]["weight"] == series.headers[0].weight
    assert document["lesions"][0]["corrected"].startswith(
        "SUV corrected: weight 70 kg entered by the reader instead of"
    )
    assert "Reader A" not in json.dumps(document)
