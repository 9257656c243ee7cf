"""Figures of the cohort: enrolment against the target, subtypes, uptake by subtype and tracer. No Streamlit here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from exchange.palette import OTHER, QUIET, subtype_colour, tracer_colour
from trial.cohort import Enrolment, SubtypeCount
from trial.uptake import LesionUptake, UptakeGroup

Naming = Callable[[str], str]
Figure = alt.LayerChart | alt.FacetChart
Drawn = TypeVar("Drawn", alt.Chart, alt.LayerChart | alt.FacetChart)
NO_REFERENCE = "none yet"
NO_REFERENCE_NAME = "No reference yet"
SELECTION = "subtype"
BAR_PX = 26
GROUP_PX = 46
AROUND_PX = 165
STAIR_PX = 230
WEEKS_PX = 60
LEFT_PX = 42
LAST_WEEKDAY = timedelta(days=6)
TRACER_GAP = 0.22
JITTER = 0.13
FADED = 0.35
SEVERAL = "#0F7B8A"


def pick_subtype() -> alt.Parameter:
    """A click on a mark whose data have a "code" gives it (selection "subtype")."""
    return alt.selection_point(name=SELECTION, fields=["code"], on="click")


def name_subtype(code: str | None, name: Naming) -> str:
    return NO_REFERENCE_NAME if code is None else name(code)


def sign_figure(chart: Drawn, says: str | None) -> Drawn:
    """The figure with a line below it that stays on every copy, such as "Synthetic data"."""
    if says is None:
        return chart
    title = alt.TitleParams(says, orient="bottom", anchor="end", fontSize=11, fontWeight="normal", color=QUIET)
    return chart.properties(title=title)


@dataclass(frozen=True)
class Part:
    """The enrolment of the chosen reference diagnoses, drawn in colour within everybody's."""

    name: str
    enrolment: Enrolment
    subtypes: tuple[str | None, ...]

    @property
    def colour(self) -> str:
        """The subtype's own colour when there is but one."""
        only = self.subtypes[0] if len(self.subtypes) == 1 else None
        return subtype_colour(only) if only else SEVERAL


def chart_enrolment(enrolment: Enrolment, part: Part | None = None) -> Figure:
    """The cumulative count as a stair under the target, which is a line with its figure; grey where a part is chosen."""
    top = max(enrolment.target, enrolment.enrolled) * 1.08
    tooltip = [
        alt.Tooltip("day:T", title="Day", format="%d %b %Y"),
        alt.Tooltip("enrolled:Q", title="Enrolled that day"),
        alt.Tooltip("total:Q", title="Enrolled so far"),
    ]
    y = alt.Y(
        "total:Q", title="Patients", axis=alt.Axis(minExtent=LEFT_PX), scale=alt.Scale(domain=[0, top], nice=False)
    )
    encoding: dict[str, Any] = {"x": _month_axis("day:T", labels=True), "y": y, "tooltip": tooltip}
    base = alt.Chart(_list_days(enrolment, enrolment)).encode(**encoding)
    stairs = base.mark_line(interpolate="step-after", strokeWidth=2.5, color=OTHER if part else alt.Undefined)
    points = base.mark_point(opacity=0, size=150)
    layers = [stairs, points, *_chart_target(enrolment.target)]
    if part:
        own = alt.Chart(_list_days(part.enrolment, enrolment)).encode(**encoding)
        layers.append(own.mark_line(interpolate="step-after", strokeWidth=3, color=part.colour))
    return alt.layer(*layers).properties(height=STAIR_PX)


def _list_days(enrolment: Enrolment, over: Enrolment) -> pd.DataFrame:
    """The stair's steps, from 0 at everybody's first Monday to the end of the last week: all figures share one axis."""
    rows = [(day.day, day.enrolled, day.total) for day in enrolment.days]
    if over.weeks:
        start, end = over.weeks[0].monday, over.weeks[-1].monday + LAST_WEEKDAY
        rows = [(start, 0, 0), *rows, (end, 0, enrolment.enrolled)]
    return pd.DataFrame(rows, columns=["day", "enrolled", "total"]).astype({"day": "datetime64[ns]"})


