"""A weight that is wrong in the images is corrected on a stored scan: lesion and case follow by the ratio, history shows it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
NAME = "P009"
REASON = "scales of the ward, 09:40"


def suv_of_first_lesion(board: Board) -> float:
    table = board.table()
    heading, first = board.cells(table)[:2]
    return float(first[heading.index("SUVmax")])


def see_suv_of_first_lesion(board: Board, suv: float) -> None:
    """The table draws its cells a moment after the page stands."""
    near = pytest.approx(suv, rel=0.02)
    board.read(lambda: suv_of_first_lesion(board), lambda found: found == near, f"an SUVmax near {suv:g}")


def fill_form(board: Board, weight: str) -> None:
    board.write("Weight on the day of the scan, kg", weight)
    board.settle()


def stated_weight(board: Board) -> float:
    found = re.search(r"([\d.]+) kg", board.main.locator("p").filter(has_text="SUV from:").first.inner_text())
    assert found
    return float(found[1])


def test_corrected_weight_reaches_lesion_case_and_history(board: Board) -> None:
    board.open(f"/imaging?patient={NAME}")
    board.see("SUV from:", "Correct weight, activity or a clock")
    before, weight = suv_of_first_lesion(board), stated_weight(board)
    board.click(board.main.get_by_text("Correct weight, activity or a clock").first)
    fill_form(board, "900")
    board.see("A weight of 900 kg is not possible", "Something above cannot be right")
    board.step("impossible")
    half = f"{weight / 2:g}"
    fill_form(board, half)
    board.see(re.compile(r"SUV factor .* → "), "every SUV × 0.500", "Still needed: your name and the reason.")
    board.write("Your name or initials", "AB")
    board.page.get_by_placeholder("how you know the right value").fill(REASON)
    board.page.keyboard.press("Tab")
    board.settle()
    board.step("filled")
    board.press("Correct the SUV")
    board.see(f"weight {half} kg entered by the reader instead of {weight:g} kg in the header")
    board.see("1 lesion measured before the correction, recomputed with it")
    expect(board.main.get_by_role("radio", name="PET 68Ga-Pentixafor", exact=False).first).to_be_checked()
    see_suv_of_first_lesion(board, before / 2)
    board.step("corrected")
    see_history_and_undo(board, before, f"weight {weight:g} kg → {half} kg")


def see_history_and_undo(board: Board, before: float, changed: str) -> None:
    board.click(board.main.get_by_text("Correct weight, activity or a clock · corrected 1 ×").first)
    board.see("History of corrections")
    for text in (changed, REASON, "AB"):
        expect(board.main.locator("canvas td").filter(has_text=text).first).to_be_attached()
    board.step("history")
    board.page.get_by_placeholder("how you know the right value").fill("it was the weight of another day")
    board.page.keyboard.press("Tab")
    board.settle()
    board.press("Undo the last")
    board.see("Correct weight, activity or a clock · corrected 2 ×")
    see_suv_of_first_lesion(board, before)
    expect(board.main.get_by_text("entered by the reader")).to_have_count(0)
