"""A volume in patient space: float32 values with the geometry and the unit they were measured in."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imaging import itk as sitk
from imaging.problem import ImagingError

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

    def to_sitk(self) -> "sitk.Image":
        image = sitk.GetImageFromArray(self.values)
        image.SetOrigin(self.origin_mm)
        image.SetSpacing(self.spacing_mm)
        image.SetDirection(self.direction)
        return image


def resample_volume(moving: Volume, onto: Volume, default: float) -> Volume:
    """`moving` by linear interpolation on the grid of `onto`; `default` where `moving` has no value.

    Both must lie in the same patient space (LPS millimetres); the unit stays that of `moving`.
    """
    reference = sitk.Image([int(n) for n in onto.values.shape[::-1]], sitk.sitkUInt8)
    reference.SetOrigin(onto.origin_mm)
    reference.SetSpacing(onto.spacing_mm)
    reference.SetDirection(onto.direction)
    image = sitk.Resample(moving.to_sitk(), reference, sitk.Transform(), sitk.sitkLinear, default, sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(image)
    return Volume(values, onto.origin_mm, onto.spacing_mm, onto.direction, moving.unit)


def save_volume(volume: Volume, path: Path) -> None:
    """A volume as .npz: float32 values, geometry and unit; written whole or not at all."""
    path = Path(path)
    if path.suffix != ".npz":
        raise ImagingError(f"A volume is kept as .npz, not as {path.suffix or 'a file without ending'} ({path.name}).")
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as stream:
        np.savez(
            stream,
            values=np.asarray(volume.values, dtype=np.float32),
            origin_mm=np.asarray(volume.origin_mm, dtype=float),
            spacing_mm=np.asarray(volume.spacing_mm, dtype=float),
            direction=np.asarray(volume.direction, dtype=float),
            unit=np.asarray(volume.unit),
        )
    partial.replace(path)


def read_volume(path: Path) -> Volume:
    """A volume that save_volume wrote; raises ImagingError in a sentence when it is absent or damaged."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Volume(
                values=np.asarray(kept["values"], dtype=np.float32),
                origin_mm=_three(kept["origin_mm"]),
                spacing_mm=_three(kept["spacing_mm"]),
                direction=tuple(float(n) for n in kept["direction"]),
                unit=str(kept["unit"]),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise ImagingError(
            f"The stored volume {Path(path).name} is missing or damaged; import the scan again."
        ) from error


def _three(numbers: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(n) for n in numbers)
    return x, y, z