def chart_weeks(enrolment: Enrolment, part: Part | None = None) -> Figure:
    """How many were enrolled in each week, on the same time axis; the chosen part in colour."""
    bars = [_draw_weeks(enrolment, OTHER, "Enrolled that week")]
    if part:
        bars.append(_draw_weeks(part.enrolment, part.colour, f"{part.name}, that week"))
    return alt.layer(*bars).properties(height=WEEKS_PX)


def _draw_weeks(enrolment: Enrolment, colour: str, counted: str) -> alt.Chart:
    rows = [{"monday": week.monday, "enrolled": week.enrolled} for week in enrolment.weeks]
    frame = pd.DataFrame(rows, columns=["monday", "enrolled"]).astype({"monday": "datetime64[ns]"})
    frame["sunday"] = frame["monday"] + pd.Timedelta(LAST_WEEKDAY)
    tooltip = [
        alt.Tooltip("monday:T", title="Week of", format="%d %b %Y"),
        alt.Tooltip("enrolled:Q", title=counted),
    ]
    y = alt.Y("enrolled:Q", title="A week", axis=alt.Axis(tickCount=2, format="d", minExtent=LEFT_PX))
    x = _month_axis("monday:T", labels=False)
    bars = alt.Chart(frame).mark_bar(color=colour)
    return bars.encode(x=x, x2=alt.X2("sunday:T"), y=y, y2=alt.datum(0), tooltip=tooltip)


def _month_axis(field: str, labels: bool) -> alt.X:
    axis = alt.Axis(format="%b %Y", tickCount="month", labelOverlap=True, labels=labels, ticks=labels)
    return alt.X(field, title=None, axis=axis, scale=alt.Scale(nice=False))


def _chart_target(target: int) -> tuple[alt.Chart, alt.Chart]:
    base = alt.Chart(pd.DataFrame([{"target": target, "says": f"Target {target}"}]))
    line = base.mark_rule(strokeDash=[6, 4], color=QUIET).encode(y=alt.Y("target:Q"), tooltip=alt.Tooltip("says:N"))
    text = base.mark_text(align="left", dx=4, dy=-8, color=QUIET).encode(
        y=alt.Y("target:Q"), x=alt.value(0), text=alt.Text("says:N")
    )
    return line, text


def chart_subtypes(counts: Sequence[SubtypeCount], name: Naming, chosen: Sequence[str | None] = ()) -> Figure:
    """One bar a subtype with its count, faded where another is chosen; a click on a bar picks it (selection "subtype")."""
    names = [name_subtype(count.subtype, name) for count in counts]
    rows = [
        {
            "code": count.subtype or NO_REFERENCE,
            "name": name_subtype(count.subtype, name),
            "patients": count.patients,
            "colour": subtype_colour(count.subtype) if count.subtype else "#FFFFFF00",
            "strength": 1 if not chosen or count.subtype in chosen else FADED,
        }
        for count in counts
    ]
    pick = pick_subtype()
    longest = max([1, *(count.patients for count in counts)])
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X("patients:Q", axis=None, scale=alt.Scale(domain=[0, longest * 1.12])),
        tooltip=[alt.Tooltip("name:N", title="Reference diagnosis"), alt.Tooltip("patients:Q", title="Patients")],
    )
    bars = base.mark_bar(height=18, stroke=OTHER, strokeWidth=1, cursor="pointer").encode(
        color=alt.Color("colour:N", scale=None), opacity=alt.Opacity("strength:Q", scale=None, legend=None)
    )
    figures = base.mark_text(align="left", dx=5, fontSize=13, color=QUIET).encode(text=alt.Text("patients:Q"))
    return alt.layer(bars.add_params(pick), figures).properties(height=BAR_PX * len(rows))


