"""What this trial adds to the evidence: for every PET pattern and class the share in print, in this trial, and together."""

from collections.abc import Sequence

import streamlit as st

from decision.evidence import Knowledge, load_knowledge
from decision.living import TRACERS
from decision.living_shares import LivingShare, list_shares
from views.charts_living import chart_living
from views.figure import show_figure
from views.living import fetch_living
from views.living_rows import list_known, make_living_points, make_living_table, say_added
from views.words import escape


def show_trial_adds() -> None:
    """The counts of everybody, tracer by tracer; an assessment leaves out the patient it is about."""
    knowledge, found = load_knowledge(), fetch_living()
    shares = list_shares(found, knowledge)
    rules = knowledge.rules["living"]
    st.markdown(f"**{escape(say_added(shares, found.patients))}**")
    st.warning(f"{escape(rules['caution'])}.", icon=":material/warning:")
    st.caption(
        f"{escape(rules['says'])}, by a switch on the review page; an assessment never counts its own patient. A finding "
        f"nobody has published about counts once two classes have {rules['least_per_class']} patients each. Intervals: "
        "95 % of the distribution the engine draws from."
    )
    for tracer in TRACERS.values():
        show_tracer([share for share in shares if share.tracer == tracer], tracer, knowledge)


def show_tracer(shares: Sequence[LivingShare], tracer: str, knowledge: Knowledge) -> None:
    """The figure for a glance, the table for every number and the reason why a line counts or not."""
    st.subheader(tracer, anchor=False)
    known = list_known(shares)
    if known:
        says = f"{tracer}: shares in print, in this trial and together with intervals; the table below has the numbers"
        show_figure(chart_living, make_living_points(known, knowledge), key=f"living_{tracer}", says=says)
    st.table(
        make_living_table(shares, knowledge).map(escape),
        hide_index=True,
        border="horizontal",
        alt=f"What this trial adds, {tracer}",
    )
