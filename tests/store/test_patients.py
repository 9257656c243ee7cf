from datetime import date

import pytest

from store import Patient, Store, StoreError

LENA = Patient(
    "P017", age_years=34, sex="female", enrolled_on=date(2026, 3, 2), mdt_on=date(2026, 3, 12), synthetic=True, note="Ω"
)


def test_a_patient_comes_back_as_saved(opened: Store) -> None:
    opened.save_patient(LENA)
    assert opened.fetch_patient("P017") == LENA


def test_what_is_not_known_of_a_patient_stays_unknown(opened: Store) -> None:
    opened.save_patient(Patient("P018"))
    assert opened.fetch_patient("P018") == Patient("P018", None, None, None, None, False, None)


def test_nobody_is_found_under_a_pseudonym_nobody_has(opened: Store) -> None:
    assert opened.fetch_patient("P999") is None


def test_patients_come_in_the_order_of_their_pseudonyms(opened: Store) -> None:
    for name in ("P003", "P001", "P002"):
        opened.save_patient(Patient(name))
    assert [patient.patient_id for patient in opened.fetch_patients()] == ["P001", "P002", "P003"]


def test_saving_a_patient_again_replaces_the_details_and_keeps_the_case(opened: Store) -> None:
    opened.save_case({"case_id": "P017", "results": [{"test": "potassium", "outcome": "low"}]})
    opened.save_patient(LENA)
    case = opened.fetch_case("P017")
    assert (case["age_years"], case["sex"], case["results"][0]["outcome"]) == (34, "female", "low")


@pytest.mark.parametrize(
    ("patient", "says"),
    [
        (Patient(" "), "patient_id is empty"),
        (Patient("P1", age_years=float("nan")), "age_years is nan, not a number"),
        (Patient("P1", sex="f"), "sex “f” is not known; it is one of female, male"),  # type: ignore[arg-type]
        (Patient("P1", note="a\x00b"), "note holds a character that is no text"),
    ],
)
def test_a_patient_nobody_could_keep_is_refused_and_not_saved(opened: Store, patient: Patient, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        opened.save_patient(patient)
    assert opened.fetch_patients() == []


def test_the_history_tells_what_stood_before_and_why_it_changed(opened: Store) -> None:
    opened.save_patient(LENA, who="Reader A")
    opened.save_patient(Patient("P017", age_years=43), who="Reader B", why="digits were swapped")
    opened.save_patient(Patient("P017", age_years=43), who="Reader B")
    newest, first = opened.fetch_changes("P017")
    assert newest.before is not None and newest.after is not None
    assert (newest.before["age_years"], newest.after["age_years"]) == (34, 43)
    assert (newest.subject, newest.who, newest.why) == ("patient", "Reader B", "digits were swapped")
    assert (first.before, first.who) == (None, "Reader A")
    assert newest.at >= first.at and newest.at.tzinfo is not None
