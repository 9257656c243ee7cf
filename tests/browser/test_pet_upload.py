"""A PET/CT is uploaded: what it is and is not, where its SUV comes from, the fusion, a lesion measured and kept."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
NAME = "N202"
HOTTEST_OF_STS = (7.03, 21.09, -691.64)
HOT_SPHERE = (632, 512, 40)
COLD_SPHERE = (392, 512, 40)
BODY = (512, 512, 40)


@pytest.fixture
def dicom(shared: Path) -> Path:
    return shared / "imaging" / "dicom"


def read_images(board: Board, file: Path) -> None:
    board.upload(file)
    board.press(f"Read {file.name}", exact=False)


def look_at(board: Board, point_mm: tuple[float, float, float]) -> None:
    """Type a position; the crosshair goes there."""
    board.press("Type")
    box = board.popover
    for label, value in zip(("L (mm, right is negative)", "P", "H"), point_mm, strict=True):
        box.get_by_label(label, exact=True).first.fill(f"{value:g}")
        box.get_by_label(label, exact=True).first.press("Tab")
    board.click(box.get_by_role("button", name="Go there"))
    board.page.keyboard.press("Escape")
    expect(box).to_have_count(0)


def suv_under_crosshair(board: Board, point_mm: tuple[float, float, float]) -> float:
    x, y, z = point_mm
    line = board.main.get_by_text(f"Crosshair L {x:.0f} · P {y:.0f} · H {z:.0f} mm").inner_text()
    found = re.search(r"· ([\d.]+) SUVbw there", line)
    assert found, line
    return float(found[1])


def measured(board: Board, name: str) -> str:
    """The figure under a name such as SUVmax."""
    return board.main.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue").inner_text()


def test_upload_of_a_pet_ct_says_what_it_is_and_shows_it_fused(board: Board, dicom: Path) -> None:
    board.open("/imaging?patient=P001")
    board.see("No images of P001 are here yet")
    read_images(board, dicom / "sts001_pet_ct.zip")
    board.see("PET 18F-FDG", "not attached", "45 min after injection", "59 slices", "CT of the same study")
    board.see("18F-FDG is not a tracer of this trial", "389 MBq · 71 kg", "injected 10:35")
    fused = board.main.get_by_alt_text(re.compile("Axial fused PET and CT slice.*SUVbw"))
    board.read(
        lambda: fused.evaluate("image => image.naturalWidth"), lambda width: width > 300, "a picture in full width"
    )
    board.step("fused")
    look_at(board, HOTTEST_OF_STS)
    board.press("Measure at the crosshair")
    board.see("Measured at L 7 · P 21 · F 692 mm")
    assert measured(board, "SUVmax") == "25.4"
    board.switch("MIP")
    expect(board.main.get_by_alt_text(re.compile("projection", re.I))).to_be_visible()
    board.step("mip")


def test_published_object_is_measured_as_published_and_attached(board: Board, dicom: Path, tmp_path: Path) -> None:
    import_patient(board, tmp_path)
    board.open(f"/imaging?patient={NAME}")
    read_images(board, dicom / "ibsi_dro_5_0.zip")
    board.see("PET Ga68-PSMA", "60 min after injection", "20 slices", "Ga68-PSMA is not a tracer of this trial")
    board.see(re.compile(r"SUV from:.*factor 0\.000352"))
    for point_mm, suv in ((COLD_SPHERE, 0.2), (BODY, 1.0), (HOT_SPHERE, 4.0)):
        look_at(board, point_mm)
        assert suv_under_crosshair(board, point_mm) == pytest.approx(suv, abs=0.005)
    board.step("hot-sphere")
    board.press("Measure at the crosshair")
    assert [float(measured(board, name)) for name in ("SUVmax", "SUVmean", "SUVpeak")] == [4.0, 4.0, 4.0]
    assert float(measured(board, "Volume")) == pytest.approx(515 * 0.064, rel=0.02)
    attach(board)
    see_on_review(board)


def import_patient(board: Board, folder: Path) -> None:
    """A patient about whom nothing is known yet, from a case file."""
    file = folder / "case.json"
    file.write_text(json.dumps({"case_id": NAME, "sex": "female"}))
    board.open()
    board.press("Import")
    board.upload(file)
    board.page.get_by_role("button", name="Import 1 case").click()
    board.see_notice("1 case imported")


def attach(board: Board) -> None:
    board.see("Still needed: the region, the uptake as you read it")
    board.choose(board.main.get_by_label("Where is it?"), "other")
    board.switch("positive")
    board.step("named")
    board.press("Attach to patient")
    board.see_notice(f"stands in the case of {NAME}")
    board.step("attached")


def see_on_review(board: Board) -> None:
    board.go("Review")
    board.see(re.compile(rf"^{NAME} "), "Images")
    board.see_in_table("Ga68-PSMA")
    board.step("review")
