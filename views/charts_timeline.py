"""When each result was taken: one line an analyte, the value at its day, an arrow against the stated limit. No Streamlit here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import altair as alt
import pandas as pd

from decision.case import Result
from decision.units import format_result
from decision.vocabulary import load_vocabulary
from exchange.palette import OTHER, TEXT, subtype_colour
from views.names import test_name
from views.results_table import say_arrow, say_limit
from views.words import say_date

LINE_PX = 30
EDGE_PX = 60
HEADS = (-14, -28)  # names of neighbouring days stand at two heights
ABOVE, BELOW = subtype_colour("EAS"), subtype_colour("CD")
MARKS = {"↑": "triangle-up", "↓": "triangle-down", "": "circle"}
COLOURS = {"↑": ABOVE, "↓": BELOW, "": OTHER}
MEANING = {
    "↑": "above the stated limit",
    "↓": "below the stated limit",
    "": "within the stated limit, or none was stated",
}


def dated_results(results: Sequence[Result]) -> tuple[Result, ...]:
    """Those whose day is known, in the order of the vocabulary, the earliest first within a test."""
    order = list(load_vocabulary().tests)
    dated = [result for result in results if result.collected_at]
    return tuple(sorted(dated, key=lambda result: (order.index(result.test), result.collected_at or "")))


def chart_timeline(results: Sequence[Result], events: Sequence[tuple[date, str]] = ()) -> alt.LayerChart:
    """Results by day with their values beside them; events (a scan, the MDT) as upright lines with their names."""
    rows = [_row(result) for result in dated_results(results)]
    columns = None if rows else ["test", "day", "value", "mark", "colour", "limit", "means", "when"]
    base = alt.Chart(pd.DataFrame(rows, columns=columns)).encode(
        x=alt.X(
            "day:T",
            scale=alt.Scale(padding=24),
            axis=alt.Axis(title=None, format="%d %b %Y", labelOverlap=True, tickCount=6, grid=False),
        ),
        y=alt.Y("test:N", sort=None, axis=alt.Axis(title=None, labelLimit=190, grid=True, ticks=False, domain=False)),
        tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP.items()],
    )
    marks = base.mark_point(filled=True, size=90, opacity=1).encode(
        shape=alt.Shape("mark:N", scale=None), color=alt.Color("colour:N", scale=None)
    )
    values = base.mark_text(align="left", dx=9, fontSize=12, color=TEXT).encode(text="value:N")
    lines = max(len({row["test"] for row in rows}), 1)
    figure: Any = alt.layer(
        *_chart_events(events), base.mark_line(color=OTHER, opacity=0.5).encode(detail="test:N"), marks, values
    )
    finished: alt.LayerChart = figure.properties(height=LINE_PX * lines + EDGE_PX)
    return finished


_TOOLTIP = {"test": "Test", "value": "Result", "limit": "Limit", "means": "Against it", "when": "Taken"}


def _row(result: Result) -> dict[str, object]:
    arrow = say_arrow(result)
    return {
        "test": test_name(result.test) + (f", {result.side}" if result.side else ""),
        "day": datetime.fromisoformat(str(result.collected_at)).replace(tzinfo=None).isoformat(),
        "value": format_result(result).split(" · ")[0],
        "mark": MARKS[arrow],
        "colour": COLOURS[arrow],
        "limit": say_limit(result),
        "means": MEANING[arrow],
        "when": say_date(result.collected_at),
    }


def _chart_events(events: Sequence[tuple[date, str]]) -> list[alt.Chart]:
    """An upright line a day, the names of all events of that day at its head."""
    if not events:
        return []
    names: dict[date, list[str]] = {}
    for day, name in sorted(events):
        names.setdefault(day, []).append(name)
    rows = [
        {"day": day.isoformat(), "name": ", ".join(dict.fromkeys(said)), "head": HEADS[number % len(HEADS)]}
        for number, (day, said) in enumerate(names.items())
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(x="day:T", tooltip=[alt.Tooltip("name:N", title="Event")])
    text = base.mark_text(align="left", baseline="top", dx=4, fontSize=11, color=TEXT).encode(
        text="name:N", y=alt.Y("head:Q", scale=None, axis=None)
    )
    return [base.mark_rule(color=OTHER, strokeDash=[4, 3]), text]
