"""Enhanced multi-frame objects as the slices they hold: each frame with a header and pixels of its own.

Rules: DICOM PS3.3 C.7.6.16 (functional groups), C.8.22 (enhanced PET) and the legacy converted enhanced objects of
PS3.3 A.70 to A.72, whose converted elements lie in "unassigned" groups. In an enhanced PET the unit and the slope come
from the real world value mapping, the injected activity is in MBq, and the pixels say themselves when they are decay-
corrected to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from imaging.elements import as_number, read_items, read_number, read_text, tag_of
from imaging.header import ENHANCED_PET_CLASS, ENHANCED_PET_CLASSES, Header, read_header, wanted_tags

_CT_AND_MR = ("1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2") + (
    "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4",
)  # fmt: skip
MULTIFRAME_CLASSES = (*ENHANCED_PET_CLASSES, *_CT_AND_MR)
_SHARED, _FRAMES = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"
_AGENTS = "RadiopharmaceuticalInformationSequence"
_MAPPING = "RealWorldValueMappingSequence"
_FRAME_ELEMENTS = (
    "FrameAcquisitionDateTime", "FrameAcquisitionDuration", "FrameReferenceDateTime", "TemporalPositionIndex",
    "NominalCardiacTriggerDelayTime", "RadiopharmaceuticalAgentNumber", "DecayCorrected", "DecayCorrectionDateTime",
    "AttenuationCorrected", "ScatterCorrected", "RandomsCorrected", "DeadTimeCorrected",
)  # fmt: skip
# What belongs to the object as a whole and is never taken from a group of frames.
_WHOLE = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "NumberOfFrames")
_TAGS = frozenset({*wanted_tags(), *map(tag_of, _FRAME_ELEMENTS)})
_FROM_FRAMES = _TAGS - set(map(tag_of, _WHOLE))
# Units of DICOM PS3.16 CID 85 as the words of single-slice PET, best first: SUV by body weight needs nothing else.
_UNITS = {
    "{SUVbw}g/ml": ("GML", "BW"), "g/ml{SUVbw}": ("GML", "BW"), "{SUVlbm}g/ml": ("GML", "LBM"),
    "{SUVlbm(James128)}g/ml": ("GML", "LBMJAMES128"), "{SUVlbm(Janma)}g/ml": ("GML", "LBMJANMA"),
    "{SUVibw}g/ml": ("GML", "IBW"), "{SUVbsa}cm2/ml": ("CM2ML", "BSA"), "Bq/ml": ("BQML", None),
}  # fmt: skip
_CORRECTIONS = {
    "AttenuationCorrected": "ATTN", "DecayCorrected": "DECY", "ScatterCorrected": "SCAT", "RandomsCorrected": "RAN",
    "DeadTimeCorrected": "DTIM",
}  # fmt: skip


def wanted_of_multiframe() -> list[Any]:
    """Every tag to take from the top level of a multi-frame object."""
    return [*_TAGS, *map(tag_of, (_SHARED, _FRAMES, _MAPPING))]


def split_header(dataset: Dataset) -> tuple[Header, ...]:
    """One header a frame, in the order of the frames; () when the object does not describe every one of them."""
    frames, shared = read_items(dataset, _FRAMES), list(read_items(dataset, _SHARED))[:1]
    count = as_number(dataset.get("NumberOfFrames"))
    if not frames or count != len(frames):
        return ()
    common = _gather(Dataset(), [dataset], _TAGS)
    common.file_meta = getattr(dataset, "file_meta", None)  # type: ignore[assignment]
    for group in shared:
        _gather(common, _group_items(group), _FROM_FRAMES)
    return tuple(
        _frame_header(common, frame, [frame, *shared, dataset], number) for number, frame in enumerate(frames, 1)
    )


def _gather(into: Dataset, items: Sequence[Dataset] | Iterator[Dataset], tags: frozenset[BaseTag]) -> Dataset:
    for item in items:
        for tag in item.keys() & tags:
            into[tag] = item[tag]
    return into


def _group_items(group: Dataset) -> Iterator[Dataset]:
    """The first item of each functional group macro; real world values are chosen by their unit instead."""
    for element in group:
        if element.VR == "SQ" and element.value and element.tag != tag_of(_MAPPING):
            yield element.value[0]


def _frame_header(common: Dataset, frame: Dataset, levels: Sequence[Dataset], number: int) -> Header:
    merged = Dataset()
    merged.update(common)
    merged.file_meta = common.file_meta
    _gather(merged, _group_items(frame), _FROM_FRAMES)
    _choose_agent(merged)
    header = replace(read_header(merged), frames=1, frame=number)
    header = replace(header, **_frame_times(merged, header))
    return _as_single(merged, header, levels) if header.sop_class == ENHANCED_PET_CLASS else header


def _choose_agent(merged: Dataset) -> None:
    """Of several radiopharmaceuticals, the one that the frame names by its number."""
    number, agents = read_number(merged, "RadiopharmaceuticalAgentNumber"), read_items(merged, _AGENTS)
    named = [agent for agent in agents if read_number(agent, "RadiopharmaceuticalAgentNumber") == number]
    if number is not None and len(agents) > 1 and len(named) == 1:
        merged.RadiopharmaceuticalInformationSequence = named


def _frame_times(merged: Dataset, header: Header) -> dict[str, Any]:
    """The frame's own clock where the elements of single slices are absent."""
    own: dict[str, Any] = {}
    if header.acquisition_time is None:
        own["acquisition_datetime"] = read_text(merged, "FrameAcquisitionDateTime") or header.acquisition_datetime
    if header.frame_duration_ms is None:
        own["frame_duration_ms"] = read_number(merged, "FrameAcquisitionDuration")
    if header.temporal_position is None:
        own["temporal_position"] = read_number(merged, "TemporalPositionIndex")
    if header.trigger_time is None:
        own["trigger_time"] = read_number(merged, "NominalCardiacTriggerDelayTime")
    return own


def _as_single(merged: Dataset, header: Header, levels: Sequence[Dataset]) -> Header:
    """An enhanced PET frame in the words of single-slice PET."""
    yes = {keyword for keyword in _CORRECTIONS if (read_text(merged, keyword) or "").upper() == "YES"}
    stated = (read_text(merged, "DecayCorrected") or "").upper()
    decay = {"YES": "START", "NO": "NONE"}.get(stated, header.decay_correction)
    corrected = header.corrected_image or tuple(word for keyword, word in _CORRECTIONS.items() if keyword in yes)
    return replace(
        header,
        **_read_mapping(levels),
        decay_correction=decay,
        corrected_image=corrected,
        decay_reference=read_text(merged, "DecayCorrectionDateTime"),
        effective_time=read_text(merged, "FrameReferenceDateTime") if stated == "NO" else None,
    )


def _read_mapping(levels: Sequence[Dataset]) -> dict[str, Any]:
    """Unit, slope and intercept of the best real world value mapping; {} when none has a known unit."""
    mappings = [item for level in levels for item in _mappings_of(level)]
    for unit, (word, suv_type) in _UNITS.items():
        found = next((item for item in mappings if _unit_of(item) == unit), None)
        if found is not None:
            slope, intercept = (read_number(found, f"RealWorldValue{name}") for name in ("Slope", "Intercept"))
            return {"units": word, "suv_type": suv_type, "slope": slope, "intercept": intercept}
    return {}


def _mappings_of(level: Dataset) -> Sequence[Dataset]:
    return read_items(level, _MAPPING)


def _unit_of(item: Dataset) -> str | None:
    codes = read_items(item, "MeasurementUnitsCodeSequence")
    return read_text(codes[0], "CodeValue") if codes else None
