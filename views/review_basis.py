"""What the assessment rests on: where it starts from, two switches that are off unless turned on, and what they did."""

import streamlit as st

from decision.assessment import Prior
from decision.evidence import load_knowledge
from decision.setting import BY_CASE, load_settings
from views import state
from views.basis import Basis, say_prior
from views.evidence import TRIAL_ADDS
from views.frame import EVIDENCE_PAGE
from views.living import choose_basis
from views.words import escape


def ask_basis(patient_id: str) -> Basis:
    """Published evidence alone, or this trial's patients counted in; the choice stays for the session."""
    setting = _ask_setting()
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
    return choose_basis(patient_id, published_only, counting, setting)


def _ask_setting() -> str:
    """The starting point by name, BY_CASE for the usual one."""
    choices = {BY_CASE: load_knowledge().usual_setting.title}
    choices |= {setting.id: setting.title for setting in load_settings() if setting.by_choice}
    return st.selectbox(
        "Before any test",
        list(choices),
        format_func=lambda name: choices[name],
        key="setting",
        persist_state="session",
        width=200,
        help="Where the answer starts: how did this patient come to you?",
    )


def show_prior(prior: Prior, basis: Basis) -> None:
    """What was believed before any test, in a box where it is not the trial's usual one."""
    says = say_prior(prior, basis)
    if says is not None:
        with st.container(border=True):
            st.markdown(f":material/flag: {escape(says)}", help=f"Source: {escape(prior.source)}")


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
