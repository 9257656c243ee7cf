"""The patient form: any accepted unit, nothing assumed, nothing lost, saved whole or not at all."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from decision.units import UNITS
from decision.vocabulary import load_vocabulary
from store import Store
from tests.views.people import CUSHINGS_DISEASE, open_app, said
from views.form_draft import USUAL_TESTS, field_key
from views.typed import check_finding, check_person, check_result, read_typed

NEW = "new patient"
ACTH = 1 + USUAL_TESTS.index("acth_plasma")
UNIT_CASES = [(test, unit) for test, units in UNITS.items() for unit in units]


def field(line: int, name: str) -> str:
    return field_key(NEW, "results", line, name)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def edit(app: AppTest) -> None:
    """From the review to the form (the test runner does not follow a switch of pages by itself)."""
    press(app, "Edit")
    app.switch_page("pages/patient_form.py").run()


@pytest.mark.parametrize(
    ("text", "value", "comparator"),
    [
        ("31", 31.0, None),
        (" 0.5 ", 0.5, None),
        ("< 5", 5.0, "<"),
        (">46.7", 46.7, ">"),
        ("-3", -3.0, None),
        ("", None, None),
    ],
)
def test_numbers_are_read_as_laboratories_write_them(text: str, value: float | None, comparator: str | None) -> None:
    typed = read_typed(text)
    assert (typed.value, typed.comparator, typed.wrong) == (value, comparator, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [("5,4", "5.4"), ("1,200.5", "comma"), ("high", "not a number"), ("1e5", "not a number"), ("<= 5", "not a")],
)
def test_what_is_no_number_is_told_in_a_sentence(text: str, says: str) -> None:
    typed = read_typed(text)
    assert typed.value is None
    assert typed.wrong is not None and says in typed.wrong


@pytest.mark.parametrize(("test", "unit"), UNIT_CASES)
def test_every_test_takes_a_plausible_value_in_each_of_its_units(test: str, unit: str) -> None:
    known = load_vocabulary().tests[test]
    scale = next(item for item in known.units if item.name == unit)
    value = f"{4.0 / scale.factor if scale.factor else 4.0:.6g}"
    checked = check_result(test, {"value": value, "unit": unit})
    if "bicarbonate" in test:
        assert "cannot be right" in str(checked.wrong)
        return
    assert checked.wrong == {}
    assert checked.entry == {"test": test, "value": float(value), "unit": unit}
    assert checked.both is not None and value.split(".")[0] in checked.both


def test_acth_without_its_unit_is_refused_and_has_none_by_default(store: Store) -> None:
    app = open_app("patient_form")
    assert app.selectbox(key=field(ACTH, "unit")).value is None
    app.text_input(key=field(ACTH, "value")).set_value("12").run()
    assert "ACTH needs its unit" in said(app)
    app.selectbox(key=field(ACTH, "unit")).select("pmol/L").run()
    assert "ACTH needs its unit" not in said(app)
    assert "12 pmol/L · 54.5 pg/mL" in said(app)


def test_an_impossible_value_is_refused_and_an_odd_one_questioned() -> None:
    assert "cannot be right" in check_result("cortisol_morning", {"value": "500", "unit": "ug/dL"}).wrong["value"]
    odd = check_result("cortisol_morning", {"value": "20", "unit": "nmol/L"})
    assert odd.wrong == {}
    assert any("µg/dL" in question for question in odd.questions)


def test_limits_words_and_sides_go_with_the_result() -> None:
    typed = {
        "value": "> 50",
        "unit": "ug/dL",
        "uln": "22",
        "lln": "5",
        "outcome": "elevated",
        "collected_at": "2026-03-02",
    }
    entry = check_result("cortisol_morning", typed).entry
    assert entry == {"test": "cortisol_morning", "comparator": ">", "unit": "ug/dL", "value": 50.0, "uln": 22.0, "lln": 5.0,
                     "outcome": "elevated", "collected_at": "2026-03-02"}  # fmt: skip
    swapped = check_result("cortisol_morning", typed | {"uln": "5", "lln": "22"})
    assert "swapped" in swapped.wrong["lln"]
    assert (
        "not a date" in check_result("potassium", {"outcome": "low", "collected_at": "yesterday"}).wrong["collected_at"]
    )


def test_an_empty_line_is_nothing_known() -> None:
    assert check_result("potassium", {"unit": "mmol/L"}).empty
    assert check_finding({"modality": "PET", "tracer": "68Ga-DOTATATE"}, ("suv_max",)).empty


def test_image_findings_are_checked_too() -> None:
    typed = {"modality": "PET", "region": "lung", "suv_max": "3.1", "suv_mean": "4"}
    assert "impossible" in check_finding(typed, ("suv_max", "suv_mean")).wrong["suv_mean"]
    assert "no < or >" in check_finding(typed | {"suv_max": "< 3"}, ("suv_max",)).wrong["suv_max"]


def test_a_person_needs_a_pseudonym_and_a_possible_age() -> None:
    assert "pseudonym" in check_person("", "", None).wrong["case_id"]
    assert "age" in check_person("P1", "1990", None).wrong["age_years"]
    assert check_person("P1", "", None).wrong == {}


def test_a_wrong_entry_is_not_saved_and_nothing_typed_is_lost(store: Store) -> None:
    app = open_app("patient_form")
    app.text_input(key=field_key(NEW, "case_id")).set_value("P200")
    app.text_input(key=field(ACTH, "value")).set_value("5,4")
    app.selectbox(key=field(ACTH, "unit")).select("pg/mL").run()
    press(app, "Save")
    assert "Not saved: 1 entry needs correcting" in said(app)
    assert store.fetch_patient("P200") is None
    app.switch_page("pages/patients.py").run()
    app.switch_page("pages/patient_form.py").run()
    assert app.text_input(key=field(ACTH, "value")).value == "5,4"
    assert app.text_input(key=field_key(NEW, "case_id")).value == "P200"


def test_a_good_form_is_saved_and_opens_the_review(store: Store) -> None:
    app = open_app("patient_form")
    app.text_input(key=field_key(NEW, "case_id")).set_value("P200")
    app.text_input(key=field_key(NEW, "age_years")).set_value("61")
    app.text_input(key=field(ACTH, "value")).set_value("< 5")
    app.selectbox(key=field(ACTH, "unit")).select("pg/mL")
    app.multiselect(key=field_key(NEW, "absent")).select("easy_bruising").run()
    press(app, "Save")
    assert store.fetch_case("P200") == {
        "case_id": "P200", "age_years": 61.0, "context": [], "imaging": [], "signs": ["no_easy_bruising"],
        "results": [{"test": "acth_plasma", "value": 5.0, "unit": "pg/mL", "comparator": "<"}],
    }  # fmt: skip
    assert "What it suggests" in said(app)


def test_a_pseudonym_that_is_taken_is_refused(store: Store) -> None:
    app = open_app("patient_form")
    app.text_input(key=field_key(NEW, "case_id")).set_value("P017").run()
    assert "P017 is already here" in said(app)
    press(app, "Save")
    assert len(store.fetch_case("P017")["results"]) == 4


def test_a_test_and_a_finding_can_be_added_and_taken_away(store: Store) -> None:
    app = open_app("patient_form")
    app.selectbox(key=field_key(NEW, "add_test")).select("dheas").run()
    press(app, "Pituitary MRI")
    line = len(USUAL_TESTS) + 1
    assert app.text_input(key=field(line, "value")).value == ""
    assert app.selectbox(key=field_key(NEW, "imaging", line + 1, "region")).value == "pituitary"
    app.button(key=field(line, "remove")).click().run()
    assert not [text for text in app.text_input if text.key == field(line, "value")]


def test_editing_starts_from_what_is_known_and_changes_nothing_by_itself(store: Store) -> None:
    before = store.fetch_case("P017")
    app = open_app("review", patient="P017")
    edit(app)
    assert app.title[0].value == "Edit P017"
    assert app.text_input(key=field_key("P017", "results", 1, "value")).value == "46"
    app.date_input[0].set_value("2026-05-04").run()
    press(app, "Save")
    assert store.fetch_patient("P017").mdt_on == date(2026, 5, 4)  # type: ignore[union-attr]
    assert store.fetch_case("P017") == before
    assert store.fetch_patient("P017").synthetic  # type: ignore[union-attr]


def test_discarding_forgets_what_was_typed(store: Store) -> None:
    app = open_app("review", patient="P017")
    edit(app)
    app.text_input(key=field_key("P017", "age_years")).set_value("99").run()
    press(app, "Discard")
    app.switch_page("pages/review.py").run()
    edit(app)
    assert app.text_input(key=field_key("P017", "age_years")).value == str(CUSHINGS_DISEASE["age_years"])
