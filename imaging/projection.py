"""Maximum-intensity projection: the hottest value behind every pixel, from any side of the patient."""

from dataclasses import dataclass, replace

import numpy as np

from imaging.extent import Extent, Point, volume_extent
from imaging.frame import Frame, between
from imaging.orientation import turn_to_patient_axes
from imaging.volume import Float32, Volume

_COARSE_MM = 3.0
_COARSE_TURN_MM = 4.0
_DENSITY = 0.7
"""Samples a voxel's side apart in each direction would step over corners; below 1/√2 no voxel can be missed."""


@dataclass(frozen=True)
class Projection:
    """Hottest values (rows × columns, head up) with the frame they lie in and their unit; made once, coloured often."""

    values: Float32
    frame: Frame
    unit: str
    angle_deg: float


def compute_projection(
    volume: Volume,
    angle_deg: float = 0.0,
    extent: Extent | None = None,
    size_px: int = 640,
    mm_per_px: float | None = None,
) -> Projection:
    """Project a volume along the line of sight of someone at `angle_deg` around the patient.

    0° looks from the front, 90° from the patient's left, 180° from the back. Grids finer than 3 mm are first reduced
    in x and y by their maximum, so no hot voxel is lost. The longer side has about `size_px` pixels,
    unless the size of a pixel is given.
    """
    volume = _reduce(turn_to_patient_axes(volume))
    extent = extent or volume_extent(volume)
    angle = np.deg2rad(angle_deg)
    right, ahead = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    low, high = np.asarray(extent.low_mm), np.asarray(extent.high_mm)
    centre, half = (low + high)[:2] / 2, (high - low)[:2] / 2
    step = min(volume.spacing_mm[:2]) * _DENSITY
    reach_across, reach_ahead = float(np.abs(right) @ half), float(np.abs(ahead) @ half)
    across = np.arange(-reach_across + step / 2, reach_across, step)
    depth = np.arange(-reach_ahead, reach_ahead + step, step)
    points = centre + across[None, :, None] * right + depth[:, None, None] * ahead
    hottest = _hottest(volume, points.reshape(-1, 2), depth.size)
    pixel = mm_per_px or max(2 * reach_across, float(high[2] - low[2])) / size_px
    rows = max(1, round(float(high[2] - low[2]) / pixel))
    columns = max(1, round(2 * reach_across / pixel))
    start = centre + right * (pixel / 2 - reach_across)
    corner = (float(start[0]), float(start[1]), float(high[2] - pixel / 2))
    frame = Frame(corner, (float(right[0]), float(right[1]), 0.0), (0.0, 0.0, -1.0), pixel, columns, rows)
    values = _spread(hottest, frame, volume, float(across[0]) + reach_across, step)
    return Projection(values, frame, volume.unit, angle_deg)


