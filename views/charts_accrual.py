"""Enrolment in time with where it is heading: the count, the planned line, each projection with its band. No Streamlit here."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import OTHER, TEXT, subtype_colour
from trial.accrual import PlannedPoint, Projection
from trial.cohort import Enrolment

HEIGHT_PX = 300
BLUE, ORANGE = subtype_colour("CD"), subtype_colour("EAS")


def chart_accrual(
    enrolment: Enrolment, planned: Sequence[PlannedPoint], projections: Sequence[tuple[str, Projection]]
) -> alt.LayerChart:
    """Steps for who is enrolled, a dashed line for the plan; a mark with a bar where each method sees the target reached."""
    days = pd.DataFrame([{"day": one.day, "total": one.total} for one in enrolment.days], columns=["day", "total"])
    y = alt.Y("total:Q", title="Enrolled", scale=alt.Scale(domain=[0, enrolment.target * 1.08], nice=False))
    x = alt.X("day:T", axis=alt.Axis(title=None, format="%b %Y", tickCount=8))
    stairs = alt.Chart(days.astype({"day": "datetime64[ns]"})).mark_line(
        interpolate="step-after", color=BLUE, strokeWidth=2.5
    )
    target = alt.Chart(pd.DataFrame({"total": [enrolment.target]})).mark_rule(strokeDash=[2, 3], color=OTHER)
    layers: list[Any] = [stairs.encode(x=x, y=y, tooltip=["day:T", "total:Q"]), target.encode(y=y)]
    if planned:
        line = pd.DataFrame([{"day": one.day, "total": one.planned} for one in planned]).astype(
            {"day": "datetime64[ns]"}
        )
        layers.append(alt.Chart(line).mark_line(strokeDash=[6, 4], color=OTHER).encode(x=x, y=y))
    rows = _projected(enrolment, projections)
    if rows:
        layers += _chart_projections(rows, x, y)
    figure: Any = alt.layer(*layers).properties(height=HEIGHT_PX)
    finished: alt.LayerChart = figure
    return finished


def _projected(enrolment: Enrolment, projections: Sequence[tuple[str, Projection]]) -> list[dict[str, Any]]:
    """One line a method that can tell; an interval open to the right ends at the day itself."""
    return [
        {
            "name": name,
            "day": pd.Timestamp(one.day),
            "early": pd.Timestamp(one.earliest or one.day),
            "late": pd.Timestamp(one.latest or one.day),
            "total": enrolment.target * (1 - 0.05 * number),
        }
        for number, (name, one) in enumerate(projections)
        if one.day is not None and enrolment.enrolled < enrolment.target
    ]


def _chart_projections(rows: list[dict[str, Any]], x: Any, y: Any) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame(rows)).encode(y=y, tooltip=["name:N", "day:T", "early:T", "late:T"])
    bars = base.mark_rule(color=ORANGE, strokeWidth=3, opacity=0.6).encode(x=alt.X("early:T"), x2=alt.X2("late:T"))
    dots = base.mark_circle(color=ORANGE, size=90, opacity=1).encode(x=x)
    names = base.mark_text(align="right", dx=-8, fontSize=11, color=TEXT).encode(
        x=alt.X("early:T"), text=alt.Text("name:N")
    )
    return [bars, dots, names]
