"""A SEG or RTSTRUCT file opened for one scan: whether it was drawn in the scan's space, also when the scan's UIDs are new.

Images taken into the trial get new UIDs. A file drawn at the hospital on the same images still names the old ones: it is
compared as it stands, and once more with its UIDs replaced as the images' were.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from imaging.problem import ImagingError

KINDS = {SegmentationStorage: "SEG", RTStructureSetStorage: "RTSTRUCT"}
_FILE_TEXT = "regions are read from DICOM SEG and RTSTRUCT files"
OTHER_SPACE = "The regions were drawn in another frame of reference than this scan, so they cannot be placed."

ReplaceUid = Callable[[str], str]


@dataclass(frozen=True)
class ScanSpace:
    """By which UIDs a scan is known; its frame of reference is None where it was not kept or never was there."""

    series_uid: str
    frame_of_reference: str | None


@dataclass(frozen=True)
class RegionFile:
    """A region file that fits a scan, with the scan's UIDs; `says` on what it was drawn, where that is not this series."""

    dataset: Dataset
    kind: str
    says: str


def open_region_file(file: Path | bytes, scan: ScanSpace, replace_uid: ReplaceUid | None = None) -> RegionFile:
    """The file for a scan. Raises ImagingError in a sentence when it is no region file or lies in another space."""
    dataset = read_region_file(file)
    kind = KINDS[dataset.SOPClassUID]
    if not _fits(dataset, scan) and replace_uid is not None:
        renamed = _rename(read_region_file(file), replace_uid)
        if _fits(renamed, scan):
            dataset = renamed
    return RegionFile(dataset, kind, _say_fit(dataset, scan))


def read_region_file(file: Path | bytes) -> Dataset:
    """The data set of a SEG or RTSTRUCT file; ImagingError for everything else."""
    name = file.name if isinstance(file, Path) else "The file"
    try:
        dataset = pydicom.dcmread(BytesIO(file) if isinstance(file, bytes) else file)
        for _ in dataset.iterall():
            """Every value is understood now, so that a damaged one is met here and not in the middle of the work."""
        kind = str(dataset.get("SOPClassUID", ""))
    except InvalidDicomError:
        raise ImagingError(f"{name} is not DICOM; {_FILE_TEXT}.") from None
    except Exception:  # a damaged header makes the parser raise many kinds
        raise ImagingError(f"{name} cannot be read, is damaged or cut short; send it again.") from None
    if kind not in KINDS:
        modality = dataset.get("Modality") or "unknown"
        raise ImagingError(f"The file is a DICOM object of modality {modality}; {_FILE_TEXT}.")
    return dataset


def frames_of(dataset: Dataset) -> set[str]:
    """The frames of reference in which a file's regions lie."""
    items = [dataset, *dataset.get("ReferencedFrameOfReferenceSequence", ())]
    frames = {str(one.get("FrameOfReferenceUID") or "") for one in items}
    rois = dataset.get("StructureSetROISequence", ())
    return (frames | {str(one.get("ReferencedFrameOfReferenceUID") or "") for one in rois}) - {""}


def series_of(dataset: Dataset) -> set[str]:
    """The series on which a file's regions were drawn, as far as it names them."""
    named = list(dataset.get("ReferencedSeriesSequence", ()))
    for frame in dataset.get("ReferencedFrameOfReferenceSequence", ()):
        for study in frame.get("RTReferencedStudySequence", ()):
            named += study.get("RTReferencedSeriesSequence", ())
    return {str(one.get("SeriesInstanceUID") or "") for one in named} - {""}


def _fits(dataset: Dataset, scan: ScanSpace) -> bool:
    if scan.frame_of_reference and frames_of(dataset):
        return scan.frame_of_reference in frames_of(dataset)
    return _series(scan) in series_of(dataset)


def _say_fit(dataset: Dataset, scan: ScanSpace) -> str:
    frames, same_series = frames_of(dataset), _series(scan) in series_of(dataset)
    if scan.frame_of_reference and frames and scan.frame_of_reference not in frames:
        raise ImagingError(OTHER_SPACE)
    if same_series:
        return ""
    if scan.frame_of_reference in frames:
        return "Drawn on another series in the same frame of reference, and placed by position."
    lacking = "this scan was kept without its frame of reference" if frames else "the file names no frame of reference"
    return f"Nothing says that the regions belong to this scan ({lacking}): look whether they lie where they should."


def _series(scan: ScanSpace) -> str:
    """The series' own UID: further volumes of one series are numbered with #2, #3 here."""
    return scan.series_uid.partition("#")[0]


def _rename(dataset: Dataset, replace_uid: ReplaceUid) -> Dataset:
    """The data set with its UIDs replaced, those of the standard aside."""

    def replace(_: Dataset, element: DataElement) -> None:
        if element.VR == "UI" and element.value and element.keyword != "SOPClassUID":
            element.value = _each(element.value, replace_uid)

    dataset.walk(replace)
    return dataset


def _each(value: object, replace_uid: ReplaceUid) -> object:
    return [replace_uid(str(one)) for one in value] if isinstance(value, (list, tuple)) else replace_uid(str(value))
