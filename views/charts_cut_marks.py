"""Cut-offs as marks on a curve: a cross of two intervals, its name where it covers nothing. No Streamlit here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import TEXT
from trial.accuracy import Accuracy
from views.label_places import place_names

CUT = "#0F7B8A"
# Of a figure as wide as half a page, the narrowest it is drawn; wider, the names have more room.
LETTER, LINE = 0.0155, 0.062


@dataclass(frozen=True)
class CutMark:
    """A cut-off on the curve: sensitivity and specificity with their intervals (low, high), where they are known."""

    name: str
    sensitivity: float
    specificity: float
    sensitivity_interval: tuple[float, float] | None
    specificity_interval: tuple[float, float] | None
    says: str
    published: bool


def mark_cut(name: str, accuracy: Accuracy, says: str, published: bool = False) -> CutMark | None:
    """The cut-off as a mark with Wilson intervals; None when one of the classes is empty."""
    se, sp = accuracy.sensitivity, accuracy.specificity
    if se.estimate is None or sp.estimate is None or se.wilson is None or sp.wilson is None:
        return None
    ends = [(one.low, one.high) for one in (se.wilson, sp.wilson)]
    return CutMark(name, se.estimate, sp.estimate, ends[0], ends[1], says, published)


def chart_marks(marks: Sequence[CutMark], curve: Sequence[tuple[float, float]]) -> list[alt.Chart]:
    """Crosses, points and names; a thin line leads from a name to its point. `curve`: corners the names stay clear of."""
    if not marks:
        return []
    tooltip = [alt.Tooltip("name:N", title="Cut-off"), alt.Tooltip("says:N", title="Says")]
    base = alt.Chart(pd.DataFrame(_list_rows(marks, curve))).encode(
        color=alt.Color("colour:N", scale=None), tooltip=tooltip
    )
    across = base.mark_rule(strokeWidth=1.6).encode(x=alt.X("fpr_low:Q"), x2="fpr_high:Q", y="sensitivity:Q")
    upward = base.mark_rule(strokeWidth=1.6).encode(x="fpr:Q", y=alt.Y("se_low:Q"), y2="se_high:Q")
    dots = base.mark_point(size=110, filled=True, opacity=1).encode(
        x="fpr:Q", y="sensitivity:Q", shape=alt.Shape("shape:N", scale=None)
    )
    leads = base.mark_rule(strokeWidth=1).encode(x="fpr:Q", y="sensitivity:Q", x2="lead_x:Q", y2="lead_y:Q")
    names = base.mark_text(fontSize=12, fontWeight="bold").encode(x="name_x:Q", y="name_y:Q", text="name:N")
    return [leads, across, upward, dots, names]


def _list_rows(marks: Sequence[CutMark], curve: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    rows = [_mark_row(mark) for mark in marks]
    crosses = [line for row in rows for line in _list_cross(row)]
    points = [(row["fpr"], row["sensitivity"]) for row in rows]
    sizes = [(LETTER * len(mark.name), LINE) for mark in marks]
    places = place_names(points, sizes, [curve, [(0, 0), (1, 1)], *crosses])
    return [
        row | {"name_x": place.x, "name_y": place.y, "lead_x": place.from_x, "lead_y": place.from_y}
        for row, place in zip(rows, places, strict=True)
    ]


def _list_cross(row: dict[str, Any]) -> list[list[tuple[float, float]]]:
    x, y = row["fpr"], row["sensitivity"]
    across = [] if row["fpr_low"] is None else [[(row["fpr_low"], y), (row["fpr_high"], y)]]
    upward = [] if row["se_low"] is None else [[(x, row["se_low"]), (x, row["se_high"])]]
    return [*across, *upward]


def _mark_row(mark: CutMark) -> dict[str, Any]:
    se, sp = mark.sensitivity_interval, mark.specificity_interval
    return {
        "name": mark.name,
        "says": mark.says,
        "fpr": 1 - mark.specificity,
        "sensitivity": mark.sensitivity,
        "fpr_low": 1 - sp[1] if sp else None,
        "fpr_high": 1 - sp[0] if sp else None,
        "se_low": se[0] if se else None,
        "se_high": se[1] if se else None,
        "colour": TEXT if mark.published else CUT,
        "shape": "diamond" if mark.published else "circle",
    }
