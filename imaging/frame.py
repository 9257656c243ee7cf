"""Where a picture lies in the patient: pixels to millimetres and back, and the values of a volume under the pixels.

Radiological convention: axial pictures are seen from the feet and coronal ones from the front, so the patient's left is
on the right of the picture; sagittal pictures have the front on their left. Head (or front, in axial pictures) is up.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imaging.extent import Extent, Point
from imaging.volume import Float32, Volume

PLANES: dict[str, tuple[int, int, int]] = {"axial": (0, 1, 2), "coronal": (0, 2, 1), "sagittal": (1, 2, 0)}
"""Plane → which patient axis (0 x, 1 y, 2 z) runs to the right, which runs vertically, and which one it cuts."""

_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))
_FETCHERS = ThreadPoolExecutor(2, "fetch")


@dataclass(frozen=True)
class Frame:
    """A picture's place: the centre of its top-left pixel, unit vectors to the right and down, and the pixel size."""

    corner_mm: Point
    right: Point
    down: Point
    mm_per_px: float
    width_px: int
    height_px: int

    def point_at(self, column: float, row: float) -> Point:
        """Patient point (LPS, mm) under a pixel; (0, 0) is the centre of the top-left pixel."""
        step = np.asarray(self.right) * column + np.asarray(self.down) * row
        point = np.asarray(self.corner_mm) + step * self.mm_per_px
        return (float(point[0]), float(point[1]), float(point[2]))

    def pixel_at(self, point_mm: Point) -> tuple[float, float]:
        """(column, row) over which a patient point lies, looking straight through the picture."""
        offset = (np.asarray(point_mm) - np.asarray(self.corner_mm)) / self.mm_per_px
        return (float(offset @ np.asarray(self.right)), float(offset @ np.asarray(self.down)))

    def distance_mm(self, point_mm: Point) -> float:
        """How far a point is in front of or behind the picture's plane."""
        normal = np.cross(np.asarray(self.right), np.asarray(self.down))
        return abs(float((np.asarray(point_mm) - np.asarray(self.corner_mm)) @ normal))


def edge_letters(direction: Point) -> str:
    """The side of the patient a direction points to: R or L, A or P, H or F; two letters when it is oblique."""
    order = np.argsort(-np.abs(direction), kind="stable")
    return "".join(_LETTERS[axis][int(direction[axis] > 0)] for axis in order if abs(direction[axis]) > 0.38)


def plane_frame(extent: Extent, plane: str, at_mm: Point, size_px: int = 512) -> Frame:
    """The picture of one plane through a point: the extent millimetre-true, its longer side `size_px` pixels."""
    if plane not in PLANES:
        raise ValueError(f"A slice is axial, coronal or sagittal, not {plane}.")
    across, along, cut = PLANES[plane]
    width_mm = extent.high_mm[across] - extent.low_mm[across]
    height_mm = extent.high_mm[along] - extent.low_mm[along]
    pixel = max(width_mm, height_mm) / size_px
    corner = [float(c) for c in at_mm]
    corner[across] = extent.low_mm[across] + pixel / 2
    corner[along] = extent.low_mm[along] + pixel / 2 if plane == "axial" else extent.high_mm[along] - pixel / 2
    width, height = max(1, round(width_mm / pixel)), max(1, round(height_mm / pixel))
    down = _unit(along, 1.0 if plane == "axial" else -1.0)
    return Frame((corner[0], corner[1], corner[2]), _unit(across, 1.0), down, pixel, width, height)


def _unit(axis: int, length: float) -> Point:
    return (length if axis == 0 else 0.0, length if axis == 1 else 0.0, length if axis == 2 else 0.0)


def sample_plane(volume: Volume, frame: Frame, plane: str, outside: float) -> Float32:
    """Values under the pixels of a plane's frame (rows × columns), linear between voxel centres.

    The volume must lie along the patient axes (`turn_to_patient_axes`); pixels beyond it are `outside`.
    """
    across, along, cut = PLANES[plane]
    columns = _index_along(volume, frame, across, frame.right[across], frame.width_px)
    rows = _index_along(volume, frame, along, frame.down[along], frame.height_px)
    depth = (frame.corner_mm[cut] - volume.origin_mm[cut]) / volume.spacing_mm[cut]
    counts = volume.values.shape[::-1]
    if not -0.5 <= depth <= counts[cut] - 0.5:
        return np.full((frame.height_px, frame.width_px), outside, dtype=np.float32)
    picture = between(between(_slice_at(volume, cut, depth), rows), columns, axis=1)
    picture[(rows < -0.5) | (rows > counts[along] - 0.5), :] = outside
    picture[:, (columns < -0.5) | (columns > counts[across] - 0.5)] = outside
    return picture


def _slice_at(volume: Volume, cut: int, depth: float) -> Float32:
    """The plane at a continuous index of one axis, linear between its two neighbours; held at the ends."""
    axis = 2 - cut
    first = min(max(int(depth), 0), volume.values.shape[axis] - 1)
    # Both neighbours are fetched in one go: in a sagittal plane they lie side by side in memory, and nothing else does.
    # Fetching waits for the memory, so that both halves of the plane are fetched side by side.
    plane = np.moveaxis(volume.values, axis, -1)[..., first : first + 2]
    pair = np.empty(plane.shape, dtype=plane.dtype)
    middle = len(plane) // 2
    rest = _FETCHERS.submit(np.copyto, pair[middle:], plane[middle:])
    np.copyto(pair[:middle], plane[:middle])
    rest.result()
    lower, upper = pair[..., 0], pair[..., -1]
    return lower + (upper - lower) * np.float32(min(max(depth - first, 0.0), 1.0))


def _index_along(volume: Volume, frame: Frame, axis: int, sense: float, count: int) -> npt.NDArray[np.float64]:
    millimetres = frame.corner_mm[axis] + sense * frame.mm_per_px * np.arange(count)
    return np.asarray((millimetres - volume.origin_mm[axis]) / volume.spacing_mm[axis])


def between(values: Float32, index: npt.NDArray[np.floating], axis: int = 0) -> Float32:
    """Linear interpolation along an axis at continuous indices, held at the first and last values."""
    last = values.shape[axis] - 1
    held = np.clip(index, 0, last)
    below = held.astype(np.intp)
    part = (held - below).astype(np.float32).reshape(-1, *[1] * (values.ndim - 1 - axis))
    lower = values.take(below, axis)
    if not part.any():
        return lower
    step = values.take(np.minimum(below + 1, last), axis)
    # In place, because half of a picture's time would go into making arrays of its size.
    step -= lower
    step *= part
    step += lower
    return step
