"""Figures of a cut-off: the curve it lies on, the values on both sides of it, and what acting on it is worth."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import OTHER, TEXT, subtype_colour
from trial.roc import RocCurve
from trial.threshold import DecisionPoint
from views.charts_cohort import NO_REFERENCE, name_subtype, pick_subtype
from views.charts_cut_marks import CUT, CutMark, chart_marks

Naming = Callable[[str], str]
STRIP_PX = 34
NAME_PX = 14
NAME_LETTER = 0.0135  # a letter's share of the narrowest figure
ABOVE_PX = 30
SQUARE_PX = 340
JITTER = 0.3
FAR = 8


@dataclass(frozen=True)
class ValuePoint:
    """One value of the index; `changed` when the move of the cut-off put it on the other side."""

    name: str
    subtype: str | None
    value: float
    present: bool
    changed: bool = False


def chart_roc(curve: RocCurve, sign: int, marks: Sequence[CutMark]) -> Any:
    """The empirical curve with the cut-off and the published ones, each a cross of its two intervals, named beside it."""
    points = pd.DataFrame(
        {
            "fpr": curve.false_positive_rate,
            "sensitivity": curve.sensitivity,
            "cut": [sign * threshold for threshold in curve.thresholds],
            "specificity": [1 - rate for rate in curve.false_positive_rate],
        }
    )
    x = alt.X("fpr:Q", title="1 − specificity", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("sensitivity:Q", title="Sensitivity", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    base = alt.Chart(points).encode(x=x, y=y)
    tooltip = [
        alt.Tooltip("cut:Q", title="Cut-off", format=".3~f"),
        alt.Tooltip("sensitivity:Q", title="Sensitivity", format=".0%"),
        alt.Tooltip("specificity:Q", title="Specificity", format=".0%"),
    ]
    chance = alt.Chart(pd.DataFrame([{"fpr": 0, "sensitivity": 0}, {"fpr": 1, "sensitivity": 1}]))
    layers = [
        chance.mark_line(strokeDash=[4, 4], color=TEXT, strokeWidth=1).encode(x=x, y=y, order=alt.Order("fpr:Q")),
        base.mark_line(interpolate="linear", strokeWidth=2.2, color=OTHER)
        .encode(order=alt.Order("index:O"))
        .transform_window(index="row_number()"),
        base.mark_point(opacity=0.001, size=120).encode(tooltip=tooltip),
        *chart_marks(marks, list(zip(curve.false_positive_rate, curve.sensitivity, strict=True))),
    ]
    return alt.layer(*layers).properties(height=SQUARE_PX)


def chart_values(
    points: Sequence[ValuePoint], name: Naming, title: str, cut: float, published: Sequence[tuple[str, float]]
) -> Any:
    """Every value by reference diagnosis with the cut-offs as lines; a click on a point chooses its subtype."""
    middles = _find_middles(points)
    order = sorted(middles, key=lambda code: (-middles[code], code))
    names = [name_subtype(code or None, name) for code in order]
    frame = pd.DataFrame([_value_row(point, place, name) for place, point in enumerate(points)])
    scale, top = _value_scale(points, cut, max(middles.values()))
    x = alt.X("value:Q", title=title, scale=scale)
    y = alt.Y("diagnosis:N", sort=names, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    dots = _chart_dots(frame, x, y, title)
    cuts = [(f"cut-off {cut:g}", cut, True), *((label, at, False) for label, at in published if at <= top)]
    lines = _chart_lines(cuts, x, scale, top)
    return (
        alt.layer(*lines, dots)
        .resolve_scale(y="independent")
        .properties(height=STRIP_PX * max(len(names), 2) + ABOVE_PX)
    )


def _chart_dots(frame: pd.DataFrame, x: alt.X, y: alt.Y, title: str) -> alt.Chart:
    drawn: alt.Chart = (
        alt.Chart(frame)
        .mark_point(filled=True, opacity=0.85, cursor="pointer")
        .encode(
            x=x,
            y=y,
            yOffset=alt.YOffset("shift:Q", scale=alt.Scale(domain=[-1, 1])),
            color=alt.Color("colour:N", scale=None),
            size=alt.Size("size:Q", scale=None, legend=None),
            stroke=alt.Stroke("edge:N", scale=None),
            shape=alt.Shape("shape:N", scale=None),
            tooltip=[
                alt.Tooltip("name:N", title="Who"),
                alt.Tooltip("value:Q", title=title, format=".3~f"),
                alt.Tooltip("diagnosis:N", title="Reference"),
                alt.Tooltip("target:N", title="Target"),
            ],
        )
        .add_params(pick_subtype())
    )
    return drawn


def chart_benefit(points: Sequence[DecisionPoint], name: str) -> Any:
    """Net benefit over threshold probabilities: acting on the test, on everybody, on nobody."""
    ways = ((name, "test"), ("act on everybody", "treat_all"), ("act on nobody", "treat_none"))
    rows = [
        {"threshold": point.threshold, "way": label, "benefit": value}
        for point in points
        for label, field in ways
        if (value := getattr(point, field)) is not None
    ]
    low = -0.05
    colours = alt.Scale(domain=[label for label, _ in ways], range=[CUT, OTHER, TEXT])
    dashes = alt.Scale(domain=[label for label, _ in ways], range=[[1, 0], [6, 3], [2, 2]])
    return (
        alt.Chart(pd.DataFrame(rows, columns=["threshold", "way", "benefit"]))
        .mark_line(clip=True, strokeWidth=2)
        .encode(
            x=alt.X(
                "threshold:Q", title="Threshold probability", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
            ),
            y=alt.Y("benefit:Q", title="Net benefit", scale=alt.Scale(domain=[low, 1], nice=False)),
            color=alt.Color("way:N", scale=colours, title=None, legend=alt.Legend(orient="top")),
            strokeDash=alt.StrokeDash("way:N", scale=dashes, title=None, legend=None),
            tooltip=[
                alt.Tooltip("way:N", title="Policy"),
                alt.Tooltip("threshold:Q", title="Threshold probability", format=".0%"),
                alt.Tooltip("benefit:Q", title="Net benefit", format=".3f"),
            ],
        )
        .properties(height=200)
    )


def _chart_lines(lines: Sequence[tuple[str, float, bool]], x: alt.X, scale: alt.Scale, top: float) -> list[alt.Chart]:
    """The cut-offs as lines, the names above the figure: neighbours in rows of their own, so that none covers another."""
    shares = [(at / top) ** (0.5 if scale.to_dict()["type"] == "sqrt" else 1) for _, at, _ in lines]
    levels = stack_names([label for label, _, _ in lines], shares)
    rows = [
        {
            "label": label,
            "value": at,
            "colour": CUT if own else TEXT,
            "dash": "own" if own else "printed",
            "above": -8 - NAME_PX * level,
        }
        for (label, at, own), level in zip(lines, levels, strict=True)
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(x=x, color=alt.Color("colour:N", scale=None))
    tooltip = [alt.Tooltip("label:N", title="Cut-off"), alt.Tooltip("value:Q", title="At", format=".3~f")]
    dashes = alt.Scale(domain=["own", "printed"], range=[[1, 0], [5, 4]])
    rules = base.mark_rule(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("dash:N", scale=dashes, legend=None), tooltip=tooltip
    )
    names = base.mark_text(fontSize=11).encode(text="label:N", y=alt.Y("above:Q", scale=None, axis=None))
    return [rules, names]


def stack_names(names: Sequence[str], shares: Sequence[float]) -> list[int]:
    """The row of each name over a figure (0: the lowest), centred at its share of the width, so that no two overlap."""
    levels = [0] * len(names)
    ends: list[float] = []
    for place in sorted(range(len(names)), key=lambda one: shares[one]):
        half = len(names[place]) * NAME_LETTER / 2
        free = (level for level, end in enumerate(ends) if end <= shares[place] - half)
        levels[place] = next(free, len(ends))
        ends[levels[place] : levels[place] + 1] = [shares[place] + half]
    return levels


def _value_row(point: ValuePoint, place: int, name: Naming) -> dict[str, Any]:
    return {
        "name": point.name,
        "code": point.subtype or NO_REFERENCE,
        "diagnosis": name_subtype(point.subtype, name),
        "value": point.value,
        "target": "present" if point.present else "absent",
        "colour": subtype_colour(point.subtype) if point.subtype else OTHER,
        "shape": "circle" if point.present else "diamond",
        "size": 130 if point.changed else 46,
        "edge": CUT if point.changed else OTHER,
        # A fixed pattern, so that a point stays where it was when the page is drawn again.
        "shift": JITTER * (((place * 5) % 8) / 3.5 - 1),
    }


def _value_scale(points: Sequence[ValuePoint], cut: float, highest_middle: float) -> tuple[alt.Scale, float]:
    """From 0 to the highest value; a few far above the others would press these together, so there it is a root's."""
    top = max([cut, *(point.value for point in points)]) * 1.04
    kind: Any = "sqrt" if top > FAR * highest_middle else "linear"
    return alt.Scale(type=kind, domain=[0, top], nice=False), top


def _find_middles(points: Sequence[ValuePoint]) -> dict[str, float]:
    """The middle value by subtype, "" for no reference diagnosis yet."""
    values: dict[str, list[float]] = defaultdict(list)
    for point in points:
        values[point.subtype or ""].append(point.value)
    return {code: sorted(found)[len(found) // 2] for code, found in values.items()}
