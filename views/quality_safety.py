"""Days from scan to reference diagnosis, protocol deviations, and adverse events near a tracer."""

import streamlit as st

from trial.quality import load_quality
from trial.quality_times import IntervalSummary
from views.charts_quality import chart_intervals
from views.figure import show_figure
from views.quality_data import Quality, sign
from views.quality_deviations import show_deviations
from views.quality_events import show_events
from views.quality_facts import name_tracer
from views.words import UNKNOWN, escape


def show_safety(quality: Quality) -> None:
    st.subheader("From scan to reference diagnosis", anchor=False)
    for one in quality.intervals:
        st.markdown(_say_intervals(one))
    n = sum(len(one.intervals) for one in quality.intervals)
    if n:
        says = sign(n, f"day of diagnosis − day of scan; lines at 0 and {quality.intervals[0].longest_days} d")
        show_figure(
            chart_intervals, quality.intervals, says, key="quality_intervals", says=f"Days to diagnosis of {n} scans"
        )
    st.caption(load_quality()["interval"]["source"].capitalize() + ".")
    show_events(quality)
    show_deviations()


def _say_intervals(one: IntervalSummary) -> str:
    """In a sentence, with what it leaves out."""
    begin = f"**{name_tracer(one.tracer)}**: both days known in {len(one.intervals)} of {one.of} with scan and reference diagnosis"
    if one.median is None:
        return f"{begin}; interval {UNKNOWN}."
    quarters = "" if one.lower_quartile is None else f" [{one.lower_quartile:.0f}–{one.upper_quartile:.0f}]"
    outside = ", ".join(f"{item.patient_id} ({item.days} d)" for item in one.outside) or "nobody"
    return f"{begin}; median {one.median:.0f} d{quarters}; before the scan or after {one.longest_days} d: {escape(outside)}."
