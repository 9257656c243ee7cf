"""Figures of an assessment: the probabilities with their intervals, the evidence for and against. No Streamlit here."""

import re
from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from decision.assessment import Assessment, Reason, SiteProbability, SubtypeProbability
from exchange.palette import OTHER, QUIET, subtype_colour
from views.words import say_interval, say_per_cent, say_weight

Naming = Callable[[str], str]
SHOWN_AT_LEAST = 0.01
ROW_PX = 30


def shown_subtypes(assessment: Assessment, most: int = 5) -> tuple[SubtypeProbability, ...]:
    """The classes worth a line: the leader, those of the prediction set, and others of at least 1 %, `most` at most."""
    inside = [
        item
        for item in assessment.subtypes
        if item.probability >= SHOWN_AT_LEAST or item.subtype in assessment.prediction_set
    ]
    return tuple(inside[:most]) or assessment.subtypes[:1]


def chart_posterior(assessment: Assessment, name: Naming) -> alt.LayerChart:
    """One bar a class with its 95 % interval and the figures beside it; classes under 1 % share the last line."""
    shown = shown_subtypes(assessment)
    rest = sum(item.probability for item in assessment.subtypes if item not in shown)
    rows = [_posterior_row(item, name) for item in shown]
    rows.append({"class": "all others", "probability": rest, "figures": say_per_cent(rest), "colour": OTHER})
    base = alt.Chart(pd.DataFrame(rows)).encode(y=_names("class", rows))
    tooltip = [alt.Tooltip("class:N", title="Subtype"), alt.Tooltip("figures:N", title="Probability [95 % interval]")]
    scale = alt.Scale(domain=[0, 1.5])
    bars = base.mark_bar(height=16, stroke=OTHER, strokeWidth=0.6).encode(
        x=alt.X("probability:Q", scale=scale, axis=None),
        color=alt.Color("colour:N", scale=None),
        tooltip=tooltip,
    )
    spans = base.mark_rule(color=QUIET, strokeWidth=2).encode(x="low:Q", x2="high:Q", tooltip=tooltip)
    ends = [base.mark_tick(color=QUIET, thickness=2, size=9).encode(x=f"{end}:Q") for end in ("low", "high")]
    figures = base.mark_text(align="left", fontSize=14, color=QUIET).encode(x=alt.datum(1.04), text="figures:N")
    return alt.layer(bars, spans, *ends, figures).properties(height=ROW_PX * len(rows)).configure_view(stroke=None)


def _posterior_row(item: SubtypeProbability, name: Naming) -> dict[str, object]:
    return {
        "class": name(item.subtype),
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
    rows = [
        _evidence_row(reason, leader, name) | {"line": f"{order:02d}|{shorten_finding(reason.finding)}"}
        for order, reason in enumerate(weighed_reasons(reasons, leader))
    ]
    reach = max([10.0, *(abs(row["weight"]) for row in rows)]) * 1.35  # type: ignore[arg-type]
    base = alt.Chart(pd.DataFrame(rows, columns=_EVIDENCE)).encode(y=_names("line", rows))
    bars = base.mark_bar(height=16, stroke=OTHER, strokeWidth=0.6).encode(
        x=alt.X(
            "weight:Q",
            scale=alt.Scale(domain=[-reach, reach]),
            axis=alt.Axis(title="◂ against   ·   for ▸", labels=False, ticks=False, grid=False),
        ),
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("finding:N", title="Finding"),
            alt.Tooltip("says:N", title="Says"),
            alt.Tooltip("favours:N", title="Speaks for"),
            alt.Tooltip("odds:N", title="Weight (odds)"),
            alt.Tooltip("decibans:N", title="Decibans"),
            alt.Tooltip("source:N", title="Source"),
            alt.Tooltip("grade:N", title="Grade"),
        ],
    )
    middle = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=QUIET).encode(x="x:Q")
    right = base.mark_text(align="left", dx=4, color=QUIET, fontSize=12).transform_filter("datum.weight > 0")
    left = base.mark_text(align="right", dx=-4, color=QUIET, fontSize=12).transform_filter("datum.weight < 0")
    labels = [part.encode(x="weight:Q", text="odds:N") for part in (right, left)]
    height = ROW_PX * max(len(rows), 1)
    return alt.layer(bars, middle, *labels).properties(height=height).configure_view(stroke=None)


def shorten_finding(finding: str) -> str:
    """A finding without the same value in the second unit, for places where it does not fit."""
    return re.sub(r" · [^·;=(]+?(?= = |;|$)", "", finding)


_EVIDENCE = ["line", "finding", "weight", "odds", "decibans", "favours", "says", "source", "grade", "colour"]


def _evidence_row(reason: Reason, leader: str, name: Naming) -> dict[str, object]:
    favoured = reason.for_ if reason.weight_db > 0 else reason.against
    return {
        "finding": reason.finding,
        "weight": signed_weight(reason, leader),
        "odds": say_weight(reason.weight_db),
        "decibans": f"{abs(reason.weight_db):.1f}",
        "favours": f"{name(reason.for_)} over {name(reason.against)}",
        "says": reason.says,
        "source": reason.source,
        "grade": reason.grade,
        "colour": subtype_colour(favoured),
    }


def chart_sites(sites: Sequence[SiteProbability], name: Naming, most: int = 5) -> alt.LayerChart:
    """The likeliest sites as bars with their probability beside them."""
    shown = [site for site in sites if site.probability >= SHOWN_AT_LEAST][:most]
    rows = [
        {"site": name(site.site), "probability": site.probability, "figures": say_per_cent(site.probability)}
        for site in shown
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["site", "probability", "figures"])).encode(y=_names("site", rows))
    scale = alt.Scale(domain=[0, 1.5])
    bars = base.mark_bar(height=13, color=QUIET).encode(x=alt.X("probability:Q", scale=scale, axis=None))
    figures = base.mark_text(align="left", dx=5, color=QUIET, fontSize=13).encode(x="probability:Q", text="figures:N")
    return alt.layer(bars, figures).properties(height=26 * max(len(rows), 1)).configure_view(stroke=None)


def _names(column: str, rows: Sequence[dict[str, object]]) -> alt.Y:
    """The rows' names in their order; of "01|name" only what follows the bar is shown, so two rows may share a name."""
    last = "split(datum.label, '|')[length(split(datum.label, '|')) - 1]"
    axis = alt.Axis(
        title=None,
        ticks=False,
        domain=False,
        labelLimit=270,
        labelFontSize=13,
        labelPadding=8,
        labelExpr=last,
        labelOverlap=False,
    )
    return alt.Y(f"{column}:N", sort=[str(row[column]) for row in rows], axis=axis)
