"""What each class shows on PET: in print, in this trial and together, with intervals. No Streamlit here."""

from typing import Any

import altair as alt
import pandas as pd

from views.living_rows import BOTH, PRINT, TRIAL

# Told apart by shape and place as well; readable on the light and on the dark page.
COLOURS = {PRINT: "#8C8C8C", TRIAL: "#5FB3BF", BOTH: "#0F7B8A"}
SHAPES = {PRINT: "square", TRIAL: "circle", BOTH: "diamond"}
LINE_PX, AROUND_PX = 52, 110  # the height holds legend and axis too


def chart_living(points: pd.DataFrame) -> Any:
    """One line a class and pattern; `points` as from `make_living_points`, in the order they shall stand."""
    kinds = list(COLOURS)
    lines = list(dict.fromkeys(points["line"]))
    x: dict[str, Any] = {
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format="%", tickCount=5),
        "title": "Share with the finding",
    }
    colour = alt.Color(
        "kind:N",
        sort=kinds,
        scale=alt.Scale(domain=kinds, range=list(COLOURS.values())),
        legend=alt.Legend(orient="top", title=None),
    )
    base = alt.Chart(points).encode(
        y=alt.Y("line:N", sort=lines, axis=_name_axis(), scale=alt.Scale(paddingInner=0.45)),
        yOffset=alt.YOffset("kind:N", sort=kinds, scale=alt.Scale(domain=kinds)),
        color=colour,
        tooltip=[alt.Tooltip("kind:N", title="Source"), alt.Tooltip("says:N", title="Share")],
    )
    shape = alt.Shape("kind:N", sort=kinds, scale=alt.Scale(domain=kinds, range=list(SHAPES.values())))
    rules = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", **x), x2="high:Q")
    marks = base.mark_point(filled=True, size=60, opacity=1).encode(x=alt.X("share:Q", **x), shape=shape)
    return alt.layer(rules, marks).properties(height=AROUND_PX + LINE_PX * len(lines))


def _name_axis() -> alt.Axis:
    """The finding in the first line, the class below it."""
    return alt.Axis(
        labelExpr="split(datum.value, '|')",
        labelLimit=330,
        labelLineHeight=14,
        labelOverlap=False,
        ticks=False,
        domain=False,
        title=None,
    )
