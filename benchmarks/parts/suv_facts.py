"""What an SUV depends on, read from a data set with pydicom alone: text as written, None for absent or unreadable."""

import math
import re
from datetime import datetime, timedelta
from typing import Any

from pydicom.dataset import Dataset

SAME_IN_SERIES = (
    "Units", "SUVType", "DecayCorrection", "PatientWeight", "PatientSize", "PatientSex", "SeriesDate", "SeriesTime",
    "TimezoneOffsetFromUTC", "SOPClassUID",
)  # fmt: skip
IN_ITEM = (
    "RadionuclideTotalDose", "RadionuclideHalfLife", "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
)  # fmt: skip
SLICE_OWN = (
    "CorrectedImage", "ImageType", "SeriesType", "AcquisitionDate", "AcquisitionTime", "AcquisitionDateTime",
    "FrameReferenceTime", "ActualFrameDuration", "DecayFactor", "Manufacturer", "ManufacturerModelName", "Modality",
)  # fmt: skip
PRIVATE = {"siemens": (0x0071, 0x22, "SIEMENS"), "ge": (0x0009, 0x0D, "GEMS_PETD_01"),
           "suv": (0x7053, 0x00, "PHILIPS"), "activity": (0x7053, 0x09, "PHILIPS")}  # fmt: skip
Facts = dict[str, Any]


def read_facts(dataset: Dataset) -> Facts:
    """Every element the SUV depends on, as text; absent, empty and unreadable are None.

    Whatever pydicom raises when it cannot read the sequence of radiopharmaceuticals goes on to the caller.
    """
    facts = {name: text(dataset, name) for name in (*SAME_IN_SERIES, *SLICE_OWN)}
    items = dataset.get("RadiopharmaceuticalInformationSequence") or []
    facts["items"] = len(items)
    facts["others"] = [[text(one, name) for name in IN_ITEM] for one in list(items)[1:]]
    facts |= {name: text(items[0], name) if items else None for name in IN_ITEM}
    facts |= {name: private(dataset, *place) for name, place in PRIVATE.items()}
    facts["RescaleSlope known"] = number(text(dataset, "RescaleSlope")) is not None or text(dataset, "Rows") is None
    return facts


def read_slopes(dataset: Dataset) -> tuple[float, float]:
    """Slope and intercept; 1 and 0 where they are absent or no numbers."""
    slope, intercept = (number(text(dataset, name)) for name in ("RescaleSlope", "RescaleIntercept"))
    return 1.0 if slope is None else slope, intercept or 0.0


def value(dataset: Dataset, keyword: str) -> Any:
    try:
        return dataset.get(keyword)
    except Exception:  # pydicom raises many kinds for a damaged value
        return None


def text(dataset: Dataset, keyword: str) -> str | None:
    found = value(dataset, keyword)
    if found is None:
        return None
    if isinstance(found, bytes):
        found = found.decode("ascii", "replace")
    if not isinstance(found, str | int | float) and hasattr(found, "__iter__"):
        found = "\\".join(str(part) for part in found)
    return str(found).strip(" \0") or None


def private(dataset: Dataset, group: int, offset: int, owner: str) -> str | None:
    for block in range(0x10, 0x18):
        element = (group, (block << 8) + offset)
        if element in dataset:
            named = owner_of(dataset, group, block)
            if not named or named == "NONE" or named.startswith(owner):
                found = dataset[element].value
                return (found.decode("ascii", "replace") if isinstance(found, bytes) else str(found)).strip(" \0")
    return None


def owner_of(dataset: Dataset, group: int, block: int) -> str:
    """Whose a private block is, by its first word; "" where nothing says so."""
    found = (dataset[group, block].value if (group, block) in dataset else "") or ""
    if isinstance(found, bytes):
        found = found.decode("ascii", "replace")
    return (found if isinstance(found, str) else str(found[0])).strip(" \0").upper()


def number(shown: str | None) -> float | None:
    if shown is None or not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", shown, re.ASCII):
        return None
    found = float(shown)
    return found if math.isfinite(found) else None


def moment(date: str | None, time: str | None) -> datetime | None:
    day = re.fullmatch(r"(\d{4})[.:-]?(\d\d)[.:-]?(\d\d)", date or "", re.ASCII)
    clock = re.fullmatch(r"(\d\d)(?::?(\d\d))?(?::?(\d\d))?(?:\.(\d+))?", (time or "").strip(), re.ASCII)
    if not day or not clock:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    if not 1900 <= int(day[1]) < 2200 or hour > 23 or minute > 59 or second > 60:
        return None
    try:
        start = datetime(int(day[1]), int(day[2]), int(day[3]), hour, minute, min(second, 59))
    except ValueError:
        return None
    return start + timedelta(seconds=float(f"0.{(clock[4] or '0')[:6]}"))


def zoned(shown: str | None, zone: str | None) -> datetime | None:
    match = re.fullmatch(r"(\d{8})(.+?)(?:([+-](?:0\d|1[0-4]):?[0-5]\d))?", (shown or "").strip(), re.ASCII)
    at = moment(match[1], match[2]) if match else None
    study = re.fullmatch(r"[+-](?:0\d|1[0-4]):?[0-5]\d", (zone or "").strip(), re.ASCII)
    if at is None or match is None or match[3] is None or study is None:
        return at
    return at - shift(match[3]) + shift(study[0])


def shift(offset: str) -> timedelta:
    digits = offset.replace(":", "")
    size = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return size if digits[0] == "+" else -size
