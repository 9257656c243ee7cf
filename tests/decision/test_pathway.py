"""Where the patient stands in the guideline work-up."""

from decision.assessment import Pathway
from decision.case import read_case
from decision.engine import assess_case

UFC = {"test": "ufc_24h", "value": 5, "unit": "xULN"}
DST = {"test": "dst_1mg_cortisol", "value": 400, "unit": "nmol/L"}
HIGH = {"test": "acth_plasma", "value": 90, "unit": "pg/mL"}
LOW = {"test": "acth_plasma", "value": 2, "unit": "pg/mL"}


def stand(*results: dict[str, object], **more: object) -> Pathway:
    return assess_case(read_case({"case_id": "T1", "results": list(results), **more})).pathway


def test_one_screening_test_is_not_enough() -> None:
    assert stand(UFC).step == "Prove cortisol excess"
    assert stand(UFC, DST).step == "Measure ACTH"


def test_after_acth_the_way_forks() -> None:
    assert stand(UFC, DST, HIGH).step == "Pituitary MRI"
    assert stand(UFC, DST, LOW).step == "Adrenal CT without contrast"


def test_normal_screening_ends_the_work_up() -> None:
    normal = [
        {"test": "ufc_24h", "value": 0.4, "unit": "xULN"},
        {"test": "dst_1mg_cortisol", "value": 20, "unit": "nmol/L"},
    ]
    assert stand(*normal).step == "Cortisol excess not shown"


def test_steps_already_met_are_listed() -> None:
    mri = {"modality": "MRI", "region": "pituitary", "finding": "normal"}
    assert stand(UFC, DST, HIGH, imaging=[mri]).done == ("Prove cortisol excess", "Measure ACTH", "Pituitary MRI")


def test_one_abnormal_test_beside_a_normal_one_asks_for_another() -> None:
    found = stand(UFC, {"test": "dst_1mg_cortisol", "value": 20, "unit": "nmol/L"}, age_years=30)
    assert found.step == "Prove cortisol excess"
    assert "repeat it or add another" in found.next


def test_a_voided_test_is_not_counted_as_abnormal() -> None:
    normal = [
        {"test": "ufc_24h", "value": 0.4, "unit": "xULN"},
        {"test": "cortisol_late_night_saliva", "outcome": "normal"},
    ]
    assert stand(*normal, DST, context=["oestrogen"]).step == "Cortisol excess not shown"


def test_mild_secretion_is_not_told_to_stop() -> None:
    """The 1 mg test is abnormal, urinary cortisol is not: the work-up of an adrenal nodule, not its end."""
    nodule = {"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 28, "attenuation_hu": 8}
    results = [
        {"test": "dst_1mg_cortisol", "value": 100, "unit": "nmol/L"},
        {"test": "ufc_24h", "value": 0.4, "unit": "xULN"},
        {"test": "acth_plasma", "value": 6, "unit": "pg/mL"},
    ]
    found = stand(*results, imaging=[nodule], age_years=62)
    assert found.step == "Mild secretion: confirm and weigh"
    assert "Repeat the 1 mg test" in found.next
