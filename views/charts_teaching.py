"""The steps of a probability, datum by datum: the program's lines and what the learner stated. No Streamlit here."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from decision.assessment import Assessment
from exchange.palette import OTHER, subtype_colour
from views.teaching_path import Answer, probability_of

WORTH_A_LINE = 0.1
FONT = 16  # for the back row


def chart_steps(
    titles: Sequence[str],
    path: Sequence[Assessment],
    answers: Sequence[Answer | None],
    name: Callable[[str], str],
) -> alt.LayerChart:
    """Steps along x, probability up; a line for each subtype that reached 10 % or was named; answers as diamonds.

    `path` and `answers` may be shorter than `titles`: what is not revealed yet is not drawn.
    """
    shown = sorted(_find_shown(path, answers))
    engine = _engine_rows(titles, path, shown, name)
    learner = _learner_rows(titles, answers, name)
    columns = ["step", "title", "subtype", "probability"]
    x = alt.X(
        "title:N", sort=list(titles), title=None, scale=alt.Scale(domain=list(titles)),
        axis=alt.Axis(labelAngle=-35, labelFontSize=FONT - 2, labelLimit=220, labelOverlap=False, ticks=False),
    )  # fmt: skip
    y = alt.Y(
        "probability:Q", title=None, scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", labelFontSize=FONT, values=[0, 0.25, 0.5, 0.75, 1], grid=True),
    )  # fmt: skip
    colour = alt.Color(
        "subtype:N", legend=alt.Legend(orient="top", title=None, labelFontSize=FONT, symbolSize=200),
        scale=alt.Scale(domain=[name(code) for code in shown], range=[subtype_colour(code) for code in shown]),
    )  # fmt: skip
    tooltip = [alt.Tooltip("title:N"), alt.Tooltip("subtype:N"), alt.Tooltip("probability:Q", format=".0%")]
    drawn = alt.Chart(pd.DataFrame(engine, columns=columns)).encode(x=x, y=y, color=colour, tooltip=tooltip)
    lines = drawn.mark_line(strokeWidth=4, point=alt.OverlayMarkDef(size=70, stroke=OTHER, strokeWidth=0.5)).encode(
        detail="subtype:N", order="step:Q"
    )
    stated = alt.Chart(pd.DataFrame(learner, columns=columns)).encode(x=x, y=y, tooltip=tooltip)
    thread = stated.mark_line(strokeDash=[5, 5], strokeWidth=2, color=OTHER).encode(order="step:Q")
    diamonds = stated.mark_point(shape="diamond", filled=True, size=260, stroke=OTHER, opacity=1).encode(color=colour)
    chart: Any = alt.layer(lines, thread, diamonds)
    finished: alt.LayerChart = chart.properties(height=430)
    return finished


def _find_shown(path: Sequence[Assessment], answers: Sequence[Answer | None]) -> set[str]:
    """The subtypes that reached 10 %, and those the learner named."""
    reached = {item.subtype for assessment in path for item in assessment.subtypes if item.probability >= WORTH_A_LINE}
    return reached | {answer.subtype for answer in answers if answer is not None}


def _engine_rows(
    titles: Sequence[str], path: Sequence[Assessment], subtypes: Sequence[str], name: Callable[[str], str]
) -> list[dict[str, object]]:
    return [
        _row(step, titles, subtype, probability_of(assessment, subtype), name)
        for subtype in subtypes
        for step, assessment in enumerate(path)
    ]


def _learner_rows(
    titles: Sequence[str], answers: Sequence[Answer | None], name: Callable[[str], str]
) -> list[dict[str, object]]:
    return [
        _row(step, titles, answer.subtype, answer.probability, name)
        for step, answer in enumerate(answers)
        if answer is not None
    ]


def _row(
    step: int, titles: Sequence[str], subtype: str, probability: float, name: Callable[[str], str]
) -> dict[str, object]:
    return {
        "step": step,
        "title": titles[step],
        "subtype": name(subtype),
        "probability": probability,
    }