def chart_uptake(groups: Sequence[UptakeGroup], name: Naming) -> Figure:
    """Every value as a point by subtype and tracer, with median, quartiles and how many of the scanned have a value.

    A click on a point picks its subtype (selection "subtype").
    """
    subtypes = list(dict.fromkeys(group.subtype for group in groups))
    tracers = list(dict.fromkeys(group.tracer for group in groups))
    places = {
        (subtype, tracer): row + TRACER_GAP * (2 * column - len(tracers) + 1)
        for row, subtype in enumerate(subtypes)
        for column, tracer in enumerate(tracers)
    }
    points = [point for group in groups for point in _points(group, places[group.subtype, group.tracer], name)]
    top = max([1.0, *(point["suv_max"] for point in points)])
    summaries = [_summary(group, places[group.subtype, group.tracer], top, name) for group in groups]
    labels = [f"{name_subtype(code, name)} ({_count_patients(groups, code)})" for code in subtypes]
    y = alt.Y("place:Q", title=None, axis=_label_rows(labels), scale=_row_scale(len(subtypes)))
    colour = _colour_tracers(tracers)
    # The points lie over the boxes, which would keep the clicks for themselves.
    layers = [*_chart_summaries(summaries, y, colour), _chart_points(points, _uptake_axis(top), y, colour)]
    return alt.layer(*layers).properties(height=GROUP_PX * len(subtypes) + AROUND_PX)


def _uptake_axis(top: float) -> alt.X:
    # The figures at the right stand beyond the last label, where a value would be mistaken for one of the scale.
    axis = alt.Axis(labelExpr=f"datum.value <= {top:.6g} ? datum.label : ''", grid=False, tickCount=10)
    return alt.X("suv_max:Q", title="SUVmax (g/ml)", axis=axis, scale=alt.Scale(domain=[0, top * 1.32], nice=False))


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
    return alt.Color(
        "tracer:N", scale=scale, title=None, legend=alt.Legend(orient="top", symbolOpacity=1, symbolStrokeWidth=0)
    )


def _points(group: UptakeGroup, place: float, name: Naming) -> Iterator[dict[str, Any]]:
    for order, value in enumerate(group.values):
        yield {
            "patient": value.patient_id,
            "code": group.subtype or NO_REFERENCE,
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


def _summary(group: UptakeGroup, place: float, top: float, name: Naming) -> dict[str, Any]:
    return {
        "place": place,
        "subtype": name_subtype(group.subtype, name),
        "tracer": group.tracer,
        "beyond": top * 1.06,
        "median": group.median if len(group.values) > 1 else None,
        "lower": group.lower_quartile,
        "upper": group.upper_quartile,
        "says": _say_known(group),
    }


def _say_known(group: UptakeGroup) -> str:
    tracer = group.tracer.split("-", 1)[-1]
    return f"{tracer} {group.with_value} of {group.scanned}" if group.scanned else f"{tracer}: nobody scanned"


def _chart_points(points: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, colour: alt.Color) -> alt.Chart:
    columns = ["patient", "code", "subtype", "tracer", "where", "suv_max", "origin", "place"]
    return (
        alt.Chart(pd.DataFrame(points, columns=columns))
        .mark_circle(size=46, opacity=0.7, stroke=OTHER, strokeWidth=0.7, cursor="pointer")
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
        .add_params(pick_subtype())
    )


def _chart_summaries(summaries: Sequence[dict[str, Any]], y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame(summaries)).encode(y=y, color=colour)
    tooltip = [
        alt.Tooltip("subtype:N", title="Reference"),
        alt.Tooltip("tracer:N", title="Tracer"),
        alt.Tooltip("median:Q", title="Median SUVmax", format=".1f"),
        alt.Tooltip("lower:Q", title="Lower quartile", format=".1f"),
        alt.Tooltip("upper:Q", title="Upper quartile", format=".1f"),
        alt.Tooltip("says:N", title="Value known in"),
    ]
    boxes = base.mark_bar(height=17, opacity=0.2).encode(x=alt.X("lower:Q"), x2=alt.X2("upper:Q"), tooltip=tooltip)
    medians = base.mark_tick(thickness=3, size=21).encode(x=alt.X("median:Q"), tooltip=tooltip)
    figures = base.mark_text(align="left", fontSize=12).encode(
        x=alt.X("beyond:Q"), text=alt.Text("says:N"), color=alt.value(QUIET), tooltip=tooltip
    )
    return [boxes, medians, figures]
