"""Where the names of points stand in a figure, so that none covers another name, a point or a line. No Streamlit here.

All places are shares of the figure, 0 to 1 from the left and from the bottom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
STEP = 0.01
GRID = 41
POINT = 0.022


@dataclass(frozen=True)
class Place:
    """The middle of a name, and where the line from its point meets it."""

    x: float
    y: float
    from_x: float
    from_y: float


def place_names(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    lines: Sequence[Sequence[tuple[float, float]]],
) -> list[Place]:
    """For each point the free place nearest to it for a name of that width and height; where none is free, the least covered.

    `lines`: every line drawn, as its corners; neither they nor the points nor the names already placed are covered.
    """
    taken = np.vstack([_fill_line(line) for line in [*lines, [], *([one] for one in points)]])
    around = [_box(*point, POINT * 2, POINT * 2) for point in points]
    boxes: list[Points] = []
    places = []
    for at, size in zip(points, sizes, strict=True):
        middle = _find_free(at, size, taken, [*boxes, *around])
        box = _box(*middle, *size)
        meets = (float(np.clip(at[0], box[0], box[2])), float(np.clip(at[1], box[1], box[3])))
        places.append(Place(*middle, *meets))
        boxes.append(box)
        taken = np.vstack([taken, _fill_line([at, meets])])
    return places


def _find_free(
    at: tuple[float, float], size: tuple[float, float], taken: Points, boxes: Sequence[Points]
) -> tuple[float, float]:
    width, height = size
    across = np.linspace(width / 2, 1 - width / 2, GRID)
    upward = np.linspace(height / 2, 1 - height / 2, GRID)
    middles = np.array([(x, y) for x in across for y in upward])
    inside = (np.abs(taken[None, :, 0] - middles[:, None, 0]) < width / 2 + STEP) & (
        np.abs(taken[None, :, 1] - middles[:, None, 1]) < height / 2 + STEP
    )
    covered = inside.sum(axis=1)
    for box in boxes:
        apart = (np.abs(middles[:, 0] - (box[0] + box[2]) / 2) >= (width + box[2] - box[0]) / 2) | (
            np.abs(middles[:, 1] - (box[1] + box[3]) / 2) >= (height + box[3] - box[1]) / 2
        )
        covered += np.where(apart, 0, len(taken))
    best = np.lexsort((np.hypot(*(middles - at).T), covered))[0]
    return float(middles[best, 0]), float(middles[best, 1])


def _fill_line(corners: Sequence[tuple[float, float]]) -> Points:
    """Points along a line, so close that no name fits between two of them."""
    if len(corners) < 2:
        return np.array(corners, dtype=np.float64).reshape(-1, 2)
    parts = []
    for start, end in zip(corners, corners[1:], strict=False):
        count = max(2, int(np.hypot(end[0] - start[0], end[1] - start[1]) / STEP) + 1)
        parts.append(np.linspace(start, end, count))
    return np.vstack(parts)


def _box(x: float, y: float, width: float, height: float) -> Points:
    return np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
