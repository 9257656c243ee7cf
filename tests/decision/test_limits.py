"""Limits: the last possible value is read, the next refused; the unusual is questioned, the legitimate is not."""

from typing import Any

import pytest

from decision.case import Case, CaseError, read_case
from decision.questions import question_case


def _result(test: str, value: float, unit: str, **fields: Any) -> Case:
    return read_case({"case_id": "P1", "results": [{"test": test, "value": value, "unit": unit, **fields}]})


def _finding(**fields: Any) -> Case:
    return read_case({"case_id": "P1", "imaging": [fields]})


@pytest.mark.parametrize(
    ("test", "unit", "last", "refused"),
    [
        ("cortisol_morning", "ug/dL", 300, 300.1),
        ("cortisol_late_night_serum", "nmol/L", 8277, 8278),
        ("dst_1mg_cortisol", "ng/mL", 3000, 3001),
        ("dst_1mg_cortisol", "ug/dL", 0, -0.1),
        ("ufc_24h", "nmol/24h", 100000, 100001),
        ("ufc_24h", "ug/24h", 36245, 36246),
        ("ufc_24h", "xULN", 0, -1),
        ("cortisol_late_night_saliva", "nmol/L", 1000, 1001),
        ("cortisol_late_night_saliva", "ug/dL", 36.2, 36.3),
        ("cortisone_late_night_saliva", "nmol/L", 500, 501),
        ("acth_plasma", "pg/mL", 10000, 10001),
        ("acth_plasma", "pmol/L", 2202, 2203),
        ("acth_plasma", "pg/mL", 0, -1),
        ("dheas", "ug/dL", 5000, 5001),
        ("dst_1mg_dexamethasone", "nmol/L", 100, 101),
        ("potassium", "mmol/L", 1.0, 0.99),
        ("potassium", "mEq/L", 9.0, 9.01),
        ("bicarbonate", "mmol/L", 5, 4.9),
        ("bicarbonate", "mmol/L", 60, 60.1),
        ("ipss_basal_ratio", "ratio", 0.01, 0),
        ("hddst_2day_suppression", "%", 100, 100.1),
        ("crh_acth_rise", "%", -100, -100.1),
        ("testosterone", "ng/dL", 0, -1),
    ],
)
def test_the_last_possible_value_is_read_and_the_next_refused(
    test: str, unit: str, last: float, refused: float
) -> None:
    assert _result(test, last, unit).results[0].value == last
    with pytest.raises(CaseError) as error:
        _result(test, refused, unit)
    assert error.value.field == "results[0].value"
    assert "cannot be right" in error.value.says


def test_the_refusal_names_only_units_in_which_the_number_is_plausible() -> None:
    with pytest.raises(CaseError, match="500 is plausible in nmol/L or ng/mL"):
        _result("dst_1mg_cortisol", 500, "ug/dL")
    with pytest.raises(CaseError) as error:
        _result("cortisol_morning", 90000, "ug/dL")
    assert "plausible" not in error.value.says


def test_the_upper_limit_of_normal_is_checked_like_a_value() -> None:
    with pytest.raises(CaseError) as error:
        _result("acth_plasma", 31, "pg/mL", uln=50000)
    assert error.value.field == "results[0].uln"
    with pytest.raises(CaseError, match="above 0"):
        _result("acth_plasma", 31, "pg/mL", uln=0)
    with pytest.raises(CaseError, match="were they swapped"):
        _result("dheas", 31, "ug/dL", lln=300, uln=30)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"region": "pituitary", "size_mm": 101}, "size_mm"),
        ({"region": "adrenal_right", "size_mm": 301}, "size_mm"),
        ({"region": "chest", "size_mm": 501}, "size_mm"),
        ({"size_mm": 0}, "size_mm"),
        ({"attenuation_hu": 201}, "attenuation_hu"),
        ({"attenuation_hu": -201}, "attenuation_hu"),
        ({"suv_max": -0.1}, "suv_max"),
        ({"contralateral_suv_max": -1}, "contralateral_suv_max"),
        ({"volume_ml": -1}, "volume_ml"),
        ({"uptake_minutes": -1}, "uptake_minutes"),
    ],
)
def test_an_impossible_measurement_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(CaseError) as error:
        _finding(**fields)
    assert error.value.field == f"imaging[0].{field}"


@pytest.mark.parametrize("age", [-0.1, 120.5, 1980])
def test_an_impossible_age_is_refused(age: float) -> None:
    with pytest.raises(CaseError, match="an age is 0–120 years"):
        read_case({"case_id": "P1", "age_years": age})


@pytest.mark.parametrize("age", [0, 0.5, 120])
def test_a_possible_age_is_read(age: float) -> None:
    assert read_case({"case_id": "P1", "age_years": age}).age_years == age


