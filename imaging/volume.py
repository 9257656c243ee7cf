"""A volume in patient space: float32 values with the geometry and the unit they were measured in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk  # noqa: N813

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Volume:
    """Values on a regular grid.

    `values` is float32 with axes z-y-x; `origin_mm`, `spacing_mm` are x, y, z in DICOM patient axes (LPS: x to the
    patient's left, y to the back, z to the head); `direction` is the row-major 3 × 3 matrix whose columns are the
    directions of the x, y and z index axes. `unit` is what `values` mean: "SUVbw", "Bq/ml", "HU" or "counts".
    """

    values: Float32
    origin_mm: tuple[float, float, float]
    spacing_mm: tuple[float, float, float]
    direction: tuple[float, ...]
    unit: str

    def index_at(self, point_mm: tuple[float, float, float]) -> tuple[float, float, float]:
        """Continuous (x, y, z) index of a point in millimetres (LPS)."""
        offset = np.asarray(point_mm, dtype=float) - np.asarray(self.origin_mm)
        index = np.linalg.inv(np.asarray(self.direction).reshape(3, 3)) @ offset / np.asarray(self.spacing_mm)
        return (float(index[0]), float(index[1]), float(index[2]))

    def point_at(self, index: tuple[float, float, float]) -> tuple[float, float, float]:
        """Point in millimetres (LPS) of a continuous (x, y, z) index."""
        scaled = np.asarray(index, dtype=float) * np.asarray(self.spacing_mm)
        point = np.asarray(self.direction).reshape(3, 3) @ scaled + np.asarray(self.origin_mm)
        return (float(point[0]), float(point[1]), float(point[2]))

    def to_sitk(self) -> sitk.Image:
        image = sitk.GetImageFromArray(self.values)
        image.SetOrigin(self.origin_mm)
        image.SetSpacing(self.spacing_mm)
        image.SetDirection(self.direction)
        return image
