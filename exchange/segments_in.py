"""The segments of a DICOM Segmentation as planes in the patient's space, read frame by frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from imaging.dicom import Series
from imaging.problem import ImagingError
from imaging.region import Mask

_SHARE_INSIDE = 0.5
# One byte each once unpacked: more than three thousand slices of 400 × 400.
_MOST_PIXELS = 2**29


@dataclass(frozen=True)
class Plane:
    """One frame of a segment: rows × columns, the centre of its first pixel, its axes (LPS) and its pixels' size in mm."""

    pixels: Mask
    position_mm: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing_mm: tuple[float, ...]

    def points(self, columns_rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Points (n × 3, mm, LPS) of (column, row) indices."""
        axes = np.asarray(self.orientation, dtype=float).reshape(2, 3)
        steps = columns_rows * (self.spacing_mm[1], self.spacing_mm[0])
        return np.asarray(np.asarray(self.position_mm, dtype=float) + steps @ axes)


@dataclass(frozen=True)
class Segment:
    """A segment with the frames that show it."""

    number: int
    name: str
    planes: tuple[Plane, ...]


def read_segments(dataset: Dataset, series: Series | None) -> tuple[Segment, ...]:
    """Segments of a Segmentation (binary, fractional from one half on, or label map); ImagingError when damaged.

    Where a frame names a slice of `series` as its source, it lies where that slice does.
    """
    try:
        frames = _read_pixels(dataset)
        placed = _positions(series)
        planes = [_read_plane(dataset, number, placed) for number in range(len(frames))]
        segments = [item for item in dataset.SegmentSequence if int(item.SegmentNumber) > 0]
        return tuple(_read_segment(dataset, item, frames, planes) for item in segments)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, NotImplementedError) as error:
        if isinstance(error, ImagingError):
            raise
        raise ImagingError("The segmentation is incomplete or damaged; export it again.") from None


def _read_pixels(dataset: Dataset) -> npt.NDArray[Any]:
    size = int(dataset.Rows) * int(dataset.Columns) * int(dataset.get("NumberOfFrames") or 1)
    if size > _MOST_PIXELS:
        raise ImagingError(
            f"The segmentation claims {size / 1e6:,.0f} million pixels, more than is read here; export fewer segments."
        )
    frames = dataset.pixel_array
    return frames[None] if frames.ndim == 2 else frames


def _positions(series: Series | None) -> Mapping[str, tuple[float, ...]]:
    headers = series.headers if series else ()
    return {one.sop_instance: one.position for one in headers if one.sop_instance and one.position}


def _read_plane(dataset: Dataset, number: int, placed: Mapping[str, tuple[float, ...]]) -> Plane:
    """Where a frame lies, still without pixels."""
    own, shared = dataset.PerFrameFunctionalGroupsSequence[number], dataset.SharedFunctionalGroupsSequence[0]
    position = _group(own, shared, "PlanePositionSequence").ImagePositionPatient
    source = _source_of(own, placed)
    return Plane(
        pixels=np.zeros((0, 0), dtype=np.bool_),
        position_mm=placed[source] if source else tuple(float(n) for n in position),
        orientation=tuple(float(n) for n in _group(own, shared, "PlaneOrientationSequence").ImageOrientationPatient),
        spacing_mm=tuple(float(n) for n in _group(own, shared, "PixelMeasuresSequence").PixelSpacing),
    )


def _group(own: Dataset, shared: Dataset, name: str) -> Dataset:
    item: Dataset = (own.get(name) or shared[name].value)[0]
    return item


def _source_of(own: Dataset, placed: Mapping[str, tuple[float, ...]]) -> str | None:
    """The one slice of the series that a frame was drawn on; None when it names none, or several."""
    named = {
        str(image.ReferencedSOPInstanceUID)
        for derivation in own.get("DerivationImageSequence", ())
        for image in derivation.get("SourceImageSequence", ())
    }
    known = named & set(placed)
    return known.pop() if len(named) == len(known) == 1 else None


def _read_segment(dataset: Dataset, item: Dataset, frames: npt.NDArray[Any], planes: list[Plane]) -> Segment:
    number = int(item.SegmentNumber)
    drawn = []
    for place, plane in enumerate(planes):
        pixels = _inside(dataset, place, number, frames)
        if pixels is not None and pixels.any():
            drawn.append(Plane(pixels, plane.position_mm, plane.orientation, plane.spacing_mm))
    return Segment(number, str(item.get("SegmentLabel") or f"Segment {number}"), tuple(drawn))


def _inside(dataset: Dataset, place: int, number: int, frames: npt.NDArray[Any]) -> Mask | None:
    """Pixels of a frame that belong to a segment; None when the frame is another segment's."""
    if dataset.SegmentationType == "LABELMAP":
        return np.asarray(frames[place] == number)
    own, shared = dataset.PerFrameFunctionalGroupsSequence[place], dataset.SharedFunctionalGroupsSequence[0]
    if int(_group(own, shared, "SegmentIdentificationSequence").ReferencedSegmentNumber) != number:
        return None
    highest = int(dataset.MaximumFractionalValue) if dataset.SegmentationType == "FRACTIONAL" else 1
    return np.asarray(frames[place] >= _SHARE_INSIDE * highest)
