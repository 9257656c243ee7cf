"""The router: page settings, the navigation in three groups, and the page that was asked for."""

from pathlib import Path

import streamlit as st

from views.frame import show_frame

# A file of ours: Streamlit's own symbols for a tab would be fetched from the internet.
ICON = Path(__file__).with_name("views") / "icon.svg"

st.set_page_config(
    page_title="Cushing Board",
    page_icon=str(ICON),
    layout="wide",
    initial_sidebar_state=210,
    menu_items={"About": "Cushing Board. Research use in NCT07350707; not a medical device."},
)
page = st.navigation(
    {
        "Patients": [
            st.Page("pages/patients.py", title="Worklist", icon=":material/list_alt:", default=True),
            st.Page("pages/review.py", title="Review", icon=":material/person_search:"),
            st.Page("pages/imaging.py", title="Imaging", icon=":material/radiology:"),
            st.Page("pages/patient_form.py", title="Patient form", visibility="hidden"),
        ],
        "Trial": [
            st.Page("pages/cohort.py", title="Cohort", icon=":material/groups:"),
            st.Page("pages/accuracy.py", title="Accuracy", icon=":material/query_stats:"),
            st.Page("pages/readers.py", title="Readers", icon=":material/visibility:"),
            st.Page("pages/import_export.py", title="Import and export", icon=":material/swap_horiz:"),
        ],
        "Learn": [
            st.Page("pages/teaching.py", title="Teaching", icon=":material/school:"),
            st.Page("pages/evidence.py", title="Evidence", icon=":material/menu_book:"),
        ],
    }
)
show_frame(page.title)
page.run()
