"""Decoders run in a process of their own: what brings them down is a sentence here."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEGLSLossless

from imaging import unpacker
from imaging.dicom import load_volume, read_study
from imaging.problem import ImagingError
from imaging.unpacker import Unpacker
from imaging.unpacking import answer
from tests.imaging.dicom_files import compress_by_gdcm, pet_slice, write_files


def slices(**changes: int) -> list[Dataset]:
    packed = [compress_by_gdcm(pet_slice(3.0 * n, np.arange(576).reshape(24, 24)), JPEGLSLossless) for n in range(2)]
    for one in packed:
        for keyword, value in changes.items():
            setattr(one, keyword, value)
    return packed


def packed_bytes(**changes: int) -> bytes:
    buffer = BytesIO()
    slices(**changes)[0].save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize("changes", [{"Columns": 255}, {"Rows": 64}, {"Columns": 32792}, {"Rows": 65535}])
def test_dimensions_that_bring_a_decoder_down_are_a_sentence(tmp_path: Path, changes: dict[str, int]) -> None:
    series = read_study(write_files(tmp_path, slices(**changes))).series[0]
    with pytest.raises(ImagingError, match="compressed pixels of"):
        load_volume(series)


def test_after_a_fall_the_next_file_is_unpacked() -> None:
    with Unpacker() as one:
        for changes in ({"Columns": 255}, {"Rows": 64}):
            with pytest.raises(ImagingError, match="IM1"):
                one.unpack(packed_bytes(**changes), "IM1")
        assert one.unpack(packed_bytes(), "IM2").tolist() == [np.arange(576).reshape(24, 24).tolist()]


def test_a_decoder_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacker, "_PATIENCE_S", 0.2)
    with Unpacker() as one:
        sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
        one._process = subprocess.Popen(sleeping, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with pytest.raises(ImagingError, match="decoder failed"):
            one.unpack(b"DICM", "IM1")


def test_a_claim_of_gigabytes_is_not_unpacked() -> None:
    answers = BytesIO()
    answer(packed_bytes(Rows=65535, Columns=65535), answers)
    assert b"claims more pixels" in answers.getvalue()
    assert answers.getvalue().count(b"\n") == 1
