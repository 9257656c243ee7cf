"""The path: findings in order, only those that moved something, a line for each subtype that ever mattered."""

from decision.steps import Step
from views.charts_path import chart_path, moving_steps, shown_lines


def step(finding: str, cd: float, eas: float) -> Step:
    return Step(finding, {"CD": cd, "EAS": eas, "CPA": 1 - cd - eas})


STEPS = (
    step("Before any test", 0.4, 0.5),
    step("ACTH", 0.5, 0.499),
    step("CT chest", 0.501, 0.498),
    step("MRI", 0.95, 0.05),
)


def test_findings_that_move_nothing_are_left_out() -> None:
    assert [item.finding for item in moving_steps(STEPS)] == ["Before any test", "ACTH", "MRI"]


def test_a_subtype_that_once_mattered_keeps_its_line_to_the_end() -> None:
    assert shown_lines(STEPS) == ("CD", "EAS", "CPA")
    assert shown_lines(STEPS[1:]) == ("CD", "EAS")


def test_one_row_a_step_and_subtype_in_order() -> None:
    rows = next(rows for rows in chart_path(STEPS, str).to_dict()["datasets"].values())
    assert [row["label"] for row in rows if row["subtype"] == "CD"] == ["Before any test", "1. ACTH", "2. MRI"]
    assert [row["figure"] for row in rows if row["subtype"] == "EAS"] == ["50 %", "50 %", "5 %"]
