"""The outline of a lesion grown from a click, and whether it leaked into something else.

Numbers: knowledge/measuring.toml. Masks have the axes of the volume (z-y-x).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from imaging import itk as sitk
from imaging.measuring import load_measuring
from imaging.problem import ImagingError
from imaging.volume import Volume

Mask = npt.NDArray[np.bool_]
Index = tuple[int, int, int]
_STEP = 0.05
_FIRST_SHARE = 0.9


@dataclass(frozen=True)
class Region:
    """Voxels of a lesion, the threshold that bounds them, its hottest voxel (x, y, z), and why it may have leaked."""

    mask: Mask
    threshold: float
    peak: Index
    leaks: tuple[str, ...]


def nearest_voxel(volume: Volume, at_mm: tuple[float, float, float]) -> Index:
    """Index (x, y, z) of the voxel at a point in mm (LPS); ImagingError when the point is outside the image."""
    if not np.isfinite(at_mm).all():
        raise ImagingError("The point is not three numbers; give its position in mm.")
    x, y, z = (round(n) for n in volume.index_at(at_mm))
    nz, ny, nx = volume.values.shape
    if not (0 <= x < nx and 0 <= y < ny and 0 <= z < nz):
        low, high = volume.point_at((0, 0, 0)), volume.point_at((nx - 1, ny - 1, nz - 1))
        spans = ", ".join(
            f"{name} {min(a, b):.0f} to {max(a, b):.0f}" for name, a, b in zip("xyz", low, high, strict=True)
        )
        raise ImagingError(f"The point {_point(at_mm)} mm is outside the image, which spans {spans} mm.")
    return x, y, z


def find_peak(image: "sitk.Image", volume: Volume, at_mm: tuple[float, float, float]) -> Index:
    """The hottest voxel of the lesion under a click: within 5 mm first, then across dips shallower than 15 %.

    What is more than 1.5 times as hot as the place clicked is another structure; the outline says when it joins one.
    """
    rules = load_measuring()
    at = nearest_voxel(volume, at_mm)
    peak = _hottest_near(volume, at, rules["snap_mm"])
    highest = rules["rise"] * float(volume.values[peak[::-1]])
    while volume.values[peak[::-1]] > 0:
        level = rules["dip"] * float(volume.values[peak[::-1]])
        hotter = _hottest(volume, _connected(image, peak, level))
        if not volume.values[peak[::-1]] < volume.values[hotter[::-1]] <= highest:
            break
        peak = hotter
    return peak


def grow_region(image: "sitk.Image", volume: Volume, peak: Index, threshold: float) -> Region:
    """Voxels at or above a threshold (no upper bound) connected to the peak by their faces."""
    hottest = float(volume.values[peak[::-1]])
    if hottest < threshold or hottest <= 0:
        where = _point(volume.point_at(peak))
        raise ImagingError(
            f"The uptake near {where} mm is {hottest:.2f}, below the threshold {threshold:.2f}: no lesion there."
        )
    mask = _connected(image, peak, threshold)
    return Region(mask, threshold, peak, _find_leaks(volume, mask, peak, threshold))


def _connected(image: "sitk.Image", seed: Index, lower: float) -> Mask:
    # The smallest float32 at or above the threshold: rounding neither loses a voxel nor adds one. No upper bound: it would
    # lose the hottest voxel.
    nearest = np.float32(lower)
    bound = float(nearest if nearest >= lower else np.nextafter(nearest, np.float32(np.inf)))
    grown = sitk.ConnectedThreshold(image, seedList=[seed], lower=bound, upper=3.4e38, replaceValue=1)
    return sitk.GetArrayViewFromImage(grown) > 0


def _hottest(volume: Volume, mask: Mask) -> Index:
    places = np.flatnonzero(mask)
    z, y, x = np.unravel_index(places[np.argmax(volume.values.ravel()[places])], mask.shape)
    return int(x), int(y), int(z)


def _hottest_near(volume: Volume, at: Index, radius_mm: float) -> Index:
    lows, highs = [], []
    for index, spacing, size in zip(at, volume.spacing_mm, volume.values.shape[::-1], strict=True):
        reach = max(1, int(radius_mm / spacing))
        lows.append(max(0, index - reach))
        highs.append(min(size, index + reach + 1))
    box = volume.values[lows[2] : highs[2], lows[1] : highs[1], lows[0] : highs[0]]
    z, y, x = np.unravel_index(int(np.argmax(box)), box.shape)
    return int(x) + lows[0], int(y) + lows[1], int(z) + lows[2]


def _find_leaks(volume: Volume, mask: Mask, peak: Index, threshold: float) -> tuple[str, ...]:
    leaks = []
    if _touches_border(mask):
        leaks.append("The outline reaches the edge of the image: part of it is missing, or it is not a lesion.")
    hottest = _hottest(volume, mask)
    if volume.values[hottest[::-1]] > volume.values[peak[::-1]]:
        where, value = _point(volume.point_at(hottest)), float(volume.values[hottest[::-1]])
        leaks.append(f"The outline joins a hotter focus at {where} mm (SUV {value:.1f}): raise the threshold.")
    jump = _find_jump(volume, mask, peak, threshold)
    return (*leaks, jump) if jump else tuple(leaks)


def _touches_border(mask: Mask) -> bool:
    faces = (mask[0], mask[-1], mask[:, 0], mask[:, -1], mask[:, :, 0], mask[:, :, -1])
    return any(bool(face.any()) for face in faces)


def _find_jump(volume: Volume, mask: Mask, peak: Index, threshold: float) -> str | None:
    """A sentence when the outline suddenly swells to one side, or everywhere, on the way down to the threshold."""
    volume, peak = _crop(volume, mask, peak)
    image = volume.to_sitk()
    hottest = float(volume.values[peak[::-1]])
    levels = [share * hottest for share in np.arange(_FIRST_SHARE, threshold / hottest, -_STEP)] + [threshold]
    outlines = [_measure_outline(volume, _connected(image, peak, level)) for level in levels]
    for smaller, larger, level in zip(outlines, outlines[1:], levels[1:], strict=False):
        if _swells(smaller, larger):
            return (
                f"The outline jumps from {smaller.volume_ml:.1f} to {larger.volume_ml:.1f} ml at SUV {level:.1f}: it has "
                "probably leaked into a neighbour; raise the threshold."
            )
    return None


def box_of(mask: Mask) -> tuple[slice, slice, slice]:
    """The smallest box (z, y, x) around a mask that is not empty."""
    spans = [np.flatnonzero(mask.any(axis=other)) for other in ((1, 2), (0, 2), (0, 1))]
    z, y, x = (slice(int(span[0]), int(span[-1]) + 1) for span in spans)
    return z, y, x


def _crop(volume: Volume, mask: Mask, peak: Index) -> tuple[Volume, Index]:
    """The part of a volume around an outline, and where the peak is in it: tighter outlines all lie inside."""
    box = box_of(mask)
    start = (box[2].start, box[1].start, box[0].start)
    values = np.ascontiguousarray(np.where(mask[box], volume.values[box], np.float32(0)))
    part = replace(volume, values=values, origin_mm=volume.point_at(start))
    return part, (peak[0] - start[0], peak[1] - start[1], peak[2] - start[2])


@dataclass(frozen=True)
class _Outline:
    volume_ml: float
    centre_mm: npt.NDArray[np.float64]


def _measure_outline(volume: Volume, mask: Mask) -> _Outline:
    places = np.nonzero(mask)
    centre = np.array([axis.mean() for axis in places[::-1]]) * volume.spacing_mm
    return _Outline(len(places[0]) * float(np.prod(volume.spacing_mm)) / 1000, centre)


def _swells(smaller: _Outline, larger: _Outline) -> bool:
    rules = load_measuring()
    times = larger.volume_ml / smaller.volume_ml
    if larger.volume_ml - smaller.volume_ml <= rules["jump_ml"] or times <= rules["jump"]:
        return False
    radius = (3 * smaller.volume_ml * 1000 / (4 * np.pi)) ** (1 / 3)
    moved = float(np.linalg.norm(larger.centre_mm - smaller.centre_mm))
    return moved > radius or times > rules["flood"]


def _point(at_mm: tuple[float, float, float]) -> str:
    return ", ".join(f"{n:.1f}" for n in at_mm)
