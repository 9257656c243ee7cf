"""Lesions as a DICOM RT Structure Set: closed contours along pixel edges, in the patient's coordinates."""

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import RTStructureSetStorage
from pydicom.valuerep import format_number_as_ds

from exchange.contours import Points, trace_outlines
from exchange.dicom_codes import site_code, write_code
from exchange.dicom_object import begin_object
from exchange.dicom_source import SourceImages, draw_on_slices, slice_points
from exchange.lesion import PROGRAM, RESEARCH_NOTE, Lesion, Stamp
from imaging.problem import ImagingError
from imaging.region import Mask

SERIES_NUMBER = 7003
# A drawing colour without clinical meaning (Okabe-Ito blue), the same for every lesion.
_COLOUR = [0, 114, 178]
# A retired SOP class that the standard still asks for here, as a reference to the study.
_STUDY_CLASS = "1.2.840.10008.3.1.2.3.1"


def write_rtstruct(lesions: Sequence[Lesion], source: SourceImages, stamp: Stamp) -> Dataset:
    """A structure set with ROI 1, 2, … for the lesions in their order; ImagingError when nothing can be drawn.

    A pixel is inside when its centre is: read back that way, the contours give the same pixels.
    """
    if not lesions:
        raise ImagingError("There is no lesion to write; measure one first.")
    drawn = [draw_on_slices(lesion.mask, lesion.volume, source) for lesion in lesions]
    dataset: Any = begin_object(RTStructureSetStorage, "RTSTRUCT", source, stamp, "PET lesion outlines")
    dataset.SeriesNumber = SERIES_NUMBER
    dataset.OperatorsName = ""
    dataset.FrameOfReferenceUID = source.frame_of_reference
    dataset.PositionReferenceIndicator = ""
    dataset.StructureSetLabel = "PET LESIONS"
    dataset.StructureSetName = stamp.describe("PET lesions")
    dataset.StructureSetDescription = stamp.note
    dataset.StructureSetDate, dataset.StructureSetTime = stamp.date, stamp.time
    dataset.ApprovalStatus = "UNAPPROVED"
    used = sorted({number for planes in drawn for number in planes})
    dataset.ReferencedFrameOfReferenceSequence = [_refer(source, used)]
    dataset.StructureSetROISequence = [_name(one, n, source) for n, one in enumerate(lesions, 1)]
    dataset.ROIContourSequence = [_outline(planes, n, source) for n, planes in enumerate(drawn, 1)]
    dataset.RTROIObservationsSequence = [_observe(one, n) for n, one in enumerate(lesions, 1)]
    return dataset


def _refer(source: SourceImages, used: Sequence[int]) -> Dataset:
    """Frame of reference, study and series, and the slices that carry a contour."""
    series: Any = Dataset()
    series.SeriesInstanceUID = source.series.headers[0].series_uid
    series.ContourImageSequence = [_image(source, number) for number in used]
    study: Any = Dataset()
    study.ReferencedSOPClassUID = _STUDY_CLASS
    study.ReferencedSOPInstanceUID = source.owner.module.StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    frame: Any = Dataset()
    frame.FrameOfReferenceUID = source.frame_of_reference
    frame.RTReferencedStudySequence = [study]
    return frame


def _image(source: SourceImages, number: int) -> Dataset:
    header, item = source.series.headers[number], Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = header.sop_class, header.sop_instance
    return item


def _name(lesion: Lesion, number: int, source: SourceImages) -> Dataset:
    item: Any = Dataset()
    item.ROINumber = number
    item.ReferencedFrameOfReferenceUID = source.frame_of_reference
    item.ROIName = lesion.label
    item.ROIGenerationAlgorithm = "SEMIAUTOMATIC"
    item.ROIGenerationDescription = f"{PROGRAM}: {lesion.rule}"[:64]
    return item


def _outline(planes: dict[int, Mask], number: int, source: SourceImages) -> Dataset:
    item: Any = Dataset()
    item.ROIDisplayColor = _COLOUR
    item.ReferencedROINumber = number
    item.ContourSequence = [
        _contour(points, slice_number, source)
        for slice_number, plane in sorted(planes.items())
        for points in trace_outlines(plane)
    ]
    for place, contour in enumerate(item.ContourSequence, 1):
        contour.ContourNumber = place
    return item


def _contour(points: Points, slice_number: int, source: SourceImages) -> Dataset:
    item: Any = Dataset()
    item.ContourImageSequence = [_image(source, slice_number)]
    item.ContourGeometricType = "CLOSED_PLANAR"
    item.NumberOfContourPoints = len(points)
    placed = slice_points(source.series.headers[slice_number], points)
    item.ContourData = [format_number_as_ds(float(number)) for number in placed.ravel()]
    return item


def _observe(lesion: Lesion, number: int) -> Dataset:
    """What the ROI is: the site's code; no dose is planned on it, so it has no type, and no person interpreted it."""
    item: Any = Dataset()
    item.ObservationNumber = number
    item.ReferencedROINumber = number
    item.ROIObservationLabel = lesion.name[:16]
    item.ROIObservationDescription = f"{lesion.caution} {RESEARCH_NOTE}".strip()[-1024:]
    item.RTROIIdentificationCodeSequence = [write_code(site_code(lesion.site))]
    item.RTROIInterpretedType = ""
    item.ROIInterpreter = ""
    return item
