"""What stands around every page: the banner that says what this is, and the patient switcher."""

from pathlib import Path

import streamlit as st

from views import data, state

# A file of ours: Streamlit's own symbols for a tab would be fetched from the internet.
ICON = Path(__file__).with_name("icon.svg")
RESEARCH = "Research use in NCT07350707; not a medical device"
LIST_PAGE = "Worklist"
WORKLIST_PAGE = "pages/patients.py"
REVIEW_PAGE = "pages/review.py"
FORM_PAGE = "pages/patient_form.py"
IMAGING_PAGE = "pages/imaging.py"
EVIDENCE_PAGE = "pages/evidence.py"
READERS_PAGE = "pages/readers.py"
SCREENING_PAGE = "pages/screening.py"
QUALITY_PAGE = "pages/quality.py"


# Streamlit leaves 80 px empty at either side of every page and has no setting for it: on a small window the tables need them.
NARROW = """<style>
@media (max-width: 1280px) { [data-testid="stMainBlockContainer"] { padding-left: 2rem; padding-right: 2rem; } }
</style>"""


def set_up_pages() -> None:
    """Title, symbol and width of every page, before anything is drawn."""
    st.set_page_config(
        page_title="Cushing Board",
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state=210,
        menu_items={"About": f"Cushing Board. {RESEARCH}."},
    )
    st.html(NARROW)


def show_frame(page_title: str) -> None:
    """The banner line, the switcher in the sidebar, and what the page before left to say."""
    show_banner()
    show_switcher(page_title)
    notice = state.take_notice()
    if notice:
        st.toast(notice, icon=":material/check:")


def show_banner() -> None:
    synthetic = ":orange-badge[:material/science: Synthetic data] " if data.shows_synthetic() else ""
    st.markdown(f"{synthetic}:gray[{RESEARCH}]", width="stretch")


def show_switcher(page_title: str) -> None:
    """Choose a patient by pseudonym; from the worklist the choice opens the review."""
    patients = data.fetch_patient_ids()
    current = state.current_patient()
    state.keep_address()
    with st.sidebar:
        chosen = st.selectbox(
            "Patient",
            patients,
            index=patients.index(current) if current in patients else None,
            placeholder="Pseudonym",
        )
    if chosen is None or chosen == current:
        return
    if page_title == LIST_PAGE:
        open_review(chosen)
    state.choose_patient(chosen)
    state.keep_address()
    st.rerun()


def open_review(patient_id: str) -> None:
    """Go to a patient's review."""
    st.switch_page(REVIEW_PAGE, query_params=state.choose_patient(patient_id))


def open_form(patient_id: str | None) -> None:
    """Go to the form of a patient (None: somebody new)."""
    state.begin_form(patient_id)
    st.switch_page(FORM_PAGE, query_params=state.patient_address())
