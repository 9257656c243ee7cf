"""The mapping document: read and written, refused with every fault, and proposed without guessing a unit."""

from typing import Any

import pytest

from exchange.redcap_dictionary import Dictionary, Field
from exchange.redcap_mapping import (
    MappingError,
    RecordMapping,
    Rule,
    check_mapping,
    read_mapping,
    read_mapping_file,
    write_mapping,
)
from exchange.redcap_out import make_dictionary
from exchange.redcap_suggest import suggest_mapping
from tests.exchange.redcap_trial import FIELDS, make_hospital_dictionary

HOSPITAL = make_hospital_dictionary()
ACTH = {"field": "acth", "to": "result.value", "of": {"test": "acth_plasma", "unit": "pg/mL"}}


def test_a_mapping_is_proposed_from_names_labels_and_units() -> None:
    rules = {rule.field: rule for rule in suggest_mapping(HOSPITAL).rules}
    assert rules["acth"] == Rule("acth", "result.value", {"test": "acth_plasma", "unit": "pg/mL"})
    assert rules["potassium"].of == {"test": "potassium", "unit": "mmol/L"}  # the unit stands in the field's note
    assert rules["sex"] == Rule("sex", "patient.sex", {}, {"1": "female", "2": "male"})
    assert rules["final_diagnosis"].words == {"1": "CD", "2": "EAS", "3": "CPA"}
    assert not {"name", "drugs", "other_drug"} & set(rules)


@pytest.mark.parametrize("label", ["Plasma ACTH", "Plasma ACTH (mg)", "Plasma ACTH (pg/mL) (pmol/L)"])
def test_no_unit_is_guessed(label: str) -> None:
    dictionary = Dictionary((FIELDS[0], Field("acth", "laboratory", field_label=label)))
    assert suggest_mapping(dictionary).rules == ()


def test_marks_that_have_no_letters_are_never_taken_for_one_another() -> None:
    field = Field(
        "mark", "laboratory", "", "dropdown", "", "1, < | 2, > | 3, ≤", field_annotation="@BOARD='result.comparator'"
    )
    (rule,) = suggest_mapping(Dictionary((FIELDS[0], field))).rules
    assert rule.words == {"1": "<", "2": ">"}


def test_an_identifier_is_never_proposed() -> None:
    dictionary = Dictionary((FIELDS[0], Field("age", "demographics", identifier="y")))
    assert suggest_mapping(dictionary).rules == ()


def test_our_own_project_maps_itself_whole() -> None:
    dictionary = make_dictionary()
    mapping = suggest_mapping(dictionary)
    assert [rule.field for rule in mapping.rules] == [field.field_name for field in dictionary.fields[1:]]
    assert not list(check_mapping(mapping, dictionary))


def test_a_mapping_there_and_back_is_the_same() -> None:
    mapping = RecordMapping(suggest_mapping(HOSPITAL).rules, "day first", ("-999", "UNK"))
    assert read_mapping_file(write_mapping(mapping), HOSPITAL) == mapping


def test_a_mapping_may_be_toml() -> None:
    text = """
dates = "month first"
[[rules]]
field = "acth"
to = "result.value"
of = {test = "acth_plasma", unit = "pmol/L"}
"""
    mapping = read_mapping_file(text.encode(), HOSPITAL)
    assert mapping == RecordMapping(
        (Rule("acth", "result.value", {"test": "acth_plasma", "unit": "pmol/L"}),), "month first"
    )


@pytest.mark.parametrize(
    ("rules", "field", "says"),
    [
        ([{"field": "akth", "to": "result.value"}], "akth", "the nearest is acth"),
        ([{"field": "age", "to": "patient.agee"}], "age", "nothing a field can become; the nearest is patient.age_years"),
        ([{"field": "name", "to": "patient.note"}], "name", "identifiers are not taken in"),
        ([{"field": "sex", "to": "patient.sex", "words": {"1": "woman"}}], "sex", "the nearest is female"),
        ([{"field": "sex", "to": "patient.sex", "words": {"3": "male"}}], "sex", "3 is not a code of the field"),
        ([ACTH | {"of": {"test": "acth_plasma"}}], "acth", "acth_plasma needs its unit, one of pg/mL, ng/L, pmol/L"),
        ([ACTH | {"of": {"test": "acth_plasma", "unit": "nmol/L"}}], "acth", "nmol/L"),
        ([ACTH | {"of": {"test": "akth", "unit": "pg/mL"}}], "acth", "“akth” is not a known test"),
        ([ACTH | {"of": {"test": "acth_plasma", "unit": "pg/mL", "place": "x"}}], "acth", "“place” is no part of result"),
        ([ACTH, ACTH | {"field": "potassium"}], "potassium", "already filled by acth"),
        ([{"field": "age", "to": "patient.age_years", "of": {"unit": "a"}}], "age", "takes no test"),
        ([{"field": "age", "to": "imaging.size_mm", "of": {"modality": "XR"}}], "age", "“XR” is not a modality"),
        ([{"field": "age"}], "rule 1", "needs field and to"),
        ([{"field": "age", "to": "patient.age_years", "more": 1}], "rule 1", "nothing else is known"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_its_field(rules: list[dict[str, Any]], field: str, says: str) -> None:
    with pytest.raises(MappingError) as refusal:
        read_mapping({"rules": rules}, HOSPITAL)
    assert any(fault.field == field and says in fault.says for fault in refusal.value.faults), str(refusal.value)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"rules": {}}', b'{"rules": [], "dates": "any"}', b'{"rules": [], "x": 1}',
                b'{"rules": [], "missing_codes": [1]}', b"{" * 5000],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(content: bytes) -> None:
    with pytest.raises(MappingError):
        read_mapping_file(content, HOSPITAL)
