"""Single elements of a DICOM data set as text, number or words; whatever is absent or unreadable is None.

Almost every element here is plain ASCII text in the file, so its bytes are decoded directly; pydicom's own conversion,
five times slower over a study of thousands of slices, is kept for the rest.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

_TEXT_KINDS = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI", "UT"))


class WalkedDataset(Dataset):
    """A data set whose elements were found by walking the bytes; `walked` has them raw, by tag."""

    walked: dict[BaseTag, Any]


def find_raw(dataset: Dataset, tag: BaseTag) -> Any:
    """An element as it lies in the file, or None; without pydicom's conversions where it was walked to."""
    walked = dataset.__dict__.get("walked")
    return dataset.get_item(tag) if walked is None else walked.get(tag)


@lru_cache(maxsize=256)
def tag_of(keyword: str) -> BaseTag:
    """Tag of a keyword, looked up once."""
    return Tag(keyword)


def read_text(dataset: Dataset, keyword: str) -> str | None:
    """Text of an element without padding; None when absent or empty."""
    return read_text_at(dataset, tag_of(keyword))


def read_text_at(dataset: Dataset, tag: BaseTag) -> str | None:
    """Text of an element without padding; None when empty."""
    plain = _plain_text(dataset, tag)
    return as_text(read_value(dataset, tag)) if plain is None else plain.strip(" \0") or None


def read_number(dataset: Dataset, keyword: str) -> float | None:
    """A finite number, or None."""
    tag = tag_of(keyword)
    plain = _plain_text(dataset, tag)
    return as_number(read_value(dataset, tag) if plain is None else plain)


def read_count(dataset: Dataset, keyword: str) -> int | None:
    """A whole number; for the elements that may be binary (US) in the file."""
    tag = tag_of(keyword)
    element = find_raw(dataset, tag)
    if isinstance(element, RawDataElement) and element.VR in (None, "US") and _is_short(tag):
        data = element.value or b""
        if len(data) == 2:
            return int.from_bytes(data, "little" if element.is_little_endian else "big")
    number = as_number(read_value(dataset, tag))
    return int(number) if number is not None else None


def read_words(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Upper-case words of an element with several values; () when absent."""
    return tuple(word for part in _parts(dataset, keyword) if (word := part.strip(" \0").upper()))


def read_vector(dataset: Dataset, keyword: str, size: int) -> tuple[float, ...] | None:
    """Exactly `size` finite numbers, or None."""
    numbers = [as_number(part) for part in _parts(dataset, keyword)]
    known = tuple(number for number in numbers if number is not None)
    return known if len(numbers) == len(known) == size else None


def read_items(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    """Items of a sequence; () when absent."""
    return list(read_value(dataset, tag_of(keyword)) or ())


def read_value(dataset: Dataset, tag: BaseTag) -> Any:
    """Value of an element, or None when it is absent or its bytes cannot be read as what they claim to be."""
    try:
        return dataset[tag].value if tag in dataset else None
    except Exception:  # the parser raises many kinds for damaged bytes; all of them mean that the value is unknown
        return None


def as_text(value: Any) -> str | None:
    """Any value as text without padding; None when empty."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    text = str(value).strip(" \0") if value is not None else ""
    return text or None


def as_number(value: Any) -> float | None:
    """Any value as a finite number; None when it is not one (Python's own `1_000` is none)."""
    text = as_text(value) or ""
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@lru_cache(maxsize=256)
def _is_short(tag: BaseTag) -> bool:
    return dictionary_VR(tag) == "US"


def _plain_text(dataset: Dataset, tag: BaseTag) -> str | None:
    """Bytes of a text element that are ASCII, decoded; "" when it is absent; None when pydicom must convert it."""
    element = find_raw(dataset, tag)
    if element is None:
        return ""
    if not isinstance(element, RawDataElement) or (element.VR is not None and element.VR not in _TEXT_KINDS):
        return None
    data = element.value or b""
    return data.decode("ascii") if isinstance(data, bytes) and data.isascii() else None


def _parts(dataset: Dataset, keyword: str) -> list[str]:
    tag = tag_of(keyword)
    plain = _plain_text(dataset, tag)
    if plain is not None:
        return plain.split("\\") if plain else []
    value = read_value(dataset, tag)
    return [] if value is None else [value] if isinstance(value, str) else [str(part) for part in value]
