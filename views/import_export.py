"""Import and export: REDCap in with a dry run, the cohort out as files, and a frozen copy that can be verified."""

import streamlit as st

from views.redcap_panel import show_redcap
from views.take_away import show_take_away

IN, OUT = "In: from REDCap", "Out: data files"


def show() -> None:
    side = st.segmented_control(
        "Direction", [IN, OUT], default=IN, required=True, key="exchange_side", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    if side == OUT:
        show_take_away()
    else:
        show_redcap()
