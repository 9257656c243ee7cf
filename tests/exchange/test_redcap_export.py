"""A record export: every row accounted for, every fault with row and field; what would change in the store, and nothing more."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.redcap_dictionary import Dictionary, Field
from exchange.redcap_export import ExportError, RecordExport, read_export
from exchange.redcap_mapping import RecordMapping, Rule
from exchange.redcap_plan import ImportPlan, Known, plan_import
from exchange.redcap_proposal import make_proposals
from exchange.redcap_suggest import suggest_mapping
from exchange.redcap_values import ValueFault, read_day
from tests.exchange.redcap_trial import (
    COLUMNS,
    FIELDS,
    make_hospital_dictionary,
    make_records,
    plant_faults,
    write_export,
)

HOSPITAL = make_hospital_dictionary()
MAPPING = suggest_mapping(HOSPITAL)


def plan(export: RecordExport, known: dict[str, Known] | None = None, mapping: RecordMapping = MAPPING) -> ImportPlan:
    proposals, faults = make_proposals(export.rows, mapping, HOSPITAL)
    return plan_import(export, proposals, faults, known or {})


def read(*records: dict[str, str], **how: Any) -> RecordExport:
    return read_export(write_export(list(records)), HOSPITAL, **how)


def test_five_thousand_records_with_faults_of_every_kind_are_all_accounted_for() -> None:
    planted = plant_faults(5000, 11)
    told: list[tuple[int, int]] = []
    export = read_export(planted.content, HOSPITAL, progress=lambda done, every: told.append((done, every)))
    made = plan(export)
    found = {(fault.row, fault.field): fault.says for fault in made.faults}
    assert set(found) == set(planted.faults)
    assert [key for key, says in planted.faults.items() if says not in found[key]] == []
    assert {one.patient_id for one in made.planned} == planted.good
    assert [state.row for state in made.states] == list(range(2, 5002))
    counts = [made.count(state) for state in ("good", "refused", "ignored")]
    assert counts == [len(planted.good), 5000 - len(planted.good), 0]
    assert all(state.says for state in made.states if state.state != "good")
    assert (len(told) > 10, told[-1]) == (True, (5001, 5001))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [True, False])
def test_every_dialect_holds_the_same(delimiter: str, bom: bool) -> None:
    records = make_records(6)
    export = read_export(write_export(records, None, delimiter, bom), HOSPITAL)
    assert [row.values for row in export.rows] == [{k: v for k, v in one.items() if v} for one in records]


@pytest.mark.parametrize("text", ["2026-03-31", "31/03/2026", "03/31/2026", "31.03.2026", "31-3-2026"])
def test_a_day_that_can_be_one_only_is_read_in_any_order(text: str) -> None:
    assert read_day(text).isoformat() == "2026-03-31"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("03/02/2026", "may be 3 February or 2 March; write it as 2026-02-03 or 2026-03-02"),
        ("31/02/2026", "no day of the calendar"),
        ("31/03/26", "four digits"),
        ("2026-02-30", "no day of the calendar"),
        ("46113", "not a date"),
    ],
)
def test_a_day_that_can_be_two_or_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueFault, match=re.escape(says)):
        read_day(text)


def test_an_order_that_was_chosen_settles_the_day() -> None:
    assert read_day("03/02/2026", "day first").isoformat() == "2026-02-03"
    assert read_day("03/02/2026", "month first").isoformat() == "2026-03-02"
    assert read_day("05/05/2026").isoformat() == "2026-05-05"


def test_columns_missing_unknown_and_hidden_are_named_and_refuse_no_row() -> None:
    records = make_records(2)
    records[0]["other_drug"] = "ketoconazole"
    columns = [name for name in COLUMNS if name != "acth"] + ["akth", "redcap_data_access_group", "laboratory_complete"]
    export = read_export(write_export(records, columns), HOSPITAL)
    said = {(fault.row, fault.field): fault for fault in export.faults}
    assert set(said) == {(1, "acth"), (1, "akth"), (2, "other_drug")}
    assert "did you mean acth?" in said[1, "akth"].says
    assert "branching logic hides it: [drugs(-9)]='1'" in said[2, "other_drug"].says
    assert (len(export.rows), any(fault.refuses for fault in export.faults)) == (2, False)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"age,sex\n", "study_no (the record's id) is missing"),
        (b"Study number,Age\n", "export raw headers"),
        (b"study_no,age,age\n", "the column age is there 2 times"),
        (b'study_no,age\n"1,2\n', "Row 2, cell 1: a quotation mark is not closed"),
    ],
)
def test_a_file_that_is_no_export_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(ExportError, match=re.escape(says)):
        read_export(content, HOSPITAL)


def test_a_row_of_another_length_and_an_empty_row_are_accounted_for() -> None:
    export = read_export(b"study_no,age\nR1,34\n\nR2\n,,\nR3,40\n", HOSPITAL)
    assert [(one.row, one.state) for one in export.states] == [
        (2, "good"), (3, "ignored"), (4, "refused"), (5, "ignored"), (6, "good"),
    ]  # fmt: skip
    assert [(fault.row, fault.field) for fault in export.faults if fault.row > 1] == [(4, "row")]


REPEATS = Dictionary(
    (*FIELDS[:2], Field("visit_acth", "visit", text_validation_type_or_show_slider_number="number"))
)  # fmt: skip


def test_a_patient_is_taken_whole_or_waits() -> None:
    header = "study_no,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,name,visit_acth\n"
    rows = "R1,a,,,x,\nR1,a,visit,1,,31\nR1,a,visit,2,,high\nR2,a,visit,1,,12\nR2,b,visit,1,,13\nR3,a,visits,1,,1\nR4,a,visit,0,x,\n"
    export = read_export((header + rows).encode(), REPEATS)
    assert [state.state for state in export.states] == ["refused"] * 3 + ["good"] * 2 + ["refused"] * 2
    assert export.states[0].says == "waits: of R1, row 4 was refused"
    assert [(fault.row, fault.field) for fault in export.faults] == [
        (4, "visit_acth"), (7, "redcap_repeat_instrument"), (8, "redcap_repeat_instance"), (8, "name"),
    ]  # fmt: skip
    assert len(export.rows) == 2


def test_missing_codes_and_empty_cells_take_nothing_away() -> None:
    record = make_records(1)[0] | {"acth": "-999", "potassium": "", "age": ""}
    known = Known(
        {"patient_id": "R00000", "age_years": 55.0, "sex": "female", "note": "kept"},
        {"case_id": "R00000", "age_years": 55.0, "sex": "female", "signs": ["easy_bruising"], "context": ["pcos", "obesity"],
         "results": [{"test": "acth_plasma", "value": 9.0, "unit": "pg/mL"}, {"test": "potassium", "outcome": "low"}],
         "imaging": []},
    )  # fmt: skip
    (one,) = plan(read(record, missing_codes=["-999"]), {"R00000": known}).planned
    assert [entry["test"] for entry in one.case["results"]] == ["acth_plasma", "potassium"]
    assert (one.case["age_years"], one.patient["note"], one.case["signs"]) == (55.0, "kept", ["easy_bruising"])
    assert one.case["context"] == ["pcos", "obesity"]  # “0, No” of a field mapped with an empty word says nothing
    assert {change.what for change in one.differences} == {"enrolled on", "reference subtype", "reference decided on"}


def test_impossible_values_are_refused_by_row_and_field_each() -> None:
    mapping = RecordMapping(
        (Rule("acth", "result.value", {"test": "acth_plasma", "unit": "pg/mL"}),
         Rule("potassium", "result.value", {"test": "dst_1mg_cortisol", "unit": "ug/dL"}),
         Rule("age", "patient.age_years"), Rule("sex", "patient.sex", {}, {"1": "female"}))
    )  # fmt: skip
    free = [replace(one, text_validation_type_or_show_slider_number="") for one in FIELDS]
    dictionary = Dictionary(tuple(free))
    records = make_records(3)
    records[0] |= {"acth": "-4", "potassium": "-2", "age": "900"}
    records[1] |= {"sex": "2"}
    records[2] |= {"sex": "1", "acth": ">77"}
    export = read_export(write_export(records), dictionary)
    proposals, faults = make_proposals(export.rows, mapping, dictionary)
    made = plan_import(export, proposals, faults, {})
    wrong = {(2, "acth"), (2, "potassium"), (2, "age"), (3, "sex")}
    assert {(fault.row, fault.field) for fault in made.faults} == wrong
    (good,) = made.planned
    assert good.case["results"][0] == {"test": "acth_plasma", "value": 77.0, "unit": "pg/mL", "comparator": ">"}
    assert (made.count("good"), made.count("refused")) == (1, 2)


def test_a_kept_read_is_never_altered() -> None:
    when = datetime(2026, 3, 9, 10, tzinfo=UTC)
    read_ = {"patient_id": "R00000", "reader": "A", "tracer": "T", "result": "negative", "read_at": when}
    names = ("reader", "tracer", "result", "read_at")
    dictionary = Dictionary((FIELDS[0], *(Field(name, "read") for name in names)))
    mapping = RecordMapping(tuple(Rule(name, f"read.{name}") for name in names))
    for result, faults in (("negative", 0), ("positive", 1)):
        line = f"study_no,{','.join(names)}\nR00000,A,T,{result},2026-03-09T10:00\n"
        export = read_export(line.encode(), dictionary)
        proposals, wrong = make_proposals(export.rows, mapping, dictionary)
        made = plan_import(export, proposals, wrong, {"R00000": Known({"patient_id": "R00000"}, None, None, (read_,))})
        assert len(made.faults) == faults
        assert not made.changed


cell = st.one_of(
    st.sampled_from(["", "0", "1", "2", "31/01/2026", "2026-02-30", "4,5", "R1", ";", '"', "-9"]), st.text(max_size=5)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(cell, min_size=1, max_size=len(COLUMNS)), max_size=8))
def test_whatever_the_cells_hold_every_row_is_accounted_for(lines: list[list[str]]) -> None:
    records = [dict(zip(COLUMNS, line + [""] * len(COLUMNS), strict=False)) for line in lines]
    text = write_export(records)
    try:
        export = read_export(text, HOSPITAL)
    except ExportError:
        return
    made = plan(export)
    assert [state.row for state in made.states] == list(range(2, 2 + len(made.states)))
    assert sum(made.count(state) for state in ("good", "refused", "ignored")) == len(made.states)
    taken = {row for one in made.planned for row in one.rows}
    assert taken == {state.row for state in made.states if state.state == "good"}
    for state in made.states:
        assert state.state == "good" or state.says
