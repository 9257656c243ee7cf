"""Teaching: one datum at a time, the learner's own probability before each, the reference diagnosis at the end."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser


def test_learner_goes_through_a_case_to_the_diagnosis(board: Board) -> None:
    board.open("/teaching")
    board.see("Case 1", "The patient", "What do you think?")
    board.choose(board.main.get_by_label("Case", exact=True), "2", "2")
    board.settle()
    board.see("Case 2", re.compile(r"\d+ (data|datum) still hidden"))
    board.choose(board.main.get_by_label("Case", exact=True), "1", "1")
    board.settle()
    board.see("Case 1")
    board.miss(re.compile("Reference:"))
    board.click(board.main.get_by_role("button", name=re.compile("^Commit and show")))
    board.see("Name the subtype you find most likely first.")
    board.step("first-datum")
    reveal_all(board)
    board.see(re.compile("^Reference: "), "synthetic patient", "The program gave it", "You gave it, at last")
    board.see("Step by step")
    expect(board.main.get_by_test_id("stVegaLiteChart").locator("svg path").first).to_be_attached()
    board.step("diagnosis")
    board.press("Next case", exact=False)
    board.see("Case 2", "What do you think?")
    board.miss(re.compile("^Reference: "))


def reveal_all(board: Board) -> None:
    """Commit to an answer for every datum; one fewer is hidden each time. The answer given last stays chosen."""
    commit = board.main.get_by_role("button", name=re.compile("^Commit and show"))
    board.toggle(board.main.get_by_role("radio", name="Cushing's disease", exact=True))
    for hidden in range(count_hidden(board), 0, -1):
        expect(commit).to_have_count(1)
        board.click(commit)
        board.see(
            re.compile(rf"^{hidden - 1} (data|datum) still hidden$" if hidden > 1 else "^Everything is revealed$")
        )
    board.step("last-datum")
    board.click(board.main.get_by_role("button", name="Commit and show the diagnosis"))


def count_hidden(board: Board) -> int:
    """How many data are still to come."""
    says = board.main.get_by_text(re.compile(r"^\d+ (data|datum) still hidden$")).inner_text()
    return int(says.split()[0])
