"""Entering a read: blinded, one scan at a time. What others said of the scan is not on this form."""

import streamlit as st

from decision.vocabulary import load_vocabulary
from store import ReadRecord, StoreError
from views import data, state
from views.asked_field import asked_on, show_asked
from views.frame import IMAGING_PAGE, READERS_PAGE
from views.names import site_name, subtype_full_name
from views.words import escape

ADJUDICATOR = "Adjudicator"
RESULTS = ("positive", "negative", "inconclusive")


def show_entry(tracer: str) -> None:
    """A form for the patient of the side bar; what is typed stays until it is kept."""
    asked = asked_on(READERS_PAGE)
    if asked:
        show_asked(asked)
    with st.expander("Enter a read", icon=":material/rate_review:", expanded=asked is not None):
        patient_id = state.current_patient()
        if patient_id is None or data.the_store().fetch_patient(patient_id) is None:
            st.caption("Choose the patient in the side bar first.")
            return
        st.markdown(f"**{escape(patient_id)}** · {tracer}. The laboratory and other readers' words are not shown here.")
        st.page_link(
            IMAGING_PAGE, label="Look at the scan", icon=":material/radiology:", query_params=state.patient_address()
        )
        _show_form(patient_id, tracer)


def _show_form(patient_id: str, tracer: str) -> None:
    words = load_vocabulary()
    with st.form(f"read_{patient_id}_{tracer}", border=False):
        first, second = st.columns(2)
        with first:
            reader = st.text_input("Reader", placeholder=f"your name or code; {ADJUDICATOR} settles a disagreement")
            result = st.segmented_control("Result", RESULTS)
            confidence = st.segmented_control("Confidence", range(1, 6), help="1 a guess, 5 certain")
        with second:
            subtype = st.selectbox(
                "Subtype", list(words.subtypes), index=None, format_func=subtype_full_name, placeholder="none named"
            )
            site = st.selectbox("Site", list(words.sites), index=None, format_func=site_name, placeholder="none named")
        if st.form_submit_button("Keep the read", icon=":material/save:"):
            _keep(patient_id, tracer, (reader, result, subtype, site, confidence))


def _keep(patient_id: str, tracer: str, said: tuple[str, str | None, str | None, str | None, int | None]) -> None:
    reader, result, subtype, site, confidence = said
    missing = [name for name, value in (("the reader", reader.strip()), ("the result", result)) if not value]
    if missing:
        st.error(f"Not kept: {' and '.join(missing)} must be given.")
        return
    if result == "negative" and site not in (None, "none"):
        st.error(
            f"Not kept: a negative scan names no site, but “{site_name(str(site))}” is chosen; take one of them back."
        )
        return
    try:
        data.the_store().save_read(
            ReadRecord(patient_id, reader.strip(), tracer, result, subtype, site, confidence)  # type: ignore[arg-type]
        )
    except StoreError as error:
        st.error(escape(str(error)))
        return
    state.leave_notice(f"The read of {patient_id} by {reader.strip()} is kept.")
    st.rerun()
