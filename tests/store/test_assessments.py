import pytest

from decision.case import read_case
from decision.engine import assess_case
from store import Patient, Store, UnknownPatient
from tests.store.conftest import StandIn, assess_plainly

CASE = {"case_id": "P017", "results": [{"test": "potassium", "outcome": "low"}]}


def test_an_assessment_comes_back_as_the_engine_made_it(opened: Store, stand_in: StandIn) -> None:
    opened.save_case(CASE)
    first, second = opened.fetch_assessment("P017"), opened.fetch_assessment("P017")
    assert first == second == assess_plainly(stand_in.asked[0], "stand-in 1")


def test_an_assessment_is_made_once_while_nothing_changes(opened: Store, stand_in: StandIn) -> None:
    opened.save_case(CASE)
    for _ in range(3):
        opened.fetch_assessment("P017")
    opened.fetch_assessments()
    opened.fetch_worklist()
    assert len(stand_in.asked) == 1


def test_a_changed_case_is_assessed_again(opened: Store, stand_in: StandIn) -> None:
    opened.save_case(CASE)
    opened.fetch_assessment("P017")
    opened.save_case({"case_id": "P017"})
    assert opened.fetch_assessment("P017").abstain == "nothing is known yet"
    assert len(stand_in.asked) == 2


def test_a_changed_age_is_assessed_again_and_a_changed_note_is_not(opened: Store, stand_in: StandIn) -> None:
    opened.save_patient(Patient("P017", age_years=34))
    opened.fetch_assessment("P017")
    opened.save_patient(Patient("P017", age_years=34, note="seen"))
    opened.fetch_assessment("P017")
    assert len(stand_in.asked) == 1
    opened.save_patient(Patient("P017", age_years=35))
    opened.fetch_assessment("P017")
    assert [case.age_years for case in stand_in.asked] == [34, 35]


def test_new_knowledge_assesses_everyone_again(opened: Store, stand_in: StandIn) -> None:
    opened.save_many(cases=[CASE, {"case_id": "P018"}])
    opened.fetch_assessments()
    stand_in.version = "stand-in 2"
    assert {made.knowledge_version for made in opened.fetch_assessments().values()} == {"stand-in 2"}


def test_only_the_patient_that_changed_is_assessed_again(opened: Store, stand_in: StandIn) -> None:
    opened.save_many(cases=[CASE, {"case_id": "P018"}, {"case_id": "P019"}])
    assert sorted(opened.fetch_assessments()) == ["P017", "P018", "P019"]
    stand_in.asked.clear()
    opened.save_case({"case_id": "P018", "age_years": 60})
    opened.fetch_assessments()
    assert [case.case_id for case in stand_in.asked] == ["P018"]


def test_the_assessment_of_nobody_is_an_error(opened: Store, stand_in: StandIn) -> None:
    with pytest.raises(UnknownPatient):
        opened.fetch_assessment("P999")


def test_the_engines_own_assessment_survives_being_kept(opened: Store) -> None:
    case = {**CASE, "imaging": [{"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 7}]}
    opened.save_case(case)
    opened.fetch_assessment("P017")
    assert opened.fetch_assessment("P017") == assess_case(read_case(case))
    assert opened.fetch_worklist()[0].leader == assess_case(read_case(case)).leader.subtype
