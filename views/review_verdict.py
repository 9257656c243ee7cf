"""What the evidence suggests: the classes with their intervals, the 90 % set, the site, the next test."""

import streamlit as st

from decision.assessment import Assessment, NextTest
from views.charts import chart_posterior
from views.charts_body import chart_body
from views.figure import show_figure
from views.names import explain_set, say_change, set_name, site_name, subtype_full_name, subtype_name, test_name
from views.review_evidence import GRADES
from views.words import escape, say_interval, say_per_cent

TESTS_SHOWN = 3
GROUPS = {"cushing": "overt Cushing's syndrome", "acth_dependent": "ACTH-dependent"}


def show_verdict(assessment: Assessment) -> None:
    leader = assessment.leader
    st.subheader("What it suggests", anchor=False)
    if assessment.abstain:
        st.info(f"No suggestion. {escape(assessment.abstain)}", icon=":material/pan_tool:")
    else:
        figures = f"{say_per_cent(leader.probability)} :gray[{say_interval(leader.low, leader.high)}]"
        st.markdown(f"##### {escape(subtype_full_name(leader.subtype))} · {figures}")
    show_figure(chart_posterior, assessment, subtype_name, key="posterior", says=_say_posterior(assessment))
    lines = [f"**90 % set** · {escape(set_name(assessment.prediction_set))}", _say_groups(assessment)]
    st.markdown("  \n".join(line for line in lines if line), help=explain_set())
    show_sites(assessment)
    show_next_tests(assessment.next_tests, assessment.leader.subtype)
    if assessment.weight_by_grade:
        st.caption(f"The weight rests on: {escape(_say_grades(assessment.weight_by_grade))}")
    prior = assessment.prior
    st.caption(escape(f"{prior.says} · {GRADES.get(prior.grade, prior.grade)}"), help=f"Source: {escape(prior.source)}")


def show_sites(assessment: Assessment) -> None:
    if not assessment.sites:
        return
    st.markdown("**Where**")
    says = "; ".join(f"{site_name(site.site)} {say_per_cent(site.probability)}" for site in assessment.sites)
    show_figure(chart_body, assessment.sites, site_name, key="sites", says=f"Likely sites: {says}")


def show_next_tests(tests: tuple[NextTest, ...], leader: str) -> None:
    """The tests expected to tell most, with what each costs the patient and what it could change."""
    st.markdown("**Next test**")
    if not tests:
        st.caption("No test still to be done is expected to change this.")
        return
    lines = [
        f"- **{escape(test_name(test.test))}** :gray[{test.expected_gain_bits:.2f} bit · {escape(test.burden)}]"
        f", {escape(say_change(test.could_change_to, leader))}"
        for test in tests[:TESTS_SHOWN]
    ]
    st.markdown("\n".join(lines))


def _say_groups(assessment: Assessment) -> str:
    shares = assessment.groups
    parts = [f"{name} {say_per_cent(shares[code])}" for code, name in GROUPS.items() if code in shares]
    return f":gray[{escape(' · '.join(parts))}]" if parts else ""


def _say_grades(weight_by_grade: dict[str, float]) -> str:
    total = sum(weight_by_grade.values())
    ordered = sorted(weight_by_grade.items(), key=lambda item: -item[1])
    shares = [f"{say_per_cent(weight / total)} {GRADES.get(grade, grade)}" for grade, weight in ordered if weight]
    return " · ".join(shares) or "nothing yet"


def _say_posterior(assessment: Assessment) -> str:
    parts = [
        f"{subtype_name(item.subtype)} {say_per_cent(item.probability)} {say_interval(item.low, item.high)}"
        for item in assessment.subtypes
    ]
    return "Probabilities with 95 % intervals: " + "; ".join(parts)
