"""SUVpeak: the largest mean over a sphere of 1 cm³ that lies wholly inside a region."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from imaging.measuring import load_measuring
from imaging.region import Mask, box_of
from imaging.volume import Volume

_PARTS = 15  # a voxel is cut into so many parts along each axis: shares within 2 % of a voxel also where it is long


def compute_peak(volume: Volume, mask: Mask) -> float | None:
    """Largest weighted mean; None when no sphere fits. Spheres are centred on voxels, voxels at their surface weigh by
    the share of them inside (PERCIST 1.0; IBSI reference manual, "SUVpeak")."""
    weights = sphere_weights(volume.spacing_mm, load_measuring()["peak_volume_ml"])
    margins = [(size // 2,) * 2 for size in weights.shape]
    box = box_of(mask)
    centres = _fitting_centres(np.pad(mask[box], margins), weights > 0)
    values = np.pad(volume.values[box].astype(np.float64), margins)
    parts = np.lib.stride_tricks.sliding_window_view(values, weights.shape)
    return max((float((parts[tuple(at)] * weights).sum()) for at in np.argwhere(centres)), default=None)


def _fitting_centres(inside: Mask, sphere: Mask) -> Mask:
    """Places where every voxel the sphere touches is inside."""
    windows = [size - reach + 1 for size, reach in zip(inside.shape, sphere.shape, strict=True)]
    fits = np.ones(windows, dtype=np.bool_)
    for z, y, x in np.argwhere(sphere):
        fits &= inside[z : z + windows[0], y : y + windows[1], x : x + windows[2]]
    return fits


@lru_cache(maxsize=32)
def sphere_weights(spacing_mm: tuple[float, float, float], volume_ml: float) -> npt.NDArray[np.float64]:
    """Share of each voxel inside a sphere centred on the middle voxel, summing to 1; axes z-y-x."""
    radius = (3 * volume_ml * 1000 / (4 * np.pi)) ** (1 / 3)
    axes = [_offsets(spacing, radius) for spacing in spacing_mm[::-1]]
    z, y, x = (axis.reshape([-1 if n == place else 1 for n in range(3)]) for place, axis in enumerate(axes))
    inside = (z**2 + y**2 + x**2 <= radius**2).astype(np.float64)
    shape = [part for axis in axes for part in (len(axis) // _PARTS, _PARTS)]
    shares = inside.reshape(shape).sum(axis=(1, 3, 5))
    return np.asarray(shares / shares.sum())


def _offsets(spacing: float, radius: float) -> npt.NDArray[np.float64]:
    """Positions of the parts each voxel is cut into along one axis."""
    reach = int(np.ceil(radius / spacing - 0.5))
    count = (2 * max(reach, 0) + 1) * _PARTS
    return (np.arange(count) - (count - 1) / 2) * spacing / _PARTS
