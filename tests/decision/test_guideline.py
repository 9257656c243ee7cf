"""The guideline beside the engine: the way is lit, and where the two differ it is said."""

from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.guideline import GuidelineStand, compare_guideline

UFC = {"test": "ufc_24h", "value": 5, "unit": "xULN"}
DST = {"test": "dst_1mg_cortisol", "value": 400, "unit": "nmol/L"}
HIGH = {"test": "acth_plasma", "value": 90, "unit": "pg/mL"}
LOW = {"test": "acth_plasma", "value": 2, "unit": "pg/mL"}


def stand(*results: dict[str, object], imaging: tuple[dict[str, object], ...] = ()) -> GuidelineStand:
    case = read_case({"case_id": "T1", "results": list(results), "imaging": list(imaging)})
    return compare_guideline(case, assess_case(case), load_knowledge())


def states(found: GuidelineStand) -> dict[str, str]:
    return {step.id: step.state for step in found.steps}


def test_a_patient_with_nothing_known_stands_at_the_first_open_step() -> None:
    found = states(stand())
    assert found["screen"] == "here"
    assert "done" not in found.values()


def test_the_way_is_lit_and_the_other_branch_lies_aside() -> None:
    found = states(stand(UFC, DST, HIGH))
    assert (found["screen"], found["acth"], found["pituitary_mri"]) == ("done", "done", "here")
    assert found["localise"] == "ahead"
    assert found["adrenal_ct"] == "aside"
    assert states(stand(UFC, DST, LOW))["adrenal_ct"] == "here"


def test_every_step_is_there_once_and_one_is_here() -> None:
    found = stand(UFC, DST, HIGH)
    assert len(found.steps) == len({step.id for step in found.steps})
    assert [step.state for step in found.steps].count("here") == 1


def test_agreement_is_silent() -> None:
    micro = {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 7}
    assert stand(UFC, DST, HIGH, imaging=(micro,)).differences == ()


def test_a_macroadenoma_the_engine_does_not_believe_is_said_with_its_probability() -> None:
    florid = [
        {"test": "ufc_24h", "value": 30, "unit": "xULN"},
        {"test": "acth_plasma", "value": 400, "unit": "pg/mL"},
        {"test": "potassium", "value": 2.2, "unit": "mmol/L"},
        {"test": "hddst_2day_suppression", "value": 5, "unit": "%"},
        {"test": "ipss", "outcome": "no_gradient"},
    ]
    macro = {"modality": "MRI", "region": "pituitary", "finding": "mass", "size_mm": 14}
    differences = stand(*florid, imaging=(macro,)).differences
    assert [difference.subtypes for difference in differences] == [("CD",)]
    assert differences[0].probability < 0.5
    assert differences[0].leader == "EAS"
    assert "10 mm" in differences[0].says
    assert differences[0].source


def test_unknown_values_make_no_verdict() -> None:
    assert stand().differences == ()


def test_two_abnormal_tests_the_engine_explains_otherwise_are_said() -> None:
    """A nodule with a little cortisol: two tests are just abnormal, the engine believes mild secretion."""
    mild = [
        {"test": "dst_1mg_cortisol", "value": 70, "unit": "nmol/L"},
        {"test": "cortisol_late_night_saliva", "value": 1.2, "unit": "xULN"},
        {"test": "acth_plasma", "value": 8, "unit": "pg/mL"},
    ]
    nodule = {"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 28, "attenuation_hu": 5}
    found = stand(*mild, imaging=(nodule,))
    assert any("Two different first-line tests are abnormal" in item.says for item in found.differences)


def test_two_normal_tests_against_the_engines_belief_are_said() -> None:
    normal = [
        {"test": "ufc_24h", "value": 0.9, "unit": "xULN"},
        {"test": "cortisol_late_night_saliva", "outcome": "normal"},
    ]
    gradient = {"test": "ipss", "outcome": "gradient"}
    macro = {"modality": "MRI", "region": "pituitary", "finding": "mass", "size_mm": 14}
    found = stand(*normal, HIGH, gradient, imaging=(macro,))
    assert any("the guideline stops" in item.says for item in found.differences)


def test_a_nodule_without_signs_that_the_engine_takes_for_overt_disease_is_said() -> None:
    nodule = {"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 28}
    florid = {"test": "dst_1mg_cortisol", "value": 900, "unit": "nmol/L"}
    high_night = {"test": "cortisol_late_night_serum", "value": 800, "unit": "nmol/L"}
    normal = {"test": "ufc_24h", "value": 0.9, "unit": "xULN"}
    found = stand(florid, high_night, normal, LOW, imaging=(nodule,))
    assert any("mild autonomous secretion" in item.says and item.leader == "CPA" for item in found.differences)
