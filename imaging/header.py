"""The part of a DICOM header this program uses, read once and kept plain: numbers, words, or None for unknown."""

from dataclasses import dataclass
from typing import Any

from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian

from imaging.elements import (
    as_number,
    as_text,
    find_raw,
    read_count,
    read_items,
    read_number,
    read_text,
    read_text_at,
    read_value,
    read_vector,
    read_words,
    tag_of,
)

# A hospital's file is read as it is: an over-long text elsewhere in a header must not hide the image.
config.settings.reading_validation_mode = config.IGNORE

PET_CLASS = "1.2.840.10008.5.1.4.1.1.128"
ENHANCED_PET_CLASS = "1.2.840.10008.5.1.4.1.1.130"
ENHANCED_PET_CLASSES = (ENHANCED_PET_CLASS, "1.2.840.10008.5.1.4.1.1.128.1")


@dataclass(frozen=True, slots=True)
class Agent:
    """One more radiopharmaceutical of a header: dose in the unit written, half-life in seconds, times as written."""

    dose: float | None = None
    half_life_s: float | None = None
    start_time: str | None = None
    start_datetime: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """One slice's header. Times stay text as written; dose in the unit written; positions in mm (LPS).

    `frame` is the number (from 1) of a frame that was taken out of a multi-frame object, whose `frames` is then 1.
    `decay_reference` is the moment an enhanced object says its pixels are corrected to, `effective_time` the moment the
    pixels of a frame without decay correction stand for; `entered_reference` is what a reader says instead of all of them.
    """

    sop_class: str | None = None
    sop_instance: str | None = None
    transfer_syntax: str | None = None
    patient_id: str | None = None
    patient_name: str | None = None
    study_uid: str | None = None
    series_uid: str | None = None
    frame_of_reference: str | None = None
    modality: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    study_description: str | None = None
    description: str | None = None
    protocol: str | None = None
    image_type: tuple[str, ...] = ()
    series_type: tuple[str, ...] = ()
    study_date: str | None = None
    series_date: str | None = None
    series_time: str | None = None
    acquisition_date: str | None = None
    acquisition_time: str | None = None
    acquisition_datetime: str | None = None
    time_zone: str | None = None
    siemens_reference: str | None = None
    ge_reference: str | None = None
    decay_reference: str | None = None
    entered_reference: str | None = None
    effective_time: str | None = None
    units: str | None = None
    suv_type: str | None = None
    corrected_image: tuple[str, ...] = ()
    decay_correction: str | None = None
    decay_factor: float | None = None
    frame_reference_ms: float | None = None
    frame_duration_ms: float | None = None
    trigger_time: float | None = None
    temporal_position: float | None = None
    image_index: float | None = None
    slices_a_frame: int | None = None
    sex: str | None = None
    weight: float | None = None
    height: float | None = None
    radiopharmaceuticals: int = 0
    other_agents: tuple[Agent, ...] = ()
    dose: float | None = None
    half_life_s: float | None = None
    start_time: str | None = None
    start_datetime: str | None = None
    nuclide_text: str | None = None
    nuclide_code: str | None = None
    pharmaceutical_text: str | None = None
    pharmaceutical_code: str | None = None
    philips_suv_factor: float | None = None
    philips_activity_factor: float | None = None
    slope: float | None = None
    intercept: float | None = None
    instance_number: float | None = None
    slice_thickness: float | None = None
    position: tuple[float, ...] | None = None
    orientation: tuple[float, ...] | None = None
    pixel_spacing: tuple[float, ...] | None = None
    rows: int | None = None
    columns: int | None = None
    frames: int = 1
    samples: int = 1
    bits_allocated: int | None = None
    bits_stored: int | None = None
    signed: bool = False
    frame: int | None = None


