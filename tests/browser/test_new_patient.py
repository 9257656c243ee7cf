"""A new patient is typed in with results in several units; what cannot be is refused in a sentence, nothing is lost."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
NAME = "N201"


def line_of(board: Board, test: str) -> Locator:
    """The line of the form that holds a test's fields."""
    value = board.page.get_by_label(f"{test} value", exact=True)
    return board.main.get_by_test_id("stHorizontalBlock").filter(has=value).last


def enter(board: Board, test: str, value: str, unit: str | None = None) -> None:
    board.write(f"{test} value", value)
    if unit:
        board.choose(line_of(board, test).get_by_role("combobox").first, unit, unit)


def test_new_patient_from_typing_to_the_cohort(board: Board) -> None:
    board.open()
    board.press(re.compile("Patient$"))
    board.see("New patient", "empty never counts as normal")
    type_what_cannot_be(board)
    correct_and_save(board)
    first = suggestion(board)
    assert "Cushing's disease" in first, first
    board.step("assessment")
    edit_acth(board, "0.5", "pmol/L")
    board.see_in_table("0.5 pmol/L · 2.27 pg/mL")
    board.read(lambda: suggestion(board), lambda now: now != first, "another suggestion")
    board.step("assessment-after-the-edit")
    find_in_cohort(board, find_in_worklist(board))


def test_what_is_being_typed_survives_a_refusal_that_arrives_meanwhile(board: Board) -> None:
    """The sentence about the ACTH comes while the potassium is typed; it must not take the field away."""
    board.open()
    board.press(re.compile("Patient$"))
    board.write("Pseudonym", "N203")
    board.page.get_by_label("ACTH value", exact=True).press_sequentially("31", delay=50)
    potassium = board.page.get_by_label("Potassium value", exact=True)
    potassium.press_sequentially("3.987654321", delay=150)
    potassium.press("Tab")
    board.see(re.compile("ACTH needs its unit"))
    board.settle()
    expect(potassium).to_have_value("3.987654321")
    expect(board.page.get_by_label("ACTH value", exact=True)).to_have_value("31")


def type_what_cannot_be(board: Board) -> None:
    """A negative age, an ACTH without its unit, a cortisol in the wrong unit: none is saved, none is lost."""
    board.write("Pseudonym", NAME)
    board.write("Age, years", "-4")
    board.see(re.compile(r"-4 cannot be right: an age is"))
    enter(board, "ACTH", "12")
    board.see(re.compile(r"ACTH needs its unit: pg/mL .*pmol/L"))
    enter(board, "Morning cortisol", "500", "µg/dL")
    board.see(re.compile(r"500 µg/dL cannot be right: .* 500 is plausible in nmol/L"))
    board.press("Save", exact=False)
    board.see("Not saved: 3 entries need correcting", "Nothing you typed is lost")
    for label, typed in (("ACTH value", "12"), ("Morning cortisol value", "500"), ("Age, years", "-4")):
        expect(board.page.get_by_label(label, exact=True)).to_have_value(typed)
    board.step("refused")


def correct_and_save(board: Board) -> None:
    """The same fields corrected, results in four more units, a pituitary lesion."""
    board.write("Age, years", "34")
    board.choose(board.main.get_by_label("Sex"), "female")
    enter(board, "ACTH", "12", "pmol/L")
    board.see("12 pmol/L · 54.5 pg/mL")
    enter(board, "Morning cortisol", "700", "nmol/L")
    enter(board, "1 mg DST", "9.4", "µg/dL")
    enter(board, "UFC", "5.4", "× ULN")
    enter(board, "Potassium", "3.9")
    board.press("Pituitary MRI", exact=False)
    board.choose(board.main.get_by_label("Finding"), "lesion", "lesion")
    board.write("Size, mm", "7")
    expect(board.main.get_by_test_id("stAlertContentError")).to_have_count(0)
    board.step("corrected")
    board.press("Save", exact=False)
    board.see(re.compile(rf"^{NAME} "), "What it suggests")
    board.see_in_table("12 pmol/L · 54.5 pg/mL", "700 nmol/L", "9.4 µg/dL · 259 nmol/L", "3.9 mmol/L", "lesion, 7 mm")


def suggestion(board: Board) -> str:
    """The heading under "What it suggests"."""
    return board.main.get_by_role("heading", level=5).first.inner_text()


def edit_acth(board: Board, value: str, unit: str) -> None:
    board.press("Edit", exact=False)
    board.see(f"Edit {NAME}")
    expect(board.page.get_by_label("ACTH value", exact=True)).to_have_value("12")
    enter(board, "ACTH", value, unit)
    board.press("Save", exact=False)
    board.see("What it suggests")


def find_in_worklist(board: Board) -> int:
    """The new patient is found by name; gives back how many patients there are."""
    board.go("Worklist")
    board.switch("All")
    everybody = board.main.get_by_role("radio", name=re.compile("^All")).inner_text()
    board.write("Search", NAME)
    board.see_in_table(NAME)
    board.read(
        lambda: [line[0] for line in board.cells(board.table())[1:]], lambda names: names == [NAME], f"{NAME} alone"
    )
    board.step("worklist")
    return int(re.sub(r"\D", "", everybody))


def find_in_cohort(board: Board, patients: int) -> None:
    """Counted, not counted as enrolled (no date was given), and in the table."""
    board.go("Cohort")
    board.see(f"Patients: all ({patients})", re.compile("without an enrolment date, not counted as enrolled"))
    board.see_in_table(NAME)
    board.step("cohort")
