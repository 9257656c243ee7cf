"""The few private elements an SUV needs (PS3.15 E.3.10, Retain Safe Private); every other private element goes."""

import math
from collections.abc import Sequence

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from imaging.elements import as_number, as_text, read_text_at
from imaging.profile import SafePrivate, load_profile
from imaging.pseudonym import Pseudonym


def keep_safe_private(dataset: Dataset, tags: Sequence[BaseTag], pseudonym: Pseudonym) -> set[str]:
    """Remove all private elements but the safe ones, whose moments are shifted; gives back the names of those kept.

    The creator is written as the maker spells it, whatever stood there.
    """
    safe = {tag: one for tag in tags for one in load_profile().private if _is(dataset, tag, one)}
    texts = {tag: _text(dataset, tag, one, pseudonym) for tag, one in safe.items()}
    kept = {tag: text for tag, text in texts.items() if text}
    kinds = {tag: _kind(dataset, tag, safe[tag]) for tag in kept}
    for tag in tags:
        del dataset[tag]
    for tag, text in kept.items():
        creator = Tag(tag.group, tag.element >> 8)
        dataset[creator] = DataElement(creator, "LO", safe[tag].creator)
        dataset[tag] = DataElement(tag, kinds[tag], text.encode() if kinds[tag] == "UN" else text)
    return {safe[tag].name for tag in kept}


def _is(dataset: Dataset, tag: BaseTag, safe: SafePrivate) -> bool:
    if tag.group != safe.group or tag.element < 0x1000 or tag.element & 0xFF != safe.element:
        return False
    owner = (read_text_at(dataset, Tag(tag.group, tag.element >> 8)) or "").upper()
    return any(owner.startswith(one) if one else not owner for one in safe.owners)


def _text(dataset: Dataset, tag: BaseTag, safe: SafePrivate, pseudonym: Pseudonym) -> str:
    """The value as text, its date shifted; "" when it is not what it should be."""
    element = dataset.get_item(tag)
    text = as_text(element.value if element is not None else None) or ""
    if safe.holds == "moment":
        return pseudonym.shift_text(text)
    number = as_number(text)
    return text if number is not None and math.isfinite(number) else ""


def _kind(dataset: Dataset, tag: BaseTag, safe: SafePrivate) -> str:
    """The kind of value as the file has it; as the maker documents it where the file does not say."""
    element = dataset.get_item(tag)
    kind = element.VR if isinstance(element, (RawDataElement, DataElement)) else None
    return str(kind) if kind in ("UN", "DT", "DS", "LO", "SH") else {"moment": "DT", "number": "DS"}[safe.holds]
