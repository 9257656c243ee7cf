"""Fagan's idea finding by finding: how each result moved the probabilities, from before any test to now. No Streamlit here."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from decision.steps import Step
from exchange.palette import OTHER, subtype_colour
from views.words import say_per_cent, shorten_finding

WORTH_A_LINE = 0.08
ROW_PX = 30
EDGE_PX = 70
MOVES_AT_LEAST = 0.005


def shown_lines(steps: Sequence[Step]) -> tuple[str, ...]:
    """The subtypes that reached 8 % at some step, in the order of the last."""
    names = [name for name in steps[-1].probabilities if any(s.probabilities[name] >= WORTH_A_LINE for s in steps)]
    return tuple(sorted(names, key=lambda name: -steps[-1].probabilities[name]))


def moving_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The first step and every one that moved a subtype by half a per cent or more; the others would be a straight line."""
    moved = [
        after
        for before, after in zip(steps, steps[1:], strict=False)
        if max(abs(after.probabilities[name] - before.probabilities[name]) for name in after.probabilities)
        >= MOVES_AT_LEAST
    ]
    return (steps[0], *moved)


def chart_path(steps: Sequence[Step], name: Callable[[str], str]) -> alt.LayerChart:
    """Findings from top to bottom in the order they were taken, one line a subtype from left (0) to right (1)."""
    subtypes, moving = shown_lines(steps), moving_steps(steps)
    rows = [_row(number, step, subtype, name) for number, step in enumerate(moving) for subtype in subtypes]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "probability:Q",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(title=None, format="%", orient="top", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        y=alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=210, ticks=False, domain=False, grid=True)),
        color=alt.Color(
            "subtype:N",
            scale=alt.Scale(
                domain=[name(code) for code in subtypes], range=[subtype_colour(code) for code in subtypes]
            ),
            legend=alt.Legend(orient="top", title=None, columns=3),
        ),
        tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP.items()],
    )
    lines = base.mark_line(strokeWidth=2.5).encode(order="step:Q", detail="subtype:N")
    dots = base.mark_circle(size=70, opacity=1, stroke=OTHER, strokeWidth=0.5)
    figure: Any = alt.layer(lines, dots).properties(height=ROW_PX * len(moving) + EDGE_PX)
    finished: alt.LayerChart = figure.configure_view(stroke=None)
    return finished


_TOOLTIP = {"finding": "After", "subtype": "Subtype", "figure": "Probability"}


def _row(number: int, step: Step, subtype: str, name: Callable[[str], str]) -> dict[str, object]:
    share = step.probabilities[subtype]
    return {
        "step": number,
        "finding": step.finding,
        "label": f"{number}. {shorten_finding(step.finding)}" if number else step.finding,
        "subtype": name(subtype),
        "probability": share,
        "figure": say_per_cent(share),
    }
