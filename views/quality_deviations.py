"""Protocol deviations: all of them in a table, one entered, corrected or closed."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from store import Deviation
from trial.safety import load_safety
from views import data
from views.kept_fields import Fields
from views.quality_deviation_entry import (
    DeviationEntry,
    fill_deviation,
    find_wrong_in_deviation,
    make_deviation,
)
from views.quality_history import show_history
from views.quality_keep import ask_kept, keep_record
from views.words import UNKNOWN, say_count, say_date

YES_NO = {True: "yes", False: "no", None: UNKNOWN}
CHOSEN = "quality_deviation"


def show_deviations() -> None:
    """The count, the table, and the form behind a choice: a new deviation, or one that is there."""
    deviations = data.the_store().trial.fetch_deviations()
    st.subheader(f"Protocol deviations ({len(deviations)})", anchor=False)
    if deviations:
        important = sum(one.important is True for one in deviations)
        still = sum(one.closed_on is None for one in deviations)
        st.markdown(f"{say_count(important, 'important deviation')} of {len(deviations)}; {still} not closed.")
        st.dataframe(_make_table(deviations), hide_index=True, height="content", alt="Protocol deviations")
    else:
        st.caption("None entered.")
    with st.expander("Enter a protocol deviation", icon=":material/add:"):
        show_deviation_form(None)
    if deviations:
        _show_correction(deviations)


def _make_table(deviations: Sequence[Deviation]) -> pd.DataFrame:
    rows = [
        {
            "No.": str(one.deviation_id),
            "ID": one.patient_id,
            "Date": say_date(one.found_on),
            "Category": one.kind,
            "Important": YES_NO[one.important],
            "What": one.says,
            "Consequence": one.effect or UNKNOWN,
            "Action": one.action or UNKNOWN,
            "Closed": say_date(one.closed_on),
        }
        for one in deviations
    ]
    return pd.DataFrame(rows)


def _show_correction(deviations: Sequence[Deviation]) -> None:
    known = {str(one.deviation_id): one for one in deviations}
    lines = {number: f"{one.patient_id} · {one.kind}" for number, one in known.items()}
    chosen = ask_kept("Correct or close a deviation", lines, CHOSEN)
    if chosen:
        with st.container(border=True):
            show_deviation_form(known[chosen])


def show_deviation_form(known: Deviation | None) -> None:
    """The fields of one deviation."""
    fields = Fields(f"protocol_deviation_{known.deviation_id if known else 'new'}_")
    fields.fill(fill_deviation(known) if known else {})
    entry = _ask(fields, known)
    if st.button("Keep the deviation", icon=":material/save:", key=f"{fields.start}keep"):
        wrong = find_wrong_in_deviation(entry, date.today())
        keep_record(fields, wrong, lambda: _save(entry), f"The deviation of {entry.patient_id} is kept.", CHOSEN)
    if known:
        show_history(known.patient_id, "deviation", known.deviation_id)


def _ask(fields: Fields, known: Deviation | None) -> DeviationEntry:
    words = load_safety().deviations
    first, second, third, fourth = st.columns([3, 4, 3, 3])
    patients = [known.patient_id] if known else data.fetch_patient_ids()
    patient_id = fields.choose(first, "patient_id", "Patient", patients, hint="Pseudonym")
    kind = fields.choose(
        second, "kind", "Category", list(words.titles), lambda code: f"{code}: {words.says[code]}", "Choose one"
    )
    found = fields.text(third, "found", "Date", "2026-03-05 or 5 Mar 2026")
    important = fields.pick(fourth, "important", "Important", ("yes", "no"))
    first, second = st.columns(2)
    says = fields.text(first, "says", "What", "scan begun late; nothing that names the person")
    effect = fields.text(second, "effect", "Consequence", "kept in the analysis, SUV not compared")
    first, second, third, fourth = st.columns([4, 3, 3, 4])
    return DeviationEntry(
        patient_id, kind, found, says, important, effect,
        action=fields.text(first, "action", "Action", "staff reminded"),
        closed=fields.text(second, "closed", "Closed on", "2026-03-06"),
        who=fields.text(third, "who", "Your name or initials"),
        why=fields.text(fourth, "why", "Why", "what is corrected, or why it is closed") if known else "",
        known=known,
    )  # fmt: skip


def _save(entry: DeviationEntry) -> None:
    data.the_store().trial.save_deviations([make_deviation(entry)], who=entry.who, why=entry.why or None)
