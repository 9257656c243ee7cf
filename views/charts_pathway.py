"""The guideline's way as a figure: one box a step, the two branches below one another, the patient's way lit. No Streamlit here."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from decision.pathway import PathStep
from exchange.palette import OTHER, TEXT, subtype_colour
from views.charts_plane import place_x, place_y

LIT = subtype_colour("CD")
STATES = {
    "done": "done",
    "here": "the patient stands here",
    "ahead": "still ahead",
    "aside": "not on this patient's way",
}
MARKS = {"done": "✓", "here": "●", "ahead": "", "aside": ""}
BRANCHES = {
    "acth_dependent": "ACTH-dependent",
    "ectopic": "ACTH-dependent",
    "acth_independent": "ACTH-independent",
    "mild": "ACTH-independent",
    "not_overt": "Not overt",
}
ENDS = "Not overt"  # what is treated and looked at again leads no further
ROW_OF = {None: 1.0, "ACTH-dependent": 0.0, "ACTH-independent": 2.0, "Not overt": 3.2}
ROWS = (3.95, -0.55)
LINE_LETTERS = 15
LINES_ABOVE = 2


def chart_pathway(steps: Sequence[PathStep]) -> alt.LayerChart:
    """Steps from left to right; done and present ones in colour, ways not taken pale. Hover says the step and its source."""
    boxes = _place(steps)
    columns = [0.4, max((float(str(box["x"])) for box in boxes), default=1.0) + 0.6]
    figure = alt.layer(_chart_ways(boxes, columns), *_chart_boxes(boxes, columns)).properties(height=400)
    finished: alt.LayerChart = figure.configure_view(stroke=None)
    return finished


def _chart_ways(boxes: Sequence[dict[str, object]], columns: Sequence[float]) -> alt.Chart:
    ways = pd.DataFrame(_join(boxes), columns=["x", "y", "x2", "y2", "lit"])
    return (
        alt.Chart(ways)
        .mark_rule(strokeWidth=2)
        .encode(
            x=place_x("x", columns),
            x2="x2:Q",
            y=place_y("y", ROWS),
            y2="y2:Q",
            color=alt.condition("datum.lit", alt.value(LIT), alt.value(OTHER)),
            opacity=alt.condition("datum.lit", alt.value(1), alt.value(0.35)),
        )
    )


def _chart_boxes(boxes: Sequence[dict[str, object]], columns: Sequence[float]) -> list[alt.Chart]:
    pale = alt.condition("datum.state == 'aside'", alt.value(0.45), alt.value(1))
    base = alt.Chart(pd.DataFrame(boxes)).encode(
        x=place_x("x", columns),
        y=place_y("y", ROWS),
        tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP.items()],
    )
    dots = base.mark_circle(size=420, opacity=1).encode(color=alt.Color("fill:N", scale=None), opacity=pale)
    ring = base.transform_filter("datum.state == 'here'").mark_point(size=800, strokeWidth=2.5, color=LIT)
    marks = base.mark_text(color="white", fontSize=13, fontWeight="bold").encode(text="mark:N")
    text: dict[str, Any] = {"fontSize": 12, "lineBreak": "\n", "lineHeight": 14, "color": TEXT}
    above, below = base.transform_filter("datum.y == 0"), base.transform_filter("datum.y > 0")
    names = [
        above.mark_text(dy=-52, baseline="line-top", **text).encode(text="label:N", opacity=pale),
        below.mark_text(dy=22, baseline="line-top", **text).encode(text="label:N", opacity=pale),
    ]
    return [ring, dots, marks, *names]


_TOOLTIP = {"title": "Step", "says": "Guideline", "where": "State", "source": "Source"}


def _place(steps: Sequence[PathStep]) -> list[dict[str, object]]:
    """A column for each step of its row; what both branches lead to stands after the longer one."""
    boxes: list[dict[str, object]] = []
    trunk, row_end, forked = 0, dict.fromkeys(BRANCHES.values(), 0), False
    for step in steps:
        row = BRANCHES.get(step.branch or "")
        if row is None:
            trunk = max(trunk, *row_end.values()) + 1 if forked else trunk + 1
            column = trunk
        else:
            forked = True
            row_end[row] = max(row_end[row], trunk) + 1
            column = row_end[row]
        boxes.append(_box(step, column, row))
    return boxes


def _box(step: PathStep, column: int, row: str | None) -> dict[str, object]:
    reached = step.state in ("done", "here")
    return {
        "id": step.id, "x": column, "y": ROW_OF[row], "row": row, "state": step.state, "mark": MARKS[step.state],
        "fill": LIT if reached else OTHER, "label": _label(step.title, row), "title": step.title,
        "says": step.says, "where": STATES[step.state], "source": step.source,
    }  # fmt: skip


def _label(title: str, row: str | None) -> str:
    """The title on short lines; above its box it ends at the same height however many lines it has."""
    lines = wrap(title, LINE_LETTERS)
    above = row is not None and ROW_OF[row] == 0
    return "\n".join([" "] * (LINES_ABOVE - len(lines)) * above + lines)


def _join(boxes: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """A line from each box to the next on its way; lit when both ends lie on the patient's way so far."""
    trunk = [box for box in boxes if box["row"] is None]
    first = min((number for number, box in enumerate(boxes) if box["row"]), default=len(boxes))
    before = [box for box in trunk if boxes.index(box) < first]
    after = [box for box in trunk if boxes.index(box) > first]
    pairs = [*zip(before, before[1:], strict=False), *zip(after, after[1:], strict=False)]
    for row in dict.fromkeys(box["row"] for box in boxes if box["row"]):
        way = [*before[-1:], *(box for box in boxes if box["row"] == row), *(after[:1] if row != ENDS else [])]
        pairs += zip(way, way[1:], strict=False)
    return [_line(start, end) for start, end in pairs]


def _line(start: dict[str, object], end: dict[str, object]) -> dict[str, object]:
    reached = ("done", "here")
    lit = start["state"] in reached and end["state"] in reached
    return {"x": start["x"], "y": start["y"], "x2": end["x"], "y2": end["y"], "lit": lit}
