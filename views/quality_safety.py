"""Days from scan to reference diagnosis, protocol deviations, and adverse events near a tracer."""

import pandas as pd
import streamlit as st

from store import Deviation
from trial.quality import load_quality
from trial.quality_times import IntervalSummary, count_near
from views import data
from views.charts_quality import chart_intervals
from views.figure import show_figure
from views.quality_data import Quality, fetch_near_events, sign
from views.quality_facts import name_tracer
from views.words import UNKNOWN, escape, say_count, say_date

HOURS_TO = 48  # longer spans read better in days
YES_NO = {True: "yes", False: "no", None: UNKNOWN}


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
    _show_events(quality)
    _show_deviations(data.the_store().trial.fetch_deviations())


def _say_intervals(one: IntervalSummary) -> str:
    """In a sentence, with what it leaves out."""
    begin = f"**{name_tracer(one.tracer)}**: both days known in {len(one.intervals)} of {one.of} with scan and reference diagnosis"
    if one.median is None:
        return f"{begin}; interval {UNKNOWN}."
    quarters = "" if one.lower_quartile is None else f" [{one.lower_quartile:.0f}–{one.upper_quartile:.0f}]"
    outside = ", ".join(f"{item.patient_id} ({item.days} d)" for item in one.outside) or "nobody"
    return f"{begin}; median {one.median:.0f} d{quarters}; before the scan or after {one.longest_days} d: {escape(outside)}."


def say_hours(hours: int) -> str:
    """24 h, 7 d."""
    return f"{hours} h" if hours <= HOURS_TO else f"{hours // 24} d"


def _show_events(quality: Quality) -> None:
    events, near = data.the_store().trial.fetch_events(), fetch_near_events(quality.scan_days)
    st.subheader(f"Adverse events ({len(events)})", anchor=False)
    if not events:
        st.caption("None entered.")
        return
    counts = " · ".join(f"within {say_hours(hours)}: {number}" for hours, number in count_near(near).items())
    untold = sum(one.hours is None for one in near)
    st.markdown(f"After a tracer {counts} of {len(events)}; day of the scan not known or no scan before: {untold}.")
    st.caption("Scans are known by day, so an event of the same or the next day counts as within 24 h.")
    rows = [
        {
            "ID": event.patient_id,
            "Event": event.event,
            "Began": say_date(event.began_at),
            "After": UNKNOWN
            if place.hours is None
            else f"{place.hours / 24:.0f} d after {name_tracer(place.tracer or '')}",
            "Grade": UNKNOWN if event.grade is None else str(event.grade),
            "Serious": YES_NO[event.serious],
            "Thought due to": event.related_to or UNKNOWN,
            "Outcome": event.outcome or UNKNOWN,
        }
        for event, place in zip(events, near, strict=True)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt="Adverse events")


def _show_deviations(deviations: list[Deviation]) -> None:
    st.subheader(f"Protocol deviations ({len(deviations)})", anchor=False)
    if not deviations:
        st.caption("None entered.")
        return
    important = sum(one.important is True for one in deviations)
    st.markdown(f"{say_count(important, 'important deviation')} of {len(deviations)}.")
    rows = [
        {
            "ID": one.patient_id,
            "Found": say_date(one.found_on),
            "Kind": one.kind,
            "What": one.says,
            "Important": YES_NO[one.important],
            "Effect": one.effect or UNKNOWN,
            "Action": one.action or UNKNOWN,
        }
        for one in deviations
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt="Protocol deviations")
