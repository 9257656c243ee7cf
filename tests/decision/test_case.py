"""The case file: the contract's example is read as written; what is wrong is refused with what would be right."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from decision.case import Case, CaseError, ImagingFinding, Result, read_case
from decision.questions import question_case
from decision.units import UNITS
from decision.vocabulary import load_vocabulary

CONTRACT_EXAMPLE: dict[str, Any] = {
    "case_id": "P017",
    "age_years": 34,
    "sex": "female",
    "results": [
        {
            "test": "acth_plasma",
            "value": 31,
            "unit": "pg/mL",
            "uln": 50,
            "collected_at": "2026-03-02T08:10",
            "assay": "Cobas",
        },
        {"test": "ufc_24h", "value": 5.4, "unit": "xULN"},
        {"test": "dst_1mg_cortisol", "value": 9.4, "unit": "ug/dL"},
        {"test": "hddst_2day_suppression", "outcome": "suppressed"},
        {"test": "cortisol_morning", "value": 46.7, "comparator": ">", "unit": "ug/dL"},
    ],
    "imaging": [
        {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 5, "side": "left"},
        {"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 28, "attenuation_hu": 12},
        {
            "modality": "PET",
            "tracer": "68Ga-Pentixafor",
            "region": "adrenal_left",
            "uptake": "positive",
            "suv_max": 15.2,
            "contralateral_suv_max": 4.8,
            "liver_suv_mean": 1.6,
            "uptake_minutes": 60,
        },
    ],
    "context": ["oestrogen"],
}


def _read(**fields: Any) -> Case:
    return read_case({"case_id": "P1", **fields})


def _refuse(**fields: Any) -> CaseError:
    with pytest.raises(CaseError) as refused:
        _read(**fields)
    assert refused.value.case_id == "P1"
    return refused.value


def _result(test: str, value: Any = None, unit: str | None = None, **fields: Any) -> Case:
    return _read(results=[{"test": test, "value": value, "unit": unit, **fields}])


def _refuse_result(test: str, value: Any = None, unit: str | None = None, **fields: Any) -> CaseError:
    return _refuse(results=[{"test": test, "value": value, "unit": unit, **fields}])


def test_the_example_of_the_contract_is_read_and_written_back() -> None:
    case = read_case(CONTRACT_EXAMPLE)
    assert case.results[0] == Result(
        test="acth_plasma", value=31, unit="pg/mL", uln=50, collected_at="2026-03-02T08:10", assay="Cobas"
    )
    assert case.results[4].comparator == ">"
    assert case.imaging[2].tracer == "68Ga-Pentixafor"
    assert case.context == ("oestrogen",)
    assert case.to_json() == CONTRACT_EXAMPLE | {
        "signs": [],
        "imaging": [i | {"flags": []} for i in CONTRACT_EXAMPLE["imaging"]],
    }
    assert read_case(json.loads(json.dumps(case.to_json()))) == case
    assert question_case(case) == ()


def test_every_published_case_is_read_and_written_back(shared: Path) -> None:
    lines = (shared / "cases" / "published_dev.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [read_case(json.loads(line)["case"]) for line in lines]
    assert cases
    assert [read_case(case.to_json()) for case in cases] == cases


def test_null_is_the_same_as_absent() -> None:
    nothing = dict.fromkeys([name for name in Case.model_fields if name != "case_id"])
    assert _read(**nothing) == _read()
    result = dict.fromkeys(Result.model_fields) | {"test": "ufc_24h"}
    assert _read(results=[result]) == _read(results=[{"test": "ufc_24h"}])
    assert _read(imaging=[dict.fromkeys(ImagingFinding.model_fields)]) == _read(imaging=[{}])


def test_unknown_stays_unknown() -> None:
    case = _read(
        results=[{"test": "ufc_24h"}], imaging=[{"modality": "CT", "region": "adrenal_left", "finding": "lesion"}]
    )
    assert case.age_years is None
    assert case.sex is None
    assert case.results[0].value is None
    assert case.imaging[0].size_mm is None


def test_a_case_cannot_be_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError):
        _read().age_years = 40  # type: ignore[misc]


@pytest.mark.parametrize("test", list(UNITS))
def test_every_test_is_read_in_each_of_its_units_and_words(test: str) -> None:
    for unit in UNITS[test]:
        assert _result(test, 7.5, unit).results[0].unit == unit
        assert _result(test, 7.5, unit.upper().replace("UG", "µG")).results[0].unit == unit
    for outcome in load_vocabulary().tests[test].outcomes:
        assert _result(test, outcome=outcome).results[0].outcome == outcome


@pytest.mark.parametrize("test", [test for test, units in UNITS.items() if units])
def test_a_value_without_its_unit_is_refused_naming_the_units(test: str) -> None:
    refused = _refuse_result(test, 7.5)
    assert refused.field == "results[0].unit"
    assert all(unit in refused.says for unit in UNITS[test])


def test_acth_has_no_default_unit() -> None:
    assert _refuse_result("acth_plasma", 12).says == (
        "ACTH needs its unit: pg/mL (= ng/L) or pmol/L; 2–25 is plausible in both, so it is never assumed"
    )


@pytest.mark.parametrize(
    ("fields", "field", "named"),
    [
        ({"contxt": []}, "contxt", '"context"'),
        ({"age": 3}, "age", '"age_years"'),
        ({"results": [{"tset": "acth_plasma"}]}, "results[0].tset", '"test"'),
        ({"imaging": [{}, {"suvmax": 3}]}, "imaging[1].suvmax", '"suv_max"'),
        ({"results": [{"test": "ACTH"}]}, "results[0].test", '"acth_plasma"'),
        ({"results": [{"test": "ufc_24h"}, {"test": "ufc24h"}]}, "results[1].test", '"ufc_24h"'),
        ({"results": [{"test": "acth_plasma", "unit": "pg/dl"}]}, "results[0].unit", '"pg/mL"'),
        ({"results": [{"test": "ufc_24h", "outcome": "high"}]}, "results[0].outcome", '"elevated"'),
        (
            {"results": [{"test": "dst_1mg_cortisol", "outcome": "unsupressed"}]},
            "results[0].outcome",
            '"not_suppressed"',
        ),
        ({"results": [{"test": "ufc_24h", "comparator": "≥"}]}, "results[0].comparator", '">"'),
        ({"results": [{"test": "ufc_24h", "side": "Left"}]}, "results[0].side", '"left"'),
        ({"imaging": [{"modality": "mri"}]}, "imaging[0].modality", '"MRI"'),
        ({"imaging": [{"region": "adrenal_lft"}]}, "imaging[0].region", '"adrenal_left"'),
        ({"imaging": [{"finding": "adenoma"}]}, "imaging[0].finding", '"lesion"'),
        ({"imaging": [{"uptake": "postive"}]}, "imaging[0].uptake", '"positive"'),
        ({"imaging": [{"flags": ["necrosis", "necrotic"]}]}, "imaging[0].flags[1]", '"necrosis"'),
        ({"context": ["estrogen"]}, "context[0]", '"oestrogen"'),
        ({"signs": ["no_striae"]}, "signs[0]", '"no_wide_purple_striae"'),
        ({"sex": "F"}, "sex", '"female"'),
        ({"sex": "other"}, "sex", "known: female, male"),
    ],
)
def test_an_unknown_word_is_refused_naming_the_nearest(fields: dict[str, Any], field: str, named: str) -> None:
    refused = _refuse(**fields)
    assert refused.field == field
    assert named in refused.says


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"results": {}}, "results", "not a list"),
        ({"results": ["acth_plasma"]}, "results[0]", "write an object"),
        ({"results": [None]}, "results[0]", "write an object"),
        ({"results": [{"value": 3}]}, "results[0].test", "does not say which test"),
        ({"context": "oestrogen"}, "context", "not a list"),
        ({"context": [None]}, "context[0]", "write a word"),
        ({"context": [3]}, "context[0]", "not a text"),
        ({"age_years": "34"}, "age_years", '"34" is not a number'),
        ({"age_years": True}, "age_years", "true is not a number"),
        ({"age_years": [34]}, "age_years", "a list is not a number"),
        ({"age_years": float("nan")}, "age_years", "not a finite number"),
        ({"age_years": float("inf")}, "age_years", "not a finite number"),
        ({"age_years": 10**400}, "age_years", "not a finite number"),
        ({"sex": 1}, "sex", "1 is not a text"),
        ({"signs": ["virilisation", "no_virilisation"]}, "signs", "contradict each other"),
        ({"results": [{"test": "ipss", "value": 3}]}, "results[0].value", "give an outcome, gradient or no_gradient"),
        ({"results": [{"test": "ipss", "unit": "ratio"}]}, "results[0].unit", "has no unit"),
        (
            {"results": [{"test": "ipss_basal_ratio", "outcome": "normal"}]},
            "results[0].outcome",
            "give its value in ratio",
        ),
        ({"results": [{"test": "ufc_24h", "collected_at": "02.03.2026"}]}, "results[0].collected_at", "2026-03-02"),
        ({"results": [{"test": "ufc_24h", "collected_at": "2026-02-30"}]}, "results[0].collected_at", "is not a date"),
        ({"results": [{"test": "ufc_24h", "assay": "two\nlines"}]}, "results[0].assay", "one line"),
        ({"imaging": [{"region": "adrenal_left", "side": "right"}]}, "imaging[0].side", "contradicts the region"),
        ({"imaging": [{"suv_max": 3, "suv_mean": 4}]}, "imaging[0].suv_mean", "above the maximum"),
    ],
)
def test_what_cannot_be_right_is_refused(fields: dict[str, Any], field: str, says: str) -> None:
    refused = _refuse(**fields)
    assert refused.field == field
    assert says in refused.says


@pytest.mark.parametrize(
    ("document", "case_id", "field"),
    [
        ({}, None, "case_id"),
        ({"case_id": 5}, None, "case_id"),
        ({"case_id": " "}, " ", "case_id"),
        ([], None, "json"),
        (None, None, "json"),
    ],
)
def test_a_case_needs_its_name(document: Any, case_id: str | None, field: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case(document)
    assert (refused.value.case_id, refused.value.field) == (case_id, field)


def test_the_message_names_the_case_the_field_and_both_sides_of_the_mistake() -> None:
    assert str(_refuse_result("dst_1mg_cortisol", 500, "ug/dL")) == (
        "P1: results[0].value: 500 µg/dL cannot be right: a serum cortisol above 300 µg/dL (8277 nmol/L) is impossible"
        "; 500 is plausible in nmol/L or ng/mL"
    )


def test_an_unknown_field_is_named_before_what_follows_from_it() -> None:
    assert _refuse(results=[{"value": 3, "tests": "ufc_24h"}]).field == "results[0].tests"


def test_a_test_may_be_repeated_and_a_context_counts_once() -> None:
    case = _read(
        results=[
            {"test": "ufc_24h", "value": 300, "unit": "nmol/24h", "collected_at": day}
            for day in ("2026-03-02", "2026-03-03")
        ],
        context=["obesity", "obesity"],
        signs=["no_easy_bruising", "virilisation"],
    )
    assert len(case.results) == 2
    assert case.context == ("obesity",)
    assert case.signs == ("no_easy_bruising", "virilisation")


@pytest.mark.parametrize("spelling", ["68ga-pentixafor", "Ga-68 Pentixafor", "[68Ga]Ga-Pentixafor"])
def test_a_known_tracer_has_one_spelling(spelling: str) -> None:
    assert _read(imaging=[{"modality": "PET", "tracer": spelling}]).imaging[0].tracer == "68Ga-Pentixafor"


def test_another_tracer_keeps_its_own_text() -> None:
    assert _read(imaging=[{"modality": "PET", "tracer": "11C-Metomidate"}]).imaging[0].tracer == "11C-Metomidate"
