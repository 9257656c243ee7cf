"""The viewer in a browser: moving through slices, the position that follows, the projection that turns, the interactive tab."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
PATIENT = "P003"


def picture(board: Board, words: str) -> Locator:
    return board.main.get_by_alt_text(re.compile(words)).first


def test_the_position_beside_the_pictures_follows_the_slice(board: Board) -> None:
    board.open(f"/imaging?patient={PATIENT}")
    fused = picture(board, "Axial fused PET and CT slice")
    before = fused.get_attribute("alt")
    slider = board.main.get_by_test_id("stSlider").filter(has_text="Slice of").get_by_role("slider").first
    board.slide(slider, "ArrowLeft", "ArrowLeft", "ArrowLeft")
    expect(fused).not_to_have_attribute("alt", before or "")
    where = re.search(r"Crosshair (.* mm) ·", board.main.get_by_text(re.compile("^Crosshair")).first.inner_text())
    assert where
    board.see(f"At {where[1]}")
    board.step("followed")


def test_the_projection_turns_by_itself_and_by_hand(board: Board) -> None:
    board.open(f"/imaging?patient={PATIENT}")
    board.switch("MIP")
    expect(picture(board, "seen from 0 degrees.*SUVbw")).to_be_visible(timeout=30_000)
    board.main.get_by_role("button", name="Turn").click()
    expect(picture(board, "seen from [1-9]0 degrees")).to_be_visible()
    board.main.get_by_role("button", name="Stop").click()
    board.switch("both tracers")
    hands = board.main.get_by_role("slider", name="Seen from")
    expect(hands).to_have_count(2)
    hands.first.press("Home")
    hands.first.press("ArrowRight")
    expect(board.main.get_by_alt_text(re.compile("seen from 10 degrees"))).to_have_count(2)
    board.step("both-turned")


def test_the_interactive_tab_draws_and_asks_nobody_outside(board: Board) -> None:
    board.open(f"/imaging?patient={PATIENT}")
    board.main.get_by_role("tab", name="Interactive").click()
    board.see(re.compile("PET 0 to 10 SUVbw in hot colours over CT"))
    canvas = board.page.frame_locator("iframe").locator("canvas").first
    expect(canvas).to_be_visible(timeout=40_000)
    board.read(lambda: colours(canvas), lambda seen: seen >= 50, "the volumes drawn in 50 colours or more")
    board.step("interactive")
    # That no other machine was asked for anything, and that the browser had nothing to complain of, is held after every visit.


def colours(canvas: Locator) -> int:
    """How many colours are seen."""
    seen = Image.open(BytesIO(canvas.screenshot())).convert("RGB").getcolors(1 << 24)
    return len(seen or ())
