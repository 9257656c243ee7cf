"""The trial team's day: an adverse event entered and closed, a query followed to its field, a box of the flow in the address."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser


def test_an_event_is_entered_mistyped_mended_and_closed(board: Board) -> None:
    board.open("/quality?quality_part=Intervals+and+safety")
    board.main.get_by_text("Enter an adverse event").click()
    board.settle()
    board.choose(board.main.get_by_label("Patient", exact=True).first, "P006")
    board.write("Event", "flush")
    board.write("Began on", "24/3/26")
    board.write("Your name or initials", "AB")
    board.press("Keep the event")
    board.see("Not kept. Began on: “24/3/26” does not say its year in four digits", re.compile("Nothing you typed"))
    board.step("refused")
    board.write("Began on", "24 Mar 2026")
    board.write("Began at", "09:17")
    board.settle()
    board.see(re.compile("Worked out: 0 h 30 min after Pentixafor"))
    board.press("Keep the event")
    board.see("Adverse events (5)")
    expect(board.main.get_by_label("Event", exact=True)).to_have_value("")
    board.choose(
        board.main.get_by_label("Correct or close an adverse event", exact=True).first, "flush", "5 · P006 · flush"
    )
    board.settle()
    board.see("Injected:", re.compile("History"))
    board.choose(board.main.get_by_label("Outcome", exact=True).nth(1), "resolved", "resolved")
    board.write("Ended on", "24 Mar 2026", 1)
    board.write("Your name or initials", "CD", 1)
    board.write("Why", "gone within the hour")
    board.main.get_by_role("button", name="Keep the event").nth(1).click()
    board.settle()
    board.step("closed")
    expect(board.main.get_by_role("button", name="Keep the event")).to_have_count(1)


def test_a_query_opens_its_field_and_leads_back(board: Board) -> None:
    board.open("/quality?quality_part=Queries")
    board.main.get_by_text(re.compile("1 · P033 · Enrolment: Enrolment date")).click()
    board.settle()
    board.main.get_by_role("link", name="Go to Enrolment date").click()
    board.see("Edit P033", "Asked about P033 · Enrolment: Enrolment date", re.compile("which day is right"))
    field = board.main.get_by_text("Enrolled", exact=True)
    expect(field).to_be_in_viewport()
    board.step("field")
    board.main.get_by_role("link", name="Back to the queries").click()
    board.see(re.compile("1 · P033 · Enrolment: Enrolment date"))


def test_the_chosen_box_comes_again_with_its_address(board: Board) -> None:
    board.open("/progress?flow_box=Excluded")
    board.see(re.compile(r"consent refused: \d+"), re.compile("30 patients"))
    board.page.reload()
    board.settle()
    board.see(re.compile(r"consent refused: \d+"))
    assert "flow_box=Excluded" in board.page.url
