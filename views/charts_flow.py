"""The STARD 2015 flow as a figure: a box for every count, lines from where its patients come. No Streamlit here."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import INK, OTHER, subtype_colour, tint
from trial.flow import Box, Flow
from views.charts_plane import place_x, place_y

SELECTION = "box"
BLUE = subtype_colour("CD")
HEIGHT_PX = 740
BOX_WIDTH, BOX_HEIGHT = 0.88, 0.68
LINE_LETTERS = 14
ACROSS, DOWN = (0.0, 7.0), (6.5, -0.5)
LOSSES = ("excluded", "eligibility_undecided", "no_index_test", "no_read", "no_reference")
COLUMNS = {"positive": 1.0, "negative": 3.0, "inconclusive": 5.0}
TOP = {"potentially_eligible": (3.0, 0), "eligible": (3.0, 1), "index_test": (3.0, 2)}
ASIDE = {
    "excluded": (5.0, 0.5),
    "eligibility_undecided": (6.0, 0.5),
    "no_index_test": (5.0, 1.5),
    "no_read": (6.0, 2.5),
}
TRUTHS = {"present": -0.5, "absent": 0.5, "reference_inconclusive": -0.5, "not_applicable": 0.5}


def chart_flow(flow: Flow, chosen: str | None = None) -> alt.LayerChart:
    """Boxes from top to bottom; losses beside the way they left. A click on a box chooses it; `chosen` is drawn strong."""
    rows = [_row(box, box.code == chosen) | {"path": name_path(box, flow)} for box in flow.boxes]
    picked = alt.selection_point(name=SELECTION, fields=["path"], empty=False)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=place_x("x", ACROSS),
        y=place_y("y", DOWN),
        tooltip=[
            alt.Tooltip("label:N", title="Box"),
            alt.Tooltip("count:Q", title="Patients"),
            alt.Tooltip("why:N", title="Why"),
        ],
    )
    boxes = (
        base.mark_rect(cornerRadius=4, strokeWidth=1.2)
        .encode(
            x=place_x("left", ACROSS), x2=alt.X2("right:Q"), y=place_y("top", DOWN), y2=alt.Y2("bottom:Q"),
            fill=alt.Color("fill:N", scale=None), stroke=alt.Color("edge:N", scale=None),
        )
        .add_params(picked)
    )  # fmt: skip
    words: Any = {"lineBreak": "\n", "lineHeight": 12, "baseline": "line-top", "dy": -30, "color": INK}
    texts = base.mark_text(fontSize=10, **words).encode(text=alt.Text("label:N"))
    counts = base.mark_text(fontSize=14, fontWeight="bold", dy=22, color=INK).encode(text=alt.Text("count:Q"))
    figure: Any = alt.layer(_chart_lines(rows), boxes, texts, counts).properties(height=HEIGHT_PX)
    finished: alt.LayerChart = figure.configure_view(stroke=None)
    return finished


def _row(box: Box, strong: bool) -> dict[str, Any]:
    x, y = _place(box.code)
    edge = OTHER if box.code.split("/")[-1] in LOSSES else BLUE
    return {
        "code": box.code, "parent": box.parent, "x": x, "y": y, "label": "\n".join(wrap(box.label, LINE_LETTERS)),
        "count": box.count, "why": say_reasons(box),
        "edge": edge, "fill": tint(edge, 0.45 if strong else 0.12), "strong": strong,
        "left": x - BOX_WIDTH / 2, "right": x + BOX_WIDTH / 2, "top": y - BOX_HEIGHT / 2, "bottom": y + BOX_HEIGHT / 2,
    }  # fmt: skip


def name_path(box: Box, flow: Flow) -> str:
    """The label after those of the boxes it comes from, so that no two boxes read alike."""
    parts = box.code.split("/")
    return " · ".join(flow.find("/".join(parts[: place + 1])).label for place in range(len(parts)))


def say_reasons(box: Box) -> str:
    """Why its patients left the flow here, the commonest first; an em dash where they did not."""
    return "; ".join(f"{reason.says}: {len(reason.patients)}" for reason in box.reasons) or "—"


def _place(code: str) -> tuple[float, float]:
    if code in TOP or code in ASIDE:
        return (TOP | ASIDE)[code]
    result, *rest = code.split("/")
    x = COLUMNS[result]
    if not rest:
        return x, 3.0
    if rest == ["no_reference"]:
        return x + 0.5, 4.0
    if rest == ["reference"]:
        return x - 0.5, 4.0
    truth = rest[-1]
    return x + TRUTHS[truth], 5.0 if truth in ("present", "absent") else 6.0


def _chart_lines(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    place = {row["code"]: row for row in rows}
    ways = [_find_way(row, place[row["parent"]]) for row in rows if row["parent"] is not None]
    lines = [(*start, *end) for way in ways for start, end in zip(way, way[1:], strict=False)]
    chart = alt.Chart(pd.DataFrame(lines, columns=["x", "y", "x2", "y2"])).mark_rule(color=OTHER, opacity=0.5)
    return chart.encode(x=place_x("x", ACROSS), y=place_y("y", DOWN), x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"))


def _find_way(row: dict[str, Any], parent: dict[str, Any]) -> list[tuple[float, float]]:
    """Corners of the line from a box to one below it, between the other boxes and through none of them."""
    if row["code"] in ASIDE:
        return [(parent["right"], parent["y"]), (row["x"], parent["y"]), (row["x"], row["top"])]
    turn = parent["y"] + 0.5
    way = [(parent["x"], parent["bottom"]), (parent["x"], turn)]
    if row["y"] - parent["y"] > 1:  # past a row of boxes: down the gap in the middle of its column
        gap = COLUMNS[row["code"].split("/")[0]]
        turn = row["y"] - 0.5
        way += [(gap, way[-1][1]), (gap, turn)]
    return [*way, (row["x"], turn), (row["x"], row["top"])]
