"""How much of the patient a picture shows: boxes in patient millimetres."""

from dataclasses import dataclass

import numpy as np

from imaging.volume import Volume

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Extent:
    """A box in patient millimetres (LPS): its low and high corners, at voxel edges."""

    low_mm: Point
    high_mm: Point


def volume_extent(volume: Volume) -> Extent:
    """The box of a whole volume in patient axes, to the outer edges of its voxels."""
    spacing, origin = np.asarray(volume.spacing_mm), np.asarray(volume.origin_mm)
    low = origin - spacing / 2
    high = low + spacing * np.asarray(volume.values.shape[::-1])
    return Extent(tuple(low.tolist()), tuple(high.tolist()))


def body_extent(volume: Volume, margin_mm: float = 15.0) -> Extent:
    """The box around what is in the scanner (x and y; the whole length in z), so that air does not fill the picture."""
    whole = volume_extent(volume)
    step = max(1, round((volume.values.size / 300_000) ** (1 / 3)))
    sample = volume.values[::step, ::step, ::step]
    air = -400.0 if volume.unit == "HU" else 0.02 * float(np.percentile(sample, 99.5))
    inside = sample > air
    low, high = list(whole.low_mm), list(whole.high_mm)
    for axis in (0, 1):
        kept = np.flatnonzero(inside.sum(axis=(0, 1 + axis)) >= 3)  # x lies last in memory, y before it
        if kept.size:
            size_mm = volume.spacing_mm[axis] * step
            low[axis] = max(low[axis], whole.low_mm[axis] + (int(kept[0]) - 1) * size_mm - margin_mm)
            high[axis] = min(high[axis], whole.low_mm[axis] + (int(kept[-1]) + 2) * size_mm + margin_mm)
    return Extent((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def close_up(extent: Extent, at_mm: Point, width_mm: float) -> Extent:
    """The part of an extent within `width_mm` around a point, in all three axes; never wider than the extent itself."""
    low, high = list(extent.low_mm), list(extent.high_mm)
    for axis in range(3):
        width = min(width_mm, high[axis] - low[axis])
        start = min(max(at_mm[axis] - width / 2, low[axis]), high[axis] - width)
        low[axis], high[axis] = start, start + width
    return Extent((low[0], low[1], low[2]), (high[0], high[1], high[2]))
