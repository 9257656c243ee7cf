import csv
import io
import json
from pathlib import Path

import pytest

from trial.__main__ import main
from trial.cohort_file import CohortFileError, read_cohort, read_cohort_file, write_cohort
from trial.columns import load_columns, write_dictionary

HEADER = (
    "patient_id,unit,eligible,lesion,lesion_reference,reference_subtype,"
    "reference_site,pentixafor_result,pentixafor_subtype,pentixafor_suv_max,dotatate_done,dotatate_missing_reason,dotatate_result"
)
TEXT = f"""{HEADER}
P1,patient,yes,,,CD,pituitary_left,positive,CD,4.5,no,not applicable,
P1,lesion,,a,present,,,positive,,4.5,,,
P1,lesion,,b,absent,,,negative,,,,,
P2,patient,yes,,,CPA,,negative,,,yes,,positive
P3,patient,no,,,,,,,,,,
"""


def faults(text: str) -> list[str]:
    with pytest.raises(CohortFileError) as caught:
        read_cohort(text)
    return [str(fault) for fault in caught.value.faults]


def test_patients_and_lesions_are_read() -> None:
    first, second, third = read_cohort(TEXT)
    assert (first.reference.status, first.reference.subtype, first.reference.site) == ("made", "CD", "pituitary_left")
    assert first.find_test("pentixafor").suv_max == 4.5
    assert first.find_test("dotatate").done is False
    assert [(one.lesion, one.reference) for one in first.lesions] == [("a", "present"), ("b", "absent")]
    assert second.find_test("dotatate").result == "positive"
    assert third.eligible is False


def test_an_empty_cell_is_not_known() -> None:
    assert read_cohort("patient_id,unit,eligible\nP1,patient,\n")[0].eligible is None


def test_what_is_written_reads_back_the_same() -> None:
    people = read_cohort(TEXT)
    assert read_cohort(write_cohort(people)) == people
    assert write_cohort(read_cohort(write_cohort(people))) == write_cohort(people)


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "cohort.csv"
    file.write_bytes(TEXT.replace(",", ";").encode("utf-8-sig"))
    assert read_cohort_file(file) == read_cohort(TEXT)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("P9,patient,maybe,,,,,,,,,,", "row 7, eligible: 'maybe' is not one of yes, no"),
        ("P9,patient,yes,,,Cushing,,,,,,,", "row 7, reference_subtype: 'Cushing' is not one of CD, EAS"),
        ('P9,patient,yes,,,,,,,"4,5",,,', "row 7, pentixafor_suv_max: '4,5' is not a number; use a point"),
        ("P9,patient,yes,,,,,,,-1,,,", "row 7, pentixafor_suv_max: '-1': a finite number, 0 or more"),
        ("P9,patient,yes,,,,,,,inf,,,", "row 7, pentixafor_suv_max: 'inf': a finite number, 0 or more"),
        ("P1,patient,yes,,,,,,,,,,", "row 7, patient_id: P1 is already in row 2"),
        ("P1,lesion,,a,,,,,,,,,", "row 7, lesion: P1 / a is already in row 3"),
        ("P1,lesion,,,present,,,,,,,,", "row 7, lesion: a lesion row needs the lesion's name"),
        ("P8,lesion,,a,present,,,,,,,,", "row 7, patient_id: P8 has no patient row"),
        ("P9,patient,yes,a,,,,,,,,,", "row 7, lesion: does not belong in a patient row"),
        ("P1,lesion,yes,c,,,,,,,,,", "row 7, eligible: does not belong in a lesion row"),
        (",patient,yes,,,,,,,,,,", "row 7, patient_id: must not be empty"),
        ("P9,,yes,,,,,,,,,,", "row 7, unit: must not be empty"),
        ("P9,patient,yes", "row 7, row: 3 cells where the header has 13"),
    ],
)
def test_a_bad_row_is_refused_with_its_row_and_field(row: str, says: str) -> None:
    (fault,) = faults(TEXT + row + "\n")
    assert fault.startswith(says)


