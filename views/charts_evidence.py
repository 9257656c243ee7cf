"""How much of the book rests on which grade of evidence, chapter by chapter. No Streamlit here."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from decision.book import BookEntry
from decision.evidence import BOOK_GRADES as GRADES

# From strong to weak in lightness alone, so that it reads in grey and no colour means good or bad.
GRADE_COLOURS = {
    "verified": "#0B3C5D",
    "surrogate": "#3E7CA6",
    "recalled": "#8FB6CF",
    "expert": "#C9CFD6",
    "none": "#FFFFFF",
}
OUTLINE = "#8A9099"


def chart_grades(entries: Sequence[BookEntry]) -> alt.Chart:
    """One stacked bar a chapter, in the order of the book; the length is the number of rules."""
    rows = [{"chapter": entry.chapter, "grade": entry.grade} for entry in entries]
    frame = pd.DataFrame(rows, columns=["chapter", "grade"])
    counted = frame.groupby(["chapter", "grade"], sort=False).size().reset_index(name="rules")
    counted["rank"] = counted["grade"].map(list(GRADES).index)
    chapters = list(dict.fromkeys(frame["chapter"]))
    names = alt.Axis(labelLimit=260, labelOverlap=False, ticks=False, domain=False)
    chart: alt.Chart = (
        alt.Chart(counted)
        .mark_bar(stroke=OUTLINE, strokeWidth=0.5, height=13)
        .encode(
            y=alt.Y("chapter:N", sort=chapters, title=None, axis=names),
            x=alt.X("rules:Q", title="Rules", axis=alt.Axis(grid=False, tickMinStep=1)),
            color=alt.Color(
                "grade:N",
                sort=list(GRADES),
                scale=alt.Scale(domain=list(GRADES), range=[GRADE_COLOURS[grade] for grade in GRADES]),
                legend=alt.Legend(orient="top", title=None, symbolStrokeColor=OUTLINE, symbolStrokeWidth=0.5),
            ),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("chapter:N"), alt.Tooltip("grade:N"), alt.Tooltip("rules:Q")],
        )
        .properties(height=alt.Step(22))
    )
    return chart
