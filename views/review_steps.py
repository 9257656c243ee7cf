"""The answer finding by finding, on demand."""

from typing import Any

import streamlit as st

from decision.case import Case, read_case
from decision.steps import Step, trace_case
from views.basis import Basis
from views.charts_path import chart_path, moving_steps
from views.figure import show_figure
from views.names import subtype_name
from views.words import say_count, say_per_cent


def show_steps(case: Case, basis: Basis) -> None:
    """How each result moved the probabilities, in the order they were taken; those that moved nothing are counted."""
    if not (case.results or case.imaging):
        return
    with st.expander("Step by step", icon=":material/timeline:"):
        steps = _trace(case.to_json(), basis)
        first, last = steps[0].probabilities, steps[-1].probabilities
        leader = max(last, key=lambda name: last[name])
        moved = f"{say_per_cent(first[leader])} → {say_per_cent(last[leader])}"
        says = f"{subtype_name(leader)} {moved} over {say_count(len(steps) - 1, 'finding')}"
        show_figure(chart_path, steps, subtype_name, key="steps", says=says)
        silent = len(steps) - len(moving_steps(steps))
        if silent:
            st.caption(f"{say_count(silent, 'further finding')} moved nothing at that point.")


@st.cache_data(max_entries=64, show_spinner=False)
def _trace(document: dict[str, Any], basis: Basis) -> tuple[Step, ...]:
    return trace_case(read_case(document), **basis.how)
