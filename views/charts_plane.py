"""A drawing board for figures that are drawn, not plotted: places between given edges, without axes. No Streamlit here."""

from collections.abc import Sequence
from typing import Any

import altair as alt


def place_x(field: str, edges: Sequence[float]) -> Any:
    """Places across, from the left edge to the right one."""
    return alt.X(f"{field}:Q", axis=None, scale=_board(edges))


def place_y(field: str, edges: Sequence[float]) -> Any:
    """Places down, from the first edge at the bottom to the second at the top; the first larger: y grows downwards."""
    return alt.Y(f"{field}:Q", axis=None, scale=_board(edges))


def _board(edges: Sequence[float]) -> alt.Scale:
    return alt.Scale(domain=list(edges), nice=False, zero=False)
