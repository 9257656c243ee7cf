"""The evidence book: found by a word, chosen by grade, each row with what it says, what the program does and its source."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser


def count_rules(board: Board) -> int:
    """How many rules are listed, when the page stands still."""
    board.settle()
    return int(board.main.get_by_text(re.compile(r"^\d+ rules?$")).inner_text().split()[0])


def test_evidence_is_searched_and_chosen_by_grade(board: Board) -> None:
    board.open("/evidence")
    board.see("Evidence", re.compile(r"\d+ rules · edition"))
    everything = count_rules(board)
    assert everything > 100
    board.step("book")
    board.write("Search", "potassium")
    board.settle()
    found = count_rules(board)
    assert 0 < found < everything
    board.see(re.compile("Potassium"), "The program:")
    links = board.main.get_by_role("link").evaluate_all("links => links.map(link => link.href)")
    assert any(re.match(r"https://(doi\.org|pubmed|www\.ncbi|pmc)", link) for link in links), links
    board.step("potassium")
    board.press("verified")
    assert 0 < count_rules(board) < found
    grades = board.main.locator("p").filter(has_text=re.compile("^verified n"))
    expect(grades).to_have_count(count_rules(board))
    board.step("verified-only")
    board.write("Search", "xyzzy")
    board.see("No rule matches. Empty the search or choose fewer filters.")


def test_a_gap_is_a_row_too(board: Board) -> None:
    board.open("/evidence")
    board.press("none")
    board.see(re.compile("no published", re.I))
    expect(board.main.get_by_text(re.compile("^none n"))).to_have_count(count_rules(board))
