"""Wrong files: each gets a sentence that says what to do, nothing is half taken in, what was there before stays."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
TRUNCATED_AT = 4000


def upload_images(board: Board, file: Path) -> str:
    """Give a file to the imaging page; gives back what the page says of it."""
    board.upload(file)
    board.press(f"Read {file.name}", exact=False)
    says = board.main.get_by_test_id("stAlertContentWarning").filter(has_text="Nothing could be read")
    expect(says).to_contain_text(file.name)
    return says.inner_text()


def write_zip_of_zip(path: Path) -> Path:
    """A zip that holds only a zip that holds a text."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("report.txt", "no images here")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    return path


def write_truncated(path: Path, study: Path) -> Path:
    """The beginning of a real PET slice, cut in the middle."""
    with zipfile.ZipFile(study) as archive:
        name = max(archive.namelist(), key=lambda name: archive.getinfo(name).file_size)
        path.write_bytes(archive.read(name)[:TRUNCATED_AT])
    return path


def test_files_that_are_no_images(board: Board, tmp_path: Path, shared: Path) -> None:
    board.open("/imaging?patient=P002")
    text = tmp_path / "scan.dcm"
    text.write_text("This is a letter, not an image.\n")
    assert "scan.dcm" in upload_images(board, text)
    board.see(re.compile("not DICOM|DICOM files"))
    board.step("text-called-dcm")
    assert re.search("zip", upload_images(board, write_zip_of_zip(tmp_path / "study.zip")))
    board.step("zip-of-a-zip")
    cut = write_truncated(tmp_path / "cut.dcm", shared / "imaging" / "dicom" / "ibsi_dro_0_0.zip")
    assert "cut.dcm" in upload_images(board, cut)
    board.step("truncated")
    board.go("Review")
    board.see(re.compile("^P002 "), "What it suggests")


def test_case_files_that_cannot_be_read(board: Board, tmp_path: Path) -> None:
    board.open()
    before = board.main.get_by_role("radio", name=re.compile("^All")).inner_text()
    board.press("Import")
    refuse(board, tmp_path, '{"case_id": "N301", "results": [{"test": "acth_plasma", "value": 31}]}')
    board.popover.get_by_text(re.compile(r"N301.*ACTH needs its unit: pg/mL .*pmol/L")).wait_for()
    board.step("acth-without-unit")
    refuse(board, tmp_path, "patient;age\nN302;34\n")
    board.popover.get_by_text(re.compile("not JSON.*Nothing was imported")).wait_for()
    board.step("no-json")
    good = json.dumps({"case_id": "N303", "age_years": 51})
    bad = json.dumps({"case_id": "N304", "results": [{"test": "cortisol", "value": 12}]})
    refuse(board, tmp_path, f"{good}\n{bad}\n")
    board.popover.get_by_text(re.compile("Line 2: N304.*cortisol_morning")).wait_for()
    board.page.keyboard.press("Escape")
    board.open()
    expect(board.main.get_by_role("radio", name=re.compile("^All"))).to_have_text(before, use_inner_text=True)


def refuse(board: Board, folder: Path, content: str) -> None:
    """Give this to the import: an error is said, and no button offers to import it."""
    file = folder / f"cases-{len(list(folder.iterdir()))}.json"
    file.write_text(content)
    board.upload(file)
    expect(board.popover.get_by_test_id("stAlertContentError")).to_contain_text("Nothing was imported")
    expect(board.popover.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)
