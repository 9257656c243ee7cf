"""Figures of data quality: completeness by field and time of enrolment, days to the reference diagnosis. No Streamlit here."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import INK, OTHER, QUIET, TEXT, subtype_colour, tint, tracer_colour
from trial.quality import FieldCompleteness
from trial.quality_times import IntervalSummary
from views.quality_facts import name_tracer
from views.words import UNKNOWN

ROW_PX = 22
AROUND_PX = 90
INTERVAL_PX = 230
FIELD_AXIS = alt.Axis(labelLimit=260, ticks=False, labelFlush=False, labelBound=False)
DEEPEST = 0.45  # of the colour in a cell that is complete
Columns = Sequence[tuple[str, Sequence[FieldCompleteness]]]


def chart_completeness(columns: Columns, signed: str) -> alt.LayerChart:
    """Fields in rows, "All" and each quarter of enrolment in columns; n/of in each cell, an em dash where nobody counts."""
    rows = [
        {
            "group": group,
            "field": f"{one.form}: {one.name}",
            "share": one.share,
            "says": f"{one.present}/{one.expected}" if one.expected else UNKNOWN,
            "missing": one.expected - one.present,
            "untold": len(one.untold),
        }
        for group, fields in columns
        for one in fields
    ]
    order = [f"{one.form}: {one.name}" for one in columns[0][1]]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("group:N", sort=[group for group, _ in columns], title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("field:N", sort=order, title=None, axis=FIELD_AXIS),
        tooltip=[
            alt.Tooltip("field:N", title="Field"),
            alt.Tooltip("group:N", title="Enrolled"),
            alt.Tooltip("says:N", title="Filled of those it applies to"),
            alt.Tooltip("missing:Q", title="Missing"),
            alt.Tooltip("untold:Q", title="Not known whether it applies"),
        ],
    )
    ink = alt.condition("isValid(datum.share)", alt.value(INK), alt.value(TEXT))
    figure = alt.layer(_chart_ground(base), base.mark_text(fontSize=12).encode(text=alt.Text("says:N"), color=ink))
    return _sign(figure.properties(height=ROW_PX * len(order) + AROUND_PX), signed)


def _chart_ground(base: alt.Chart) -> alt.Chart:
    """The fuller, the deeper; no ground where the field applies to nobody."""
    ends = [tint(subtype_colour("CD"), share) for share in (0.0, DEEPEST)]
    scale = alt.Scale(domain=[0, 1], range=ends, interpolate="rgb")
    cells = base.transform_filter("isValid(datum.share)").mark_rect(stroke=OTHER, strokeWidth=0.5)
    finished: alt.Chart = cells.encode(fill=alt.Fill("share:Q", scale=scale, legend=None))
    return finished


def chart_intervals(summaries: Sequence[IntervalSummary], signed: str) -> alt.LayerChart:
    """Each patient's days from scan to reference diagnosis, by tracer, with the longest days that are not remarked on."""
    rows = [
        {
            "tracer": name_tracer(one.tracer),
            "patient": item.patient_id,
            "days": item.days,
            "colour": tracer_colour(one.tracer),
        }
        for one in summaries
        for item in one.intervals
    ]
    frame = pd.DataFrame(rows, columns=["tracer", "patient", "days", "colour"])
    points = (
        alt.Chart(frame)
        .mark_point(filled=True, size=90, opacity=0.75)
        .encode(
            x=alt.X("days:Q", title="Days from scan to reference diagnosis"),
            y=alt.Y("tracer:N", title=None, axis=alt.Axis(labelLimit=160)),
            color=alt.Color("colour:N", scale=None),
            tooltip=[alt.Tooltip("patient:N", title="Patient"), alt.Tooltip("days:Q", title="Days")],
        )
    )
    limit = pd.DataFrame([{"at": one.longest_days} for one in summaries[:1]] + [{"at": 0}])
    rules = alt.Chart(limit).mark_rule(strokeDash=[5, 4], color=QUIET).encode(x=alt.X("at:Q"))
    return _sign(alt.layer(points, rules).properties(height=INTERVAL_PX), signed)


def chart_reasons(rows: Sequence[dict[str, Any]], signed: str) -> alt.LayerChart:
    """Main reasons of those not enrolled, the commonest first: title and people of everybody screened."""
    longest = max([1, *(row["people"] for row in rows)])
    base = alt.Chart(pd.DataFrame(list(rows), columns=["title", "people", "says"])).encode(
        y=alt.Y("title:N", sort=[row["title"] for row in rows], title=None, axis=alt.Axis(labelLimit=300)),
        x=alt.X("people:Q", axis=None, scale=alt.Scale(domain=[0, longest * 1.12])),
        tooltip=[alt.Tooltip("title:N", title="Reason"), alt.Tooltip("says:N", title="People of everybody screened")],
    )
    bars = base.mark_bar(height=16, color=OTHER)
    words = base.mark_text(align="left", dx=5, fontSize=12, color=QUIET).encode(text=alt.Text("says:N"))
    return _sign(alt.layer(bars, words).properties(height=26 * max(len(rows), 1) + 50), signed)


def _sign(figure: Any, signed: str) -> alt.LayerChart:
    """n, method, date and "Synthetic data" below the figure, so that they stay on every copy."""
    title = alt.TitleParams(signed, orient="bottom", anchor="start", fontSize=11, fontWeight="normal", color=QUIET)
    finished: alt.LayerChart = figure.properties(title=title)
    return finished