def test_every_fault_is_named_not_only_the_first() -> None:
    assert len(faults(TEXT + "P7,patient,perhaps,,,,,,,,,,\nP8,patient,yes,,,XX,,,,x,,,\n")) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "row 1, patient_id: the column is missing"),
        ("patient_id,unit\nP1,patient\n", "row 1, eligible: the column is missing"),
        ("patient_id,unit,eligible,pentixafor_resullt\n", "there is no such column; did you mean pentixafor_result?"),
        ("patient_id,unit,eligible,eligible\n", "row 1, eligible: the column is there twice"),
    ],
)
def test_a_bad_header_is_refused(text: str, says: str) -> None:
    assert any(says in fault for fault in faults(text))


@pytest.mark.parametrize(
    ("status", "says"),
    [("not_done,CD", "not_done but there is a diagnosis: CD"), ("made,", "made needs a reference_subtype")],
)
def test_a_reference_that_contradicts_itself_is_refused(status: str, says: str) -> None:
    text = f"patient_id,unit,eligible,reference_status,reference_subtype\nP1,patient,yes,{status}\n"
    assert says in faults(text)[0]


@pytest.mark.parametrize("day", ["02/03/2026", "2026-3-2", "20260302", "2026-02-30"])
def test_only_unmistakable_days_are_read(day: str) -> None:
    assert "write it as 2026-03-31" in faults(f"patient_id,unit,eligible,enrolled_on\nP1,patient,yes,{day}\n")[0]


def test_the_dictionary_names_every_column_and_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["columns"]) == 0
    printed = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert printed == write_dictionary()
    assert [row["column"] for row in rows] == list(load_columns())
    assert all(row["meaning"] for row in rows)
    assert {row["column"] for row in rows if row["required"] == "yes"} == {"patient_id", "unit", "eligible"}


def test_the_command_prints_every_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cohort.csv"
    file.write_text(TEXT, encoding="utf-8")
    assert main(["accuracy", str(file)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["patients"], report["eligible"]) == (3, 2)
    pentixafor = report["tests"]["pentixafor"]
    sensitivity = pentixafor["per_patient"]["CD"]["accuracy"]["sensitivity"]
    assert (sensitivity["x"], sensitivity["n"], sensitivity["wilson"]["high"]) == (1, 1, 1.0)
    assert pentixafor["per_lesion"]["sensitivity"]["estimate"]["value"] == 1
    assert pentixafor["per_patient"]["CD"]["flow"]["excluded"] == 1
    assert [(one["test_1"], one["test_2"]) for one in report["paired"]][1] == ("pentixafor", "dotatate")
    paired = report["paired"][1]["per_patient"]["acth_dependent"]
    assert (paired["paired"], paired["total"]) == (0, 2)
    assert [one["says"] for one in paired["missing"]] == [
        "inconclusive read: inconclusive reads are left out",
        "no DOTATATE: not applicable",
    ]
    assert report["tests"]["conventional"]["per_patient"]["CD"]["accuracy"]["sensitivity"]["estimate"] is None


def test_the_command_refuses_a_bad_file_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cohort.csv"
    file.write_text(TEXT + "P9,patient,maybe,,,,,,,,,,\n", encoding="utf-8")
    assert main(["accuracy", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "row 7, eligible" in printed.err and "nothing was computed" in printed.err
    assert main(["accuracy", str(tmp_path / "none.csv")]) == 2
    file.write_bytes(b"patient_id,unit\n\xff")
    assert main(["accuracy", str(file)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_an_empty_cohort_gives_every_table_without_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cohort.csv"
    file.write_text("patient_id,unit,eligible\n", encoding="utf-8")
    assert main(["accuracy", str(file)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["patients"] == 0
    assert report["tests"]["pentixafor"]["per_patient"]["CD"]["accuracy"]["sensitivity"]["estimate"] is None
