"""The review of one patient: what speaks stands left of what it suggests; images, results and the pathway below."""

from collections.abc import Sequence

import streamlit as st

from decision.assessment import Assessment, Flag
from decision.case import Case, read_case
from decision.questions import question_case
from store import Patient
from views import data, state
from views.basis import Basis
from views.frame import WORKLIST_PAGE, open_form
from views.names import test_name
from views.report import show_report_button
from views.results_table import make_results_table
from views.review_basis import ask_basis, show_basis, show_prior
from views.review_evidence import show_evidence
from views.review_images import show_images
from views.review_pathway import show_pathway
from views.review_steps import show_steps
from views.review_timeline import show_timeline
from views.review_verdict import show_verdict
from views.review_what_if import show_what_if
from views.words import escape, say_age, say_date, say_list, say_sex

FLAG_ICONS = {"urgent": ":material/emergency:", "warning": ":material/warning:"}


def show() -> None:
    patient_id = state.current_patient()
    patient = data.the_store().fetch_patient(patient_id) if patient_id else None
    if patient is None:
        show_nobody(patient_id)
        return
    case = read_case(data.the_store().fetch_case(patient.patient_id))
    basis = show_header(patient)
    show_basis(basis)
    assessment = data.fetch_assessment(patient.patient_id, basis)
    show_prior(assessment.prior, basis)
    known, report = st.columns([5, 2], vertical_alignment="center")
    with known:
        show_known(case, assessment)
    with report:
        show_report_button(patient, case, assessment, basis)
    show_flags(assessment.flags)
    left, right = st.columns(2, border=True)
    with left:
        show_evidence(assessment)
        show_steps(case, basis)
    with right:
        show_verdict(assessment)
    show_what_if(case, basis)
    show_images(case)
    show_results(case)
    show_timeline(patient, case)
    show_pathway(case, assessment)


def show_nobody(patient_id: str | None) -> None:
    if patient_id:
        st.warning(
            f"There is no patient “{escape(patient_id)}” here. Check the pseudonym.", icon=":material/person_off:"
        )
    else:
        st.info("Choose a patient in the sidebar or in the worklist.", icon=":material/person_search:")
    st.page_link(WORKLIST_PAGE, label="Worklist", icon=":material/list_alt:")


def show_header(patient: Patient) -> Basis:
    """Who it is, what can be done; returns what the assessment shall rest on."""
    parts = [say_age(patient.age_years), say_sex(patient.sex), f"MDT {say_date(patient.mdt_on)}"]
    if patient.synthetic:
        parts.append("synthetic")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"### {escape(patient.patient_id)} :gray[· {escape(' · '.join(parts))}]", width="content")
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            basis = ask_basis(patient.patient_id)
            if st.button("Edit", icon=":material/edit:"):
                open_form(patient.patient_id)
    return basis


def show_known(case: Case, assessment: Assessment) -> None:
    """How much of what this patient's question needs is known, and what is not."""
    known = len({result.test for result in case.results}) + len({(item.modality, item.tracer) for item in case.imaging})
    missing = say_list([test_name(item) for item in assessment.missing])
    says = f" · not known yet: {missing}" if assessment.missing else ""
    st.caption(escape(f"Known: {known} of {known + len(assessment.missing)}{says}"))


def show_flags(flags: Sequence[Flag]) -> None:
    """What must not wait, urgent first, each with its source behind the question mark."""
    if not flags:
        return
    with st.container(border=True, gap="xsmall"):
        for flag in sorted(flags, key=lambda flag: flag.level != "urgent"):
            icon, text = FLAG_ICONS.get(flag.level, ":material/info:"), escape(flag.says)
            says = f":red[{icon} **{text}**]" if flag.level == "urgent" else f":orange[{icon}] {text}"
            st.markdown(says, help=f"Source: {escape(flag.source)}")


def show_results(case: Case) -> None:
    st.subheader("Results", anchor=False)
    for says in question_case(case):
        st.warning(f"Please check: {escape(says)}", icon=":material/help:")
    if not case.results:
        st.caption("No results are known.")
        return
    st.dataframe(
        make_results_table(case.results),
        hide_index=True,
        height="content",
        column_config={
            "Test": st.column_config.TextColumn(width=125),
            "": st.column_config.TextColumn(width=25, help="Only against a limit the laboratory stated"),
            "Result": st.column_config.TextColumn(alignment="right", width=190),
            "Limit": st.column_config.TextColumn(alignment="right", width=95, help="As stated by the laboratory"),
            "× ULN": st.column_config.TextColumn(alignment="right", width=50),
            "Date": st.column_config.TextColumn(width=85),
            "Assay": st.column_config.TextColumn(width=150),
        },
        alt="Laboratory results",
    )
