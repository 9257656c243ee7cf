"""Walks the elements of a DICOM header and takes the few that are asked for, leaving the others unread.

A whole-body study is thousands of files of a hundred elements each; a general parser builds all of them. This one knows
only the plain cases (little endian, an ordinary preamble, pixels after a header of at most 64 KB) and gives None for
everything else, which pydicom then reads.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from struct import Struct, error
from typing import Any, BinaryIO

from pydicom.charset import convert_encodings
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag, Tag

from imaging.elements import WalkedDataset

_MOST_BYTES = 2**16
_IMPLICIT, _BIG_ENDIAN, _DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
# Tags as the file has them: group in the low half, element in the high half of a little-endian word.
_SYNTAX, _CHARACTERS = 0x0010_0002, 0x0005_0008
_ITEM, _END_OF_ITEM, _END_OF_SEQUENCE = 0xE000_FFFE, 0xE00D_FFFE, 0xE0DD_FFFE
_PIXEL_GROUP, _PIXELS = 0x7FE0, 0x0010_7FE0
_UNDEFINED = 0xFFFF_FFFF
_LONG_KINDS = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_SHORT_NAMES = ("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS") + (
    "ST", "TM", "UI", "UL", "US",
)  # fmt: skip
_SHORT_KINDS = {name.encode(): name for name in _SHORT_NAMES}
_explicit = Struct("<I2sH").unpack_from
_tag_and_length = Struct("<II").unpack_from
_long = Struct("<I").unpack_from
_Step = tuple[int, str | None, int, int]


class _NotPlain(Exception):
    """The header is not one of the plain cases."""


def wanted_words(tags: Iterable[Any]) -> dict[int, BaseTag]:
    """The tags to take, by the word that stands for each in a file."""
    known = [Tag(tag) for tag in tags]
    return {tag.element << 16 | tag.group: tag for tag in known}


def walk_header(stream: BinaryIO, wanted: dict[int, BaseTag]) -> Dataset | None:
    """The wanted elements as a data set, with the stream left at the pixels; None (stream at 0) when not plain."""
    data = stream.read(_MOST_BYTES)
    try:
        syntax, start = _read_meta(data)
        found, end = _walk(data, start, wanted, syntax == _IMPLICIT)
    except (_NotPlain, error):
        stream.seek(0)
        return None
    stream.seek(end)
    dataset = WalkedDataset(found)
    dataset.walked = found
    dataset.file_meta = _file_meta(syntax)
    characters = data_of(found, wanted.get(_CHARACTERS))
    if characters:
        dataset.set_original_encoding(syntax == _IMPLICIT, True, list(_encodings(characters)))
    return dataset


def data_of(found: dict[BaseTag, Any], tag: BaseTag | None) -> bytes:
    """The bytes of an element that was found; none when it was not."""
    element = found.get(tag) if tag is not None else None
    return element.value or b"" if element is not None else b""


@lru_cache(maxsize=32)
def _file_meta(syntax: str) -> FileMetaDataset:
    meta: Any = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    return meta


@lru_cache(maxsize=32)
def _encodings(characters: bytes) -> tuple[str, ...]:
    return tuple(convert_encodings(characters.decode("ascii").strip(" \0").split("\\")))


def _read_meta(data: bytes) -> tuple[str, int]:
    """The transfer syntax, and where the data set begins after the file's meta group."""
    if data[128:132] != b"DICM":
        raise _NotPlain
    position, syntax = 132, ""
    while _long(data, position)[0] & 0xFFFF == 0x0002:
        word, _, start, end = _step_explicit(data, position)
        if word == _SYNTAX:
            syntax = data[start:end].decode("ascii", "replace").strip(" \0")
        position = end
    if syntax in ("", _BIG_ENDIAN, _DEFLATED):
        raise _NotPlain
    return syntax, position


def _walk(data: bytes, position: int, wanted: dict[int, BaseTag], implicit: bool) -> tuple[dict[BaseTag, Any], int]:
    """Wanted elements up to the pixels, and where these begin."""
    step = _step_implicit if implicit else _step_explicit
    found: dict[BaseTag, Any] = {}
    known, size = wanted.get, len(data)
    while True:
        word, kind, start, end = step(data, position)
        if word & 0xFFFF == _PIXEL_GROUP:
            if word != _PIXELS:
                raise _NotPlain
            return found, position
        if end > size:
            raise _NotPlain
        tag = known(word)
        if tag is not None:
            found[tag] = _element(tag, kind, data, (position, start, end), implicit)
        position = end


def _element(tag: BaseTag, kind: str | None, data: bytes, place: tuple[int, int, int], implicit: bool) -> Any:
    position, start, end = place
    if kind == "SQ" or (kind is None and _is_sequence(tag)):
        return _read_sequence(data[position:end], implicit)
    return RawDataElement(tag, kind, end - start, data[start:end], start, implicit, True)


@lru_cache(maxsize=1024)
def _is_sequence(tag: BaseTag) -> bool:
    return dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"


@lru_cache(maxsize=64)
def _read_sequence(element: bytes, implicit: bool) -> Any:
    """A sequence by pydicom; the slices of a series repeat it byte by byte, so that each is parsed once."""
    dataset = read_dataset(BytesIO(element), implicit, True)
    return next(iter(dataset))


def _step_explicit(data: bytes, position: int) -> _Step:
    """Word of the tag, kind, begin and end of the value of the element at a position."""
    word, kind, length = _explicit(data, position)
    plain = _SHORT_KINDS.get(kind)
    if plain is not None:
        return word, plain, position + 8, position + 8 + length
    if kind not in _LONG_KINDS:
        raise _NotPlain
    (length,) = _long(data, position + 8)
    start = position + 12
    end = start + length if length != _UNDEFINED or word == _PIXELS else _end(data, start, word, kind, _step_explicit)
    return word, kind.decode(), start, end


def _step_implicit(data: bytes, position: int) -> _Step:
    word, length = _tag_and_length(data, position)
    if length != _UNDEFINED or word == _PIXELS:
        return word, None, position + 8, position + 8 + length
    return word, None, position + 8, _end(data, position + 8, word, b"SQ", _step_implicit)


# The sequences of one slice stand in the next one byte by byte: what was walked through once is recognised whole.
_seen: dict[tuple[int, int], bytes] = {}
_MOST_SEEN = 256


def _end(data: bytes, start: int, word: int, kind: bytes, step: Callable[[bytes, int], _Step]) -> int:
    """Where a sequence of unknown length ends."""
    if kind != b"SQ":
        raise _NotPlain
    place = (word, id(step))
    seen = _seen.get(place)
    if seen is not None and data.startswith(seen, start):
        return start + len(seen)
    end = _end_of_sequence(data, start, step)
    if len(_seen) >= _MOST_SEEN:
        _seen.clear()
    if end <= len(data):
        _seen[place] = data[start:end]
    return end


def _end_of_sequence(data: bytes, position: int, step: Callable[[bytes, int], _Step]) -> int:
    while True:
        word, length = _tag_and_length(data, position)
        position += 8
        if word == _END_OF_SEQUENCE:
            return position
        if word != _ITEM:
            raise _NotPlain
        position = _end_of_item(data, position, step) if length == _UNDEFINED else position + length


def _end_of_item(data: bytes, position: int, step: Callable[[bytes, int], _Step]) -> int:
    while _long(data, position)[0] != _END_OF_ITEM:
        position = step(data, position)[3]
    return position + 8
