"""Accuracy: what each test is worth against the reference standard, and the tests against one another."""

from collections.abc import Callable

import streamlit as st

from views import data
from views.accuracy_choices import Choices, ask_choices
from views.accuracy_data import Material, fetch_material
from views.accuracy_forest import show_one_test
from views.accuracy_pairs import show_pairs
from views.accuracy_threshold import show_threshold
from views.accuracy_transport import show_transport
from views.accuracy_unclear import show_unclear

PARTS: dict[str, Callable[[Material, Choices], None]] = {
    "One test": show_one_test,
    "Cut-off": show_threshold,
    "Head to head": show_pairs,
    "Inconclusive": show_unclear,
    "Published rules": show_transport,
}


def show() -> None:
    """The controls, then the chosen part; everything shown follows from the address."""
    choices = ask_choices(data.fetch_counted())
    material = fetch_material(choices)
    if not material.everybody:
        st.info("No patients yet. Add one on the worklist, or import case files.", icon=":material/query_stats:")
        return
    part = st.segmented_control(
        "Part",
        list(PARTS),
        default="One test",
        required=True,
        key="accuracy_part",
        bind="query-params",
        label_visibility="collapsed",
    )
    if not material.people:
        st.info("No patient has the reference diagnoses chosen above.", icon=":material/query_stats:")
        return
    PARTS[part or "One test"](material, choices)
