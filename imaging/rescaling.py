"""A volume taken from one SUV to another by the slices' factors, or to and from the unit its pixels were stored in."""

from collections.abc import Sequence

import numpy as np

from imaging.header import Header
from imaging.problem import ImagingError
from imaging.stack import normal_of
from imaging.volume import Volume

_STORED = {"BQML": "Bq/ml"}
_SAME = 1e-6


def find_ratios(before: Sequence[float] | None, after: Sequence[float] | None, count: int) -> tuple[float, ...]:
    """What each slice is multiplied by when its factor changes; None stands for pixels as stored (factor 1)."""
    old, new = _spread(before, count), _spread(after, count)
    return tuple(b / a for a, b in zip(old, new, strict=True))


def find_shared_ratio(ratios: Sequence[float]) -> float | None:
    """The one ratio of all slices, None where they differ."""
    return ratios[0] if max(ratios) - min(ratios) <= _SAME * max(ratios) else None


def rescale_volume(volume: Volume, ratios: Sequence[float], header: Header, has_suv: bool) -> Volume:
    """Values times each slice's ratio (low to high along the series' normal); `header` is of the first slice.

    Raises ImagingError where the ratio differs by slice and the volume no longer has the series' slices.
    """
    unit = "SUVbw" if has_suv else _STORED.get((header.units or "").upper(), "counts")
    shared = find_shared_ratio(ratios)
    by_slice = np.float32(shared) if shared is not None else _along_z(volume, ratios, header)
    values = volume.values * by_slice
    return Volume(values, volume.origin_mm, volume.spacing_mm, volume.direction, unit)


def _along_z(volume: Volume, ratios: Sequence[float], header: Header) -> np.ndarray:
    axis = np.asarray(volume.direction, dtype=float).reshape(3, 3)[:, 2]
    along = float(np.dot(axis, normal_of(header)))
    if abs(along) < 0.999 or len(ratios) != volume.values.shape[0]:
        raise ImagingError(
            "The correction changes each slice by another factor, and this volume was resampled: upload the images again "
            "and correct them there."
        )
    ordered = ratios if along > 0 else ratios[::-1]
    return np.asarray(ordered, dtype=np.float32)[:, None, None]


def _spread(factors: Sequence[float] | None, count: int) -> tuple[float, ...]:
    if not factors:
        return (1.0,) * count
    return tuple(factors) if len(factors) == count else (factors[0],) * count
