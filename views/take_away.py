"""Out: the cohort as CSV and Parquet with its data dictionary, REDCap-shaped files, and a frozen zip that can be verified."""

from datetime import UTC, datetime

import streamlit as st

from exchange.cohort_table import write_parquet
from exchange.freeze import FreezeError, verify_freeze, write_freeze
from exchange.redcap_dictionary import write_dictionary
from exchange.redcap_out import make_dictionary, write_records
from exchange.trial_files import write_trial_files
from store import Store
from trial.cohort_file import write_cohort
from trial.columns import write_dictionary as write_columns
from views import data, state
from views.participants import fetch_participants
from views.redcap_store import fetch_known
from views.words import say_count

DRAFT = "take_away"
WHAT = {
    "cohort.csv": "the cohort, one row a patient and one a lesion (`python -m trial accuracy` reads it)",
    "cohort.parquet": "the same table with types: dates, numbers, yes and no",
    "cohort_columns.csv": "the data dictionary of both: column, kind, words, meaning",
    "redcap_dictionary.csv": "REDCap data dictionary of everything kept: 18 columns",
    "redcap_records.csv": "REDCap records: results, findings, reads, screening, adverse events and deviations as repeating "
    "forms; read back, it changes nothing",
    "screening_log.csv": "everybody screened, one row a person, a column for each criterion",
    "adverse_events.csv": "adverse events, one row each",
    "deviations.csv": "protocol deviations, one row each",
    "trial_columns.csv": "the data dictionary of these three: file, column, kind, words, meaning",
}
SYNTHETIC = "Every patient in it is synthetic: nobody in it exists."


def show_take_away() -> None:
    """Choose whose reads count, prepare the files, take one or the frozen whole."""
    st.subheader("Data files", anchor=False)
    store = data.the_store()
    counted = st.selectbox(
        "Reads that count in the cohort file", data.fetch_counted(), width=320, key="take_away_counted"
    )
    kept = state.draft(DRAFT)
    if st.button("Prepare the files", type="primary", icon=":material/folder_zip:"):
        with st.spinner("Writing the files"):
            kept |= {"of": counted, "files": make_files(store, counted), "at": datetime.now(UTC)}
            kept["zip"] = freeze_files(store, kept["files"], kept["at"], counted)
    if kept.get("of") == counted and "files" in kept:
        _show_files(kept["files"], kept["zip"], kept["at"])
    _show_verify()


def make_files(store: Store, counted: str) -> dict[str, bytes]:
    """Every file by its name."""
    people, known = fetch_participants(store, counted), fetch_known(store)
    return {
        "cohort.csv": write_cohort(people).encode("utf-8"),
        "cohort.parquet": write_parquet(people),
        "cohort_columns.csv": write_columns().encode("utf-8"),
        "redcap_dictionary.csv": write_dictionary(make_dictionary()),
        "redcap_records.csv": write_records(known),
        **write_trial_files(known),
    }


def freeze_files(store: Store, files: dict[str, bytes], at: datetime, counted: str) -> bytes:
    """The zip of the files with their manifest."""
    patients = store.fetch_patients()
    synthetic = sum(patient.synthetic for patient in patients)
    counts: dict[str, int] = {
        "patients": len(patients),
        "synthetic patients": synthetic,
        "screened": len(store.trial.fetch_screened()),
        "results": sum(len(case.get("results", ())) for case in store.fetch_cases().values()),
        "reads": len(store.fetch_reads()),
        "reference diagnoses": len(store.fetch_references()),
        "adverse events": len(store.trial.fetch_events()),
        "deviations": len(store.trial.fetch_deviations()),
    }
    note = f"{SYNTHETIC} " if patients and synthetic == len(patients) else ""
    return write_freeze(files, WHAT, counts, at, f"{note}Reads that count: {counted}.")


def _show_files(files: dict[str, bytes], frozen: bytes, at: datetime) -> None:
    st.caption(f"As of {at:%d %b %Y %H:%M} UTC. Volumes and images are not in these files.")
    mark = "synthetic_" if data.shows_synthetic() else ""
    if mark:
        st.caption(
            "Synthetic patients are marked in every record (field `synthetic`), in the manifest and in the files' names."
        )
    for name, content in files.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                name, content, f"{mark}{name}", icon=":material/download:", width=230, key=f"take_{name}"
            )
            st.caption(f"{WHAT[name]} · {max(1, len(content) / 1024):,.0f} kB")
    st.download_button(
        "All of it, frozen (zip)", frozen, f"{mark}cushing_board_{at:%Y-%m-%d}.zip", "application/zip", type="primary",
        icon=":material/lock:", help="With a SHA-256 manifest, the program's version and the counts",
    )  # fmt: skip


def _show_verify() -> None:
    st.subheader("Verify a frozen copy", anchor=False)
    uploaded = st.file_uploader("Frozen zip", type=["zip"], key="take_away_verify")
    if uploaded is None:
        st.caption("Or, without this program's page: `python -m exchange verify FILE.zip`.")
        return
    try:
        found = verify_freeze(uploaded.getvalue())
    except FreezeError as error:
        st.error(str(error), icon=":material/error:")
        return
    if found.wrong:
        st.error("\n".join(["This copy is not as it was frozen:", *(f"- {one}" for one in found.wrong)]))
    else:
        st.success(
            f"{say_count(len(found.files), 'file')} exactly as frozen on {found.frozen_at:%d %b %Y %H:%M} UTC by version "
            f"{found.version}, {say_count(found.counts.get('patients', 0), 'patient')}.",
            icon=":material/verified:",
        )
