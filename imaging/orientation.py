"""Volumes stored in any direction, turned so that their index axes run along the patient's."""

import numpy as np
import numpy.typing as npt

from imaging import itk as sitk
from imaging.volume import Volume


def turn_to_patient_axes(volume: Volume) -> Volume:
    """The same values with index axes along x, y, z of the patient, each increasing.

    A volume stored in another order or sense is turned without touching a value; an oblique one is resampled linearly
    onto a grid of its own smallest spacing, which is the one case where values are interpolated.
    """
    matrix = np.asarray(volume.direction, dtype=float).reshape(3, 3)
    if np.allclose(matrix, np.eye(3), atol=1e-4):
        return volume
    if np.allclose(np.abs(matrix).max(axis=0), 1.0, atol=1e-4):
        return _reorder(volume, matrix)
    return _resample_oblique(volume)


def _reorder(volume: Volume, matrix: npt.NDArray[np.float64]) -> Volume:
    source = [int(np.argmax(np.abs(matrix[axis]))) for axis in range(3)]
    values = volume.values.transpose([2 - source[axis] for axis in (2, 1, 0)])
    counts = volume.values.shape[::-1]
    first = [0.0, 0.0, 0.0]
    for axis in range(3):
        if matrix[axis, source[axis]] < 0:
            values = np.flip(values, axis=2 - axis)
            first[source[axis]] = counts[source[axis]] - 1
    origin = volume.point_at((first[0], first[1], first[2]))
    spacing = volume.spacing_mm
    turned = (spacing[source[0]], spacing[source[1]], spacing[source[2]])
    return Volume(values, origin, turned, tuple(np.eye(3).ravel()), volume.unit)


def _resample_oblique(volume: Volume) -> Volume:
    counts = volume.values.shape[::-1]
    corners = [
        volume.point_at((float(x), float(y), float(z)))
        for x in (0, counts[0] - 1)
        for y in (0, counts[1] - 1)
        for z in (0, counts[2] - 1)
    ]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    spacing = float(min(volume.spacing_mm))
    size = [int(n) for n in np.ceil((high - low) / spacing) + 1]
    identity = tuple(np.eye(3).ravel())
    origin = (float(low[0]), float(low[1]), float(low[2]))
    outside = -1024.0 if volume.unit == "HU" else 0.0
    image = sitk.Resample(
        volume.to_sitk(), size, sitk.Transform(), sitk.sitkLinear, origin, [spacing] * 3, identity, outside
    )
    return Volume(sitk.GetArrayFromImage(image), origin, (spacing, spacing, spacing), identity, volume.unit)
