"""The quick walk through a header finds what a general parser finds, and leaves what is not plain to that parser."""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from imaging.header import read_header, wanted_tags
from imaging.walk import walk_header, wanted_words
from tests.imaging.dicom_files import ct_slice, pet_slice

WANTED = wanted_words(wanted_tags())
PLAIN = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]


def written(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def assert_found_alike(data: bytes) -> None:
    quick, general = BytesIO(data), BytesIO(data)
    found = walk_header(quick, WANTED)
    parsed = pydicom.dcmread(general, stop_before_pixels=True, force=True, specific_tags=wanted_tags())
    assert found is not None
    assert read_header(found) == read_header(parsed)
    assert quick.tell() == general.tell()


def with_nested_sequences(undefined: bool) -> Dataset:
    """A slice with a sequence nobody asks for, in it another, before the one about the tracer."""
    inner, outer, dataset = Dataset(), Dataset(), pet_slice(PatientName="A^B")
    inner.CodeValue = "121311"
    outer.PurposeOfReferenceCodeSequence = [inner, inner]
    dataset.ReferencedImageSequence = [outer, outer]
    for sequence in (dataset["ReferencedImageSequence"], outer["PurposeOfReferenceCodeSequence"]):
        sequence.is_undefined_length = undefined
    for item in (outer, inner):
        item.is_undefined_length_sequence_item = undefined
    dataset["RadiopharmaceuticalInformationSequence"].is_undefined_length = undefined
    return dataset


@pytest.mark.parametrize("syntax", PLAIN)
@pytest.mark.parametrize("undefined", [False, True])
def test_sequences_of_known_and_of_unknown_length_are_stepped_over(syntax: str, undefined: bool) -> None:
    assert_found_alike(written(with_nested_sequences(undefined), syntax))


@pytest.mark.parametrize("syntax", PLAIN)
def test_private_elements_and_words_beyond_ascii(syntax: str) -> None:
    dataset = pet_slice(SpecificCharacterSet="ISO_IR 192", PatientName="Žižková^Šárka", SeriesDescription="Tête")
    dataset.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20260302110000.00")
    assert_found_alike(written(dataset, syntax))
    found = walk_header(BytesIO(written(dataset, syntax)), WANTED)
    assert found is not None
    header = read_header(found)
    assert (header.patient_name, header.description) == ("Žižková^Šárka", "Tête")
    assert header.ge_reference == "20260302110000.00"


def test_every_published_slice_is_found_alike(shared: Path) -> None:
    walked = 0
    for path in sorted((shared / "imaging" / "dicom").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist()[:25]:
                data = archive.read(name)
                if data[128:132] == b"DICM" and walk_header(BytesIO(data), WANTED) is not None:
                    assert_found_alike(data)
                    walked += 1
    assert walked > 100


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_other_transfer_syntaxes_are_left_to_the_parser(syntax: str) -> None:
    stream = BytesIO(written(ct_slice(), syntax))
    assert walk_header(stream, WANTED) is None
    assert stream.tell() == 0


def test_a_header_that_fills_the_first_bytes_is_left_to_the_parser() -> None:
    stream = BytesIO(written(pet_slice(ImageComments="x" * 10000, PatientComments="y" * 10000)))
    assert walk_header(stream, WANTED) is not None
    dataset = pet_slice()
    dataset.add_new(0x00420011, "OB", bytes(70000))
    stream = BytesIO(written(dataset))
    assert walk_header(stream, WANTED) is None
    assert stream.tell() == 0


WHOLE = written(pet_slice(pixels=np.zeros((2, 2))))


@given(cut=st.integers(0, 900), at=st.integers(0, 900), byte=st.integers(0, 255))
def test_damaged_headers_are_left_to_the_parser_or_walked_but_never_fail(cut: int, at: int, byte: int) -> None:
    data = bytearray(WHOLE)
    data[at] = byte
    stream = BytesIO(bytes(data[: len(data) - cut]))
    found = walk_header(stream, WANTED)
    assert found is None or stream.tell() > 0
