"""One DICOM file at a time: its header, and where its pixels lie so that they need not be parsed again."""

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset

from imaging.archive import OpenSources, Source
from imaging.deflated import inflates_beyond
from imaging.header import PET_CLASS, Header, read_header, wanted_tags
from imaging.multiframe import MULTIFRAME_CLASSES, split_header, wanted_of_multiframe
from imaging.problem import ImagingError
from imaging.walk import walk_header, wanted_words

_NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
_IMPLICIT, _BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
_PIXEL_KINDS = (b"OW", b"OB", b"UN")
_SLICE_CLASSES = (PET_CLASS, "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4")
_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
_HEAD_BYTES = 136
_PIXEL_TAG = (0x7FE0, 0x0010)
_MOST_INFLATED = _SMALL = 2**28
_TAGS = wanted_tags()
_WORDS = wanted_words(_TAGS)


@dataclass(frozen=True)
class Pixels:
    """Uncompressed pixels: offset and length in bytes in the file, and the NumPy type of one stored value."""

    offset: int
    length: int
    dtype: str


@dataclass(frozen=True)
class Slice:
    """A file's header, where the file is, and where its pixels are (None when compressed or absent)."""

    header: Header
    source: Source
    pixels: Pixels | None


class NotReadable(Exception):
    """The file was not used; the message says why and what would help."""


def read_slices(source: Source, files: OpenSources) -> tuple[Slice, ...]:
    """The slice in a file, or the slices of a multi-frame one; NotReadable with a sentence for what is no whole DICOM."""
    try:
        return _read_slices(source, files)
    except ImagingError as error:
        raise NotReadable(str(error)) from None


def _read_slices(source: Source, files: OpenSources) -> tuple[Slice, ...]:
    if source.member is not None:
        _check_head(files.head(source))  # a zip's member is not unpacked only to find that it is no image
    with files.open(source) as stream:
        if source.member is None:
            _check_head(stream.read(_HEAD_BYTES))
            stream.seek(0)
        try:
            header = read_header(_parse(stream))
            _check_header(header)
            pixels = _find_pixels(stream, header)
            frames = _split(stream, header) if header.sop_class in MULTIFRAME_CLASSES else ()
        except NotReadable:
            raise
        except Exception as error:  # whatever a damaged file makes the parser raise, the other files are still read
            says = f"The DICOM header is damaged or cut short ({type(error).__name__}); send the file again."
            raise NotReadable(says) from None
    if not frames:
        return (Slice(header, source, pixels),)
    return tuple(Slice(one, source, _pixels_of(pixels, one, len(frames))) for one in frames)


def _split(stream: BinaryIO, header: Header) -> tuple[Header, ...]:
    """The headers of the frames; the object is parsed once more, for their groups."""
    stream.seek(0)
    tags = wanted_of_multiframe()
    return split_header(pydicom.dcmread(_in_memory(stream), stop_before_pixels=True, force=True, specific_tags=tags))


def _pixels_of(pixels: Pixels | None, header: Header, frames: int) -> Pixels | None:
    if pixels is None:
        return None
    size = pixels.length // frames
    return Pixels(pixels.offset + size * ((header.frame or 1) - 1), size, pixels.dtype)


def _parse(stream: BinaryIO) -> Dataset:
    """The wanted elements, with the stream left at the pixels."""
    plain = walk_header(stream, _WORDS)
    if plain is not None:
        return plain
    if inflates_beyond(stream, _MOST_INFLATED):
        raise NotReadable("The deflated file would unpack to more than any one image; it was not read.")
    memory = _in_memory(stream)
    dataset = pydicom.dcmread(memory, stop_before_pixels=True, force=True, specific_tags=_TAGS)
    stream.seek(memory.tell())
    return dataset


def _in_memory(stream: BinaryIO) -> BinaryIO:
    """A small file's bytes: a length that lies about gigabytes then asks for no more memory than there are bytes."""
    size = stream.seek(0, 2)
    stream.seek(0)
    return BytesIO(stream.read()) if size <= _SMALL else stream


def _check_head(head: bytes) -> None:
    if not _looks_like_dicom(head):
        raise NotReadable(_what_it_is(head))


