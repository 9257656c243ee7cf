"""What one change does: for each subtype a ring where it was, a dot where it would be. No Streamlit here."""

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from decision.what_if import Shift
from exchange.palette import OTHER, TEXT, subtype_colour
from views.words import say_per_cent

SHOWN_AT_LEAST = 0.01
ROW_PX = 30
EDGE_PX = 40


def shown_shifts(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """Those of at least 1 % before or after, the likeliest after the change first."""
    seen = [shift for shift in shifts if max(shift.before, shift.after) >= SHOWN_AT_LEAST]
    return tuple(sorted(seen, key=lambda shift: -shift.after))


def chart_shifts(shifts: Sequence[Shift], name: Callable[[str], str]) -> alt.LayerChart:
    """One line a subtype with its probability before (ring) and after (dot), both figures at the end."""
    rows = [
        {
            "line": number,
            "name": name(shift.subtype),
            "before": shift.before,
            "after": shift.after,
            "figures": f"{say_per_cent(shift.before)} → {say_per_cent(shift.after)}",
            "colour": subtype_colour(shift.subtype),
        }
        for number, shift in enumerate(shown_shifts(shifts))
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, labelLimit=160, ticks=False, domain=False)),
        tooltip=[alt.Tooltip("name:N", title="Subtype"), alt.Tooltip("figures:N", title="Before → after")],
    )
    scale = alt.Scale(domain=[0, 1.35])
    percent = alt.Axis(title=None, format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True)
    before = alt.X("before:Q", scale=scale, axis=percent)
    colour = alt.Color("colour:N", scale=None)
    way = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=before, x2="after:Q", color=colour)
    ring = base.mark_point(size=90, fill="white", color=OTHER, strokeWidth=2).encode(x=before)
    dot = base.mark_circle(size=110, opacity=1).encode(x=alt.X("after:Q", scale=scale, axis=percent), color=colour)
    figures = base.mark_text(align="right", fontSize=12, color=TEXT).encode(x=alt.value("width"), text="figures:N")
    figure = alt.layer(way, ring, dot, figures).properties(height=ROW_PX * max(len(rows), 1) + EDGE_PX)
    finished: alt.LayerChart = figure.configure_view(stroke=None)
    return finished
