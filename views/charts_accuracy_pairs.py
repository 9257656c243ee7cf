"""Figures of several tests together: who found what, and how the inconclusive reads move a result."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from exchange.palette import OTHER, TEXT
from trial.head_to_head import Contribution, FoundBy
from trial.inconclusive import SliderPoint

COMBINATION = "combination"
NONE_FOUND = "none"


def name_combination(tests: Sequence[str] | frozenset[str], names: Mapping[str, str]) -> str:
    """ "Pentixafor only", "Pentixafor + DOTATATE", "none of them"."""
    found = [name for code, name in names.items() if code in tests]
    if not found:
        return "none of them"
    return f"{found[0]} only" if len(found) == 1 else " + ".join(found)


def code_combination(tests: frozenset[str]) -> str:
    return "+".join(sorted(tests)) or NONE_FOUND


def chart_upset(found: Contribution, names: Mapping[str, str], colours: Mapping[str, str]) -> Any:
    """One line a combination: a dot for every test that found the patient, the number as a bar. A click chooses it."""
    rows = sorted(found.combinations, key=lambda one: (-len(one.patients), len(one.tests), sorted(one.tests)))
    order = [name_combination(one.tests, names) for one in rows]
    longest = max([1, *(len(one.patients) for one in rows)])
    tooltip = [
        alt.Tooltip("name:N", title="Found by"),
        alt.Tooltip("patients:Q", title="Patients"),
        alt.Tooltip("who:N", title="Who"),
    ]
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False))
    pick = alt.selection_point(name=COMBINATION, fields=["code"], on="click")
    # The dots stand at the left of 0, one column a test, on the same scale as the bars.
    step = longest * 0.09
    left = step * (len(names) + 0.6)
    scale = alt.Scale(domain=[-left, longest * 1.12], nice=False)
    base = alt.Chart(pd.DataFrame([_upset_row(one, names) for one in rows])).encode(y=y, tooltip=tooltip)
    blocks = base.mark_bar(height=17, color=OTHER, cursor="pointer").encode(
        x=alt.X("zero:Q", scale=scale, axis=None), x2=alt.X2("patients:Q")
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=13, color=TEXT).encode(
        x=alt.X("patients:Q", scale=scale, axis=None), text=alt.Text("patients:Q")
    )
    dots = _chart_dots(rows, names, colours, (y, scale, left, step))
    return alt.layer(blocks.add_params(pick), numbers, *dots).properties(height=30 * len(rows))


def _upset_row(one: FoundBy, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": name_combination(one.tests, names),
        "code": code_combination(one.tests),
        "patients": len(one.patients),
        "zero": 0,
        "who": ", ".join(one.patients) or "nobody",
    }


def _chart_dots(
    rows: Sequence[FoundBy],
    names: Mapping[str, str],
    colours: Mapping[str, str],
    place: tuple[alt.Y, alt.Scale, float, float],
) -> list[alt.Chart]:
    y, scale, left, step = place
    dots = [
        {
            "name": name_combination(one.tests, names),
            "at": -left + step * (column + 0.6),
            "test": name,
            "colour": colours.get(code, OTHER) if code in one.tests else OTHER,
            "strength": 1.0 if code in one.tests else 0.18,
        }
        for one in rows
        for column, (code, name) in enumerate(names.items())
    ]
    marks = alt.Chart(pd.DataFrame(dots)).mark_point(filled=True, size=130)
    return [
        marks.encode(
            x=alt.X("at:Q", scale=scale, axis=None),
            y=y,
            color=alt.Color("colour:N", scale=None),
            opacity=alt.Opacity("strength:Q", scale=None, legend=None),
            tooltip=[alt.Tooltip("test:N", title="Test"), alt.Tooltip("name:N", title="Found by")],
        )
    ]


def chart_slide(points: Sequence[SliderPoint], share: float) -> Any:
    """Sensitivity and specificity while more and more of the inconclusive reads count as positive."""
    rows = [
        {"share": point.share_positive, "measure": measure, "value": value}
        for point in points
        for measure, value in (("Sensitivity", point.sensitivity), ("Specificity", point.specificity))
        if value is not None
    ]
    colours = alt.Scale(domain=["Sensitivity", "Specificity"], range=["#0F7B8A", OTHER])
    dashes = alt.Scale(domain=["Sensitivity", "Specificity"], range=[[1, 0], [6, 3]])
    lines = (
        alt.Chart(pd.DataFrame(rows, columns=["share", "measure", "value"]))
        .mark_line(point=alt.OverlayMarkDef(size=50), strokeWidth=2.2)
        .encode(
            x=alt.X("share:Q", title="Share of inconclusive reads counted as positive", axis=alt.Axis(format="%")),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("measure:N", scale=colours, title=None, legend=alt.Legend(orient="top")),
            strokeDash=alt.StrokeDash("measure:N", scale=dashes, legend=None),
            tooltip=[
                alt.Tooltip("measure:N", title="Measure"),
                alt.Tooltip("share:Q", title="Counted as positive", format=".0%"),
                alt.Tooltip("value:Q", title="Value", format=".1%"),
            ],
        )
    )
    here = alt.Chart(pd.DataFrame([{"share": share}])).mark_rule(color=TEXT, strokeWidth=2).encode(x=alt.X("share:Q"))
    return alt.layer(here, lines).properties(height=220)
