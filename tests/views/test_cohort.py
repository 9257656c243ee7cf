"""The cohort page: what it counts from the store, what it says, and what a click leaves."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store import MeasurementRecord, Patient, ReadRecord, ReferenceDiagnosis, SeriesRecord, Store, open_store
from tests.views.people import open_app, said
from trial.cohort import compute_enrolment
from views.cohort import choose_records, say_cautions, say_uptake
from views.cohort_records import Cohort, fetch_cohort, find_place
from views.cohort_table import make_patient_table

PENTIXAFOR, DOTATATE = "68Ga-Pentixafor", "68Ga-DOTATATE"


def report(region: str, suv_max: float | None, uptake: str = "positive", tracer: str = PENTIXAFOR) -> dict[str, Any]:
    return {"modality": "PET", "tracer": tracer, "region": region, "uptake": uptake, "suv_max": suv_max}


@pytest.fixture
def cohort_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with open_store() as store:
        fill_cohort(store)
        yield store


def fill_cohort(store: Store) -> None:
    """Four patients: an adenoma measured here, an ectopic tumour reported, one waiting, one with nothing known."""
    store.save_many(
        patients=[
            Patient("P001", 44, "female", date(2026, 3, 2), synthetic=True),
            Patient("P002", 61, "male", date(2026, 3, 9), synthetic=True),
            Patient("P003", 9, "female", date(2026, 3, 30), synthetic=True),
            Patient("P004"),
        ],
        cases=[
            {"case_id": "P001", "age_years": 44, "imaging": [report("adrenal_left", 14.0), report("pituitary", 2.1)]},
            {
                "case_id": "P002",
                "age_years": 61,
                "imaging": [report("lung_left", 30.0, tracer=DOTATATE), report("adrenal_left", 3.0, "negative")],
            },
            {"case_id": "P003", "age_years": 9, "imaging": [report("chest", None, "negative")]},
        ],
        series=[SeriesRecord("P001", "1.2", modality="PT", tracer=PENTIXAFOR)],
        measurements=[MeasurementRecord("P001", "1.2", "1", site="adrenal_left", suv_max=15.2)],
        reads=[ReadRecord("P001", "Reader A", PENTIXAFOR, "positive")],
        references=[ReferenceDiagnosis("P001", "CPA", "adrenal_left"), ReferenceDiagnosis("P002", "EAS", "lung")],
    )


@pytest.fixture
def cohort(cohort_store: Store) -> Cohort:
    return fetch_cohort(cohort_store)


def test_a_scan_counts_whether_imported_or_only_reported(cohort: Cohort) -> None:
    tracers = {record.patient_id: record.tracers for record in cohort.records}
    assert tracers == {
        "P001": {PENTIXAFOR},
        "P002": {PENTIXAFOR, DOTATATE},
        "P003": {PENTIXAFOR},
        "P004": frozenset(),
    }


def test_a_measured_lesion_takes_the_place_of_the_reported_one(cohort: Cohort) -> None:
    found = [(one.lesion, one.suv_max, one.measured) for one in cohort.uptakes if one.patient_id == "P001"]
    assert found == [("1, adrenal_left", 15.2, True), ("pituitary", 2.1, False)]


def test_regions_read_as_negative_are_values_but_no_lesions(cohort: Cohort) -> None:
    values = {(one.patient_id, one.lesion) for one in cohort.uptakes}
    lesions = {(one.patient_id, one.lesion) for one in cohort.lesions}
    assert values - lesions == {("P002", "adrenal_left")}


def test_a_region_without_a_number_is_no_value(cohort: Cohort) -> None:
    assert "P003" not in {one.patient_id for one in cohort.uptakes}


@pytest.mark.parametrize(
    ("site", "place"),
    [
        ("pituitary_left", "pituitary"),
        ("adrenal_right", "adrenal"),
        ("lung", "elsewhere"),
        ("none", None),
        (None, None),
    ],
)
def test_places_group_sites(site: str | None, place: str | None) -> None:
    assert find_place(site) == place


def test_the_table_shows_the_highest_value_and_leaves_the_unknown_empty(cohort: Cohort) -> None:
    table = make_patient_table(cohort).set_index("ID")
    assert table.loc["P001", "Pentixafor SUVmax"] == 15.2
    assert table.loc["P002", "DOTATATE SUVmax"] == 30.0
    assert table["DOTATATE SUVmax"].isna().tolist() == [True, False, True, True]
    assert table["Data"].tolist() == ["synthetic", "synthetic", "synthetic", ""]
    assert table.loc["P004", ["Sex", "Enrolled", "Reference"]].tolist() == ["—", "—", "No reference yet"]


def test_cautions_name_synthetic_undated_and_outside_ages(cohort: Cohort) -> None:
    assert say_cautions(cohort, compute_enrolment(cohort.records)) == [
        "Synthetic data: 3 of 4 patients never existed.",
        "1 patient without an enrolment date, not counted as enrolled.",
        "Outside the protocol's age of 10–80 years: P003.",
    ]


def test_a_click_leaves_that_subtype_and_no_click_leaves_all(cohort: Cohort) -> None:
    assert [record.patient_id for record in choose_records(cohort, ("EAS",))] == ["P002"]
    assert [record.patient_id for record in choose_records(cohort, (None,))] == ["P003", "P004"]
    assert len(choose_records(cohort, ())) == 4


def test_the_caption_says_what_a_point_is() -> None:
    assert "negative scans included" in say_uptake("patient", "all")
    assert say_uptake("lesion", "adrenal").startswith("One point a lesion")


def test_the_page_shows_the_figures_with_their_denominators(cohort_store: Store) -> None:
    app = open_app("cohort")
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures == {
        "Enrolled": "3 of 160",
        "4 weeks to 30 Mar 2026": "2",
        "Reference diagnosis": "2 of 4",
        "DOTATATE scan": "1 of 4",
    }
    text = said(app)
    assert "3 enrolled by 30 Mar 2026; 157 still needed" in text
    assert "No reference diagnosis yet: 2 of 4" in text
    assert "Patients: all (4)" in text


def test_the_page_of_an_empty_trial_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    open_store().close()
    assert "No patients yet" in said(open_app("cohort"))


def test_patients_without_dates_or_scans_do_not_break_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with open_store() as store:
        store.save_case({"case_id": "P001"})
        app = open_app("cohort")
    assert "Nobody has an enrolment date yet" in said(app)
