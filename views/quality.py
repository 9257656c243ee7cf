"""Data quality: what is missing, what cannot be right, what was asked about it, and what is new since the last snapshot."""

from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from store import DataQuery, Snapshot, StoreError
from trial.quality import load_quality
from trial.quality_times import compare_snapshots, take_fingerprint
from views import data, state
from views.asked_field import Asked, link_field
from views.charts_quality import chart_completeness
from views.figure import show_figure
from views.quality_data import ALL, Quality, fetch_quality, sign
from views.quality_findings import show_findings
from views.quality_queries import show_queries
from views.quality_safety import show_safety
from views.words import escape, say_count, say_date, say_list

MOST_LINKS = 30


def show() -> None:
    quality = fetch_quality()
    queries = data.the_store().trial.fetch_queries()
    parts: dict[str, Callable[[], None]] = {
        "Completeness": lambda: show_completeness(quality),
        "Findings": lambda: show_findings(quality.findings, queries),
        "Queries": lambda: show_queries(queries),
        "Intervals and safety": lambda: show_safety(quality),
        "Since the last snapshot": lambda: show_news(quality),
    }
    if not quality.patients:
        st.info("No patients yet: there is nothing to check.", icon=":material/fact_check:")
        return
    st.markdown(_say_totals(quality, queries))
    tabs = st.tabs(list(parts), key="quality_part", on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _say_totals(quality: Quality, queries: list[DataQuery]) -> str:
    errors = sum(one.severity == "error" for one in quality.findings)
    waiting = sum(query.state != "closed" for query in queries)
    return (
        f"**{say_count(errors, 'error')}** and **{len(quality.findings) - errors} to check** in "
        f"{say_count(quality.patients, 'patient')}; **{waiting}** of {say_count(len(queries), 'query', 'queries')} not closed."
    )


def show_completeness(quality: Quality) -> None:
    """The heat map, and whom a chosen field is missing in."""
    st.caption(
        f"Filled of those a field applies to, by quarter of enrolment. IPSS counts in ACTH-dependent patients "
        f"without a lesion that settles the source ({load_quality()['clear_lesion']['source']}); "
        "DOTATATE fields count where it was done. “—”: it applies to nobody."
    )
    says = sign(quality.patients, "share filled of those the field applies to")
    show_figure(
        chart_completeness, quality.completeness, says, key="quality_completeness", says="Completeness by field"
    )
    fields = {f"{one.form}: {one.name}": one for name, group in quality.completeness if name == ALL for one in group}
    chosen = st.selectbox("Missing in", [name for name, one in fields.items() if one.missing], index=None, width=420)
    if chosen:
        one = fields[chosen]
        st.markdown(f"**{say_count(len(one.missing), 'patient')}**: {escape(', '.join(one.missing))}")
        with st.container(horizontal=True, gap="xsmall"):
            for patient_id in one.missing[:MOST_LINKS]:
                link_field(Asked(patient_id, one.form, one.name), patient_id, icon=":material/edit:")
        if len(one.missing) > MOST_LINKS:
            st.caption(f"Links to the first {MOST_LINKS}.")
        if one.untold:
            st.caption(
                f"Not known whether it applies to {say_count(len(one.untold), 'patient')}: {escape(', '.join(one.untold))}"
            )


def show_news(quality: Quality) -> None:
    """What changed since the latest snapshot, and a button for another."""
    taken = data.the_store().trial.fetch_snapshots()
    who = st.text_input("Your name or initials", key="snapshot_who", persist_state="session", width=300)
    if st.button("Take a snapshot", icon=":material/photo_camera:"):
        _take_snapshot(quality, str(who or "").strip())
    if not taken:
        st.info("No snapshot yet. Take one, and this page tells later what is new since.", icon=":material/history:")
        return
    last = taken[0]
    news = compare_snapshots(last.patients, quality.fingerprints)
    by = f" by {escape(last.taken_by)}" if last.taken_by else ""
    st.markdown(f"Last snapshot: {say_date(last.taken_at)}, {last.taken_at:%H:%M} UTC{by}.")
    if news.is_empty:
        st.markdown("Nothing of any patient changed since.")
    for title, names in (("New", news.added), ("Changed", news.changed), ("Gone", news.gone)):
        if names:
            st.markdown(f"**{title}: {say_count(len(names), 'patient')}**: {escape(say_list(names))}")
    _show_counts(taken)


def _take_snapshot(quality: Quality, who: str) -> None:
    queries = data.the_store().trial.fetch_queries()
    counts = {
        "patients": quality.patients,
        "findings": len(quality.findings),
        "queries not closed": sum(query.state != "closed" for query in queries),
    }
    whole = take_fingerprint(quality.fingerprints)
    try:
        data.the_store().trial.save_snapshot(
            Snapshot(datetime.now(UTC), who or None, whole, quality.fingerprints, counts)
        )
    except StoreError as error:
        st.error(escape(str(error)))
        return
    state.leave_notice("The snapshot is kept.")
    st.rerun()


def _show_counts(taken: list[Snapshot]) -> None:
    rows = [
        {
            "Taken": f"{say_date(one.taken_at)}, {one.taken_at:%H:%M} UTC",
            **{name.capitalize(): number for name, number in one.counts.items()},
            "Fingerprint": one.fingerprint,
        }
        for one in taken
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt="Snapshots with their counts")
