"""Readers: how far blinded readers agree, where they differ, what is still to adjudicate, and sources that disagree."""

from collections.abc import Sequence, Set

import pandas as pd
import streamlit as st

from store import ReadRecord
from trial.agreement import Weights
from trial.intervals import Estimate
from trial.readers import (
    Disagreement,
    Field,
    ReaderPair,
    compare_all_readers,
    compare_reader_pairs,
    find_disagreements,
    settle_reads,
)
from trial.reliability import compare_values, estimate_icc
from trial.targets import load_plan
from views import data
from views.charts_cohort import SELECTION
from views.charts_readers import chart_differences, chart_table
from views.discordance import show_discordance
from views.figure import show_figure
from views.frame import open_review
from views.names import subtype_abbreviation
from views.participants import make_reader_reads
from views.reader_entry import ADJUDICATOR, show_entry
from views.reader_values import ValuePair, pair_values
from views.subtype_choice import Subtypes, ask_subtypes, follow_subtype, keep_chosen, read_choice, say_only
from views.words import UNKNOWN, say_count

FIELDS: dict[str, Field] = {"Result": "result", "Subtype": "subtype", "Site": "site"}
WEIGHTS: dict[str, Weights] = {"unweighted": "none", "linear": "linear", "quadratic": "quadratic"}
ROW_PX = 35
DIFFER_WIDTHS = {
    "ID": st.column_config.TextColumn(width=54),
    "Picture": st.column_config.ImageColumn(width=56),
    "Differs in": st.column_config.TextColumn(width=128),
    "Said": st.column_config.TextColumn(width=262),
    "Stands": st.column_config.TextColumn(width=215, help="What counts until somebody adjudicates"),
}


def show() -> None:
    tracer, field = _ask()
    chosen = ask_subtypes()
    patients = find_patients(chosen)
    own = [read for read in _fetch_reads(data.read_stamp()) if read.tracer == tracer and read.patient_id in patients]
    show_entry(tracer)
    if not own:
        says = f", {say_only(chosen)}" if chosen else ": enter one above"
        st.info(f"No reads of {tracer} yet{says}.", icon=":material/visibility:")
    else:
        show_agreement(own, tracer, field)
        show_disagreements(own, tracer)
    show_values(tracer, patients)
    show_discordance(chosen)


@st.cache_resource(max_entries=4, show_spinner=False)
def _fetch_reads(stamp: tuple[str, ...]) -> list[ReadRecord]:
    return data.the_store().fetch_reads()


def find_patients(chosen: Subtypes) -> set[str]:
    """The patients with one of the chosen reference diagnoses; everybody when none is chosen."""
    return {one.patient_id for one in data.fetch_cohort().records if keep_chosen(one.reference, chosen)}


def _ask() -> tuple[str, Field]:
    tracers = [test.tracer for test in load_plan().tests if test.tracer]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tracer = st.segmented_control(
            "Tracer", tracers, default=tracers[0], required=True, key="readers_tracer", bind="query-params"
        )
        field = st.segmented_control(
            "Compared", list(FIELDS), default="Result", required=True, key="readers_field", bind="query-params"
        )
    return str(tracer or tracers[0]), FIELDS[field or "Result"]


def show_agreement(reads: Sequence[ReadRecord], tracer: str, field: Field) -> None:
    """Each pair of readers with kappa and AC1, and all of them together; the table of who said what."""
    st.subheader("Agreement", anchor=False)
    code, own = _code_of(tracer), make_reader_reads([read for read in reads if read.reader != ADJUDICATOR])
    weights = _ask_weights() if field == "result" else "none"
    pairs = compare_reader_pairs(own, code, field, weights)
    if not pairs:
        st.caption("One reader only: agreement needs two readers of the same patients.")
        return
    st.dataframe(_make_pairs_table(pairs), hide_index=True, height="content", alt="Agreement of each two readers")
    many = compare_all_readers(own, code, field)
    if many.readers > 2:
        st.markdown(f"**All {many.readers} readers** (Fleiss, {many.subjects} patients): {say_estimate(many.kappa)}")
    for pair in pairs:
        same = sum(row[place] for place, row in enumerate(pair.table))
        says = f"{pair.reader_1} against {pair.reader_2}: the same in {same} of {pair.agreement.n}"
        show_pair(pair, field, says)
    st.caption(
        "Each reader's last read of a patient; 95 % intervals (kappa by its asymptotic error, somewhat too narrow below 100 "
        "patients; AC1 by Gwet). Kappa falls when one answer is rare, AC1 does not: look at both."
    )


