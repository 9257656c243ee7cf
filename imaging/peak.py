"""SUVpeak: the largest mean over a sphere of 1 cm³ that lies wholly inside a region."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from imaging.measuring import load_measuring
from imaging.region import Mask
from imaging.volume import Volume

_PARTS = 9


def compute_peak(volume: Volume, mask: Mask) -> float | None:
    """Largest weighted mean; None when no sphere fits. Spheres are centred on voxels, voxels at their surface weigh by
    the share of them inside (PERCIST 1.0; IBSI reference manual, "SUVpeak")."""
    weights = sphere_weights(volume.spacing_mm, load_measuring()["peak_volume_ml"])
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    inside = np.pad(mask[box], [(size // 2,) * 2 for size in weights.shape])
    centres = ndimage.binary_erosion(inside, structure=weights > 0)
    if not centres.any():
        return None
    values = np.pad(volume.values[box].astype(np.float64), [(size // 2,) * 2 for size in weights.shape])
    return max(_mean_at(values, weights, at) for at in np.argwhere(centres))


def _mean_at(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], at: npt.NDArray[np.int64]) -> float:
    reach = [size // 2 for size in weights.shape]
    part = values[tuple(slice(n - r, n + r + 1) for n, r in zip(at, reach, strict=True))]
    return float((part * weights).sum())


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
