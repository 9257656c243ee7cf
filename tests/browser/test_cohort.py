"""The cohort: its figures are drawn, a click on a subtype leaves only its patients, a patient opens from the table."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser


def figure(board: Board, text: str) -> Locator:
    """The chart that holds a text."""
    return board.main.get_by_test_id("stVegaLiteChart").filter(has_text=text).first


def only_adenomas(lines: list[list[str]]) -> bool:
    return {line[4] for line in lines[1:]} == {"Adenoma"}


def test_cohort_is_drawn_and_answers_a_click(board: Board) -> None:
    board.open("/cohort")
    board.see("Enrolment", "Reference diagnoses", "Uptake by subtype and tracer", re.compile("Patients: all"))
    for text in ("Target 160", "Adenoma", "SUVmax (g/ml)"):
        expect(figure(board, text).locator("svg")).to_be_visible()
        expect(figure(board, text).locator("svg path").nth(10)).to_be_attached()
    board.step("whole-cohort")
    bar = figure(board, "No reference yet").locator("path[aria-label*='Adenoma']").first
    adenomas = re.search(r"Patients: (\d+)", bar.get_attribute("aria-label") or "")
    assert adenomas
    board.click(bar)
    board.see(f"Patients: Adenoma ({adenomas[1]})")
    lines = board.read(lambda: board.cells(board.table()), only_adenomas, "only adenomas in the table")
    board.step("adenomas-only")
    board.switch("Pituitary")
    board.see("Pituitary only")
    board.click_row(board.table(), 0)
    board.see(re.compile(f"^{lines[1][0]} "), "What it suggests")