def _looks_like_dicom(head: bytes) -> bool:
    """The DICM mark, or the first group of an old file without a preamble."""
    if head[128:132] == b"DICM":
        return True
    return len(head) >= 8 and head[:2] in (b"\x08\x00", b"\x02\x00") and head[2:4] != b"\0\0\0\0" and head[3] == 0


_KINDS = (
    (
        b"PK\x03\x04",
        "An archive inside an archive is not opened: unpack it and send the folder, or send the inner one.",
    ),
    (b"\x1f\x8b", "A gzip file is not DICOM; a NIfTI image carries no weight, dose or times: send the DICOM series."),
    (b"Rar!", "Only zip archives are opened: unpack it and send the folder."),
    (b"7z\xbc\xaf", "Only zip archives are opened: unpack it and send the folder."),
)


def _what_it_is(head: bytes) -> str:
    if not head:
        return "The file is empty."
    known = next((says for mark, says in _KINDS if head.startswith(mark)), None)
    return known or "It is not a DICOM file (there is no DICM mark after the first 128 bytes)."


def _check_header(header: Header) -> None:
    if header.sop_class == _DIRECTORY_CLASS:
        raise NotReadable(
            "A DICOMDIR is only an index; the images beside it are read without it: give the folder that holds them."
        )
    if header.modality is None and header.series_uid is None and header.sop_class != _DIRECTORY_CLASS:
        raise NotReadable(
            "The DICOM header names neither a modality nor a series; the file is damaged or not an image."
        )
    if header.series_uid is None:
        raise NotReadable(
            "The DICOM header has no Series Instance UID (0020,000E), so its slices cannot be put together."
        )


def _find_pixels(stream: BinaryIO, header: Header) -> Pixels | None:
    """Where native pixels lie; raises NotReadable when the file ends before they do."""
    if header.rows is None or header.columns is None:
        if header.sop_class in _SLICE_CLASSES:
            raise NotReadable("The file is cut short: it ends before its pixels; send it again.")
        return None
    if header.transfer_syntax not in (*_NATIVE, None) or (header.bits_allocated or 16) not in (8, 16, 32):
        return None
    if header.rows <= 0 or header.columns <= 0:
        raise NotReadable("The header says the image has no rows or no columns; the file is damaged.")
    start = stream.tell()
    element = stream.read(12)
    end = stream.seek(0, 2)
    place = _parse_element(element, header)
    if place is None:
        raise NotReadable("The file is cut short: it ends before its pixels; send it again.")
    skip, length = place
    expected = header.rows * header.columns * header.samples * header.frames * (header.bits_allocated or 16) // 8
    available = min(length, end - start - skip)
    if available < expected:
        raise NotReadable(f"The file is cut short: {available:,} of {expected:,} bytes of pixels; send it again.")
    if available - expected >= min(header.rows, header.columns):
        size = f"{header.rows:,} × {header.columns:,}"
        raise NotReadable(f"The header says {size} pixels, but there are more: {available:,} bytes; send it again.")
    return Pixels(start + skip, expected, _dtype(header))


def _parse_element(element: bytes, header: Header) -> tuple[int, int] | None:
    """Bytes to skip and length of the pixel element, explicit or implicit VR; None when it is not there."""
    order = ">" if header.transfer_syntax == _BIG_ENDIAN else "<"
    if len(element) < 8 or struct.unpack(order + "HH", element[:4]) != _PIXEL_TAG:
        return None
    if header.transfer_syntax == _IMPLICIT:
        return 8, struct.unpack(order + "I", element[4:8])[0]
    if element[4:6] in _PIXEL_KINDS and len(element) == 12:
        return 12, struct.unpack(order + "I", element[8:12])[0]
    return (8, struct.unpack(order + "I", element[4:8])[0]) if header.transfer_syntax is None else None


def _dtype(header: Header) -> str:
    size = (header.bits_allocated or 16) // 8
    order = ">" if header.transfer_syntax == _BIG_ENDIAN else "<"
    return f"{order}{'i' if header.signed else 'u'}{size}"
