"""Colour scales of the pictures as 256-step tables: inverted grey for PET, grey for CT, hot metal on fusion."""

from functools import cache

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

MARKER_COLOUR = "#56B4E9"
"""Sky blue of Okabe and Ito (Color Universal Design, 2008): it stands out on grey, on white and on hot metal alike."""
CROSSHAIR_COLOUR = "#009E73"
"""Bluish green of Okabe and Ito."""

_HOT_METAL = ((0, (0, 0, 0)), (96, (190, 0, 0)), (160, (255, 120, 0)), (208, (255, 210, 60)), (255, (255, 255, 255)))


@cache
def colour_table(name: str) -> Bytes:
    """256 × 3 table of "grey", "inverted_grey" or "hot_metal"; an unknown name is a KeyError."""
    steps = np.arange(256, dtype=np.uint8)
    tables = {
        "grey": np.repeat(steps[:, None], 3, axis=1),
        "inverted_grey": np.repeat(steps[::-1, None], 3, axis=1),
        "hot_metal": _interpolate(_HOT_METAL),
    }
    return tables[name]


@cache
def fusion_opacity() -> Bytes:
    """How much PET covers CT at each step: clear where there is no uptake, so that the anatomy stays readable."""
    ramp = np.clip(np.arange(256) / 90.0, 0.0, 1.0)
    return np.asarray(np.round(ramp * 0.72 * 255), dtype=np.uint8)


def _interpolate(stops: tuple[tuple[int, tuple[int, int, int]], ...]) -> Bytes:
    at = [position for position, _ in stops]
    channels = [np.interp(np.arange(256), at, [colour[c] for _, colour in stops]) for c in range(3)]
    return np.asarray(np.round(np.stack(channels, axis=1)), dtype=np.uint8)