@pytest.mark.parametrize(
    ("test", "value", "unit", "asks"),
    [
        ("dst_1mg_cortisol", 138, "ug/dL", "almost surely in nmol/L"),
        ("cortisol_morning", 3000, "nmol/L", "check the unit"),
        ("cortisol_morning", 20, "nmol/L", "almost surely in µg/dL"),
        ("cortisol_morning", 0.8, "ug/dL", "exogenous glucocorticoid"),
        ("cortisol_late_night_saliva", 107, "nmol/L", "ng/dL typed as nmol/L"),
        ("ufc_24h", 20000, "nmol/24h", "not a concentration"),
        ("ufc_24h", 170, "xULN", "typed as a multiple"),
        ("ufc_24h", 300, "nmol/24h", "give the laboratory's upper limit"),
        ("acth_plasma", 1200, "pg/mL", "rare"),
        ("dheas", 900, "ug/dL", "adrenocortical carcinoma"),
        ("potassium", 1.8, "mmol/L", "rare"),
        ("potassium", 7, "mmol/L", "haemolysed"),
        ("bicarbonate", 41, "mmol/L", "rare"),
        ("ipss_stimulated_ratio", 0.8, "ratio", "catheter"),
        ("hddst_2day_suppression", 0.8, "%", "fraction"),
        ("hddst_2day_suppression", -80, "%", "cortisol rose"),
    ],
)
def test_the_unusual_is_read_and_questioned(test: str, value: float, unit: str, asks: str) -> None:
    questions = question_case(_result(test, value, unit))
    assert any(asks in question for question in questions)


@pytest.mark.parametrize(
    ("test", "value", "unit"),
    [
        ("dst_1mg_cortisol", 5, "nmol/L"),
        ("dst_1mg_cortisol", 18, "nmol/L"),
        ("dst_1mg_cortisol", 50, "nmol/L"),
        ("lddst_2day_cortisol", 28, "nmol/L"),
        ("dst_1mg_cortisol", 1.8, "ug/dL"),
        ("acth_plasma", 2, "pg/mL"),
        ("acth_plasma", 25, "pmol/L"),
        ("acth_plasma", 25, "pg/mL"),
        ("cortisol_morning", 41, "nmol/L"),
        ("cortisol_morning", 15, "ug/dL"),
        ("hddst_2day_suppression", 62, "%"),
        ("potassium", 3.1, "mmol/L"),
        ("calcitonin", 300, "xULN"),
    ],
)
def test_the_legitimate_is_left_in_peace(test: str, value: float, unit: str) -> None:
    assert question_case(_result(test, value, unit)) == ()


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        ({"modality": "MRI", "region": "pituitary", "size_mm": 0.6}, "centimetres"),
        ({"modality": "CT", "region": "adrenal_left", "size_mm": 4}, "centimetres"),
        ({"modality": "CT", "region": "adrenal_left", "attenuation_hu": 90}, "unenhanced"),
        ({"modality": "MRI", "region": "adrenal_left", "attenuation_hu": 9}, "comes from CT"),
        ({"modality": "CT", "region": "adrenal_left", "suv_max": 9}, "comes from PET"),
        ({"modality": "PET", "region": "adrenal_left", "uptake": "positive"}, "tracer is not given"),
        ({"modality": "PET", "region": "chest", "tracer": "68Ga-DOTATOC"}, "known: 68Ga-Pentixafor, 68Ga-DOTATATE"),
        ({"modality": "PET", "tracer": "18F-FDG", "region": "chest", "suv_max": 3, "suv_peak": 4}, "above the maximum"),
        ({"modality": "PET", "tracer": "18F-FDG", "region": "chest", "uptake_minutes": 3600}, "seconds"),
        ({"modality": "CT", "finding": "lesion"}, "region is not given"),
        ({"region": "chest", "finding": "lesion"}, "read as CT or MRI"),
        ({"region": "chest", "tracer": "18F-FDG", "uptake": "positive"}, "read as a PET scan"),
        ({"region": "chest", "uptake": "positive"}, "modality is not given"),
        ({"modality": "CT", "region": "chest", "finding": "normal", "size_mm": 9}, "contradicts a size"),
    ],
)
def test_an_odd_finding_is_read_and_questioned(fields: dict[str, Any], asks: str) -> None:
    questions = question_case(_finding(**fields))
    assert any(asks in question for question in questions)


def test_a_word_that_contradicts_its_number_is_questioned() -> None:
    above = _result("ufc_24h", 5.4, "xULN", outcome="normal")
    within = _result("dheas", 100, "ug/dL", uln=300, outcome="high")
    assert "contradicts a value above" in question_case(above)[0]
    assert "contradicts a value within" in question_case(within)[0]
    assert question_case(_result("ufc_24h", 5.4, "xULN", outcome="elevated")) == ()


def test_a_result_that_says_nothing_counts_as_not_known() -> None:
    case = read_case({"case_id": "P1", "results": [{"test": "ufc_24h"}]})
    assert question_case(case) == ("UFC —: neither value nor outcome is given, so it counts as not known.",)
