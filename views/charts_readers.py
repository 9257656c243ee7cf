"""Figures of agreement: who said what beside whom, and how two values of one place differ. No Streamlit here."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import INK, OTHER, TEXT, subtype_colour, tint
from trial.readers import ReaderPair
from trial.reliability import BlandAltman
from views.charts_cohort import SELECTION

CELL_PX = 40
AXES_PX = 110  # Streamlit counts the axes as height too
SCATTER_PX = 260
BLUE = subtype_colour("CD")
FLAT = 4  # so many names stand beside one another without leaning


def chart_table(pair: ReaderPair, name: Callable[[str], str] | None = None) -> alt.LayerChart:
    """Reader 1 in rows, reader 2 in columns, the count in each cell; the diagonal is agreement.

    With `name`, the answers are codes of subtypes, and a click on a cell picks both of its (selection "subtype").
    """
    sort = [name(one) if name else one for one in pair.categories]
    base = alt.Chart(_list_cells(pair, sort)).encode(
        x=alt.X("second:N", sort=sort, title=pair.reader_2, axis=_top_axis(sort)),
        y=alt.Y("first:N", sort=sort, title=pair.reader_1, axis=alt.Axis(ticks=False)),
        tooltip=[
            alt.Tooltip("first:N", title=pair.reader_1),
            alt.Tooltip("second:N", title=pair.reader_2),
            alt.Tooltip("count:Q", title="Patients"),
        ],
    )
    cells = base.mark_rect(stroke=OTHER, strokeWidth=0.5).encode(fill=alt.Fill("ground:N", scale=None, legend=None))
    counts = base.mark_text(fontSize=14, color=INK).encode(text=alt.Text("count:Q"))
    # What is clicked lies over the numbers, which would keep the click for themselves.
    pick = alt.selection_point(name=SELECTION, fields=["code", "other"], on="click")
    face = [base.mark_rect(opacity=0.001, cursor="pointer").add_params(pick)] if name else []
    figure: Any = alt.layer(cells, counts, *face).properties(height=CELL_PX * max(len(sort), 2) + AXES_PX)
    finished: alt.LayerChart = figure
    return finished


def _top_axis(names: Sequence[str]) -> alt.Axis:
    return alt.Axis(orient="top", labelAngle=0 if len(names) <= FLAT else -30, ticks=False)


def _list_cells(pair: ReaderPair, names: Sequence[str]) -> pd.DataFrame:
    """Each pair of answers with its patients and its ground: deeper for more patients, blue where the two agree."""
    most = max([1, *(count for line in pair.table for count in line)])
    rows = [
        {
            "code": pair.categories[i], "other": pair.categories[j], "first": names[i], "second": names[j], "count": count,
            "ground": tint(BLUE if i == j else OTHER, 0.03 + 0.27 * count / most),
        }
        for i, line in enumerate(pair.table)
        for j, count in enumerate(line)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def chart_differences(found: BlandAltman, unit: str) -> alt.LayerChart:
    """Bland and Altman: the difference of each pair over its mean, with bias and limits of agreement as lines."""
    points = pd.DataFrame(list(found.points), columns=["mean", "difference"])
    scatter = (
        alt.Chart(points)
        .mark_circle(size=55, color=BLUE, opacity=0.7)
        .encode(
            x=alt.X("mean:Q", title=f"Mean of the two ({unit})", scale=alt.Scale(zero=False)),
            y=alt.Y("difference:Q", title=f"Difference ({unit})"),
            tooltip=[alt.Tooltip("mean:Q", format=".2f"), alt.Tooltip("difference:Q", format=".2f")],
        )
    )
    lines = [
        {"at": line.value, "name": name}
        for line, name in ((found.bias, "bias"), (found.lower_limit, "lower limit"), (found.upper_limit, "upper limit"))
        if line.value is not None
    ]
    rules = alt.Chart(pd.DataFrame(lines, columns=["at", "name"])).encode(
        y=alt.Y("at:Q"), tooltip=[alt.Tooltip("name:N"), alt.Tooltip("at:Q")]
    )
    text = rules.mark_text(align="right", dy=-6, fontSize=11, color=TEXT).encode(
        x=alt.value("width"), text=alt.Text("name:N")
    )
    layers: Sequence[Any] = (scatter, rules.mark_rule(strokeDash=[5, 4], color=OTHER), text)
    figure: Any = alt.layer(*layers).properties(height=SCATTER_PX)
    finished: alt.LayerChart = figure
    return finished
