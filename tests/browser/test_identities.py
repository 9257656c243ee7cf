"""A reader sends a hospital's files: sees identities go, changes her mind in the middle, and sends them again."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board
from tests.imaging.dicom_files import pet_series
from tests.imaging.telling_files import TELLING

pytestmark = pytest.mark.browser
SLICES = 500


def hospital_zip(folder: Path) -> Path:
    """One PET of many small slices, so that there is time to cancel."""
    path = folder / "study.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(pet_series(SLICES, **TELLING)):
            file = BytesIO()
            one.save_as(file, enforce_file_format=True)
            archive.writestr(f"IM{number}", file.getvalue())
    return path


def test_reading_is_cancelled_and_then_done_without_the_patients_identity(board: Board, tmp_path: Path) -> None:
    board.open("/imaging?patient=P001")
    board.upload(hospital_zip(tmp_path))
    read = board.main.get_by_role("button", name="Read study.zip")
    read.click()
    board.main.get_by_role("button", name="Cancel").click()
    board.see_notice("Reading is cancelled")
    expect(board.main.get_by_role("button", name="Cancel")).to_have_count(0)
    board.settle()
    board.see("No images of P001 are here yet")
    read.click()
    board.see("Removed: name, birth date, accession number, institution, physicians", "Days here are true")
    board.see("2 Mar 2026 · 60 min after injection")
    board.press("Full list", exact=False)
    expect(board.popover.get_by_text("Patient's Birth Date")).to_be_visible()
    board.settle()
    content = board.page.content()
    for word in ("MUSTERFRAU", "KH4711XQ", "CHARITEX"):
        assert word not in content
    board.step("removed")
