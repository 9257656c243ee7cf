"""When the results were taken, between the scans and the MDT."""

from datetime import date

import streamlit as st

from decision.case import Case
from store import Patient, SeriesRecord
from views import data
from views.charts_timeline import chart_timeline, dated_results
from views.figure import show_figure
from views.names import test_name
from views.scan_day import read_day
from views.words import say_date

FEWEST = 2


def show_timeline(patient: Patient, case: Case) -> None:
    """A figure of the dated results; nothing when fewer than two days are known."""
    dated = dated_results(case.results)
    if len(dated) < FEWEST:
        return
    st.subheader("Timeline", anchor=False)
    events = _find_events(patient, data.the_store().fetch_series(patient.patient_id))
    says = "; ".join(f"{test_name(result.test)} {say_date(result.collected_at)}" for result in dated)
    show_figure(chart_timeline, dated, events, key="timeline", says=f"Results by day: {says}")


def _find_events(patient: Patient, series: list[SeriesRecord]) -> tuple[tuple[date, str], ...]:
    scans = [(day, record.tracer) for record in series if record.tracer and (day := read_day(record).day)]
    return tuple(scans + ([(patient.mdt_on, "MDT")] if patient.mdt_on else []))
