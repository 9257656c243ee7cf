"""A subtype is clicked on one page of the trial: every figure there and on the other pages follows, and one click undoes it."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
CHOSEN = re.compile("diagnosis=Adenoma")
NARROW_PX = 210


def figure(board: Board, text: str) -> Locator:
    """The chart that holds a text."""
    return board.main.get_by_test_id("stVegaLiteChart").filter(has_text=text).first


def only(board: Board) -> Locator:
    """The line on top of the page that says who is shown."""
    return board.main.get_by_text("only Adenoma", exact=True)


def test_a_bar_is_clicked_and_every_page_of_the_trial_follows(board: Board) -> None:
    board.open("/cohort")
    bar = figure(board, "No reference yet").locator("path[aria-label*='Adenoma']").first
    adenomas = re.search(r"Patients: (\d+)", bar.get_attribute("aria-label") or "")
    assert adenomas
    bar.click()
    expect(only(board)).to_be_visible()
    expect(board.page).to_have_url(CHOSEN)
    board.see(f"Patients: Adenoma ({adenomas[1]})", re.compile(rf"Coloured: {adenomas[1]} of them Adenoma"))
    board.step("cohort")
    for page in ("Accuracy", "Learned model", "Readers", "Progress"):
        board.go(page)
        expect(only(board)).to_be_visible()
        expect(board.page).to_have_url(CHOSEN)
        board.step(page)
    expect(figure(board, "STARD 2015")).to_contain_text(f"n = {adenomas[1]} screened")
    board.press("Everybody")
    expect(only(board)).to_have_count(0)
    expect(board.page).not_to_have_url(CHOSEN)
    expect(figure(board, "STARD 2015")).not_to_contain_text(f"n = {adenomas[1]} screened")


def test_a_point_and_a_cell_of_the_model_choose_as_well(board: Board) -> None:
    board.open("/cohort")
    figure(board, "SUVmax (g/ml)").locator("path[aria-label*='Reference: Adenoma']").last.click()
    expect(only(board)).to_be_visible()
    board.press("Everybody")
    expect(only(board)).to_have_count(0)
    board.go("Learned model")
    figure(board, "Reference").locator("path[aria-label*='Adenoma']").last.click()
    expect(only(board)).to_be_visible()
    board.see(re.compile("Judged below: \\d+ patients, only Adenoma"))
    board.step("model")


def test_the_sidebar_is_narrow_wherever_one_comes_in(board: Board) -> None:
    board.open("/readers")
    expect(board.page.get_by_test_id("stSidebar")).to_have_css("width", f"{NARROW_PX}px")
