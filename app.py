"""The router: page settings, the navigation in three groups, and the page that was asked for."""

import streamlit as st

from views.frame import set_up_pages, show_frame

set_up_pages()
page = st.navigation(
    {
        "Patients": [
            st.Page("pages/patients.py", title="Worklist", icon=":material/list_alt:", default=True),
            st.Page("pages/review.py", title="Review", icon=":material/person_search:"),
            st.Page("pages/imaging.py", title="Imaging", icon=":material/radiology:"),
            st.Page("pages/patient_form.py", title="Patient form", visibility="hidden"),
        ],
        "Trial": [
            st.Page("pages/progress.py", title="Progress", icon=":material/timeline:"),
            st.Page("pages/cohort.py", title="Cohort", icon=":material/groups:"),
            st.Page("pages/accuracy.py", title="Accuracy", icon=":material/query_stats:"),
            st.Page("pages/model.py", title="Learned model", icon=":material/model_training:"),
            st.Page("pages/readers.py", title="Readers", icon=":material/visibility:"),
            st.Page("pages/screening.py", title="Screening", icon=":material/how_to_reg:"),
            st.Page("pages/quality.py", title="Data quality", icon=":material/fact_check:"),
            st.Page("pages/import_export.py", title="Import and export", icon=":material/swap_horiz:"),
        ],
        "Learn": [
            st.Page("pages/teaching.py", title="Teaching", icon=":material/school:"),
            st.Page("pages/evidence.py", title="Evidence", icon=":material/menu_book:"),
        ],
    },
    expanded=True,
)
show_frame(page.title)
page.run()
