"""The PET slices an exported object is derived from: whose they are, where they lie, and an outline drawn on them."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.dataset import Dataset
from pydicom.valuerep import format_number_as_ds

from imaging.archive import OpenSources
from imaging.dicom import Series
from imaging.header import Header
from imaging.problem import ImagingError
from imaging.region import Mask
from imaging.volume import Volume

# Persons other than the patient are left out: an export names no physician and no operator.
_COPIED = (
    "PatientID", "PatientBirthDate", "PatientSex", "PatientAge", "PatientSize", "PatientWeight",
    "PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence",
    "LongitudinalTemporalInformationModified",
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber", "StudyDescription",
)  # fmt: skip
_REQUIRED = ("PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID", "AccessionNumber")


@dataclass(frozen=True)
class Owner:
    """The patient and the study as the source's header names them, for everything derived from it."""

    patient_name: str
    module: Dataset


@dataclass(frozen=True)
class SourceImages:
    """A series of PET slices and its owner; the pixels are not needed."""

    series: Series
    owner: Owner

    def image(self, number: int) -> Dataset:
        """The slice of that number (from 0, in the order of the series) as a data set without pixels."""
        header, dataset = self.series.headers[number], deepcopy(self.owner.module)
        dataset.SOPClassUID, dataset.SOPInstanceUID = header.sop_class, header.sop_instance
        dataset.SeriesInstanceUID, dataset.Modality = header.series_uid, header.modality
        dataset.FrameOfReferenceUID = header.frame_of_reference
        dataset.Rows, dataset.Columns = header.rows, header.columns
        dataset.ImagePositionPatient = _decimals(header.position)
        dataset.ImageOrientationPatient = _decimals(header.orientation)
        dataset.PixelSpacing = _decimals(header.pixel_spacing)
        thickness = header.slice_thickness or self.series.stack.spacing_mm or 1.0
        dataset.SliceThickness = format_number_as_ds(thickness)
        return dataset

    @property
    def frame_of_reference(self) -> str:
        return self.series.headers[0].frame_of_reference or ""


def read_owner(series: Series) -> Owner:
    """Patient and study from the first file of a series; ImagingError when it is no longer there."""
    with OpenSources() as files, files.open(series.files[0]) as stream:
        found = pydicom.dcmread(stream, stop_before_pixels=True, force=True)
    module = Dataset()
    for keyword in _COPIED:
        if keyword in found:
            module[keyword] = found[keyword]
    for keyword in _REQUIRED:
        if module.get(keyword) is None:
            setattr(module, keyword, "")
    if module.PatientSex not in ("M", "F", "O"):
        module.PatientSex = ""
    # The name is added at the end as it stands: highdicom would complain of one without a comma or caret.
    module.PatientName = None
    # Text is written as UTF-8, whatever the source was in.
    module.SpecificCharacterSet = "ISO_IR 192"
    return Owner(str(found.get("PatientName") or ""), module)


def read_source_images(series: Series) -> SourceImages:
    """A series whose files are at hand, as the source of what is derived from it."""
    return SourceImages(series, read_owner(series))


def check_source(source: SourceImages) -> None:
    """Raises ImagingError in a sentence when nothing can be drawn on these slices."""
    header = source.series.headers[0]
    gaps = [
        (header.frame_of_reference, "a Frame of Reference UID (0020,0052)"),
        (header.position, "positions (0020,0032)"),
        (header.orientation, "an orientation (0020,0037)"),
        (header.pixel_spacing, "a pixel spacing (0028,0030)"),
        (header.sop_instance, "SOP Instance UIDs (0008,0018)"),
        (header.frame is None, "files of their own (it is a multi-frame object)"),
    ]
    lacking = [words for value, words in gaps if not value]
    if lacking:
        raise ImagingError(f"No DICOM object can refer to this series: its slices lack {' and '.join(lacking)}.")


def draw_on_slices(mask: Mask, volume: Volume, source: SourceImages) -> dict[int, Mask]:
    """The outline on each source slice that it meets, rows × columns, by the slice's number in the series.

    A pixel belongs to the outline when the voxel of `volume` nearest to its centre does: exact where the volume is the
    series turned to the patient's axes, the nearest choice where it had to be resampled.
    """
    check_source(source)
    drawn = {number: _draw(mask, volume, source.series.headers[number]) for number in _meeting(mask, volume, source)}
    found = {number: plane for number, plane in drawn.items() if plane.any()}
    if not found:
        raise ImagingError("The outline meets none of the series' slices: it was drawn on another scan.")
    return found


def slice_points(header: Header, columns_rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points (n × 3, mm, LPS) of continuous (column, row) indices (n × 2) of one slice."""
    axes = np.asarray(header.orientation, dtype=float).reshape(2, 3)
    down, across = header.pixel_spacing or (1.0, 1.0)
    steps = columns_rows * (across, down)
    return np.asarray(np.asarray(header.position, dtype=float) + steps @ axes)


def voxel_indices(volume: Volume, points_mm: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Continuous (x, y, z) indices (n × 3) of points in mm (LPS)."""
    turned = np.linalg.inv(np.asarray(volume.direction, dtype=float).reshape(3, 3))
    return np.asarray((points_mm - np.asarray(volume.origin_mm)) @ turned.T / np.asarray(volume.spacing_mm))


def _meeting(mask: Mask, volume: Volume, source: SourceImages) -> list[int]:
    """Numbers of the slices within a voxel of the outline."""
    at = np.argwhere(mask)[:, ::-1] * np.asarray(volume.spacing_mm)
    points = at @ np.asarray(volume.direction, dtype=float).reshape(3, 3).T + np.asarray(volume.origin_mm)
    along = points @ source.series.stack.normal
    reach = max(volume.spacing_mm)
    places = source.series.stack.positions_mm
    return [n for n, at_mm in enumerate(places) if along.min() - reach <= at_mm <= along.max() + reach]


def _draw(mask: Mask, volume: Volume, header: Header) -> Mask:
    rows, columns = np.indices((header.rows or 0, header.columns or 0))
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(float)
    index = np.rint(voxel_indices(volume, slice_points(header, pixels))).astype(int)[:, ::-1]
    inside = np.all((index >= 0) & (index < mask.shape), axis=1)
    plane = np.zeros(len(pixels), dtype=np.bool_)
    plane[inside] = mask[tuple(index[inside].T)]
    return plane.reshape(rows.shape)


def _decimals(numbers: tuple[float, ...] | None) -> list[str]:
    return [format_number_as_ds(float(number)) for number in numbers or ()]
