"""A query's link opens the place where its field can be changed, the field framed on top and marked."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from store import DataQuery, ReadRecord, ReferenceDiagnosis, ScreenedPerson, SeriesRecord, Store
from tests.views.people import PROJECT, said
from trial.quality import load_quality
from views.asked_field import Asked, find_page
from views.diagnosis_form import DiagnosisEntry, find_wrong
from views.frame import FORM_PAGE, IMAGING_PAGE, READERS_PAGE, REVIEW_PAGE, SCREENING_PAGE
from views.patient_form import field_key

PENTIXAFOR = "68Ga-Pentixafor"


def follow(page: str, patient: str, field: str, query: str = "") -> AppTest:
    """The page as a link to a field opens it."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    app.switch_page(page)
    for name, value in {"patient": patient, "field": field, "query": query}.items():
        if value:
            app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def framed(app: AppTest) -> list[str]:
    """Every label that is marked."""
    kinds: tuple[Any, ...] = (app.text_input, app.selectbox, app.date_input)
    labels = [str(one.label) for kind in kinds for one in kind] + [str(one.value) for one in app.markdown]
    return [label for label in labels if ":orange-background[" in label]


@pytest.mark.parametrize(
    ("form", "name", "page"),
    [
        ("Enrolment", "Consent date", SCREENING_PAGE),
        ("Enrolment", "Enrolment date", FORM_PAGE),
        ("Laboratory", "ACTH", FORM_PAGE),
        ("MRI and CT", "Adrenal CT", FORM_PAGE),
        ("Pentixafor", "SUVmax", FORM_PAGE),
        ("Pentixafor", "Day of the scan", IMAGING_PAGE),
        ("Pentixafor", "Two reads", READERS_PAGE),
        ("Reference", "Subtype", FORM_PAGE),
        ("Another form", "field", REVIEW_PAGE),
    ],
)
def test_each_field_has_its_page(store: Store, form: str, name: str, page: str) -> None:
    assert find_page(Asked("P017", form, name)) == page


def test_a_value_that_comes_from_the_images_is_changed_there(store: Store) -> None:
    asked = Asked("P017", "Pentixafor", "Uptake time")
    assert find_page(asked) == FORM_PAGE
    store.save_series(SeriesRecord("P017", "1.2", modality="PT", tracer=PENTIXAFOR))
    assert find_page(asked) == IMAGING_PAGE


def test_every_field_that_is_checked_has_a_page_other_than_the_review(store: Store) -> None:
    for one in load_quality()["field"]:
        assert find_page(Asked("P052", one["form"], one["name"])) != REVIEW_PAGE, one


def test_a_query_about_a_value_frames_its_line_on_top_with_the_question(store: Store) -> None:
    store.trial.raise_query(DataQuery("P017", "Laboratory", "ACTH", "46 pg/mL: is the unit right?"), "AB")
    app = follow(FORM_PAGE, "P017", "Laboratory: ACTH", "1")
    assert app.title[0].value == "Edit P017"
    text = said(app).replace("\\", "")
    assert "Asked about P017 · Laboratory: ACTH" in text
    assert "Query 1 (open): 46 pg/mL: is the unit right?" in text
    (label,) = framed(app)
    assert label.startswith(":orange-background[ACTH]")
    first = next(one for one in app.text_input if one.key and ":results:" in one.key)
    assert first.value == "46"


def test_a_missing_value_is_offered_as_a_line(store: Store) -> None:
    app = follow(FORM_PAGE, "P052", "Laboratory: Potassium")
    next(one for one in app.button if one.key == field_key("P052", "asked", "Potassium")).click().run()
    assert any(label.startswith(":orange-background[Potassium]") for label in framed(app))
    assert not [one for one in app.button if one.key == field_key("P052", "asked", "Potassium")]


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("Enrolment: Enrolment date", ":orange-background[Enrolled]"),
        ("Enrolment: Age", ":orange-background[Age, years]"),
        ("Pentixafor: SUVmax", ":orange-background[SUVmax]"),
        ("Pentixafor: Uptake time", ":orange-background[Minutes after injection]"),
        ("Reference: Subtype", ":orange-background[Diagnosis]"),
        ("Reference: Day", ":orange-background[Decided on]"),
    ],
)
def test_the_field_is_marked(store: Store, field: str, label: str) -> None:
    assert label in framed(follow(FORM_PAGE, "P017", field))


def test_the_enrolment_day_can_be_changed(store: Store) -> None:
    app = follow(FORM_PAGE, "P017", "Enrolment: Enrolment date")
    next(one for one in app.date_input if "Enrolled" in one.label).set_value(date(2026, 2, 4)).run()
    next(one for one in app.button if one.label == "Save").click().run()
    patient = store.fetch_patient("P017")
    assert patient is not None
    assert patient.enrolled_on == date(2026, 2, 4)


def test_a_query_about_consent_opens_the_line_of_the_patient(store: Store) -> None:
    line = ScreenedPerson("S007", date(2026, 1, 1), criteria={"consent": "yes"}, decision="enrolled", patient_id="P017")
    store.trial.save_screened([line])
    app = follow(SCREENING_PAGE, "P017", "Enrolment: Consent date")
    assert next(one for one in app.selectbox if one.key == "screening_line").value == "S007"
    assert framed(app) == [":orange-background[Consent on]"]


def test_a_query_about_reads_opens_the_form_of_the_read(store: Store) -> None:
    store.save_read(ReadRecord("P017", "A", PENTIXAFOR, "positive", read_at=datetime(2026, 3, 1, tzinfo=UTC)))
    app = follow(READERS_PAGE, "P017", "Pentixafor: Two reads")
    assert "Asked about P017 · Pentixafor: Two reads" in said(app).replace("\\", "")


def test_the_reference_diagnosis_is_entered_and_corrected_with_a_word_of_why(store: Store) -> None:
    start = "diagnosis_P017_"
    app = follow(FORM_PAGE, "P017", "Reference: Diagnosis")
    next(one for one in app.button if one.key == f"{start}keep").click().run()
    assert "Diagnosis: choose the subtype" in said(app).replace("\\", "")
    next(one for one in app.selectbox if one.key == f"{start}subtype").set_value("CD").run()
    next(one for one in app.text_input if one.key == f"{start}decided").set_value("5 Mar 2026").run()
    next(one for one in app.text_input if one.key == f"{start}who").set_value("AB").run()
    next(one for one in app.button if one.key == f"{start}keep").click().run()
    assert store.fetch_references() == [ReferenceDiagnosis("P017", "CD", decided_on=date(2026, 3, 5))]
    assert next(one for one in app.text_input if one.key == f"{start}decided_1").value == "2026-03-05"


def test_what_is_wrong_with_a_diagnosis_is_said() -> None:
    right = DiagnosisEntry("P017", "CD", None, "", "2026-03-05", "AB", "", None)
    today = date(2026, 4, 1)
    assert find_wrong(right, today) == ()
    assert "choose the subtype" in find_wrong(replace(right, subtype=None), today)[0]
    assert "is in the future" in find_wrong(replace(right, decided="2026-05-05"), today)[0]
    assert "not a date" in find_wrong(replace(right, decided="soon"), today)[0]
    assert "a word of why" in find_wrong(replace(right, known=ReferenceDiagnosis("P017", "CD")), today)[0]
