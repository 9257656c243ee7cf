"""Figures of one test: the forest of its measures, its table as cells to click, and what stands below every figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import INK, OTHER, TEXT, tint

CELL = "cell"
ROW_PX = 34
AXES_PX = 62
LINE_PX = 15
NOTE_LETTERS = 98
HALF_LETTERS = 76
HALF_PX = 470


@dataclass(frozen=True)
class Footnote:
    """What every copy of a figure says below it."""

    n: str
    method: str
    day: date
    signature: str | None = None

    def lines(self, letters: int = NOTE_LETTERS) -> list[str]:
        """The note in lines that fit under a figure."""
        parts = (self.n, self.method, f"{self.day.day} {self.day:%b %Y}", self.signature)
        return wrap(" · ".join(part for part in parts if part), letters)


@dataclass(frozen=True)
class ForestRow:
    """One line: the value with its interval (thick), a second interval (thin) and its figures in words at the right."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    figures: str
    thin_low: float | None = None
    thin_high: float | None = None
    colour: str = OTHER


@dataclass(frozen=True)
class Axis:
    """The scale of a forest; `line` is drawn where nothing differs."""

    title: str
    low: float
    high: float
    line: float | None = None
    logarithmic: bool = False
    per_cent: bool = True


SHARES = Axis("Per cent", 0, 1)
DIFFERENCES = Axis("Difference, percentage points", -1, 1, 0)
RATIOS = Axis("Ratio (logarithmic)", 0.01, 1000, 1, logarithmic=True, per_cent=False)


@dataclass(frozen=True)
class Cell:
    """One cell of the table of results against the truth; `code` is what a click chooses."""

    row: str
    column: str
    code: str
    count: int
    name: str = ""


def note_figure(chart: Any, note: Footnote, letters: int = NOTE_LETTERS, on_page: bool = False) -> Any:
    """The figure with n, method, date and signature below it; on a page the height has room for them."""
    lines = note.lines(letters)
    title = alt.TitleParams(
        lines, orient="bottom", anchor="start", fontSize=11, fontWeight="normal", color=TEXT, offset=8
    )
    # Streamlit counts the whole picture as the height, the axes and the note too.
    return chart.properties(
        title=title, **({"height": chart.height + AXES_PX + LINE_PX * len(lines)} if on_page else {})
    )


def chart_forest(rows: Sequence[ForestRow], axis: Axis = SHARES) -> Any:
    """Points with thick and thin intervals, one line a measure, the figures in words at the right."""
    frame = pd.DataFrame([_forest_row(row, axis) for row in rows])
    names = [row.name for row in rows]
    base = alt.Chart(frame).encode(
        tooltip=[alt.Tooltip("name:N", title="Measure"), alt.Tooltip("figures:N", title="Value")],
        color=alt.Color("colour:N", scale=None),
    )
    x = _forest_axis(axis)
    named, plain = (_name_axis(names, look) for look in (_left_axis(), None))
    layers = [
        base.mark_rule(strokeWidth=1.2).encode(x=alt.X("thin_low:Q", **x), x2=alt.X2("thin_high:Q"), y=named),
        base.mark_rule(strokeWidth=4, opacity=0.75).encode(x=alt.X("low:Q", **x), x2=alt.X2("high:Q"), y=plain),
        base.mark_point(size=90, filled=True, stroke="white", strokeWidth=1, opacity=1).encode(
            x=alt.X("value:Q", **x), y=plain
        ),
        _figures_axis(frame, names),
    ]
    if axis.line is not None:
        rule = alt.Chart(pd.DataFrame([{"at": axis.line}])).mark_rule(strokeDash=[4, 3], color=TEXT)
        layers.insert(0, rule.encode(x=alt.X("at:Q", **x)))
    return alt.layer(*layers).resolve_axis(y="independent").properties(height=ROW_PX * len(rows))


def _left_axis() -> alt.Axis:
    return alt.Axis(orient="left", labelLimit=240, ticks=False, domain=False, labelFlush=False, labelBound=False)


