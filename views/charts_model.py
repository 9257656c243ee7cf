"""The learned model beside the engine: how often each is right when it says so, and what each takes for what. No Streamlit here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from exchange.palette import INK, TEXT, tint
from trial.calibration import ReliabilityBin
from trial.learned import Judged
from views.charts_cohort import pick_subtype

ENGINE, LEARNED = "engine", "learned model"
COLOURS = {ENGINE: "#8C8C8C", LEARNED: "#0F7B8A"}
Naming = Callable[[str], str]


def chart_reliability(bins: Mapping[str, Sequence[ReliabilityBin]]) -> Any:
    """How often the first choice was right (Wilson 95 %) against the probability it was given; on the line is calibrated."""
    rows = [
        {"who": who, "said": one.said, "right": one.share_right, "low": one.low, "high": one.high, "n": one.patients}
        for who, members in bins.items()
        for one in members
    ]
    axis = alt.Axis(format="%", tickCount=5)
    x = alt.X("said:Q", title="Probability of the first choice", scale=alt.Scale(domain=[0, 1]), axis=axis)
    right: dict[str, Any] = {"title": "It was right", "scale": alt.Scale(domain=[0, 1]), "axis": axis}
    colour = alt.Color(
        "who:N",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(orient="top", title=None),
    )
    tooltip = [
        alt.Tooltip("who:N", title="Who"),
        alt.Tooltip("n:Q", title="Patients"),
        alt.Tooltip("right:Q", format=".0%"),
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(x=x, color=colour, tooltip=tooltip)
    line = alt.Chart(pd.DataFrame([{"at": 0.0}, {"at": 1.0}])).mark_line(strokeDash=[4, 3], color=TEXT)
    return alt.layer(
        line.encode(x=alt.X("at:Q"), y=alt.Y("at:Q", **right)),
        base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", **right), y2=alt.Y2("high:Q")),
        base.mark_point(filled=True, size=70, opacity=1).encode(y=alt.Y("right:Q", **right), shape=alt.Shape("who:N")),
    ).properties(height=320)


def count_choices(judged: Judged, who: str) -> pd.DataFrame:
    """Patients by reference class and first choice, every pair of classes once."""
    first = (judged.engine if who == ENGINE else judged.learned).argmax(axis=1)
    pairs = np.zeros((len(judged.classes),) * 2, dtype=int)
    np.add.at(pairs, (judged.truth, first), 1)
    rows = [
        {"reference": true, "said": said, "patients": int(pairs[i, j])}
        for i, true in enumerate(judged.classes)
        for j, said in enumerate(judged.classes)
    ]
    return pd.DataFrame(rows)


def chart_confusion(counts: pd.DataFrame, name: Naming) -> Any:
    """Reference diagnosis downwards, first choice across; the darker, the more patients.

    A click on a cell picks its reference diagnosis (selection "subtype").
    """
    most = max(1, int(counts["patients"].max()))
    frame = counts.assign(
        code=counts["reference"],
        reference=counts["reference"].map(name),
        said=counts["said"].map(name),
        ground=[tint(COLOURS[LEARNED], 0.06 + 0.24 * count / most) for count in counts["patients"]],
    )
    order = list(dict.fromkeys(frame["reference"]))
    look: dict[str, Any] = {
        "labelAngle": 0,
        "ticks": False,
        "domain": False,
        "labelLimit": 130,
        "labelExpr": "split(datum.label, ' ')",
    }
    base = alt.Chart(frame).encode(
        x=alt.X("said:N", sort=order, title="First choice", axis=alt.Axis(labelAlign="center", **look)),
        y=alt.Y("reference:N", sort=order, title="Reference", axis=alt.Axis(**look)),
        tooltip=["reference:N", "said:N", "patients:Q"],
    )
    ground = alt.Fill("ground:N", scale=None, legend=None)
    boxes = base.mark_rect(stroke=TEXT, strokeWidth=0.5).encode(fill=ground)
    numbers = base.mark_text(fontSize=15, fontWeight="bold", color=INK).encode(text=alt.Text("patients:Q"))
    # What is clicked lies over the numbers, which would keep the click for themselves.
    face = base.mark_rect(opacity=0.001, cursor="pointer").add_params(pick_subtype())
    return alt.layer(boxes, numbers, face).properties(height=120 + 36 * len(order))
