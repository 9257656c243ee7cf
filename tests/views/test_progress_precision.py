"""How sure the trial will be, on the page: what each class is counted for, in words."""

from trial.precision import estimate_precision
from views.progress_precision import CUSHING, WITHOUT, make_precision_table
from views.words import UNKNOWN

COUNTS = {"CD": 30, "NNH": 6, "NONE": 4, "PPNAD": 0}


def test_a_class_without_cushings_syndrome_has_no_share_to_find() -> None:
    table = make_precision_table(estimate_precision(COUNTS, 160, 0.9, 0.1, without=CUSHING.absent), 160)
    lines = {line["Subtype"]: line for line in table.to_dict("records")}
    assert list(table["Counts for"]) == ["sensitivity", "sensitivity", "see last line", "see last line", "specificity"]
    alone = next(line for name, line in lines.items() if line["Now"] == 6)
    assert (alone["Interval then"], alone["Needed"], alone["Missing"], alone["To enrol"]) == (UNKNOWN,) * 4
    together = lines[WITHOUT]
    assert (together["Now"], together["At 160"]) == (10, "40")
    assert together["Interval then"] == "77–96 %" and together["Needed"].isdigit()


def test_without_such_patients_there_is_no_such_line() -> None:
    table = make_precision_table(estimate_precision({"CD": 3}, 160, 0.9, 0.1, without=CUSHING.absent), 160)
    assert list(table["Counts for"]) == ["sensitivity"]
