"""What the data-quality page shows, computed once while nothing in the store changes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from trial.protocol import load_protocol
from trial.quality import FieldCompleteness, Finding, QualityRecord, check_records, compute_completeness
from trial.quality_times import (
    IntervalSummary,
    summarise_intervals,
)
from views import data
from views.quality_facts import Chart, fetch_charts, fingerprint_chart, make_record
from views.quality_injection import find_injections

ALL = "All"


@dataclass(frozen=True)
class Quality:
    """`completeness`: everybody first, then each quarter of enrolment. `fingerprints`, `scan_days` and `injected` by patient."""

    patients: int
    completeness: tuple[tuple[str, tuple[FieldCompleteness, ...]], ...]
    findings: tuple[Finding, ...]
    intervals: tuple[IntervalSummary, ...]
    scan_days: dict[str, dict[str, date | None]]
    fingerprints: dict[str, str]
    injected: dict[str, dict[str, datetime]]


def fetch_quality() -> Quality:
    """The whole, fresh from the store or as computed for the same records."""
    return _compute(data.read_stamp())


@st.cache_resource(max_entries=4, show_spinner="Checking the records")
def _compute(stamp: tuple[str, ...]) -> Quality:
    charts = fetch_charts(data.the_store())
    records = tuple(make_record(chart) for chart in charts)
    return Quality(
        len(charts),
        tuple((name, compute_completeness(group)) for name, group in _group_by_quarter(records)),
        check_records(records),
        _summarise(charts),
        {chart.patient.patient_id: chart.scan_days for chart in charts},
        {chart.patient.patient_id: fingerprint_chart(chart) for chart in charts},
        {chart.patient.patient_id: find_injections(chart.series) for chart in charts},
    )


def _group_by_quarter(records: tuple[QualityRecord, ...]) -> list[tuple[str, tuple[QualityRecord, ...]]]:
    groups: dict[str, list[QualityRecord]] = defaultdict(list)
    for record in records:
        day = record.facts.get("enrolled_on")
        name = f"{day.year} Q{(day.month + 2) // 3}" if isinstance(day, date) else "not dated"
        groups[name].append(record)
    return [(ALL, records), *((name, tuple(groups[name])) for name in sorted(groups))]


def _summarise(charts: tuple[Chart, ...]) -> tuple[IntervalSummary, ...]:
    references = {one.patient.patient_id: one.reference.decided_on for one in charts if one.reference}
    scans = {one.patient.patient_id: one.scan_days for one in charts}
    return tuple(
        summarise_intervals(
            plan.code,
            {name: days[plan.code] for name, days in scans.items() if plan.code in days},
            references,
        )
        for plan in load_protocol().tracers
    )


def sign(n: int, method: str) -> str:
    """The line below a figure: n, method, day, and that the data are synthetic."""
    parts = [f"n = {n}", method, f"{date.today():%d %b %Y}"]
    return " · ".join([*parts, "Synthetic data"] if data.shows_synthetic() else parts)
