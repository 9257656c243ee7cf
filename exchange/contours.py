"""Outlines between pixels and polygons: traced along pixel edges, and filled by pixel centres, so that both agree.

Points are continuous (column, row) indices of one slice: the centre of the first pixel is (0, 0), its corner
(−0.5, −0.5). A hole is joined to what surrounds it by a channel of no width, as DICOM PS3.3 C.8.8.6.3 asks.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from imaging.region import Mask

Points = npt.NDArray[np.float64]
Corner = tuple[int, int]
Ring = list[Corner]


def trace_outlines(plane: Mask) -> list[Points]:
    """Closed polygons (n × 2, the first point not repeated) around the pixels of a slice, one for each island.

    Pixels that touch only at a corner are two islands.
    """
    rings = _walk(_edges(plane))
    islands = [ring for ring in rings if _area(ring) > 0]
    for hole in sorted((ring for ring in rings if _area(ring) < 0), key=min):
        _join(islands, hole)
    return [np.asarray(_without_straight(ring), dtype=float) - 0.5 for ring in islands]


def fill_outlines(outlines: Sequence[Points], shape: tuple[int, int]) -> Mask:
    """Pixels (rows × columns) whose centres lie inside an odd number of polygons: an inner one cuts a hole."""
    plane = np.zeros(shape, dtype=np.bool_)
    for points in outlines:
        _fill(plane, points)
    return plane


def _edges(plane: Mask) -> dict[Corner, list[Corner]]:
    """Pixel edges between inside and outside by their start, the inside on their right (rows run downwards)."""
    padded = np.pad(plane, 1)
    inner = padded[1:-1, 1:-1]
    steps: dict[Corner, list[Corner]] = {}
    sides = (
        (padded[:-2, 1:-1], (0, 0), (1, 0)),
        (padded[1:-1, 2:], (1, 0), (1, 1)),
        (padded[2:, 1:-1], (1, 1), (0, 1)),
        (padded[1:-1, :-2], (0, 1), (0, 0)),
    )
    for beyond, start, end in sides:
        for row, column in np.argwhere(inner & ~beyond).tolist():
            steps.setdefault((column + start[0], row + start[1]), []).append((column + end[0], row + end[1]))
    return steps


def _walk(steps: dict[Corner, list[Corner]]) -> list[Ring]:
    rings = []
    for first in sorted(steps):
        while first in steps:
            ring, at = [first], _take(steps, first, None)
            while at != first:
                ring.append(at)
                at = _take(steps, at, ring[-2])
            rings.append(ring)
    return rings


def _take(steps: dict[Corner, list[Corner]], at: Corner, before: Corner | None) -> Corner:
    """The next corner; where two islands touch, the turn to the right that stays on this one."""
    ends = steps[at]
    if before is not None and len(ends) > 1:
        right = (at[0] - (at[1] - before[1]), at[1] + (at[0] - before[0]))
        end = right if right in ends else ends[0]
    else:
        end = ends[0]
    ends.remove(end)
    if not ends:
        del steps[at]
    return end


def _area(ring: Ring) -> float:
    """Twice the signed area: above 0 around an island, below 0 around a hole."""
    points = np.asarray(ring, dtype=float)
    x, y = points.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def _join(islands: list[Ring], hole: Ring) -> None:
    """Cut from the hole's first corner straight to the left, to the nearest corner of an island or an earlier hole."""
    column, row = min(hole)
    reach = [
        (corner[0], number, place)
        for number, ring in enumerate(islands)
        for place, corner in enumerate(ring)
        if corner[1] == row and corner[0] <= column
    ]
    _, number, place = max(reach)
    start = hole.index((column, row))
    turned = [*hole[start:], *hole[: start + 1]]
    ring = islands[number]
    islands[number] = [*ring[: place + 1], *turned, *ring[place:]]


def _without_straight(ring: Ring) -> Ring:
    """Without the corners at which the way goes straight on."""
    kept = []
    for before, at, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
        came, goes = (at[0] - before[0], at[1] - before[1]), (after[0] - at[0], after[1] - at[1])
        if np.sign(came).tolist() != np.sign(goes).tolist():
            kept.append(at)
    return kept


def _fill(plane: Mask, points: Points) -> None:
    """Turn over the pixels inside one polygon, line by line; a centre on an edge belongs to the side that begins there."""
    columns, rows = points[:, 0], points[:, 1]
    next_columns, next_rows = np.roll(columns, -1), np.roll(rows, -1)
    low, high = max(0, int(np.ceil(rows.min()))), min(plane.shape[0] - 1, int(np.floor(rows.max())))
    for row in range(low, high + 1):
        crosses = (rows <= row) != (next_rows <= row)
        share = (row - rows[crosses]) / (next_rows[crosses] - rows[crosses])
        at = np.sort(columns[crosses] + share * (next_columns[crosses] - columns[crosses]))
        for start, end in zip(at[::2], at[1::2], strict=True):
            first, last = max(0, int(np.ceil(start))), max(0, int(np.ceil(end)))
            plane[row, first:last] ^= True
