"""References and kept lesions on the imaging page: proposed, confirmed, renamed and removed with a reason."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from store import MeasurementRecord, Store
from tests.imaging.phantoms import HOT_MM
from tests.views.people import open_app, said
from tests.views.test_imaging import CT, PET, keep, press
from views.lesion_change import say_consequence
from views.measured_scan import change_scan
from views.scan import Scan


@pytest.fixture
def measured(store: Store) -> Iterator[Store]:
    keep(store, PET, "PT", tracer="68Ga-Pentixafor")
    keep(store, CT, "CT")
    lesion = MeasurementRecord("P017", PET, "1", "adrenal_left", at_mm=HOT_MM, suv_max=10.0, uptake="positive")
    change_scan(store, store.fetch_series("P017")[0], saved=[lesion])
    yield store


def write(app: AppTest, label: str, text: str) -> None:
    next(one for one in app.text_input if one.label == label).set_value(text)


def opened() -> AppTest:
    return open_app("imaging", "P017")


def test_a_lesion_is_removed_only_with_a_reason(measured: Store) -> None:
    app = opened()
    press(app, "Remove this lesion")
    assert "Say why: the reason is kept in the history." in said(app)
    assert measured.fetch_measurements("P017")
    write(app, "Reason", "it was the stomach")
    press(app, "Remove this lesion")
    assert measured.fetch_measurements("P017") == []
    assert [one for one in measured.fetch_case("P017")["imaging"] if one["region"] == "adrenal_left"] == []
    assert {change.why for change in measured.fetch_changes("P017")[:2]} == {"it was the stomach"}


def test_a_lesion_is_named_and_placed_otherwise(measured: Store) -> None:
    app = opened()
    assert "not known, which is not negative" in said(app)
    write(app, "Name or number", "nodule")
    next(one for one in app.selectbox if one.label == "Region").set_value("pancreas")
    write(app, "Reason", "as the report says")
    press(app, "Save the change")
    (lesion,) = measured.fetch_measurements("P017")
    assert (lesion.lesion, lesion.site, lesion.uptake) == ("nodule", "pancreas", "positive")
    regions = {one["region"] for one in measured.fetch_case("P017")["imaging"] if one.get("suv_max") == 10.0}
    assert regions == {"pancreas"}


def test_two_lesions_of_a_scan_have_two_names(measured: Store) -> None:
    measured.save_measurement(MeasurementRecord("P017", PET, "2", "pituitary", at_mm=HOT_MM, suv_max=3.0))
    app = opened()
    write(app, "Name or number", "2")
    write(app, "Reason", "order of size")
    press(app, "Save the change")
    assert "Another lesion of this scan is called 2" in said(app)


def test_a_reference_is_set_taken_away_and_compared(measured: Store) -> None:
    app = open_app("imaging", "P017")
    next(one for one in app.selectbox if one.label == "Reference").set_value("liver").run()
    press(app, "Set here")
    (liver,) = measured.fetch_reference_regions("P017")
    assert (liver.organ, liver.diameter_mm, liver.placed) == ("liver", 30.0, "by hand")
    assert measured.fetch_measurements("P017")[0].liver_suv_mean == pytest.approx(liver.suv_mean)
    app.button(key="imaging_reference_drop").click().run()
    assert measured.fetch_reference_regions("P017") == []
    assert measured.fetch_measurements("P017")[0].liver_suv_mean is None


def test_a_ct_that_shows_no_organ_plainly_gives_no_proposal_and_says_so(measured: Store) -> None:
    app = open_app("imaging", "P017")
    press(app, "Propose from the CT")
    assert "Liver: No proposal" in said(app) and "Blood pool: No proposal" in said(app)
    assert measured.fetch_reference_regions("P017") == []


def test_what_the_case_says_without_a_lesion_is_told_before(measured: Store) -> None:
    first = measured.fetch_measurements("P017")[0]
    second = MeasurementRecord("P017", PET, "7", "adrenal_left", suv_max=2.0)
    scan = Scan(measured.fetch_series("P017")[0])
    assert "from 7." in say_consequence(first, [first, second], scan)
    assert "says nothing of left adrenal on Pentixafor" in say_consequence(first, [first], scan)
