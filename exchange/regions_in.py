"""Regions that somebody else drew, a DICOM Segmentation or RT Structure Set, on a volume, and the values inside them.

A plane belongs to the volume's slice nearest to it, within half a slice: planes written by other programs lie up to a
tenth of a millimetre off. What lies farther off is left out, and the region says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import RTStructureSetStorage

from exchange.contours import Points, fill_outlines
from exchange.dicom_source import voxel_indices
from exchange.region_file import OTHER_SPACE, frames_of, read_region_file
from exchange.segments_in import Plane, Segment, read_segments
from imaging.dicom import Series
from imaging.extent import Point
from imaging.measure import Measurement
from imaging.peak import compute_peak
from imaging.problem import ImagingError
from imaging.region import Mask
from imaging.volume import Volume

_HALF = 0.5
_FLAT = 0.1
_SAME_PLANE = 0.02
_SPARSE = 1.5


@dataclass(frozen=True)
class DrawnRegion:
    """A region on a volume: `mask` has the volume's axes (z-y-x) and may be empty; `says` what could not be placed."""

    number: int
    name: str
    mask: Mask
    says: str


@dataclass(frozen=True)
class RegionStatistics:
    """Values inside a region, in the volume's unit; `peak` is None where no sphere of 1 cm³ fits."""

    unit: str
    voxels: int
    volume_ml: float
    min: float
    median: float
    mean: float
    max: float
    peak: float | None


def read_regions(file: Path | bytes, volume: Volume, series: Series | None = None) -> tuple[DrawnRegion, ...]:
    """The regions of a SEG or RTSTRUCT file on a volume.

    With the volume's `series` a file of another frame of reference is refused, and planes of a segmentation are placed
    by the slices it names. Raises ImagingError in a sentence.
    """
    dataset = read_region_file(file)
    _check_frame(dataset, series)
    return tuple(place_regions(dataset, volume, series))


def place_regions(dataset: Dataset, volume: Volume, series: Series | None = None) -> Iterator[DrawnRegion]:
    """The regions of an opened file one after another, because each is as large as the volume; ImagingError as above."""
    if dataset.SOPClassUID != RTStructureSetStorage:
        for segment in read_segments(dataset, series):
            yield _place_segment(segment, volume)
        return
    try:
        yield from _read_rtstruct(dataset, volume)
    except ImagingError:
        raise
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        raise ImagingError("The structure set is incomplete or damaged; export it again.") from None


def measure_drawn(volume: Volume, region: DrawnRegion) -> Measurement:
    """A drawn region measured as a lesion is; its threshold is the lowest value inside, because nothing was thresholded.

    Raises ImagingError for a volume without SUV or a region that holds none of its voxels.
    """
    if volume.unit != "SUVbw":
        raise ImagingError(f"The image is in {volume.unit}, not SUV, so a lesion's SUV cannot be measured in it.")
    found = compute_region_statistics(volume, region.mask)
    inside = np.argwhere(region.mask)
    hottest = inside[int(np.argmax(volume.values[region.mask]))]
    return Measurement(
        suv_max=found.max,
        suv_mean=found.mean,
        suv_peak=found.peak,
        peak_says="" if found.peak is not None else "SUVpeak is not given: no sphere of 1 cm³ fits inside the region.",
        volume_ml=found.volume_ml,
        total_uptake=found.mean * found.volume_ml,
        centre_mm=_point_of(volume, inside.mean(axis=0)),
        threshold_suv=found.min,
        leaked=False,
        says=region.says,
        max_mm=_point_of(volume, hottest),
    )


def _point_of(volume: Volume, index: npt.NDArray[Any]) -> Point:
    """The point in mm (LPS) of an index in the order of the array (z, y, x)."""
    z, y, x = (float(n) for n in index)
    return volume.point_at((x, y, z))


def compute_region_statistics(volume: Volume, mask: Mask) -> RegionStatistics:
    """Statistics of the values inside a region; ImagingError when it holds no voxel."""
    values = volume.values[mask].astype(np.float64)
    if not len(values):
        raise ImagingError("The region holds no voxel of this scan, so there is nothing to measure in it.")
    return RegionStatistics(
        unit=volume.unit,
        voxels=len(values),
        volume_ml=len(values) * float(np.prod(volume.spacing_mm)) / 1000,
        min=float(values.min()),
        median=float(np.median(values)),
        mean=float(values.mean()),
        max=float(values.max()),
        peak=compute_peak(volume, mask),
    )


def _check_frame(dataset: Dataset, series: Series | None) -> None:
    """Refuse regions of another frame of reference: the same millimetres would be another place."""
    known, drawn = (series.headers[0].frame_of_reference if series else None), frames_of(dataset)
    if known and drawn and known not in drawn:
        raise ImagingError(OTHER_SPACE)


def _read_rtstruct(dataset: Dataset, volume: Volume) -> Iterator[DrawnRegion]:
    names = {int(roi.ROINumber): str(roi.get("ROIName") or "") for roi in dataset.get("StructureSetROISequence", ())}
    drawn = {int(roi.ReferencedROINumber): roi for roi in dataset.get("ROIContourSequence", ())}
    if not names:
        raise ImagingError("The structure set holds no region.")
    for number, name in names.items():
        yield _place_roi(number, name, drawn.get(number), volume)


