"""What the assessment rests on: two switches, both off unless turned on, and a line that says what they did."""

import streamlit as st

from views import state
from views.basis import Basis
from views.evidence import TRIAL_ADDS
from views.frame import EVIDENCE_PAGE
from views.living import choose_basis
from views.words import escape


def ask_basis(patient_id: str) -> Basis:
    """Published evidence alone, or this trial's patients counted in; the choice stays for the session."""
    published_only = st.toggle(
        "Published evidence only",
        key="published_only",
        persist_state="session",
        help="Leaves out expert values and unchecked knowledge",
    )
    counting = st.toggle(
        "Count this trial's patients",
        key="count_trial",
        persist_state="session",
        help="Adds the other patients with a reference diagnosis to what a PET pattern means; never this patient",
    )
    return choose_basis(patient_id, published_only, counting)


def show_basis(basis: Basis) -> None:
    """Says that the trial's patients are counted, how many, and what speaks against believing it; where to see the counts."""
    if basis.says is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f":material/group_add: {escape(basis.says)}", width="stretch")
        st.page_link(
            EVIDENCE_PAGE,
            label="What it adds",
            icon=":material/menu_book:",
            query_params=state.patient_address() | {"evidence_part": TRIAL_ADDS},
        )
