"""Figures of the cohort: enrolment against the target, subtypes, uptake by subtype and tracer. No Streamlit here."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import OTHER, QUIET, subtype_colour, tracer_colour
from trial.cohort import Enrolment, SubtypeCount
from trial.uptake import LesionUptake, UptakeGroup

Naming = Callable[[str], str]
Figure = alt.LayerChart | alt.FacetChart
NO_REFERENCE = "none yet"
NO_REFERENCE_NAME = "No reference yet"
SELECTION = "subtype"
BAR_PX = 26
GROUP_PX = 52
TRACER_GAP = 0.22
JITTER = 0.13
FADED = 0.35


def name_subtype(code: str | None, name: Naming) -> str:
    return NO_REFERENCE_NAME if code is None else name(code)


def chart_enrolment(enrolment: Enrolment) -> Figure:
    """The cumulative count as a stair, the weekly counts as bars below it, and the target as a line with its figure."""
    days = [{"day": day.day, "enrolled": day.enrolled, "total": day.total} for day in enrolment.days]
    weeks = [{"monday": week.monday, "enrolled": week.enrolled} for week in enrolment.weeks]
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", tickCount="month", labelOverlap=True))
    y = alt.Y(
        "total:Q", title="Patients", scale=alt.Scale(domain=[0, max(enrolment.target, enrolment.enrolled) * 1.06])
    )
    tooltip = [
        alt.Tooltip("day:T", title="Day", format="%d %b %Y"),
        alt.Tooltip("enrolled:Q", title="Enrolled that day"),
        alt.Tooltip("total:Q", title="Enrolled so far"),
    ]
    frame = pd.DataFrame(days, columns=["day", "enrolled", "total"]).astype({"day": "datetime64[ns]"})
    stairs = alt.Chart(frame).mark_line(interpolate="step-after", strokeWidth=2.5).encode(x=x, y=y, tooltip=tooltip)
    points = alt.Chart(frame).mark_point(opacity=0, size=120).encode(x=x, y=y, tooltip=tooltip)
    return alt.layer(_chart_weeks(weeks), stairs, points, *_chart_target(enrolment.target)).properties(height=300)


def _chart_weeks(weeks: Sequence[dict[str, Any]]) -> alt.Chart:
    frame = pd.DataFrame(weeks, columns=["monday", "enrolled"]).astype({"monday": "datetime64[ns]"})
    frame["sunday"] = frame["monday"] + pd.Timedelta(days=6)
    tooltip = [
        alt.Tooltip("monday:T", title="Week of", format="%d %b %Y"),
        alt.Tooltip("enrolled:Q", title="Enrolled that week"),
    ]
    bars = alt.Chart(frame).mark_bar(color=OTHER, opacity=0.55)
    return bars.encode(x="monday:T", x2="sunday:T", y="enrolled:Q", tooltip=tooltip)


def _chart_target(target: int) -> tuple[alt.Chart, alt.Chart]:
    base = alt.Chart(pd.DataFrame([{"target": target, "says": f"Target {target}"}]))
    line = base.mark_rule(strokeDash=[6, 4], color=QUIET).encode(y="target:Q", tooltip="says:N")
    text = base.mark_text(align="left", dx=4, dy=-8, color=QUIET).encode(y="target:Q", x=alt.value(0), text="says:N")
    return line, text


def chart_subtypes(counts: Sequence[SubtypeCount], name: Naming) -> Figure:
    """One bar a subtype with its count; clicking bars chooses subtypes (selection parameter "subtype")."""
    names = [name_subtype(count.subtype, name) for count in counts]
    rows = [
        {
            "code": count.subtype or NO_REFERENCE,
            "name": name_subtype(count.subtype, name),
            "patients": count.patients,
            "colour": subtype_colour(count.subtype) if count.subtype else "#FFFFFF00",
        }
        for count in counts
    ]
    pick = alt.selection_point(name=SELECTION, fields=["code"])
    longest = max([1, *(count.patients for count in counts)])
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X("patients:Q", axis=None, scale=alt.Scale(domain=[0, longest * 1.12])),
        tooltip=[alt.Tooltip("name:N", title="Reference diagnosis"), alt.Tooltip("patients:Q", title="Patients")],
    )
    bars = base.mark_bar(height=18, stroke=OTHER, strokeWidth=1, cursor="pointer").encode(
        color=alt.Color("colour:N", scale=None), opacity=alt.condition(pick, alt.value(1), alt.value(FADED))
    )
    figures = base.mark_text(align="left", dx=5, fontSize=13, color=QUIET).encode(text="patients:Q")
    return alt.layer(bars.add_params(pick), figures).properties(height=BAR_PX * len(rows))


def chart_uptake(groups: Sequence[UptakeGroup], name: Naming) -> Figure:
    """Every value as a point by subtype and tracer, with median, quartiles and how many of the scanned have a value."""
    subtypes = list(dict.fromkeys(group.subtype for group in groups))
    tracers = list(dict.fromkeys(group.tracer for group in groups))
    places = {
        (subtype, tracer): row + TRACER_GAP * (2 * column - len(tracers) + 1)
        for row, subtype in enumerate(subtypes)
        for column, tracer in enumerate(tracers)
    }
    points = [point for group in groups for point in _points(group, places[group.subtype, group.tracer], name)]
    summaries = [_summary(group, places[group.subtype, group.tracer], name) for group in groups]
    top = max([1.0, *(point["suv_max"] for point in points)])
    labels = [f"{name_subtype(code, name)} ({_count_patients(groups, code)})" for code in subtypes]
    x = alt.X("suv_max:Q", title="SUVmax (g/ml)", scale=alt.Scale(domain=[0, top * 1.25], nice=False))
    y = alt.Y("place:Q", title=None, axis=_label_rows(labels), scale=_row_scale(len(subtypes)))
    colour = _colour_tracers(tracers)
    layers = [*_chart_summaries(summaries, y, colour, top), _chart_points(points, x, y, colour)]
    return alt.layer(*layers).properties(height=max(GROUP_PX * len(subtypes), 120))


def _count_patients(groups: Sequence[UptakeGroup], subtype: str | None) -> int:
    return next(group.patients for group in groups if group.subtype == subtype)


def _label_rows(labels: Sequence[str]) -> alt.Axis:
    quoted = ", ".join("'" + label.replace("\\", "").replace("'", "\\'") + "'" for label in labels)
    return alt.Axis(
        values=list(range(len(labels))),
        labelExpr=f"[{quoted}][datum.value]",
        labelLimit=240,
        grid=False,
        ticks=False,
        domain=False,
    )


def _row_scale(rows: int) -> alt.Scale:
    return alt.Scale(domain=[rows - 0.5, -0.5], nice=False, zero=False)


def _colour_tracers(tracers: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(tracers), range=[tracer_colour(tracer) for tracer in tracers])
    return alt.Color("tracer:N", scale=scale, title=None, legend=alt.Legend(orient="top"))


def _points(group: UptakeGroup, place: float, name: Naming) -> Iterator[dict[str, Any]]:
    for order, value in enumerate(group.values):
        yield {
            "patient": value.patient_id,
            "subtype": name_subtype(group.subtype, name),
            "tracer": value.tracer,
            "where": value.lesion.replace("_", " "),
            "suv_max": value.suv_max,
            "origin": _say_origin(value),
            # A fixed pattern, so that a point stays where it was when the page is drawn again.
            "place": place + JITTER * (((order * 5) % 8) / 3.5 - 1),
        }


def _say_origin(value: LesionUptake) -> str:
    return "measured here" if value.measured else "as reported"


def _summary(group: UptakeGroup, place: float, name: Naming) -> dict[str, Any]:
    return {
        "place": place,
        "subtype": name_subtype(group.subtype, name),
        "tracer": group.tracer,
        "median": group.median,
        "lower": group.lower_quartile,
        "upper": group.upper_quartile,
        "says": f"{group.with_value} of {group.scanned} scanned" if group.scanned else "not scanned",
    }


def _chart_points(points: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, colour: alt.Color) -> alt.Chart:
    columns = ["patient", "subtype", "tracer", "where", "suv_max", "origin", "place"]
    return (
        alt.Chart(pd.DataFrame(points, columns=columns))
        .mark_circle(size=42, opacity=0.65)
        .encode(
            x=x,
            y=y,
            color=colour,
            tooltip=[
                alt.Tooltip("patient:N", title="Patient"),
                alt.Tooltip("suv_max:Q", title="SUVmax", format=".1f"),
                alt.Tooltip("tracer:N", title="Tracer"),
                alt.Tooltip("where:N", title="Where"),
                alt.Tooltip("subtype:N", title="Reference"),
                alt.Tooltip("origin:N", title="Value"),
            ],
        )
    )


def _chart_summaries(summaries: Sequence[dict[str, Any]], y: alt.Y, colour: alt.Color, top: float) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame(summaries)).encode(y=y, color=colour)
    tooltip = [
        alt.Tooltip("subtype:N", title="Reference"),
        alt.Tooltip("tracer:N", title="Tracer"),
        alt.Tooltip("median:Q", title="Median SUVmax", format=".1f"),
        alt.Tooltip("lower:Q", title="Lower quartile", format=".1f"),
        alt.Tooltip("upper:Q", title="Upper quartile", format=".1f"),
        alt.Tooltip("says:N", title="Value known in"),
    ]
    boxes = base.mark_bar(height=15, opacity=0.18).encode(x="lower:Q", x2="upper:Q", tooltip=tooltip)
    medians = base.mark_tick(thickness=2.5, size=17).encode(x="median:Q", tooltip=tooltip)
    figures = base.mark_text(align="left", fontSize=11).encode(
        x=alt.datum(top * 1.06), text="says:N", color=alt.value(QUIET), tooltip=tooltip
    )
    return [boxes, medians, figures]