def _place_roi(number: int, name: str, roi: Dataset | None, volume: Volume) -> DrawnRegion:
    name = name or f"Region {number}"
    contours = list(roi.get("ContourSequence", ())) if roi is not None else []
    closed = [one for one in contours if str(one.get("ContourGeometricType", "")).startswith("CLOSED")]
    outlines = [voxel_indices(volume, _points(one)) for one in closed]
    if not outlines:
        return DrawnRegion(number, name, np.zeros(volume.values.shape, dtype=np.bool_), _say_open(len(contours)))
    axis = _across(outlines, name)
    planes = _planes(outlines, axis)
    mask, outside = _rasterise(planes, axis, volume)
    says = [_say_outside(outside, len(planes)), _say_sparse([at for at, _ in planes])]
    return DrawnRegion(number, name, mask, " ".join(filter(None, [*says, _say_open(len(contours) - len(closed))])))


def _points(contour: Dataset) -> Points:
    numbers = np.asarray(contour.get("ContourData") or (), dtype=float)
    if not len(numbers) or len(numbers) % 3 or not np.isfinite(numbers).all():
        raise ImagingError("A contour of the structure set is damaged (its numbers are no points); export it again.")
    return np.asarray(numbers.reshape(-1, 3))


def _rasterise(planes: Sequence[tuple[float, list[Points]]], axis: int, volume: Volume) -> tuple[Mask, int]:
    """Voxels inside the contours (n × 3 indices, x, y, z) of each plane, and how many planes lie beside every slice."""
    mask = np.zeros(volume.values.shape, dtype=np.bool_)
    others = [n for n in range(3) if n != axis]
    # With the axis across the contours first, rows run along the larger of the two other axes and columns along the smaller.
    view = np.moveaxis(mask, 2 - axis, 0)
    outside = 0
    for at, plane in planes:
        if not 0 <= round(at) < len(view):
            outside += 1
            continue
        rows, columns = view[0].shape
        view[round(at)] |= fill_outlines([points[:, others] for points in plane], (rows, columns))
    return mask, outside


def _across(outlines: Sequence[Points], name: str) -> int:
    """The index axis (0 x, 1 y, 2 z) along which no contour extends."""
    spans = np.max([np.ptp(points, axis=0) for points in outlines], axis=0)
    axis = int(np.argmin(spans))
    if spans[axis] > _FLAT:
        raise ImagingError(f"The contours of {name} lie oblique to this scan's slices and cannot be placed.")
    return axis


def _planes(outlines: Sequence[Points], axis: int) -> list[tuple[float, list[Points]]]:
    """Contours of one plane together, because an inner one cuts a hole; the plane's place in slices."""
    placed = sorted(((float(points[:, axis].mean()), points) for points in outlines), key=lambda pair: pair[0])
    planes: list[tuple[float, list[Points]]] = []
    for at, points in placed:
        if planes and at - planes[-1][0] <= _SAME_PLANE:
            planes[-1][1].append(points)
        else:
            planes.append((at, [points]))
    return planes


def _say_outside(outside: int, planes: int) -> str:
    return f"{outside} of {planes} planes lie beside this scan's slices and were left out." if outside else ""


def _say_open(contours: int) -> str:
    return f"{contours} points or open lines enclose nothing and were left out." if contours else ""


def _say_sparse(places: Sequence[float]) -> str:
    """A sentence when planes (their places in slices) are farther apart than slices: those between stay empty."""
    steps = np.diff(np.sort(np.asarray(places, dtype=float)))
    if not len(steps) or np.median(steps) <= _SPARSE:
        return ""
    return (
        f"It was drawn on planes {np.median(steps):.1f} slices apart, and slices between them stay empty: its volume "
        "and means are not those of the whole lesion."
    )


def _place_segment(segment: Segment, volume: Volume) -> DrawnRegion:
    mask = np.zeros(volume.values.shape, dtype=np.bool_)
    left_out = sum(not _place_plane(plane, volume, mask) for plane in segment.planes)
    corners = np.asarray([plane.position_mm for plane in segment.planes], dtype=float).reshape(-1, 3)
    indices = voxel_indices(volume, corners)
    places = indices[:, int(np.argmax(np.ptp(indices, axis=0)))] if len(indices) else ()
    says = [_say_outside(left_out, len(segment.planes)), _say_sparse(list(places))]
    return DrawnRegion(segment.number, segment.name, mask, " ".join(filter(None, says)))


def _place_plane(plane: Plane, volume: Volume, mask: Mask) -> bool:
    """Draw one frame on the slice nearest to it; False when there is none within half a slice."""
    rows, columns = np.nonzero(plane.pixels)
    index = voxel_indices(volume, plane.points(np.column_stack([columns, rows]).astype(float)))
    _check_grid(plane, volume)
    place = np.rint(index).astype(int)[:, ::-1]
    if np.any(place < 0) or np.any(place >= mask.shape):
        return False
    mask[tuple(place.T)] = True
    return True


def _check_grid(plane: Plane, volume: Volume) -> None:
    """Pixels of a frame must be the volume's own: steps of one voxel along its axes, starting on one."""
    corner = voxel_indices(volume, plane.points(np.asarray([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])))
    steps = np.abs(corner[1:] - corner[0])
    straight = np.allclose(np.sort(steps, axis=1), [[0, 0, 1]] * 2, atol=0.01)
    off = np.abs(corner[0] - np.rint(corner[0]))[steps.sum(axis=0) > _HALF]
    if not straight or off.max() > _FLAT:
        raise ImagingError(
            "The segmentation was drawn on another pixel grid than this scan (on the CT, perhaps); draw it on the PET."
        )