def _name_axis(names: Sequence[str], look: alt.Axis | None) -> alt.Y:
    return alt.Y("name:N", sort=list(names), title=None, axis=look)


def chart_cells(cells: Sequence[Cell], chosen: str | None, colour: str = OTHER) -> Any:
    """The table as cells; a click chooses one (selection "cell"), the chosen one has a frame."""
    rows = list(dict.fromkeys(cell.row for cell in cells))
    columns = list(dict.fromkeys(cell.column for cell in cells))
    base = alt.Chart(_shade_cells(cells, chosen, colour)).encode(
        x=alt.X("column:N", sort=columns, title=None, axis=_cell_axis("top")),
        y=alt.Y("row:N", sort=rows, title=None, axis=_cell_axis("left")),
        tooltip=[
            alt.Tooltip("row:N", title="Test"),
            alt.Tooltip("column:N", title="Reference"),
            alt.Tooltip("count:Q", title="Patients"),
        ],
    )
    pick = alt.selection_point(name=CELL, fields=["code"], on="click")
    boxes = base.mark_rect(stroke=TEXT).encode(
        fill=alt.Fill("shade:N", scale=None, legend=None),
        strokeWidth=alt.StrokeWidth("frame:Q", scale=None, legend=None),
    )
    numbers = base.mark_text(fontSize=18, fontWeight="bold", dy=-6, color=INK).encode(text=alt.Text("count:Q"))
    names = base.mark_text(fontSize=11, dy=13, color=INK).encode(text=alt.Text("name:N"))
    # What is clicked lies over the texts, which would keep the click for themselves.
    face = base.mark_rect(opacity=0.001, cursor="pointer").add_params(pick)
    return alt.layer(boxes, numbers, names, face).properties(height=58 * len(rows))


def _shade_cells(cells: Sequence[Cell], chosen: str | None, colour: str) -> pd.DataFrame:
    """Each cell with its ground, deeper for more patients, and the width of its frame."""
    most = max([1, *(cell.count for cell in cells)])
    return pd.DataFrame(
        [
            vars(cell)
            | {"shade": tint(colour, 0.06 + 0.28 * cell.count / most), "frame": 3 if cell.code == chosen else 0.6}
            for cell in cells
        ]
    )


def _cell_axis(side: Any) -> alt.Axis:
    # Long names stand in two lines, so that the middle one is not left out for want of room.
    broken = "split(datum.label, ' ')"
    return alt.Axis(
        orient=side,
        labelAngle=0,
        ticks=False,
        domain=False,
        labelOverlap=False,
        labelPadding=20 if side == "top" else 6,
        labelExpr=broken,
    )


def _forest_axis(axis: Axis) -> dict[str, Any]:
    scale = alt.Scale(
        type="log" if axis.logarithmic else "linear", domain=[axis.low, axis.high], nice=False, clamp=True
    )
    look = alt.Axis(format="~%" if axis.per_cent else "~g", tickCount=6)
    return {"scale": scale, "title": axis.title, "axis": look}


def _figures_axis(frame: pd.DataFrame, names: Sequence[str]) -> alt.Chart:
    """An axis at the right whose labels are the figures: so they have room at every width."""
    words = {row["name"]: row["figures"] for row in frame.to_dict("records")}
    pairs = ", ".join(f"{_quote(str(name))}: {_quote(str(says))}" for name, says in words.items())
    look = alt.Axis(
        orient="right", labelExpr=f"({{{pairs}}})[datum.value]", labelLimit=420, ticks=False, domain=False, grid=False
    )
    y = alt.Y("name:N", sort=list(names), title=None, axis=look)
    return alt.Chart(frame).mark_point(opacity=0).encode(y=y)


def _forest_row(row: ForestRow, axis: Axis) -> dict[str, Any]:
    line = vars(row).copy()
    for name in ("value", "low", "high", "thin_low", "thin_high"):
        number = line[name]
        if number is not None and axis.logarithmic and number <= 0:
            # A ratio of 0 has no place on this scale: its interval begins at the edge, its point is not drawn.
            line[name] = None if name == "value" else axis.low
    return line


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "").replace("'", "\\'") + "'"
