"""The patient in the address survives pages; the frame says what this is on every page."""

import pytest
from streamlit.runtime.pages_manager import PagesManager

from store import Store
from tests.views.people import open_app, said

PAGES = ("patients", "review", "patient_form")


def test_the_first_address_of_a_process_is_shown_inside_the_frame(store: Store) -> None:
    """Streamlit's discovery of the folder pages/ would run the first page alone, without banner and switcher."""
    PagesManager.uses_pages_directory = None
    app = open_app("review", patient="P017")
    assert "not a medical device" in said(app)
    assert [box.label for box in app.sidebar.selectbox] == ["Patient"]


def test_the_address_names_the_patient(store: Store) -> None:
    app = open_app("review", patient="P017")
    assert "P017" in said(app)


def test_the_patient_stays_when_the_page_changes(store: Store) -> None:
    app = open_app("review", patient="P017")
    app.switch_page("pages/patients.py").run()
    app.switch_page("pages/review.py").run()
    assert app.query_params["patient"] == "P017"
    assert "P017" in said(app)


def test_the_switcher_changes_patient_and_address(store: Store) -> None:
    app = open_app("review", patient="P017")
    app.sidebar.selectbox[0].select("P052").run()
    assert "P052" in said(app)
    assert app.query_params["patient"] == "P052"


def test_choosing_from_the_worklist_opens_the_review(store: Store) -> None:
    app = open_app()
    app.sidebar.selectbox[0].select("P017").run()
    assert "What it suggests" in said(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_synthetic_and_research_use(store: Store, page: str) -> None:
    text = said(open_app(page, patient="P017"))
    assert "Synthetic data" in text
    assert "Research use in NCT07350707; not a medical device" in text


def test_an_unknown_patient_in_the_address_is_told(store: Store) -> None:
    assert "There is no patient “P999” here" in said(open_app("review", patient="P999"))


def test_nobody_chosen_is_told_where_to_choose(store: Store) -> None:
    assert "Choose a patient" in said(open_app("review"))