_TEXTS = {
    "sop_class": "SOPClassUID", "sop_instance": "SOPInstanceUID", "patient_id": "PatientID",
    "patient_name": "PatientName", "study_uid": "StudyInstanceUID", "series_uid": "SeriesInstanceUID",
    "frame_of_reference": "FrameOfReferenceUID", "modality": "Modality", "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "study_description": "StudyDescription", "description": "SeriesDescription", "protocol": "ProtocolName",
    "study_date": "StudyDate", "series_date": "SeriesDate", "series_time": "SeriesTime",
    "acquisition_date": "AcquisitionDate", "acquisition_time": "AcquisitionTime",
    "acquisition_datetime": "AcquisitionDateTime", "time_zone": "TimezoneOffsetFromUTC", "units": "Units",
    "suv_type": "SUVType", "decay_correction": "DecayCorrection", "sex": "PatientSex",
}  # fmt: skip
_NUMBERS = {
    "decay_factor": "DecayFactor", "frame_reference_ms": "FrameReferenceTime",
    "frame_duration_ms": "ActualFrameDuration", "trigger_time": "TriggerTime",
    "temporal_position": "TemporalPositionIdentifier", "image_index": "ImageIndex", "weight": "PatientWeight", "height": "PatientSize",
    "slope": "RescaleSlope", "intercept": "RescaleIntercept", "instance_number": "InstanceNumber",
    "slice_thickness": "SliceThickness",
}  # fmt: skip
_WORD_LISTS = {"image_type": "ImageType", "series_type": "SeriesType", "corrected_image": "CorrectedImage"}
_VECTORS = {
    "position": ("ImagePositionPatient", 3),
    "orientation": ("ImageOrientationPatient", 6),
    "pixel_spacing": ("PixelSpacing", 2),
}
_COUNTS = {
    "rows": "Rows", "columns": "Columns", "bits_allocated": "BitsAllocated", "bits_stored": "BitsStored",
    "slices_a_frame": "NumberOfSlices",
}  # fmt: skip
_SEQUENCE = "RadiopharmaceuticalInformationSequence"
# Private elements: group, element within the block, owners; "" where the owner's element is not there, as in the IBSI
# objects and after some de-identifiers.
_PRIVATE = {
    "siemens_reference": (0x0071, 0x22, ("SIEMENS", "")),
    "ge_reference": (0x0009, 0x0D, ("GEMS_PETD_01", "")),
    "philips_suv_factor": (0x7053, 0x00, ("PHILIPS", "")),
    "philips_activity_factor": (0x7053, 0x09, ("PHILIPS", "")),
}
_BLOCKS = range(0x10, 0x18)
# Each private element's places: the tag of its owner and its own, for every block an owner may have taken.
_PLACES = {
    name: [(Tag(group, block), Tag(group, (block << 8) + offset)) for block in _BLOCKS]
    for name, (group, offset, _) in _PRIVATE.items()
}


_PRIVATE_TAGS = [tag for places in _PLACES.values() for place in places for tag in place]
# What differs from slice to slice; everything else is read once for all slices that have the same bytes for it.
_OWN = frozenset(
    ("sop_instance", "acquisition_date", "acquisition_time", "acquisition_datetime", "decay_factor")
    + ("frame_reference_ms", "frame_duration_ms", "trigger_time", "temporal_position", "image_index", "slope")
    + ("intercept", "instance_number", "position")
)


def wanted_tags() -> list[Any]:
    """Every tag read_header looks at, so that the rest of a file is skipped unread."""
    return [*map(tag_of, _keywords()), *_PRIVATE_TAGS]


def _keywords() -> list[str]:
    keywords = [*_TEXTS.values(), *_NUMBERS.values(), *_WORD_LISTS.values(), *_COUNTS.values(), _SEQUENCE]
    keywords += [keyword for keyword, _ in _VECTORS.values()]
    return keywords + ["NumberOfFrames", "SamplesPerPixel", "PixelRepresentation", "SpecificCharacterSet"]


def read_header(dataset: Dataset) -> Header:
    """Header of a data set; whatever is absent, empty or not a number is None."""
    return Header(**_series_fields(dataset), **_plain_fields(dataset, own=True))


def _plain_fields(dataset: Dataset, own: bool) -> dict[str, Any]:
    """The fields of this slice alone, or those that slices of a series share."""
    texts, numbers, vectors = _SPLIT[own]
    fields: dict[str, Any] = {name: read_text(dataset, keyword) for name, keyword in texts.items()}
    fields |= {name: read_number(dataset, keyword) for name, keyword in numbers.items()}
    return fields | {name: read_vector(dataset, keyword, size) for name, (keyword, size) in vectors.items()}


def _split_off(fields: dict[str, Any], own: bool) -> dict[str, Any]:
    return {name: keyword for name, keyword in fields.items() if (name in _OWN) is own}


