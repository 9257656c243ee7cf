"""Figures of an assessment: the probabilities with their intervals, the evidence for and against. No Streamlit here."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from decision.assessment import Assessment, Reason, SubtypeProbability
from exchange.palette import OTHER, TEXT, subtype_colour
from views.words import say_interval, say_per_cent, say_weight, shorten_finding

Naming = Callable[[str], str]
SHOWN_AT_LEAST = 0.01
ROW_PX = 36
# Streamlit counts the whole picture as the height, the axis and the edge too: without them few lines lie on one another.
AXIS_PX = 44
EDGE_PX = 10
SPAN = "#8A9099"
_DOWN = 7
_BAR: dict[str, Any] = {"height": 10, "stroke": OTHER, "strokeWidth": 0.6, "yOffset": _DOWN}


def shown_subtypes(assessment: Assessment, most: int = 5) -> tuple[SubtypeProbability, ...]:
    """The classes worth a line: the leader, those of the prediction set, and others of at least 1 %, `most` at most."""
    inside = [
        item
        for item in assessment.subtypes
        if item.probability >= SHOWN_AT_LEAST or item.subtype in assessment.prediction_set
    ]
    return tuple(inside[:most]) or assessment.subtypes[:1]


def chart_posterior(assessment: Assessment, name: Naming) -> alt.LayerChart:
    """One bar a class with its 95 % interval, name and figures above it; classes under 1 % share the last line."""
    shown = shown_subtypes(assessment)
    rest = sum(item.probability for item in assessment.subtypes if item not in shown)
    rows = [_posterior_row(item, name) for item in shown]
    rows.append({"name": "all others", "probability": rest, "figures": say_per_cent(rest), "colour": OTHER})
    base = _lines(rows)
    tooltip = [alt.Tooltip("name:N", title="Subtype"), alt.Tooltip("figures:N", title="Probability [95 % interval]")]
    bars = base.mark_bar(**_BAR).encode(
        x=alt.X("probability:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
        color=alt.Color("colour:N", scale=None),
        tooltip=tooltip,
    )
    spans = base.mark_rule(color=SPAN, strokeWidth=2, yOffset=_DOWN).encode(x="low:Q", x2="high:Q", tooltip=tooltip)
    ends = [
        base.mark_tick(color=SPAN, thickness=2, size=8, yOffset=_DOWN).encode(x=f"{end}:Q") for end in ("low", "high")
    ]
    return _finish(alt.layer(bars, spans, *ends, *_texts(base)), rows)


def _posterior_row(item: SubtypeProbability, name: Naming) -> dict[str, object]:
    return {
        "name": name(item.subtype),
        "probability": item.probability,
        "low": item.low,
        "high": item.high,
        "figures": f"{say_per_cent(item.probability)} {say_interval(item.low, item.high)}",
        "colour": subtype_colour(item.subtype),
    }


def signed_weight(reason: Reason, leader: str) -> float:
    """The weight of a reason as seen from the leading class, decibans: above 0 speaks for it, below 0 against it."""
    if reason.for_ == leader:
        return reason.weight_db
    return -reason.weight_db if reason.against == leader else 0.0


def weighed_reasons(reasons: Sequence[Reason], leader: str) -> list[Reason]:
    """The reasons that move the leading class, heaviest first."""
    moving = [reason for reason in reasons if signed_weight(reason, leader)]
    return sorted(moving, key=lambda reason: -abs(reason.weight_db))


def chart_evidence(reasons: Sequence[Reason], leader: str, name: Naming) -> alt.LayerChart:
    """Each finding as a bar in decibans from the middle: to the right for the leading class, to the left against it."""
    rows = [_evidence_row(reason, leader, name) for reason in weighed_reasons(reasons, leader)]
    reach = max([10.0, *(abs(signed_weight(reason, leader)) for reason in reasons)])
    base = _lines(rows)
    bars = base.mark_bar(**_BAR).encode(
        x=alt.X(
            "weight:Q",
            scale=alt.Scale(domain=[-reach, reach]),
            axis=alt.Axis(title=_SIDES, labels=False, ticks=False, grid=False, domain=False),
        ),
        color=alt.Color("colour:N", scale=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP.items()],
    )
    middle = base.mark_tick(color=SPAN, thickness=1.5, size=18, yOffset=_DOWN).encode(x=alt.datum(0))
    return _finish(alt.layer(middle, bars, *_texts(base)), rows, AXIS_PX)


_SIDES = "◂ speaks against   ·   speaks for ▸"
_TOOLTIP = {
    "finding": "Finding",
    "says": "Says",
    "favours": "Speaks for",
    "figures": "Odds",
    "decibans": "Decibans",
    "source": "Source",
    "grade": "Grade",
}


def _evidence_row(reason: Reason, leader: str, name: Naming) -> dict[str, object]:
    favoured = reason.for_ if reason.weight_db > 0 else reason.against
    return {
        "name": shorten_finding(reason.finding),
        "finding": reason.finding,
        "weight": signed_weight(reason, leader),
        "figures": say_weight(reason.weight_db),
        "decibans": f"{abs(reason.weight_db):.1f}",
        "favours": f"{name(reason.for_)} over {name(reason.against)}",
        "says": reason.says,
        "source": reason.source,
        "grade": reason.grade,
        "colour": subtype_colour(favoured),
    }


def _lines(rows: Sequence[dict[str, object]]) -> alt.Chart:
    """A chart with one line a row, in the order given; rows of the same name keep a line each."""
    numbered = [{"line": line, **row} for line, row in enumerate(rows)]
    columns = None if rows else ["line", "name", "figures", "weight", "probability"]
    return alt.Chart(pd.DataFrame(numbered, columns=columns)).encode(y=alt.Y("line:O", axis=None))


def _texts(base: alt.Chart) -> list[alt.Chart]:
    """The name at the left end above each bar, the figures at the right."""
    name = base.mark_text(align="left", dy=-8, fontSize=13, color=TEXT, limit=alt.expr("width - 95")).encode(
        x=alt.value(0), text="name:N"
    )
    figures = base.mark_text(align="right", dy=-8, fontSize=13, color=TEXT).encode(
        x=alt.value("width"), text="figures:N"
    )
    return [name, figures]


def _finish(chart: Any, rows: Sequence[object], around_px: int = EDGE_PX) -> alt.LayerChart:
    height = ROW_PX * max(len(rows), 1) + around_px
    finished: alt.LayerChart = chart.properties(height=height).configure_view(stroke=None)
    return finished
