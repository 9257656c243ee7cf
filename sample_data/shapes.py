"""Solid shapes in millimetres (LPS) and how much of each voxel of a grid they fill."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from imaging.volume import Float32

Array = npt.NDArray[np.float64]
Inside = npt.NDArray[np.bool_]
Point = tuple[float, float, float]


class Shape(Protocol):
    """A solid that knows its box and which points lie in it; points come as z-y-x broadcastable axes."""

    def bounds(self) -> tuple[Array, Array]: ...

    def inside(self, x: Array, y: Array, z: Array) -> Inside: ...


@dataclass(frozen=True)
class Ellipsoid:
    """Ellipsoid (exponent 2) or superellipsoid (boxier above 2); `turn_deg` turns it about x, then y, then z."""

    centre: Point
    half: Point
    exponent: float = 2.0
    turn_deg: Point = (0.0, 0.0, 0.0)

    def bounds(self) -> tuple[Array, Array]:
        turn = np.abs(_rotation(self.turn_deg)) if any(self.turn_deg) else np.eye(3)
        reach = turn @ np.asarray(self.half)
        return np.asarray(self.centre) - reach, np.asarray(self.centre) + reach

    def inside(self, x: Array, y: Array, z: Array) -> Inside:
        offsets: tuple[Array, ...] = (x - self.centre[0], y - self.centre[1], z - self.centre[2])
        if any(self.turn_deg):
            back = _rotation(self.turn_deg).T
            offsets = tuple(row[0] * offsets[0] + row[1] * offsets[1] + row[2] * offsets[2] for row in back)
        scaled = [np.abs(offset / half) for offset, half in zip(offsets, self.half, strict=True)]
        terms = [s * s if self.exponent == 2.0 else s**self.exponent for s in scaled]
        return np.asarray(terms[0] + terms[1] + terms[2] <= 1.0)


@dataclass(frozen=True)
class Stack:
    """Cross-sections along z, each a superellipse; `levels` are rows (z, centre x, centre y, half x, half y)."""

    levels: tuple[tuple[float, ...], ...]
    exponent: float = 2.0

    def _rows(self) -> Array:
        return np.asarray(sorted(self.levels), dtype=float)

    def bounds(self) -> tuple[Array, Array]:
        rows = self._rows()
        low = (rows[:, 1] - rows[:, 3]).min(), (rows[:, 2] - rows[:, 4]).min(), rows[0, 0]
        high = (rows[:, 1] + rows[:, 3]).max(), (rows[:, 2] + rows[:, 4]).max(), rows[-1, 0]
        return np.asarray(low), np.asarray(high)

    def inside(self, x: Array, y: Array, z: Array) -> Inside:
        rows = self._rows()
        cx, cy, hx, hy = (np.interp(z, rows[:, 0], rows[:, column]) for column in range(1, 5))
        along_x = (np.abs((x - cx) / hx) ** self.exponent).astype(np.float32)
        along_y = (np.abs((y - cy) / hy) ** self.exponent).astype(np.float32)
        along_x[(z[:, 0, 0] < rows[0, 0]) | (z[:, 0, 0] > rows[-1, 0])] = 2.0
        return np.asarray(along_x <= 1.0 - along_y)


@dataclass(frozen=True)
class Capsule:
    """A piece of a tube from one point to another, with a radius at each end."""

    start: Point
    end: Point
    start_radius: float
    end_radius: float

    def bounds(self) -> tuple[Array, Array]:
        ends = np.asarray([self.start, self.end])
        radius = max(self.start_radius, self.end_radius)
        return ends.min(axis=0) - radius, ends.max(axis=0) + radius

    def inside(self, x: Array, y: Array, z: Array) -> Inside:
        way = np.subtract(self.end, self.start)
        offsets = (x - self.start[0], y - self.start[1], z - self.start[2])
        along = (offsets[0] * way[0] + offsets[1] * way[1] + offsets[2] * way[2]) / max(float(way @ way), 1e-9)
        along = np.clip(along, 0.0, 1.0)
        squared = sum((offset - along * step) ** 2 for offset, step in zip(offsets, way, strict=True))
        radius = self.start_radius + along * (self.end_radius - self.start_radius)
        return np.asarray(squared <= radius**2)


@dataclass(frozen=True)
class Frame:
    """Where a shape lies in the patient: millimetres in the patient = scale × millimetres in the atlas + shift."""

    scale: Point = (1.0, 1.0, 1.0)
    shift: Point = (0.0, 0.0, 0.0)

    def place(self, point: Point) -> Point:
        placed = np.asarray(point) * self.scale + self.shift
        return (float(placed[0]), float(placed[1]), float(placed[2]))


@dataclass(frozen=True)
class Grid:
    """Regular voxels along the patient axes: size and spacing x, y, z; origin is the centre of the first voxel."""

    size: tuple[int, int, int]
    spacing_mm: Point
    origin_mm: Point

    def empty(self, value: float) -> Float32:
        """An array (z-y-x) with one value everywhere."""
        return np.full(self.size[::-1], value, dtype=np.float32)


def paint(values: Float32, grid: Grid, shape: Shape, frame: Frame, value: float) -> None:
    """Mix `value` into `values` (z-y-x) by the fraction of each voxel that the shape fills.

    A voxel is divided into the more parts, the fewer voxels the shape is across; the edge of a large one is hard.
    """
    parts = _parts(shape)
    spans = [_span(grid, shape, frame, axis) for axis in range(3)]
    if any(first >= last for first, last in spans):
        return
    axes = [_points(grid, frame, axis, *spans[axis], parts[axis]) for axis in range(3)]
    inside = shape.inside(axes[0][None, None, :], axes[1][None, :, None], axes[2][:, None, None])
    filled = _block_mean(inside, parts)
    place = tuple(slice(*span) for span in reversed(spans))
    values[place] += filled * (np.float32(value) - values[place])


def _parts(shape: Shape) -> tuple[int, int, int]:
    """Sub-voxels x, y, z for a shape of this size."""
    low, high = shape.bounds()
    across = float((high - low).min())
    if across < 40.0:
        return (3, 3, 5)
    return (2, 2, 2) if across < 90.0 else (1, 1, 1)


def _span(grid: Grid, shape: Shape, frame: Frame, axis: int) -> tuple[int, int]:
    low, high = (bound[axis] * frame.scale[axis] + frame.shift[axis] for bound in shape.bounds())
    first = np.floor((low - grid.origin_mm[axis]) / grid.spacing_mm[axis] - 0.5)
    last = np.ceil((high - grid.origin_mm[axis]) / grid.spacing_mm[axis] + 0.5) + 1
    return max(0, int(first)), min(grid.size[axis], int(last))


def _points(grid: Grid, frame: Frame, axis: int, first: int, last: int, parts: int) -> Array:
    """Atlas coordinates of the sub-voxel points between two voxel indices of one axis."""
    index = (np.arange(first * parts, last * parts) + 0.5) / parts - 0.5
    return (grid.origin_mm[axis] + index * grid.spacing_mm[axis] - frame.shift[axis]) / frame.scale[axis]


def _block_mean(inside: Inside, parts: tuple[int, int, int]) -> Float32:
    """Mean over blocks of `parts` (x, y, z) sub-voxels of an array z-y-x."""
    if parts == (1, 1, 1):
        return inside.astype(np.float32)
    px, py, pz = parts
    total = np.zeros([n // p for n, p in zip(inside.shape, (pz, py, px), strict=True)], dtype=np.uint8)
    for k in range(pz):
        for j in range(py):
            for i in range(px):
                total += inside[k::pz, j::py, i::px]
    return total.astype(np.float32) / np.float32(px * py * pz)


def _rotation(turn_deg: Point) -> Array:
    """3 × 3 rotation about x, then y, then z."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