def compute_turn(
    volume: Volume, extent: Extent | None = None, size_px: int = 480, count: int = 36
) -> tuple[Projection, ...]:
    """Projections all around the patient in even steps from the front, of one width so that they can be shown in a row.

    Half of them are computed: from behind, every line of sight is the same one as from the front. `count` is even.
    """
    volume = _reduce(turn_to_patient_axes(volume), _COARSE_TURN_MM)
    extent = extent or volume_extent(volume)
    width, depth, height = np.subtract(extent.high_mm, extent.low_mm)
    pixel = float(max(np.hypot(width, depth), height)) / size_px
    angles = [360.0 * step / count for step in range(count // 2)]
    half = [compute_projection(volume, angle, extent, mm_per_px=pixel) for angle in angles]
    wide = max(one.frame.width_px for one in half)
    wide_half = [_widen(one, wide) for one in half]
    return (*wide_half, *(_from_behind(one) for one in wide_half))


def _widen(projection: Projection, width_px: int) -> Projection:
    """The same in the middle of a picture of that width."""
    frame = projection.frame
    left = (width_px - frame.width_px) // 2
    values = np.pad(projection.values, ((0, 0), (left, width_px - frame.width_px - left)))
    wide = replace(frame, corner_mm=frame.point_at(-left, 0), width_px=width_px)
    return replace(projection, values=values, frame=wide)


def _from_behind(projection: Projection) -> Projection:
    frame = projection.frame
    right = tuple(-c + 0.0 for c in frame.right)
    turned = replace(frame, corner_mm=frame.point_at(frame.width_px - 1, 0), right=(right[0], right[1], right[2]))
    values = np.ascontiguousarray(projection.values[:, ::-1])
    return Projection(values, turned, projection.unit, projection.angle_deg + 180.0)


def _reduce(volume: Volume, most_mm: float = _COARSE_MM) -> Volume:
    """Maxima of blocks of voxels in x and y, a block at most `most_mm` wide; the grid's centre of gravity moves along."""
    spacing, origin = list(volume.spacing_mm), list(volume.origin_mm)
    values = volume.values
    for axis in (0, 1):
        block = int(most_mm // spacing[axis])
        if block > 1:
            at = 2 - axis
            starts = np.arange(0, values.shape[at], block)
            values = np.maximum.reduceat(values, starts, axis=at)
            origin[axis] += (block - 1) / 2 * spacing[axis]
            spacing[axis] *= block
    turned = (spacing[0], spacing[1], spacing[2])
    return Volume(values, (origin[0], origin[1], origin[2]), turned, volume.direction, volume.unit)


def _hottest(volume: Volume, points: np.ndarray, deep: int) -> Float32:
    """Per slice and column the largest voxel among `deep` nearest-voxel samples (points x, y in mm, depth first)."""
    index = np.rint((points - np.asarray(volume.origin_mm[:2])) / np.asarray(volume.spacing_mm[:2])).astype(np.intp)
    slices, high, wide = volume.values.shape
    inside = (index >= 0).all(axis=1) & (index[:, 0] < wide) & (index[:, 1] < high)
    flat = np.where(inside, index[:, 1] * wide + index[:, 0], 0)
    columns = flat.size // deep
    result = np.empty((slices, columns), dtype=np.float32)
    outside = ~inside
    for k in range(slices):
        line = volume.values[k].reshape(-1)[flat]
        line[outside] = -np.inf
        result[k] = line.reshape(deep, columns).max(axis=0)
    return np.where(np.isfinite(result), result, np.float32(0.0))


def _spread(hottest: Float32, frame: Frame, volume: Volume, first_mm: float, step: float) -> Float32:
    """The projection drawn on its picture's pixels, linear between columns and slices."""
    columns = ((np.arange(frame.width_px) + 0.5) * frame.mm_per_px - first_mm) / step
    heights = frame.corner_mm[2] - frame.mm_per_px * np.arange(frame.height_px)
    rows = (heights - volume.origin_mm[2]) / volume.spacing_mm[2]
    return between(between(hottest, rows).T, columns).T


def find_hottest(volume: Volume, frame: Frame, column: float, row: float) -> Point:
    """The centre of the hottest voxel behind a pixel of a projection's frame (volume along the patient's axes)."""
    start = np.asarray(frame.point_at(column, row))
    ahead = np.array([-frame.right[1], frame.right[0], 0.0])
    box = volume_extent(volume)
    reach = float(np.linalg.norm(np.asarray(box.high_mm) - np.asarray(box.low_mm)))
    depth = np.arange(-reach, reach, min(volume.spacing_mm[:2]) / 2)
    points = start + depth[:, None] * ahead
    index = np.rint((points - np.asarray(volume.origin_mm)) / np.asarray(volume.spacing_mm)).astype(np.intp)
    inside = ((index >= 0) & (index < volume.values.shape[::-1])).all(axis=1)
    if not inside.any():
        return (float(start[0]), float(start[1]), float(start[2]))
    x, y, z = index[inside].T
    best = int(np.argmax(volume.values[z, y, x]))
    return volume.point_at((float(x[best]), float(y[best]), float(z[best])))
