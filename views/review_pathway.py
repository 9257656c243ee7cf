"""The guideline beside the engine: the patient's way as a figure, what comes next, and where the two differ."""

from collections.abc import Sequence

import streamlit as st

from decision.assessment import Assessment
from decision.case import Case
from decision.evidence import load_knowledge
from decision.guideline import Difference, GuidelineStand, compare_guideline
from views.charts_pathway import STATES, chart_pathway
from views.figure import show_figure
from views.names import subtype_name, test_name
from views.review_evidence import GRADES
from views.words import escape, say_list, say_per_cent

TESTS_SHOWN = 3


def show_pathway(case: Case, assessment: Assessment) -> None:
    """Every step of the work-up with the patient's way lit; hover says the guideline's words and source."""
    st.subheader("Pathway", anchor=False)
    stand = compare_guideline(case, assessment, load_knowledge())
    show_figure(chart_pathway, stand.steps, key="pathway", says=_say_way(stand))
    pathway = assessment.pathway
    st.markdown(f":material/location_on: **{escape(pathway.step)}** · {escape(pathway.next)}")
    show_differences(stand.differences)
    if stand.tests_differ:
        st.info(_say_tests(stand, assessment), icon=":material/compare_arrows:")


def _say_tests(stand: GuidelineStand, assessment: Assessment) -> str:
    asked = escape(say_list([test_name(name) for name in stand.tests_here[:TESTS_SHOWN]]))
    if not assessment.next_tests:
        return f"The guideline asks here for {asked}; the engine does not expect a test to change its answer."
    first = assessment.next_tests[0]
    more = f"{escape(test_name(first.test))} ({first.expected_gain_bits:.2f} bit)"
    return f"The guideline asks here for {asked}; the engine expects more of {more}."


def show_differences(differences: Sequence[Difference]) -> None:
    """Each sentence of the guideline the engine does not share, with what the engine gives it and the source."""
    for item in differences:
        names = say_list([subtype_name(name) for name in item.subtypes])
        st.warning(
            f"Guideline and engine differ. {escape(item.says)}. The engine gives {escape(names)} "
            f"{say_per_cent(item.probability)} and leads with {escape(subtype_name(item.leader))}.  \n"
            f":small[{escape(item.source)} · {escape(GRADES.get(item.grade, item.grade))}]",
            icon=":material/compare_arrows:",
        )


def _say_way(stand: GuidelineStand) -> str:
    return "Guideline work-up: " + "; ".join(f"{step.title}, {STATES[step.state]}" for step in stand.steps)
