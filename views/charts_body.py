"""Where the lesion may lie: an outline of the body from the front, a dot for each likely site, names and figures beside it.

Radiological convention, as on the slices: the patient's left lies on the right of the picture. No Streamlit here.
"""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from decision.assessment import SiteProbability
from exchange.palette import OTHER, TEXT, subtype_colour
from views.charts_plane import place_x, place_y
from views.words import say_per_cent

SHOWN_AT_LEAST = 0.01
MOST = 6
HEIGHT_PX = 300
# A paired organ whose side nobody named: one ring in the middle, since a dot on each side would look like two lesions.
WITHOUT_SIDE = {"lung"}
EITHER_SIDE = "either side"
DOT = subtype_colour("CD")

# One half of the outline from crown to knee, x from the middle line, y downwards; a drawing, not anatomy to measure in.
_HALF = (
    (0.000, 0.000), (0.055, 0.012), (0.078, 0.055), (0.070, 0.105), (0.042, 0.145), (0.044, 0.175), (0.110, 0.205),
    (0.185, 0.235), (0.215, 0.300), (0.235, 0.440), (0.255, 0.560), (0.262, 0.640), (0.235, 0.640), (0.205, 0.520),
    (0.180, 0.360), (0.155, 0.420), (0.140, 0.520), (0.155, 0.640), (0.165, 0.740), (0.140, 0.900), (0.125, 1.000),
    (0.055, 1.000), (0.035, 0.860), (0.010, 0.720),
)  # fmt: skip

_PLACES: dict[str, tuple[tuple[float, float], ...]] = {
    "pituitary": ((0.0, 0.07),),
    "pituitary_left": ((0.012, 0.07),),
    "pituitary_right": ((-0.012, 0.07),),
    "pituitary_midline": ((0.0, 0.07),),
    "thyroid": ((0.0, 0.168),),
    "mediastinum": ((0.0, 0.26),),
    "lung": ((0.0, 0.34),),
    "adrenal_left": ((0.045, 0.465),),
    "adrenal_right": ((-0.045, 0.465),),
    "adrenal_bilateral": ((-0.045, 0.465), (0.045, 0.465)),
    "pancreas": ((0.02, 0.51),),
    "gastrointestinal": ((0.0, 0.585),),
}


def chart_body(sites: Sequence[SiteProbability], name: Callable[[str], str]) -> alt.LayerChart:
    """The likeliest sites on an outline of the body; a larger dot is likelier. Sites without a place are listed only."""
    shown = [site for site in sites if site.probability >= SHOWN_AT_LEAST][:MOST]
    rows = [_label_row(site, name, line) for line, site in enumerate(shown)]
    dots = [dot for site, row in zip(shown, rows, strict=True) for dot in _dots(site, row)]
    figure = alt.layer(_chart_outline(), *_chart_leaders(dots), *_chart_labels(rows)).properties(height=HEIGHT_PX)
    finished: alt.LayerChart = figure.configure_view(stroke=None)
    return finished


def _label_row(site: SiteProbability, name: Callable[[str], str], line: int) -> dict[str, Any]:
    return {
        "x": 0.42,
        "y": 0.06 + 0.135 * line,
        "name": _say_place(name(site.site), site.site),
        "sided": site.site not in WITHOUT_SIDE,
        "figures": say_per_cent(site.probability),
        "probability": site.probability,
    }


def _say_place(name: str, site: str) -> str:
    if site in WITHOUT_SIDE:
        return f"{name} ({EITHER_SIDE})"
    return name if site in _PLACES or site in ("none", "occult") else f"{name} (no one place)"


def _dots(site: SiteProbability, row: dict[str, Any]) -> list[dict[str, Any]]:
    places = _PLACES.get(site.site, ())
    nearest = max(places, default=None)
    return [{**row, "dot_x": x, "dot_y": y, "led": (x, y) == nearest} for x, y in places]


def _chart_outline() -> alt.Chart:
    left = [(-x, y) for x, y in reversed(_HALF[1:])]
    points = pd.DataFrame([*_HALF, *left], columns=["x", "y"]).assign(order=range(2 * len(_HALF) - 1))
    return (
        alt.Chart(points)
        .mark_line(
            filled=True,
            fill=OTHER,
            fillOpacity=0.18,
            stroke=OTHER,
            strokeWidth=1.2,
            interpolate="cardinal-closed",
            tension=0.4,
        )
        .encode(x=place_x("x", [-0.3, 1.25]), y=place_y("y", [1.02, -0.02]), order="order:O")
    )


def _chart_leaders(dots: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    columns = ["x", "y", "name", "sided", "figures", "probability", "dot_x", "dot_y", "led"]
    base = alt.Chart(pd.DataFrame(list(dots), columns=columns)).encode(
        tooltip=[alt.Tooltip("name:N", title="Site"), alt.Tooltip("figures:N", title="Probability")]
    )
    places = {"x": place_x("dot_x", [-0.3, 1.25]), "y": place_y("dot_y", [1.02, -0.02])}
    lines = base.transform_filter("datum.led").mark_rule(color=OTHER, opacity=0.6).encode(**places, x2="x:Q", y2="y:Q")
    size = alt.Size("probability:Q", scale=alt.Scale(domain=[0, 1], range=[25, 420]), legend=None)
    marks = base.transform_filter("datum.sided").mark_circle(color=DOT, opacity=0.85, stroke="white", strokeWidth=1)
    rings = base.transform_filter("!datum.sided").mark_point(color=DOT, strokeWidth=2, opacity=0.9)
    return [lines, *(mark.encode(**places, size=size) for mark in (marks, rings))]


def _chart_labels(rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame(list(rows), columns=["x", "y", "name", "figures", "probability"])).encode(
        y=place_y("y", [1.02, -0.02])
    )
    place = place_x("x", [-0.3, 1.25])
    names = base.mark_text(align="left", dx=6, fontSize=13, color=TEXT, limit=alt.expr("width * 0.42")).encode(
        x=place, text="name:N"
    )
    figures = base.mark_text(align="right", fontSize=13, fontWeight="bold", color=TEXT).encode(
        x=alt.value("width"), text="figures:N"
    )
    return [names, figures]