_SPLIT = [tuple(_split_off(fields, own) for fields in (_TEXTS, _NUMBERS, _VECTORS)) for own in (False, True)]
_OWN_TAGS = {tag_of(word) for word in (*_SPLIT[1][0].values(), *_SPLIT[1][1].values(), "ImagePositionPatient")}
_SERIES_TAGS = [tag for tag in wanted_tags() if tag not in _OWN_TAGS]
_known_series: dict[Any, tuple[dict[str, Any], Any]] = {}
_MOST_KNOWN = 64


def _series_fields(dataset: Dataset) -> dict[str, Any]:
    """What the slices of a series share; taken from a slice before where every byte of it is the same."""
    key, kept = _series_key(dataset)
    if key is None:
        return _read_series_fields(dataset)
    if key not in _known_series:
        if len(_known_series) >= _MOST_KNOWN:
            _known_series.clear()
        _known_series[key] = (_read_series_fields(dataset), kept)
    return _known_series[key][0]


def _series_key(dataset: Dataset) -> tuple[Any, Any]:
    """The bytes of the shared elements, and the sequences among them, kept so that their identity stays theirs."""
    walked = dataset.__dict__.get("walked")
    if walked is None:
        return None, None
    found = [walked.get(tag) for tag in _SERIES_TAGS]
    key = tuple(
        one if one is None else (one.VR, one.value) if isinstance(one, RawDataElement) else id(one) for one in found
    )
    return (key, dataset.file_meta.TransferSyntaxUID), found


def _read_series_fields(dataset: Dataset) -> dict[str, Any]:
    fields = _plain_fields(dataset, own=False)
    fields |= {name: read_words(dataset, keyword) for name, keyword in _WORD_LISTS.items()}
    fields |= {name: read_count(dataset, keyword) for name, keyword in _COUNTS.items()}
    fields |= _read_radiopharmaceutical(dataset)
    fields |= _read_private(dataset)
    return fields | {
        "transfer_syntax": _syntax_of(dataset),
        "frames": read_count(dataset, "NumberOfFrames") or 1,
        "samples": read_count(dataset, "SamplesPerPixel") or 1,
        "signed": read_count(dataset, "PixelRepresentation") == 1,
    }


def _syntax_of(dataset: Dataset) -> str | None:
    meta = getattr(dataset, "file_meta", None)
    syntax = str(meta.get("TransferSyntaxUID", "")) if meta else ""
    return syntax or (ExplicitVRBigEndian if dataset.original_encoding[1] is False else None)


def _read_radiopharmaceutical(dataset: Dataset) -> dict[str, Any]:
    items = read_items(dataset, _SEQUENCE)
    if not items:
        return {}
    item = items[0]
    nuclide, agent = read_items(item, "RadionuclideCodeSequence"), read_items(item, "RadiopharmaceuticalCodeSequence")
    named = [read_text(item, "Radiopharmaceutical"), *(read_text(code, "CodeMeaning") for code in agent)]
    return {
        "radiopharmaceuticals": len(items),
        "other_agents": tuple(Agent(**_read_agent(other)) for other in items[1:]),
        **_read_agent(item),
        "nuclide_text": read_text(nuclide[0], "CodeMeaning") if nuclide else None,
        "nuclide_code": read_text(nuclide[0], "CodeValue") if nuclide else None,
        "pharmaceutical_text": next((name for name in named if name), None),
        "pharmaceutical_code": read_text(agent[0], "CodeValue") if agent else None,
    }


def _read_agent(item: Dataset) -> dict[str, Any]:
    return {
        "dose": read_number(item, "RadionuclideTotalDose"),
        "half_life_s": read_number(item, "RadionuclideHalfLife"),
        "start_time": read_text(item, "RadiopharmaceuticalStartTime"),
        "start_datetime": read_text(item, "RadiopharmaceuticalStartDateTime"),
    }


def _read_private(dataset: Dataset) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (_, _, owners) in _PRIVATE.items():
        text = _private_text(dataset, name, owners)
        found[name] = as_number(text) if name.startswith("philips") else text
    return found


def _private_text(dataset: Dataset, name: str, owners: tuple[str, ...]) -> str | None:
    for block, element in _PLACES[name]:
        if find_raw(dataset, element) is None:
            continue
        owner = (read_text_at(dataset, block) or "").upper()
        if any(owner.startswith(one) if one else not owner for one in owners):
            return as_text(read_value(dataset, element))
    return None