def show_pair(pair: ReaderPair, field: Field, says: str) -> None:
    """The table of who said what; a click on a cell of subtypes leaves the patients who turned out to have either."""
    if field != "subtype":
        show_figure(chart_table, pair, says=says)
        return
    key = f"readers_{pair.reader_1}_{pair.reader_2}_{read_choice()}"
    show_figure(
        chart_table, pair, subtype_abbreviation, says=says, key=key, selection=SELECTION, react=follow_subtype(key)
    )
    st.caption("Click a cell to see only the patients whose reference diagnosis is one of its two subtypes.")


def _ask_weights() -> Weights:
    weights = st.segmented_control("Kappa", list(WEIGHTS), default="unweighted", required=True, key="readers_weights")
    return WEIGHTS[weights or "unweighted"]


def _make_pairs_table(pairs: Sequence[ReaderPair]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Readers": f"{pair.reader_1} · {pair.reader_2}",
                "Patients": pair.agreement.n,
                "Agree": UNKNOWN if pair.agreement.agreement is None else f"{100 * pair.agreement.agreement:.0f} %",
                "Kappa [95 %]": say_estimate(pair.agreement.kappa),
                "AC1 [95 %]": say_estimate(pair.agreement.ac1),
            }
            for pair in pairs
        ]
    )


def say_estimate(estimate: Estimate) -> str:
    """An estimate with its interval, or why there is none."""
    if estimate.value is None:
        return f"{UNKNOWN} ({estimate.says})" if estimate.says else UNKNOWN
    if estimate.low is None or estimate.high is None:
        return _signed(estimate.value)
    return f"{_signed(estimate.value)} [{_signed(estimate.low)} to {_signed(estimate.high)}]"


def say_limit(estimate: Estimate) -> str:
    """One end of the limits of agreement."""
    return UNKNOWN if estimate.value is None else _signed(estimate.value)


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def show_disagreements(reads: Sequence[ReadRecord], tracer: str) -> None:
    """Patients whom the readers read differently, and what stands until somebody adjudicates. A line opens the review."""
    code, own = _code_of(tracer), make_reader_reads(reads)
    readers = [read for read in own if read.reader != ADJUDICATOR]
    found = find_disagreements(readers, code)
    settled = {one.patient_id: one.says for one in settle_reads(own, code, ADJUDICATOR)}
    waiting = sum("to adjudicate" in settled[one.patient_id] for one in found)
    st.subheader(f"Read differently ({len(found)})", anchor=False)
    st.caption(f"{say_count(waiting, 'patient')} still to adjudicate. Click a line to open the review.")
    if not found:
        return
    event = st.dataframe(
        _make_disagreements_table(found, settled),
        hide_index=True,
        height=min(len(found) + 1, 9) * ROW_PX + 3,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"readers_differ_{tracer}_{read_choice()}",
        column_config=DIFFER_WIDTHS,
        placeholder="—",
        alt="Patients read differently",
    )
    if event.selection.cells:
        open_review(found[event.selection.cells[0][0]].patient_id)


def _make_disagreements_table(found: Sequence[Disagreement], settled: dict[str, str]) -> pd.DataFrame:
    pictures = {row.patient_id: row.thumbnail for row in data.fetch_worklist()}
    return pd.DataFrame(
        [
            {
                "ID": one.patient_id,
                "Picture": pictures.get(one.patient_id),
                "Differs in": ", ".join(one.differs),
                "Said": "; ".join(f"{reader}: {word}" for reader, word in one.said[one.differs[0]].items()),
                "Stands": settled.get(one.patient_id, UNKNOWN),
            }
            for one in found
        ]
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _pair_values(stamp: tuple[str, ...], tracer: str) -> tuple[ValuePair, ...]:
    store = data.the_store()
    return pair_values(data.fetch_cases(), store.fetch_series(), store.fetch_measurements(), tracer)


def show_values(tracer: str, patients: Set[str]) -> None:
    """SUVmax of the same place from two sources: intraclass correlation, and Bland and Altman."""
    pairs = [pair for pair in _pair_values(data.read_stamp(), tracer) if pair.patient_id in patients]
    st.subheader(f"SUVmax reported and measured ({len(pairs)})", anchor=False)
    if not pairs:
        st.caption("No place has both a reported value and one measured here.")
        return
    icc = estimate_icc([(pair.reported, pair.measured) for pair in pairs])
    found = compare_values([pair.reported for pair in pairs], [pair.measured for pair in pairs])
    st.markdown(
        f"ICC(2,1) {say_estimate(icc.icc2)} · bias {say_estimate(found.bias)} · limits of agreement "
        f"{say_limit(found.lower_limit)} to {say_limit(found.upper_limit)} SUV"
    )
    show_figure(
        chart_differences, found, "SUV", key=f"readers_values_{tracer}", says=f"Bland and Altman of {len(pairs)} places"
    )


def _code_of(tracer: str) -> str:
    return next(test.code for test in load_plan().tests if test.tracer == tracer)
