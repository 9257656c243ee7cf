"""The same slices in every transfer syntax and kind of series give the same SUV, or volumes of their own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.imaging.dicom_files import compress_by_gdcm, pet_series, pet_slice, write_files
from tests.imaging.inspected import after, codes, factor, inspect

PACKED = (JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless)
PLAIN = (RLELossless, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian)


@pytest.mark.parametrize("syntax", [*PACKED, *PLAIN], ids=lambda syntax: syntax.name.split(",")[0])
@pytest.mark.parametrize("signed", [0, 1])
def test_26_every_transfer_syntax_gives_the_same_pixels(read: Any, syntax: Any, signed: int) -> None:
    pixels = np.arange(32 * 32).reshape(32, 32) * 30 - (3000 if signed else 0)
    slices = [pet_slice(3.0 * n, pixels + n, PixelRepresentation=signed) for n in range(2)]
    series = read([in_syntax(one, pixels + n, syntax) for n, one in enumerate(slices)])
    assert factor(series) == pytest.approx(after(60))
    assert series["suv_max"] == pytest.approx((int(pixels.max()) + 1) * 2 * after(60), rel=1e-4)


def in_syntax(one: Dataset, pixels: np.ndarray, syntax: Any) -> Dataset:
    if syntax in PACKED:
        return compress_by_gdcm(one, syntax)
    if syntax == RLELossless:
        one.compress(syntax)
    if syntax == ExplicitVRBigEndian:
        one.PixelData = pixels.astype(">i2").tobytes()
        one["PixelData"].VR = "OW"
    one.file_meta.TransferSyntaxUID = syntax
    return one


def test_26_old_files_without_a_preamble(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slices = [in_syntax(one, np.zeros(1), ImplicitVRLittleEndian) for one in pet_series(3)]
    for file in write_files(tmp_path, slices).iterdir():
        data = file.read_bytes()
        file.write_bytes(data[data.index(b"\x08\x00\x16\x00") :])
    assert factor(inspect(tmp_path, capsys)[0]) == pytest.approx(after(60))


def test_29_gates_are_volumes_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gated = {"SeriesType": ["GATED", "IMAGE"]}
    by_trigger = [pet_slice(3.0 * z, TriggerTime=100.0 * t, **gated) for t in range(2) for z in range(3)]
    by_index = [
        pet_slice(3.0 * z, ImageIndex=1 + z + 3 * t, NumberOfSlices=3, **gated) for t in range(2) for z in range(3)
    ]
    for name, slices in (("trigger", by_trigger), ("index", by_index)):
        found = inspect(write_files(tmp_path / name, slices), capsys)
        assert [one["size"] for one in found] == [[5, 4, 3]] * 2
        assert all("several_volumes" in codes(one) and "gated_series" in codes(one) for one in found)


def test_29_a_dynamic_scan_has_one_reference_for_all_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dynamic = {"SeriesType": ["DYNAMIC", "IMAGE"]}
    frames = [pet_slice(3.0 * z, AcquisitionTime=f"11{5 * t:02d}00", FrameReferenceTime=60_000 + 300_000 * t, **dynamic)
              for t in range(3) for z in range(2)]  # fmt: skip
    found = inspect(write_files(tmp_path, frames), capsys)
    assert [factor(one) for one in found] == pytest.approx([after(60)] * 3)
    assert all("dynamic_series" in codes(one) for one in found)


def test_a_projection_inside_the_study_has_no_suv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mip = {"SeriesInstanceUID": "1.2.3.6", "ImageType": ["DERIVED", "SECONDARY", "MIP"], "SeriesDescription": "MIP"}
    write_files(tmp_path, pet_series(3))
    write_files(tmp_path, [pet_slice(0.0, **mip)], prefix="MIP")
    found = {one["series_uid"]: one for one in inspect(tmp_path, capsys)}
    assert factor(found["1.2.3.1"]) == pytest.approx(after(60))
    assert found["1.2.3.6"]["suv_factors"] is None
    assert "reprojection" in codes(found["1.2.3.6"])
