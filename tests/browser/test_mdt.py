"""The evening before the MDT: from the worklist to a patient, the reasons and their sources, the images, the PDF."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.board import Board

pytestmark = pytest.mark.browser
PATIENT = "P003"


def test_endocrinologist_prepares_the_mdt(board: Board) -> None:
    board.open()
    board.see("Research use in NCT07350707; not a medical device", "Synthetic data")
    board.switch("All")
    board.write("Search", PATIENT)
    board.see_in_table(PATIENT)
    board.settle()
    board.step("search")
    board.click_row(board.table(), 0)
    read_review(board)
    count_published_evidence_only(board)
    take_summary(board)


def read_review(board: Board) -> None:
    """Who it is, the verdict with its interval and set, the reasons with sources, the slices, the pathway."""
    board.see(re.compile(rf"^{PATIENT} ·.*synthetic"), "What speaks", "What it suggests", "Pathway")
    heading = board.main.get_by_role("heading", level=5).first.inner_text()
    assert re.search(r"· (\d+ %|> 99 %|< 1 %) \[.+\]", heading), heading
    board.see(re.compile(r"^90 % set · "))
    board.toggle(board.main.get_by_text(re.compile(r"^Findings and sources \(\d+\)")))
    board.see(re.compile(r"\d : 1 for .* over "), re.compile(r"(Endocrinol|Metab|PMC|J Clin|Eur J).*·"))
    for tracer in ("68Ga-Pentixafor", "68Ga-DOTATATE"):
        expect(board.main.get_by_alt_text(re.compile(f"projection.*{tracer}"))).to_be_visible()
    expect(board.main.get_by_alt_text(re.compile("fused PET and CT slice")).first).to_be_visible()
    board.step("review")


def count_published_evidence_only(board: Board) -> None:
    """With expert values left out the page says so, and none of them weighs any more."""
    board.see(re.compile("The weight rests on: [^:]*expert value$"))
    board.click(board.main.get_by_text("Published evidence only", exact=True))
    board.miss(re.compile("The weight rests on: [^:]*expert value$"))
    board.step("published-only")
    board.click(board.main.get_by_text("Published evidence only", exact=True))
    board.see(re.compile("The weight rests on: [^:]*expert value$"))


def take_summary(board: Board) -> None:
    board.settle()
    with board.page.expect_download(timeout=60_000) as started:
        board.main.get_by_role("button", name="MDT summary").first.click()
    file = started.value
    assert PATIENT in file.suggested_filename
    pdf = PdfReader(io.BytesIO(file.path().read_bytes()))
    assert len(pdf.pages) == 1
    says = pdf.pages[0].extract_text()
    for words in (PATIENT, "SYNTHETIC DATA", "NCT07350707", "Cushing’s disease"):
        assert words in says.replace("'", "’"), says


def test_the_address_keeps_the_patient(board: Board) -> None:
    board.open("/review?patient=P017")
    board.see(re.compile("^P017 "))
    board.go("Imaging")
    board.see("Imaging · P017")
    expect(board.page).to_have_url(re.compile("patient=P017"))
    board.reload()
    board.see("Imaging · P017")
    expect(board.page).to_have_url(re.compile("patient=P017"))
    expect(board.page.get_by_test_id("stSidebar").get_by_label("Patient")).to_have_value("P017")
    board.step("imaging-after-reload")
    board.go("Review")
    board.see(re.compile("^P017 "), "What it suggests")
