"""Accuracy in a browser: a click on a cell and on a subtype is answered, the address makes the same page again, figures are saved."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser


def figure(board: Board, text: str) -> Locator:
    """The chart that holds a text."""
    return board.main.get_by_test_id("stVegaLiteChart").filter(has_text=text).first


def save(board: Board, number: int, kind: str) -> bytes:
    """Save the figure of this number on the page."""
    board.toggle(board.main.get_by_role("button", name="Save").nth(number))
    with board.page.expect_download() as kept:
        board.popover.get_by_role("button", name=kind, exact=True).click()
    board.page.keyboard.press("Escape")
    expect(board.popover).to_have_count(0)
    return Path(kept.value.path()).read_bytes()


def test_a_cell_is_clicked_and_a_patient_opens(board: Board) -> None:
    board.open("/accuracy")
    board.see("Result against reference", "Likelihood ratios", "Partly verified")
    expect(figure(board, "Sensitivity")).to_contain_text("Synthetic data")
    cell = figure(board, "true positive").locator("path[aria-label*='Positive'][aria-label*='Target present']").last
    count = re.search(r"Patients: (\d+)", cell.get_attribute("aria-label") or "")
    assert count
    board.click(cell)
    board.see(f"Positive, target present ({count[1]} patients)")
    expect(board.page).to_have_url(re.compile("accuracy_cell="))
    board.step("cell")
    patient = board.cells(board.table())[1][0]
    board.click_row(board.table(), 0)
    board.see(re.compile(f"^{patient} "), "What it suggests")


def test_a_subtype_is_clicked_and_every_figure_follows(board: Board) -> None:
    board.open("/accuracy?accuracy_part=Cut-off")
    board.see("Curve", "Who changes side", "Net benefit", "Published cut-offs")
    point = figure(board, "SUVmax (g/ml)").locator("path[aria-label*='Reference: Ectopic ACTH']").first
    board.click(point)
    board.see(re.compile("needs patients with and without the target"))
    expect(board.page).to_have_url(re.compile("diagnosis=Ectopic"))
    charts = board.main.get_by_test_id("stVegaLiteChart")
    expect(charts.filter(has_text="only Ectopic ACTH").first).to_be_visible()
    expect(charts.filter(has_not_text="only Ectopic ACTH")).to_have_count(0)
    board.step("ectopic-only")
    board.open(board.page.url.removeprefix(board.address))
    expect(figure(board, "SUVmax (g/ml)")).to_contain_text("only Ectopic ACTH")


def test_the_cut_off_is_moved_and_the_address_keeps_it(board: Board) -> None:
    board.open("/accuracy?accuracy_part=Cut-off&accuracy_target=Adenoma+against+the+rest")
    board.slide(board.main.get_by_role("slider", name=re.compile("Cut-off of SUVmax")), "Home")
    board.see(re.compile(r"Positive now, negative at 11\.2"))
    expect(board.page).to_have_url(re.compile("accuracy_cut_suv_max_pentixafor="))
    board.step("moved")


def test_figures_are_saved_as_picture_and_data(board: Board) -> None:
    board.open("/accuracy")
    board.see("Partly verified")
    assert save(board, 0, "PNG").startswith(b"\x89PNG")
    assert b"Synthetic data" in save(board, 0, "SVG")
    lines = list(csv.DictReader(io.StringIO(save(board, 0, "CSV").decode("utf-8-sig"))))
    assert [line["name"] for line in lines] == ["Sensitivity", "Specificity", "PPV", "NPV"]
    assert {line["data"] for line in lines} == {"Synthetic data"}
