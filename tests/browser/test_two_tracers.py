"""Pentixafor and DOTATATE of one patient: aligned by CT, one crosshair, lesions in pairs, moved by hand; a lesion removed."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
NODULE = "Crosshair L 40 · P 17 · F 534 mm"
PATIENT = "/imaging?patient=P006"


def pair_table(board: Board) -> Locator:
    return board.main.get_by_test_id("stDataFrame").filter(has_text="Read").first


def apart(board: Board) -> float:
    """How far the first pair's middles are from one another, in mm."""
    heading, first, *_more = board.cells(pair_table(board))
    return float(first[heading.index("Apart, mm")])


def places(board: Board) -> list[tuple[float, ...]]:
    """Where each of the two pictures says the crosshair is in its own scan: L, P, H in mm."""
    says = board.main.get_by_text(re.compile(r"SUVbw at [LR]"))
    expect(says).to_have_count(2)
    found = [re.findall(r"([LRAPHF]) (\d+)", text.split(" at ")[1]) for text in says.all_inner_texts()]
    return [tuple(float(mm) * (-1 if side in "RAF" else 1) for side, mm in one) for one in found]


def test_two_tracers_are_aligned_and_their_lesions_listed_in_pairs(board: Board) -> None:
    board.open(PATIENT)
    board.switch("both tracers")
    board.see("The same scanner coordinates, not registered", NODULE)
    assert apart(board) > 5, "by the scanner's coordinates the nodule lies elsewhere in the two"
    cancel_aligning(board)
    board.press("Align by CT")
    expect(board.main.get_by_text(re.compile("Aligned by CT: .* HU mean difference"))).to_be_visible(timeout=180_000)
    board.settle()
    board.read(lambda: apart(board), lambda mm: mm <= 3, "the pair's middles within 3 mm")
    here, there = places(board)
    moved = [b - a for a, b in zip(here, there, strict=True)]
    assert moved == pytest.approx([-5.0, 2.0, -6.0], abs=2.0), "how the patient was laid otherwise"
    heading, *rows = board.cells(pair_table(board))
    assert {"Pentixafor", "DOTATATE", "Read"} <= set(heading)
    assert len(rows) == 1, "one nodule, seen with both tracers"
    assert rows[0][heading.index("Read")] in ("++", "+−", "+±", "+?")
    board.step("aligned")
    nudge(board)
    see_other_scan(board)


def cancel_aligning(board: Board) -> None:
    """Begun and called off: nothing is changed."""
    board.main.get_by_role("button", name="Align by CT").click()
    board.main.get_by_role("button", name="Cancel", exact=True).click()
    board.settle()
    board.see("The same scanner coordinates, not registered", "Align by CT")
    expect(board.main.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)


def nudge(board: Board) -> None:
    """The other picture is pushed by hand and put back."""
    before = places(board)[1]
    board.press("By hand")
    board.write("to the head, mm", "4")
    board.page.keyboard.press("Escape")
    board.see(re.compile("Moved by hand: 0, 0, 4 mm"))
    board.settle()
    after = places(board)[1]
    assert after[2] - before[2] == pytest.approx(-4, abs=1)
    board.step("nudged")
    board.press("By hand")
    board.click(board.popover.get_by_role("button", name="Back to no change by hand"))
    board.page.keyboard.press("Escape")
    board.miss(re.compile("Moved by hand"))
    assert places(board)[1] == before


def see_other_scan(board: Board) -> None:
    """The crosshair stays on the same place of the patient when the other scan is opened."""
    there = places(board)[1]
    board.click(board.main.get_by_text("PET 68Ga-DOTATATE").first)
    board.see(re.compile(rf"Crosshair L {there[0]:.0f} · P {there[1]:.0f} · F {-there[2]:.0f} mm"))


def test_references_are_proposed_and_a_lesion_is_removed_with_its_reason(board: Board) -> None:
    board.open("/imaging?patient=P021")
    board.press("Propose from the CT")
    board.see(re.compile("Liver: mean .* Proposed from the CT"), re.compile("Blood pool: mean .*"))
    board.press("Look")
    expect(board.main.get_by_alt_text(re.compile("Axial .*liver\\?"))).to_be_visible()
    board.step("proposed")
    board.press("Confirm")
    board.toggle(board.main.get_by_text("Details, change or remove"))
    board.see("÷ liver", re.compile("says nothing of|takes its numbers"))
    board.press("Remove this lesion")
    board.see("Say why: the reason is kept in the history.")
    board.write("Reason", "physiological uptake")
    board.press("Remove this lesion")
    board.see_notice("is removed; the case follows")
    board.step("removed")
