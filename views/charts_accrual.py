"""Enrolment in time with where it is heading: the count, the planned line, each projection with its band. No Streamlit here."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import OTHER, TEXT, subtype_colour
from trial.accrual import PlannedPoint, Projection
from trial.accrual_band import BandPoint
from trial.cohort import Enrolment

HEIGHT_PX = 300
COUNTED, PLANNED = "enrolled", "plan"
COLOURS = (subtype_colour("EAS"), subtype_colour("NNH"))
DATES = {"day": "datetime64[ns]"}

Projected = Sequence[tuple[str, Projection]]
Bands = Sequence[tuple[str, Sequence[BandPoint]]]


def chart_accrual(
    enrolment: Enrolment, planned: Sequence[PlannedPoint], projections: Projected, bands: Bands = ()
) -> alt.LayerChart:
    """Steps for who is enrolled, a dashed line for the plan; for each method its band, its line and when it meets the target."""
    # Days on which nobody came count too: the steps go on to where the bands begin.
    today = [{"day": points[0].day, "total": enrolment.enrolled} for _, points in bands if points][:1]
    rows = [{"day": one.day, "total": one.total} for one in enrolment.days] + today
    days = pd.DataFrame(rows, columns=["day", "total"])
    still = [name for name, _ in projections] if enrolment.enrolled < enrolment.target else []
    names = [COUNTED, *([PLANNED] if planned else []), *still]
    colours = [subtype_colour("CD"), *([OTHER] if planned else []), *COLOURS[: len(still)]]
    key = alt.Legend(
        title=None, orient="bottom", symbolType="stroke", symbolStrokeWidth=4, symbolOpacity=1, labelLimit=260
    )
    colour = alt.Color("name:N", scale=alt.Scale(domain=names, range=colours), legend=key)
    y = alt.Y("total:Q", title="Enrolled", scale=alt.Scale(domain=[0, enrolment.target * 1.08], nice=False))
    x = alt.X("day:T", axis=alt.Axis(title=None, format="%b %Y", tickCount=8))
    layers = [*_chart_bands(bands, x, y, colour), *_chart_plan(planned, x, y, colour)]
    stairs = alt.Chart(days.astype(DATES).assign(name=COUNTED)).mark_line(interpolate="step-after", strokeWidth=2.5)
    layers.append(stairs.encode(x=x, y=y, color=colour, tooltip=[_day("day"), _count("total", "Enrolled")]))
    target = alt.Chart(pd.DataFrame({"total": [enrolment.target]}))
    layers.append(target.mark_rule(strokeDash=[2, 3], color=OTHER).encode(y=y))
    layers += _chart_projections(_list_projected(enrolment, projections), x, y, colour)
    figure: Any = alt.layer(*layers).properties(height=HEIGHT_PX)
    finished: alt.LayerChart = figure
    return finished


def _chart_bands(bands: Bands, x: Any, y: Any, colour: Any) -> list[Any]:
    """An area for each method that can tell, its ends drawn thin so that two areas on one another stay apart."""
    rows = [{"name": name, **vars(point)} for name, points in bands for point in points]
    if not rows:
        return []
    base = alt.Chart(pd.DataFrame(rows).astype(DATES)).encode(x=x, color=colour)
    tooltip = [alt.Tooltip("name:N", title="Method"), _day("day"), _count("middle", "Expected"),
               _count("low", "At least"), _count("high", "At most")]  # fmt: skip
    # The first layer's axis is the figure's: all share the title and scale of `y`.
    low, high, expected = (y.copy() for _ in range(3))
    low.shorthand, high.shorthand, expected.shorthand = "low:Q", "high:Q", "middle:Q"
    area = base.mark_area(opacity=0.16).encode(y=low, y2="high:Q", tooltip=tooltip)
    edges = [base.mark_line(strokeWidth=0.8, opacity=0.8).encode(y=end) for end in (low, high)]
    rising = base.transform_filter(alt.datum.middle < max(row["middle"] for row in rows))
    middle = rising.mark_line(strokeWidth=1.8, strokeDash=[3, 3]).encode(y=expected, tooltip=tooltip)
    return [area, *edges, middle]


def _chart_plan(planned: Sequence[PlannedPoint], x: Any, y: Any, colour: Any) -> list[Any]:
    if not planned:
        return []
    line = pd.DataFrame([{"day": one.day, "total": one.planned, "name": PLANNED} for one in planned]).astype(DATES)
    look = alt.Chart(line).mark_line(strokeDash=[6, 4])
    return [look.encode(x=x, y=y, color=colour, tooltip=[_day("day"), _count("total", "Planned")])]


def _list_projected(enrolment: Enrolment, projections: Projected) -> list[dict[str, Any]]:
    """One line a method that can tell; an interval open to the right ends at the day itself."""
    return [
        {
            "name": name,
            "day": pd.Timestamp(one.day),
            "early": pd.Timestamp(one.earliest or one.day),
            "late": pd.Timestamp(one.latest or one.day),
            "total": enrolment.target * (1 + 0.025 * (1 - 2 * number)),
        }
        for number, (name, one) in enumerate(projections)
        if one.day is not None and enrolment.enrolled < enrolment.target
    ]


def _chart_projections(rows: list[dict[str, Any]], x: Any, y: Any, colour: Any) -> list[Any]:
    """When each method meets the target: a bar for the interval of the day, a dot for the day."""
    if not rows:
        return []
    tooltip = [alt.Tooltip("name:N", title="Method"), alt.Tooltip("day:T", title="Complete", format="%-d %b %Y"),
               alt.Tooltip("early:T", title="Earliest", format="%-d %b %Y"),
               alt.Tooltip("late:T", title="Latest", format="%-d %b %Y")]  # fmt: skip
    base = alt.Chart(pd.DataFrame(rows)).encode(y=y, color=colour, tooltip=tooltip)
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("early:T"), x2="late:T")
    dots = base.mark_circle(size=80, opacity=1, stroke=TEXT, strokeWidth=0.6).encode(x=x)
    return [bars, dots]


def _day(field: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:T", title="Day", format="%-d %b %Y")


def _count(field: str, title: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", title=title, format=".0f")
