"""Small volumes with one known hot voxel, for the tests of pictures."""

import numpy as np

from imaging.volume import Volume

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
HOT_MM = (42.0, -18.0, 130.0)


def hot_voxel(unit: str = "SUVbw", direction: tuple[float, ...] = IDENTITY, value: float = 10.0) -> Volume:
    """60 × 50 × 40 voxels of 4 × 3 × 5 mm; the one at HOT_MM (left, front of centre, up) holds `value`, the rest 1."""
    spacing = (4.0, 3.0, 5.0)
    matrix = np.asarray(direction).reshape(3, 3)
    index = np.array([35, 19, 22])
    origin = np.asarray(HOT_MM) - matrix @ (index * np.asarray(spacing))
    values = np.ones((40, 50, 60), dtype=np.float32)
    values[22, 19, 35] = value
    return Volume(values, (float(origin[0]), float(origin[1]), float(origin[2])), spacing, direction, unit)


def soft_tissue(like: Volume) -> Volume:
    return Volume(np.full_like(like.values, 40.0), like.origin_mm, like.spacing_mm, like.direction, "HU")
