"""One plane of a scan as it lies in another scan of the same patient: a volume one voxel thick, along the patient's axes."""

import numpy as np
from scipy.ndimage import affine_transform

from imaging.extent import Extent, Point, close_up
from imaging.frame import PLANES, Frame, plane_frame
from imaging.motion import Array, RigidMotion
from imaging.volume import Float32, Volume

_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
_THIN_MM = 1.0


def cut_plane(
    volume: Volume,
    motion: RigidMotion,
    extent: Extent,
    plane: str,
    at_mm: Point,
    size_px: int,
    width_mm: float | None = None,
) -> Volume:
    """`volume` (along the patient's axes) under the pixels `render_slice` would draw of this plane of the fixed scan.

    `motion` leads from the fixed scan to `volume`; `extent`, `at_mm` and `width_mm` lie in the fixed scan. Linear
    between voxel centres; air (HU) or 0 outside.
    """
    frame = plane_frame(close_up(extent, at_mm, width_mm) if width_mm is not None else extent, plane, at_mm, size_px)
    _across, along, cut = PLANES[plane]
    down, corner = np.asarray(frame.down), np.asarray(frame.corner_mm)
    if down[along] < 0:  # a volume's rows run along the patient's axis, the picture's against it
        corner, down = corner + down * frame.mm_per_px * (frame.height_px - 1), -down
    values = _sample(volume, motion, corner, down * frame.mm_per_px, frame)
    spacing = [frame.mm_per_px] * 3
    spacing[cut] = _THIN_MM
    x, y, z = (float(n) for n in corner)
    thick = np.expand_dims(values, 2 - cut)
    return Volume(thick, (x, y, z), (spacing[0], spacing[1], spacing[2]), _IDENTITY, volume.unit)


def _sample(volume: Volume, motion: RigidMotion, corner: Array, down: Array, frame: Frame) -> Float32:
    """Values at corner + row × down + column × right (mm of the fixed scan), rows × columns."""
    spacing = np.asarray(volume.spacing_mm)
    first = (motion.apply_many(corner) - np.asarray(volume.origin_mm)) / spacing
    steps = [motion.matrix @ step / spacing for step in (down, np.asarray(frame.right) * frame.mm_per_px)]
    outside = -1024.0 if volume.unit == "HU" else 0.0
    shape = (frame.height_px, frame.width_px)
    # The third column is never stepped along: the output is one voxel deep.
    matrix = np.stack([steps[0][::-1], steps[1][::-1], np.zeros(3)], axis=1)
    found = affine_transform(
        volume.values, matrix, first[::-1], (*shape, 1), output=np.float32, order=1, mode="nearest"
    ).reshape(shape)
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    for axis, count in enumerate(volume.values.shape[::-1]):
        index = first[axis] + steps[0][axis] * rows + steps[1][axis] * columns
        found[(index < -0.5) | (index > count - 0.5)] = outside
    return np.asarray(found)
