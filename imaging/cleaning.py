"""One data set cleaned in place after the profile: names go, UIDs and dates change, numbers and pixels stay as bytes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pydicom.datadict import dictionary_description, dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from imaging.descriptors import clean_text, names_patient
from imaging.elements import as_text
from imaging.private_elements import keep_safe_private
from imaging.profile import Rule, load_profile
from imaging.pseudonym import Pseudonym

_PATIENT = (0x00100010, 0x00100020)
# What the option Retain Patient Characteristics keeps; named in the report because it is the patient's.
_CHARACTERISTICS = {0x00100040, 0x00101010, 0x00101020, 0x00101030, 0x001021A0, 0x001021C0}
_REPEATING = (0x50, 0x60)
_TEXTS = frozenset(("AE", "LO", "LT", "SH", "ST", "UC", "UR", "UT"))
_FORMS = {
    "AS": re.compile(r"\d{3}[DWMY]"),
    "DS": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?", re.IGNORECASE),
    "IS": re.compile(r"[+-]?\d+"),
    "TM": re.compile(r"\d{2}:?(\d{2}:?(\d{2}(\.\d*)?)?)?"),
    "CS": re.compile(r"[\w /+.-]{0,16}", re.ASCII),
}


@dataclass
class Cleaner:
    """The pseudonym, the words that would name the patient, and the record of what stayed and what went."""

    pseudonym: Pseudonym
    identities: frozenset[str]
    kept: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    def clean(self, dataset: Dataset, top: bool = True) -> None:
        """Clean a data set and all items of its sequences; private elements stay only at the top."""
        private = [tag for tag in dataset.keys() if tag.is_private]  # noqa: SIM118 - iteration would convert values
        self.kept |= keep_safe_private(dataset, private, self.pseudonym) if top else set()
        if not top:
            self._drop(dataset, private)
        for tag in [tag for tag in dataset.keys() if not tag.is_private]:  # noqa: SIM118
            self._clean_element(dataset, tag)
        if private and not all(tag in dataset for tag in private):
            self.removed.add("Private elements")

    def _drop(self, dataset: Dataset, tags: list[BaseTag]) -> None:
        for tag in tags:
            del dataset[tag]

    def _clean_element(self, dataset: Dataset, tag: BaseTag) -> None:
        if tag.group >> 8 in _REPEATING or not dictionary_has_tag(tag):
            if tag.element:
                self.removed.add("Overlays and curves" if tag.group >> 8 in _REPEATING else "Elements not in DICOM")
            del dataset[tag]
        elif tag in _PATIENT:
            self._put(dataset, tag, self.pseudonym.name)
        elif tag in load_profile().rules:
            self._follow(dataset, tag, load_profile().rules[tag])
        else:
            self._clean_kind(dataset, tag)

    def _clean_kind(self, dataset: Dataset, tag: BaseTag) -> None:
        """An attribute that the profile does not name, by its kind of value."""
        kind = dictionary_VR(tag)
        if kind == "SQ":
            for item in dataset[tag].value or ():
                self.clean(item, top=False)
        elif kind == "UN":
            self._take(dataset, tag, Rule("remove"))
        elif kind in _TEXTS:
            self._clean_words(dataset, tag, Rule("replace", clean=tag not in load_profile().technical))
        elif kind == "PN":
            self._take(dataset, tag, Rule("empty"))
        elif kind in ("UI", "DA", "DT"):
            self._change(dataset, tag, kind)
        elif kind in _FORMS:
            self._check_form(dataset, tag, _FORMS[kind])

    def _follow(self, dataset: Dataset, tag: BaseTag, rule: Rule) -> None:
        if rule.clean:
            self._clean_words(dataset, tag, rule)
        else:
            self._take(dataset, tag, rule)

    def _take(self, dataset: Dataset, tag: BaseTag, rule: Rule) -> None:
        """Take an attribute's value away, as its rule says; an empty one stays empty."""
        if rule.action == "remove":
            self.removed.add(_name(tag))
            del dataset[tag]
        elif dictionary_VR(tag) == "SQ":
            self._put(dataset, tag, [])
        elif _plain(dataset, tag) != "":
            self._put(dataset, tag, load_profile().placeholder if rule.action == "replace" else "")

    def _clean_words(self, dataset: Dataset, tag: BaseTag, rule: Rule) -> None:
        text = _plain(dataset, tag)
        if text == "":
            return
        cleaned = "" if text is None else self._words_left(text, rule)
        if not cleaned:
            self._take(dataset, tag, rule)
            return
        if cleaned != text:
            self._put(dataset, tag, cleaned)
        if rule.clean:
            self.kept.add(f"{_name(tag)}: {cleaned}")

    def _words_left(self, text: str, rule: Rule) -> str:
        if rule.clean:
            return clean_text(text, self.identities)
        return "" if names_patient(text, self.identities) else text

    def _change(self, dataset: Dataset, tag: BaseTag, kind: str) -> None:
        if tag in load_profile().class_uids:
            return
        text = _plain(dataset, tag)
        if text == "":
            return
        each = self.pseudonym.replace_uid if kind == "UI" else self.pseudonym.shift_text
        self._put(dataset, tag, _each(text or "", each))

    def _check_form(self, dataset: Dataset, tag: BaseTag, form: re.Pattern[str]) -> None:
        """Numbers, codes and times of day stay as they are; what is none of these may be anything, and goes."""
        text = _plain(dataset, tag)
        if text == "":
            return
        fits = text is not None and all(form.fullmatch(part.strip(" \0")) or not part for part in text.split("\\"))
        if not fits or (dictionary_VR(tag) == "CS" and names_patient(text or "", self.identities)):
            self._put(dataset, tag, "")
        elif tag in _CHARACTERISTICS:
            self.kept.add(_name(tag))

    def _put(self, dataset: Dataset, tag: BaseTag, value: str | list[Dataset]) -> None:
        self.removed.add(_name(tag))
        dataset[tag] = DataElement(tag, dictionary_VR(tag), value)


def _each(text: str, change: Callable[[str], str]) -> str:
    return "\\".join(change(part) for part in text.split("\\"))


def _name(tag: BaseTag) -> str:
    return dictionary_description(tag)


def _plain(dataset: Dataset, tag: BaseTag) -> str | None:
    """Text of an element as its bytes stand in the file, "" when empty, None when it is not plain ASCII."""
    element = dataset.get_item(Tag(tag))
    if isinstance(element, RawDataElement):
        data = element.value or b""
        return data.decode("ascii").strip(" \0") if data.isascii() and b"\x1b" not in data else None
    value = element.value if element is not None else None
    parts = value if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue" else [value]
    text = "\\".join(as_text(part) or "" for part in parts)
    return text if text.isascii() else None
