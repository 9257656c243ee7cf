"""A rigid motion of the patient between two scans: turned about a centre, then shifted. Millimetres, degrees, LPS."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, radians, sin
from typing import Any

import numpy as np
import numpy.typing as npt

from imaging.extent import Point
from imaging.problem import ImagingError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RigidMotion:
    """Where a point of the fixed scan lies in the moving one: p → R(p − centre) + centre + translation.

    `rotation_deg` turns about the patient's x axis first, then y, then z (LPS, right-handed): R = Rz·Ry·Rx.
    """

    rotation_deg: Point = (0.0, 0.0, 0.0)
    translation_mm: Point = (0.0, 0.0, 0.0)
    centre_mm: Point = (0.0, 0.0, 0.0)

    @property
    def matrix(self) -> Array:
        """R, 3 × 3; its columns are where the axes of the fixed scan point to in the moving one."""
        (cx, cy, cz), (sx, sy, sz) = zip(*((cos(a), sin(a)) for a in map(radians, self.rotation_deg)), strict=True)
        return np.array(
            [
                [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
                [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
                [-sy, cy * sx, cy * cx],
            ]
        )

    def apply(self, point_mm: Point) -> Point:
        """The same place of the patient in the moving scan."""
        return _point(self.apply_many(np.asarray(point_mm, dtype=float)))

    def apply_many(self, points_mm: Array) -> Array:
        """Points in rows (… × 3) moved at once."""
        centre = np.asarray(self.centre_mm)
        moved: Array = (points_mm - centre) @ self.matrix.T + centre + np.asarray(self.translation_mm)
        return moved

    def invert(self) -> "RigidMotion":
        """From the moving scan back to the fixed one."""
        back = self.matrix.T
        return _from_matrix(back, -back @ np.asarray(self.translation_mm), self.centre_mm)

    def compose(self, then: "RigidMotion") -> "RigidMotion":
        """This motion, and `then` after it."""
        centre = np.asarray(self.centre_mm)
        shift = np.asarray(then.apply(self.apply(self.centre_mm))) - centre
        return _from_matrix(then.matrix @ self.matrix, shift, self.centre_mm)

    def nudge(self, translation_mm: Point, rotation_deg: Point = (0.0, 0.0, 0.0)) -> "RigidMotion":
        """The motion after the moving scan, as seen over the fixed one, was pushed so far and turned about the centre."""
        return RigidMotion(rotation_deg, translation_mm, self.centre_mm).invert().compose(self)

    @property
    def is_still(self) -> bool:
        return not any((*self.rotation_deg, *self.translation_mm))

    def to_json(self) -> dict[str, list[float]]:
        """For a file: three lists of three numbers."""
        names = ("rotation_deg", "translation_mm", "centre_mm")
        return {name: [float(n) for n in getattr(self, name)] for name in names}


def read_motion(document: Mapping[str, Any]) -> RigidMotion:
    """The motion `to_json` wrote; ImagingError when it is not three times three finite numbers."""
    try:
        parts = [np.asarray(document[name], dtype=float) for name in ("rotation_deg", "translation_mm", "centre_mm")]
    except (KeyError, TypeError, ValueError) as error:
        raise ImagingError("The kept alignment cannot be read; align the two scans again.") from error
    if any(part.shape != (3,) or not np.isfinite(part).all() for part in parts):
        raise ImagingError("The kept alignment does not hold three times three numbers; align the two scans again.")
    return RigidMotion(*(_point(part) for part in parts))


def _from_matrix(matrix: Array, translation_mm: Array, centre_mm: Point) -> RigidMotion:
    about_y = asin(float(np.clip(-matrix[2, 0], -1.0, 1.0)))
    about_x, about_z = atan2(matrix[2, 1], matrix[2, 2]), atan2(matrix[1, 0], matrix[0, 0])
    turned = (degrees(about_x), degrees(about_y), degrees(about_z))
    return RigidMotion(turned, _point(translation_mm), centre_mm)


def _point(values: Array) -> Point:
    x, y, z = (float(n) for n in values)
    return (x, y, z)
